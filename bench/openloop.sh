#!/usr/bin/env bash
# Latency at half the rate that saturates the gate, compared with a constant from nginx at the same
# rate: open loop, so a stall counts against every request that was due meanwhile.
#
#   bench/openloop.sh [ROUNDS] [SECONDS]     default 5 rounds of 6 s; SERVICES=1000000, RATE=N
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
rounds=${1:-5}
seconds=${2:-6}
services=${SERVICES:-1000000}
file=$(registry "$services")
checks=$(catalog "$services" 10000)
start_nginx "$static_answer"
start_gate --registry "$file"
contend gate "$gate_pid" "$gate_port" post "ROWS=$checks"
rate=${RATE:-$(($(saturation gate) / 2))}
say_setup "$(nginx -v 2>&1), $services services, $rate requests/s on 32 connections"

: >"$work/samples"
for round in $(seq "$rounds"); do
  open_load "$nginx_port" --get / --phase "$rate:1" --phase "$rate:$seconds" | tail -n 1 >"$work/nginx.json"
  open_load "$gate_port" --rows "$checks" --post '/v1/check?detail=brief' --phase "$rate:1" \
    --phase "$rate:$seconds" | tail -n 1 >"$work/gate.json"
  for name in nginx gate; do
    jq -e '.ok == .offered' "$work/$name.json" >/dev/null || die "$name: $(cat "$work/$name.json")"
    jq -r --arg name "$name" '"\($name) \(.ok_us.p50) \(.ok_us."p99.9") \(.ok_us.p99)"' "$work/$name.json" |
      tee -a "$work/samples" |
      awk -v r="$round" '{ printf "  %d  %-6s p50 %6d us  p99 %6d us  p99.9 %6d us\n", r, $1, $2, $4, $3 }'
  done
done
ratios gate nginx 3 | row openloop P-10 "p99.9 at half load, the gate to nginx's constant" x "<=1.0"
ratios gate nginx 2 | row openloop - "p50 at half load, the gate to nginx's constant" x -
figures gate 3 | row openloop - "p99.9 of the gate at $rate/s" us -
