#!/usr/bin/env bash
# Audits a catalog from a file, and compares with simdjson merely parsing the same file: rows/s per
# core, the ratio, and how much memory the audit takes beyond the mapped registry.
#
# CPU time is the kernel's account of the process, less that of an audit of one row (which opens and
# verifies the registry). First one thread pinned to core 0, the contenders alternating round by
# round; then all cores, by wall clock.
#
#   bench/audit.sh [ROWS] [SERVICES] [ROUNDS]     default 1,000,000 rows, 1,000,000 services, 5
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
rows_read=${1:-1000000}
services=${2:-1000000}
rounds=${3:-5}
file=$(registry "$services")
checks=$(catalog "$services" "$rows_read")
head -n 1 "$checks" >"$work/one.ndjson"

# cpu COMMAND… -> seconds of user and system time; exit codes of decisions are not failures.
cpu() {
  local TIMEFORMAT='%U %S'
  { time "$@" >/dev/null 2>"$work/audit.err" || [ $? -lt 64 ]; } 2>&1 | awk '{ print $1 + $2 }'
}
one_core() {
  taskset -c "$server_core" "$gate" audit "$1" --registry "$file" --quiet --threads 1 "${@:2}"
}
# parse HOW -> rows/s with simdjson.
parse() {
  taskset -c "$server_core" build/release/bench/beian-bench-parse "$1" "$checks" | awk '{ print $3 }'
}

say_setup "$rows_read rows of $(($(stat -c %s "$checks") / rows_read)) bytes, $services services"
echo "one core, CPU without opening the registry:"
: >"$work/audits"
for round in $(seq "$rounds"); do
  by_row=$(parse rows)
  as_stream=$(parse stream)
  opening=$(cpu one_core "$work/one.ndjson")
  summary=$(cpu one_core "$checks" --output summary)
  ndjson=$(cpu one_core "$checks" --output ndjson=/dev/null)
  awk -v n="$rows_read" -v o="$opening" -v s="$summary" -v j="$ndjson" -v p="$by_row" -v q="$as_stream" \
    'BEGIN { print n / (s - o), n / (j - o), p, q }' | tee -a "$work/audits" |
    awk -v r="$round" '{
      printf "  %d  summary %.2f M rows/s (%.2fx)  ndjson %.2f M rows/s (%.2fx)  simdjson by row %.2f, as a stream %.2f M rows/s\n",
             r, $1 / 1e6, $1 / $3, $2 / 1e6, $2 / $3, $3 / 1e6, $4 / 1e6 }'
done
if [ "$rounds" -gt 0 ]; then
  awk '{ print $2 / 1e6 }' "$work/audits" |
    row audit P-4 "audit with every decision written, $services services" "M rows/s a core" ">=2"
  awk '{ print $2 / $3 }' "$work/audits" |
    row audit P-4 "the same to simdjson parsing the rows" "x rows/s" ">=0.4"
fi

echo "all cores, by the clock, opening included:"
begin=$(date +%s.%N)
"$gate" audit "$checks" --registry "$file" --quiet --output summary="$work/audit.txt" \
  --output ndjson="$work/audit.ndjson" &
pid=$!  # of the gate itself: a function would run in a subshell
peak=0
while kill -0 "$pid" 2>/dev/null; do
  now=$(status_kib "$pid" RssAnon 2>/dev/null || true)
  [ "${now:-0}" -le "$peak" ] || peak=$now
  sleep 0.05
done
wait "$pid" || [ $? -lt 64 ]
awk -v b="$begin" -v e="$(date +%s.%N)" -v n="$rows_read" \
  'BEGIN { printf "  %.2f s, %.2f M rows/s\n", e - b, n / (e - b) / 1e6 }'
# A goal for 10 M rows cannot be met with fewer.
goal=(- -)
[ "$rows_read" -lt 10000000 ] || goal=(P-9 "<=64")
awk -v k="$peak" 'BEGIN { print k / 1024 }' |
  row audit "${goal[0]}" "audit of $rows_read rows, memory beyond mapped files" MiB "${goal[1]}"
rm -f "$work/audit.ndjson"
