#!/usr/bin/env bash
# What a new generation costs requests made meanwhile: failed requests and p99, in quiet and while
# the registry file is replaced again and again. Each new file is verified completely before it is
# served.
#
# The load is open-loop at half of what saturates the gate, or at LOAD percent. One core does
# everything for the gate: its worker answers while its other threads verify. The load has the other
# core. Quiet is measured before and after.
#
#   bench/swap.sh [SWAPS]     default 5; SERVICES=1000000, LOAD=50
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
swaps=${1:-5}
services=${SERVICES:-1000000}
folder=$(mktemp -d "$work/swap.XXXXXX")
folders+=("$folder")
quiet=10  # seconds, before and after
apart=3  # seconds between swaps: the gate looks at the file every second

"$synth" feed --services "$services" --seed 1 -o "$folder/feed.ndjson"
for serial in $(seq 0 "$swaps"); do
  "$gate" registry build "$folder/feed.ndjson" -o "$folder/$serial.snap" --serial $((1000 + serial)) 2>/dev/null
done
rm "$folder/feed.ndjson"
mv "$folder/0.snap" "$folder/registry.snap"
checks=$(catalog "$services" 10000)
start_gate --registry "$folder/registry.snap"
contend gate "$gate_pid" "$gate_port" post "ROWS=$checks"
rate=$(($(saturation gate) * ${LOAD:-50} / 100))
say_setup "$services services, $rate requests/s on 32 connections, $swaps swaps in $((swaps * apart)) s"

serial_served() { curl -s "http://127.0.0.1:$gate_port/v1/registry" | jq .serial; }
# Warm up, quiet, with swaps, quiet.
open_load "$gate_port" --rows "$checks" --post '/v1/check?detail=brief' --phase "$rate:2" \
  --phase "$rate:$quiet" --phase "$rate:$((swaps * apart))" --phase "$rate:$quiet" >"$work/swap.json" &
load_pid=$!
started+=("$load_pid")
sleep $((2 + quiet))
for serial in $(seq "$swaps"); do
  mv "$folder/$serial.snap" "$folder/registry.snap"
  sleep "$apart"
done
wait "$load_pid"
[ "$(serial_served)" -eq $((1000 + swaps)) ] || die "serial $(serial_served) is served after $swaps swaps"
jq -r '"  \(["warm-up", "quiet", "swapping", "quiet"][input_line_number - 1]): p50 \(.ok_us.p50) us, p99 \(.ok_us.p99), p99.9 \(.ok_us."p99.9"), \(.offered - .ok) of \(.offered) without an answer"' "$work/swap.json"
jq -s '.[1:] | map(.offered - .ok) | add' "$work/swap.json" |
  row swap P-8 "requests without an answer while the registry is swapped" requests "<=0"
jq -s '.[2].ok_us.p99 / .[1].ok_us.p99, .[2].ok_us.p99 / .[3].ok_us.p99' "$work/swap.json" |
  row swap P-8 "p99 while swapping to quiet, at ${LOAD:-50} % load" x "<=2"
