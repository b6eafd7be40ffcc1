#!/usr/bin/env bash
# From a batch in Redis to the enforced answer at every gate; and the memory of a registry in Redis,
# ours compared with one JSON string per record. Arguments: GATES DELTAS; BEIAN_BENCH_SERVICES sets
# the size.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
say_setup "gates and deltas: ${*:-as the program has them}"
build/release/bench/beian-bench-follow "$gate" "$@" | tee "$work/follow.txt"
grep -o 'p99 [0-9.]*' "$work/follow.txt" | cut -d ' ' -f 2 |
  row follow P-7 "a delta in Redis to the enforced answer at every gate, p99" ms "<=20"
grep -o 'record: [0-9.]*' "$work/follow.txt" | cut -d ' ' -f 2 |
  row follow P-7 "memory in Redis as one JSON string a record, to ours" x ">=4"
