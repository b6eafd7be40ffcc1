#!/usr/bin/env bash
# What each feature costs a check: instructions of the server (callgrind) over the same rows of a
# synthetic catalog, one configuration after another.
#
#   ./dev bench features [ROWS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-1000}
seed=${2:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

build/release/fixtures/beian-synth feed --services 20000 --seed "$seed" -o "$folder/feed.ndjson" >&2
build/release/fixtures/beian-synth catalog --services 20000 --seed "$seed" --rows "$rows" \
  -o "$folder/catalog.ndjson" >&2
build/release/beian-gate registry build "$folder/feed.ndjson" -o "$folder/registry.snap" --serial 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gate \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/tls.key" -out "$folder/tls.pem" 2>/dev/null
python3 bench/features.py "$folder"
