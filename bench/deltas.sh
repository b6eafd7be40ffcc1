#!/usr/bin/env bash
# The cost of delta batches: ms to apply one, ns per look-up in the registry that results.
# BEIAN_BENCH_SERVICES sets the size of the registry.
set -euo pipefail
cd "$(dirname "$0")/.."
lscpu | grep -E '^(Model name|CPU\(s\)|L2|L3)' >&2
exec build/release/bench/beian-bench-deltas "$@"
