#!/usr/bin/env bash
# What each feature costs a check: server instructions (callgrind) over the same rows of a synthetic
# catalog, one configuration after another.
#
#   ./dev bench features [ROWS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
folder=$(mktemp -d)
folders+=("$folder")

world "$folder" "${1:-1000}" "${2:-1}"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gate \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/tls.key" -out "$folder/tls.pem" 2>/dev/null
python3 bench/features.py "$folder"
