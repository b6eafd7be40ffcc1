#!/usr/bin/env bash
# What delta batches cost: ms to apply one, ns per look-up in what they leave. BEIAN_BENCH_SERVICES
# sets the size of the registry.
set -euo pipefail
cd "$(dirname "$0")/.."
lscpu | grep -E '^(Model name|CPU\(s\)|L2|L3)' >&2
exec build/release/bench/beian-bench-deltas "$@"
