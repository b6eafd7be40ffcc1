#!/usr/bin/env bash
# ns and allocations per operation: parse, look-up, evaluate, JSON in and out. Arguments go to
# Google Benchmark; BEIAN_BENCH_SERVICES sets the size of the registry.
set -euo pipefail
cd "$(dirname "$0")/.."
lscpu | grep -E '^(Model name|CPU\(s\)|L2|L3)' >&2
exec build/release/bench/beian-bench-micro "$@"
