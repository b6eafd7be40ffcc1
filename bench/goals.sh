#!/usr/bin/env bash
# The goals in figures: the newest row of each, from what the benches have written to
# build/bench/rows.ndjson, as a table for RESULTS.md.
#
#   bench/goals.sh [--all | --run | --keep]
#
# --all also shows figures that are not goals. --run first runs every bench at the sizes that the
# goals name, which took 17 minutes on two cores and takes 30 GB of disk. --keep copies the rows to
# bench/results/ and draws the charts.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash

case ${1:-} in
  --run)
    failed=()
    for bench in "env SERVICES=10000000 bench/http.sh" bench/peers.sh "bench/audit.sh 10000000 10000000 3" \
      bench/stream.sh "bench/scale.sh 1000000 10000000 30000000" bench/restart.sh "bench/follow.sh 3 10000" bench/swap.sh \
      bench/memory.sh bench/openloop.sh; do
      read -ra command <<<"$bench"
      "${command[@]}" || failed+=("$bench")
    done
    [ ${#failed[@]} -eq 0 ] || printf 'bench: failed: %s\n' "${failed[@]}" >&2
    ;;
  --keep)
    mkdir -p bench/results
    cp "$rows" bench/results/rows.ndjson
    python3 bench/charts.py bench/results/rows.ndjson bench/results
    ;;
esac
[ -s "$rows" ] || die "no rows yet: run a bench first, or bench/goals.sh --run"
python3 bench/goals.py "$rows" "${1:-}"
