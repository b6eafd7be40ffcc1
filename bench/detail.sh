#!/usr/bin/env bash
# What a full answer costs beside a brief one: instructions of the server per check (callgrind), over
# different rows of a synthetic catalog, by decision.
#
#   ./dev bench detail [ROWS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-2000}
seed=${2:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

build/release/fixtures/beian-synth feed --services 20000 --seed "$seed" -o "$folder/feed.ndjson" >&2
build/release/fixtures/beian-synth catalog --services 20000 --seed "$seed" --rows "$rows" \
  -o "$folder/catalog.ndjson" >&2
build/release/beian-gate registry build "$folder/feed.ndjson" -o "$folder/registry.snap" --serial 1
python3 bench/detail.py "$folder"
