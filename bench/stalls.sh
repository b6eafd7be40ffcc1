#!/usr/bin/env bash
# What the machine itself takes from a process that has a core to itself: how often it is not run,
# and for how long. Latency tails below that cannot be measured here.
#
#   bench/stalls.sh [SECONDS]     default 10
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
say_setup "nothing else running, ${1:-10} s each"
python3 bench/stalls.py "$server_core" "$load_core" "${1:-10}"
