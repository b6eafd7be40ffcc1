#!/usr/bin/env bash
# A catalog audited from a file, and simdjson only parsing the same file: rows/s a core, the ratio,
# and how much memory the audit takes beyond the mapped registry.
#
# CPU is the kernel's own account of the process, less that of an audit of one row (which opens and
# verifies the registry). One thread pinned to core 0, rounds in turn; then all cores, by the clock.
#
#   bench/audit.sh [ROWS] [SERVICES] [ROUNDS]     default 1,000,000 rows, 1,000,000 services, 5
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-1000000}
services=${2:-1000000}
rounds=${3:-5}
gate=build/release/beian-gate
synth=build/release/fixtures/beian-synth
work=build/bench
mkdir -p "$work"
registry=$work/registry-$services.snap
catalog=$work/catalog-$services-$rows.ndjson

if [ ! -f "$registry" ]; then
  "$synth" feed --services "$services" --seed 1 -o "$work/feed.ndjson"
  "$gate" registry build "$work/feed.ndjson" -o "$registry"
  rm "$work/feed.ndjson"
fi
[ -f "$catalog" ] ||
  "$synth" catalog --services "$services" --seed 1 --rows "$rows" -o "$catalog"
head -n 1 "$catalog" >"$work/one.ndjson"

# cpu COMMAND… -> seconds of user and system time; decisions are no failures.
cpu() {
  local TIMEFORMAT='%U %S'
  { time "$@" >/dev/null 2>"$work/audit.err" || [ $? -lt 64 ]; } 2>&1 | awk '{ print $1 + $2 }'
}
one_core() { taskset -c 0 "$gate" audit "$1" --registry "$registry" --quiet --threads 1 "${@:2}"; }

echo "setup: $(lscpu | awk -F: '/Model name/ {gsub(/^ +/, "", $2); print $2}'), $(nproc) cores," \
  "$rows rows of $(($(stat -c %s "$catalog") / rows)) bytes, $services services"
echo "one core, CPU without opening the registry:"
for round in $(seq "$rounds"); do
  read -r _ _ parse_rate _ < <(taskset -c 0 build/release/bench/beian-bench-parse rows "$catalog")
  read -r _ _ stream_rate _ < <(taskset -c 0 build/release/bench/beian-bench-parse stream "$catalog")
  opening=$(cpu one_core "$work/one.ndjson")
  summary=$(cpu one_core "$catalog" --output summary)
  ndjson=$(cpu one_core "$catalog" --output ndjson=/dev/null)
  awk -v n="$rows" -v o="$opening" -v s="$summary" -v j="$ndjson" -v p="$parse_rate" \
    -v q="$stream_rate" -v r="$round" 'BEGIN {
      a = n / (s - o); b = n / (j - o)
      printf "  %d  summary %.2f M rows/s (%.2fx)  ndjson %.2f M rows/s (%.2fx)  simdjson by row %.2f, as a stream %.2f M rows/s\n",
             r, a / 1e6, a / p, b / 1e6, b / p, p / 1e6, q / 1e6 }'
done

echo "all cores, by the clock, opening included:"
begin=$(date +%s.%N)
"$gate" audit "$catalog" --registry "$registry" --quiet --output summary="$work/audit.txt" \
  --output ndjson="$work/audit.ndjson" &
pid=$!  # of the gate itself: a function would run in a shell of its own
peak=0
while kill -0 "$pid" 2>/dev/null; do
  now=$(awk '/^RssAnon/ {print $2}' "/proc/$pid/status" 2>/dev/null || true)
  [ "${now:-0}" -le "$peak" ] || peak=$now
  sleep 0.05
done
wait "$pid" || [ $? -lt 64 ]
awk -v b="$begin" -v e="$(date +%s.%N)" -v n="$rows" -v p="$peak" 'BEGIN {
  printf "  %.2f s, %.2f M rows/s, memory beyond mapped files at most %.1f MiB\n",
         e - b, n / (e - b) / 1e6, p / 1024 }'
rm -f "$work/audit.ndjson"
