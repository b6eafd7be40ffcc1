#!/usr/bin/env bash
# What a full answer costs compared with a brief one: server instructions per check (callgrind) over
# different rows of a synthetic catalog, by decision.
#
#   ./dev bench detail [ROWS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
folder=$(mktemp -d)
folders+=("$folder")

world "$folder" "${1:-2000}" "${2:-1}"
python3 bench/detail.py "$folder"
