#!/usr/bin/env bash
# The gate under more load than it can take, and beside bulk that takes all it gets.
#
# One worker pinned to core 0, the load of bench/load.cc to core 1. The phases of one row are one
# run on the same connections.
#
#   ./dev bench overload [SECONDS]     default 3 s per phase; SERVICES=100000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
seconds=${1:-3}
services=${SERVICES:-100000}

start_gate --registry "$(registry "$services")"
say_setup "$services services, $seconds s a phase"
python3 bench/overload.py "127.0.0.1:$gate_port" "$gate_pid" "$(catalog "$services" 10000)" "$seconds"
