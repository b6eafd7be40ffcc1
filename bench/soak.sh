#!/usr/bin/env bash
# Hours in minutes: single checks at a constant rate, endless streams, a new generation every ten
# seconds, SIGHUP every seven, a key, and a decision log that is rotated and cut; meanwhile answers
# are compared with the catalog's labels. Afterwards memory must be what it was, nothing refused, no
# answer wrong, and the log intact.
#
#   bench/soak.sh [SECONDS]     default 1800; SERVICES=100000, RATE=2000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
seconds=${1:-1800}
services=${SERVICES:-100000}
rate=${RATE:-2000}
folder=$(mktemp -d "$work/soak.XXXXXX")
folders+=("$folder")
minute=60
[ "$seconds" -ge 120 ] || minute=$((seconds / 2))

"$synth" feed --services "$services" --seed 1 -o "$folder/feed.ndjson"
"$gate" registry build "$folder/feed.ndjson" -o "$folder/registry.snap" --serial 1 2>/dev/null
checks=$(catalog "$services" 100000)
everything_on "$folder"
printf 'segment_mib = 16\nkeep_mib = 64\n' >>"$folder/gate.toml"
start_gate --registry "$folder/registry.snap" --config "$folder/gate.toml"
say_setup "$services services, $rate requests/s beside 2 streams, $seconds s"

phases=()
for ((t = 0; t < seconds; t += minute)); do phases+=(--phase "$rate:$minute:bulk"); done
head -n 20000 "$checks" >"$folder/rows.ndjson"
open_load "$gate_port" --rows "$folder/rows.ndjson" --key "$api_key" --bulk-connections 2 \
  --post '/v1/check?detail=brief=8' --post '/v1/check=1' --get '/livez=1' \
  "${phases[@]}" >"$folder/load.json" &
load_pid=$!
started+=("$load_pid")
taskset -c "$load_core" python3 bench/soak.py "$gate" "$folder" "$checks" "$gate_pid" "$gate_port" \
  "$load_pid" >"$folder/soak.json"
wait "$load_pid"
kill "$gate_pid"
wait "$gate_pid" || true

jq -r '"  minute \(input_line_number): \(.ok) answers, p99 \(.ok_us.p99) us, p99.9 \(.ok_us."p99.9") us, \(.bulk.rows_per_second) rows/s in streams"' \
  "$folder/load.json"
jq -c . "$folder/soak.json"
# What was lost, by kind: statuses other than 2xx; connections that ended before the answer;
# requests still unanswered when the load ended.
jq -sc '"  lost: \(map(.by_status | to_entries[] | select(.key | startswith("2") | not)) | group_by(.key) |
  map("\(.[0].key) \(map(.value) | add)") | join(", ") | if . == "" then "no status but 2xx" else . end)" +
  "; broken \(map(.broken) | add), unanswered \(map(.unanswered) | add), not sent \(map(.given_up) | add)"' \
  -r "$folder/load.json"
jq -s 'map(.offered - .ok) | add' "$folder/load.json" |
  row soak soak "checks without an answer or refused" requests "<=0"
jq -s 'map(.bulk.refused + .bulk.connections - 2) | add' "$folder/load.json" |
  row soak soak "streams refused or cut" streams "<=0"
jq '.differing + .failed' "$folder/soak.json" | row soak soak "sampled answers that are not the label's" answers "<=0"
jq .sampled "$folder/soak.json" | row soak - "sampled answers" answers -
jq .generations "$folder/soak.json" | row soak - "generations served" generations -
jq .reloads "$folder/soak.json" | row soak - "reloads by SIGHUP" reloads -
jq '.growth_kib / 1024' "$folder/soak.json" | row soak soak "memory, last third to first" MiB "<=4"
jq .descriptors_more "$folder/soak.json" | row soak soak "open files, last third to first" files "<=4"
{ "$gate" log verify "$folder/log" >"$folder/verify.txt" && echo 0 || echo 1; } | row soak soak "decision logs that do not verify" logs "<=0"
