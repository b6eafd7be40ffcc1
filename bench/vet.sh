#!/usr/bin/env bash
# `beian-gate vet` of a system image: packages with names of their own, all signed, one in five of
# them known to the registry; and one package of 200 MB.
#
#   ./dev bench vet [PACKAGES [ROUNDS]]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

/usr/bin/python3 bench/vet.py "$folder" make "${1:-500}"
/usr/bin/python3 bench/vet.py "$folder" run "${2:-3}"
