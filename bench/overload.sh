#!/usr/bin/env bash
# The gate under more load than it can take, and beside bulk that takes all it gets.
#
# One worker pinned to core 0, the load of bench/load.cc to core 1. Phases of a row are one run, on the
# same connections.
#
#   ./dev bench overload [SECONDS]     default 3 s a phase; SERVICES=100000
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-3}
services=${SERVICES:-100000}
gate=build/release/beian-gate
work=build/bench
mkdir -p "$work"

if [ ! -f "$work/registry-$services.snap" ]; then
  build/release/fixtures/beian-synth feed --services "$services" --seed 1 -o "$work/feed.ndjson"
  "$gate" registry build "$work/feed.ndjson" -o "$work/registry-$services.snap"
  rm "$work/feed.ndjson"
fi
build/release/fixtures/beian-synth catalog --services "$services" --seed 1 --rows 10000 \
  -o "$work/rows.ndjson"

taskset -c 0 "$gate" serve --listen 127.0.0.1:0 --threads 1 \
  --registry "$work/registry-$services.snap" >"$work/gate.out" 2>"$work/gate.err" &
pid=$!
trap 'kill "$pid"' EXIT
for _ in $(seq 300); do grep -q listening "$work/gate.out" && break; sleep 0.1; done
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$work/gate.out")
echo "setup: $(lscpu | awk -F: '/Model name/ {gsub(/^ +/, "", $2); print $2}'), $services services, $seconds s a phase"
python3 bench/overload.py "127.0.0.1:$port" "$pid" "$work/rows.ndjson" "$seconds"
