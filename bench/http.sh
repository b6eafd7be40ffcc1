#!/usr/bin/env bash
# The gate compared with nginx `return 200`: server CPU per request, and requests per second. Once
# bare, and once with a key, metrics and the decision log, which is what the goal asks for.
#
# One worker each; wrk with 32 connections.
#
#   bench/http.sh [ROUNDS] [SECONDS]     default 5 rounds of 4 s; SERVICES=1000000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
rounds=${1:-5}
seconds=${2:-4}
services=${SERVICES:-1000000}
folder=$(mktemp -d)
folders+=("$folder")

file=$(registry "$services")
checks=$(catalog "$services" 10000)
start_nginx "$static_answer"
contend nginx "$nginx_pid" "$nginx_port" get
contend nginx-x16 "$nginx_pid" "$nginx_port" get PIPELINE=16
start_gate --registry "$file"
contend bare "$gate_pid" "$gate_port" post "ROWS=$checks"
contend bare-x16 "$gate_pid" "$gate_port" post "ROWS=$checks" PIPELINE=16
everything_on "$folder"
start_gate --registry "$file" --config "$folder/gate.toml"
contend all-on "$gate_pid" "$gate_port" post "ROWS=$checks" "KEY=$api_key"
contend all-on-x16 "$gate_pid" "$gate_port" post "ROWS=$checks" "KEY=$api_key" PIPELINE=16

say_setup "$(nginx -v 2>&1), $services services, $rounds rounds of $seconds s"
echo "POST /v1/check against nginx return 200"
alternate "$rounds" "$seconds" nginx all-on bare
ratios all-on nginx 2 |
  row http P-1 "a check with key, metrics and log, $services services, to nginx's constant" "x CPU" "<=1.0"
ratios bare nginx 2 | row http - "the same without key and log" "x CPU" -
ratios bare nginx 3 | row http - "the same without key and log, one at a time" "x requests/s" -

echo "the same, 16 pipelined"
alternate "$rounds" "$seconds" nginx-x16 all-on-x16 bare-x16
ratios all-on-x16 nginx-x16 3 |
  row http P-2 "16 pipelined with key, metrics and log, $services services, to nginx's constant" \
    "x requests/s" ">=6"
ratios bare-x16 nginx-x16 3 | row http - "16 pipelined without key and log" "x requests/s" -
