#!/usr/bin/env bash
# Rows per second and core of POST /v1/checks:stream: curl sends a catalog and throws the answers
# away; CPU is the kernel's account of the gate. Both directions run at the same time.
#
#   bench/stream.sh [ROWS] [ROUNDS]     default 500,000 rows, 5 rounds; SERVICES=1000000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
rows_sent=${1:-500000}
rounds=${2:-5}
services=${SERVICES:-1000000}
file=$(registry "$services")
checks=$(catalog "$services" "$rows_sent")
start_gate --registry "$file"

# send -> rows answered, according to the summary.
send() {
  taskset -c "$load_core" curl -sfN -X POST -T "$checks" -H 'Content-Type: application/x-ndjson' \
    "http://127.0.0.1:$gate_port/v1/checks:stream" | tail -n 1 | jq .summary.rows
}

say_setup "$services services, $rows_sent rows of $(($(stat -c %s "$checks") / rows_sent)) bytes"
[ "$(send)" -eq "$rows_sent" ] || die "not every row was answered"
: >"$work/samples"
for round in $(seq "$rounds"); do
  before=$(cpu_seconds "$gate_pid")
  begin=$(date +%s.%N)
  [ "$(send)" -eq "$rows_sent" ] || die "not every row was answered"
  end=$(date +%s.%N)
  awk -v n="$rows_sent" -v a="$before" -v b="$(cpu_seconds "$gate_pid")" -v t0="$begin" -v t1="$end" \
    'BEGIN { print "stream", (b - a) * 1e6 / n, n / (t1 - t0) }' | tee -a "$work/samples" |
    awk -v r="$round" '{ printf "  %d  %.2f us of CPU a row, %d rows/s by the clock\n", r, $2, $3 }'
done
figures stream 2 | awk '{ print 1 / $1 }' |
  row stream P-5 "NDJSON over HTTP, $services services" "M rows/s a core" ">=1"
figures stream 3 | awk '{ print $1 / 1e6 }' |
  row stream - "NDJSON over HTTP by the clock, one connection" "M rows/s" -
