#!/usr/bin/env bash
# From a batch in Redis to the enforced answer at every gate, and the memory of a registry in Redis:
# ours beside one JSON string a record. Arguments: GATES DELTAS; BEIAN_BENCH_SERVICES sets the size.
set -euo pipefail
cd "$(dirname "$0")/.."
lscpu | grep -E '^(Model name|CPU\(s\)|L2|L3)' >&2
exec build/release/bench/beian-bench-follow build/release/beian-gate "$@"
