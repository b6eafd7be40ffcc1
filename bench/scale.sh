#!/usr/bin/env bash
# How cost grows with the registry: building, file size, opening, look-ups, the first answer,
# memory.
#
# Each size is built on all cores from a feed on disk, measured, and removed again. A feed takes
# some 530 bytes per service and the file 150, so 30 M need 21 GB of disk. If the machine has 16 GiB
# of memory, a feed of up to 10 M is in the kernel's cache when it is read.
#
#   bench/scale.sh [SERVICES…]     default 1000000 10000000; the first is the base of comparison
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
sizes=("$@")
[ $# -gt 0 ] || sizes=(1000000 10000000)
folder=$(mktemp -d "$work/scale.XXXXXX")
folders+=("$folder")
snap=$folder/registry.snap

of() { jq "$2" "$folder/$1.json"; }
# goal_row GOAL SERVICES WHAT UNIT LIMIT: the goal applies only at its own size.
goal_row() {
  if [ "$services" -eq "$2" ]; then row scale "$1" "$3" "$4" "$5"; else row scale - "$3" "$4" -; fi
}

measure_size() {
  local services=$1 room
  room=$(df --output=avail -B1 "$folder" | tail -n 1)
  [ "$room" -gt $((services * 700)) ] || die "$services services need $((services * 700 >> 30)) GiB of disk"
  "$synth" feed --services "$services" --seed 1 -o "$folder/feed.ndjson"
  python3 bench/usage.py "$folder/build.json" "$gate" registry build "$folder/feed.ndjson" -o "$snap"
  rm "$folder/feed.ndjson"
  build/release/bench/beian-bench-scale "$snap" >"$folder/scale-$services.json"
  echo '{"operation":"distribute","filing_number":"京ICP备2099000000号-1A"}' >"$folder/check.json"
  for _ in 1 2 3; do
    python3 bench/usage.py "$folder/first.json" bash -c \
      '"$1" check --registry "$2" <"$3" >/dev/null || [ $? -lt 64 ]' _ "$gate" "$snap" "$folder/check.json"
    of first .seconds
  done >"$folder/firsts"
  start_gate --registry "$snap"
  local rows_of="$services services"
  echo "$rows_of"
  of build .seconds | goal_row P-6 10000000 "build from its feed, $rows_of" s "<=30"
  of build .cpu_seconds | row scale - "build, CPU, $rows_of" s -
  of build '.rss_kib / 1048576' | row scale - "build, peak memory, $rows_of" GiB -
  of "scale-$services" '.file_bytes / .services' |
    goal_row P-6 10000000 "file, $rows_of" "bytes a service" "<=200"
  of "scale-$services" '.open_seconds[]' | goal_row P-6 10000000 "open and verify, $rows_of" s "<=1"
  awk '{ print $1 * 1000 }' "$folder/firsts" |
    row scale - "first answer of a new process, verification included, $rows_of" ms -
  awk '/^RssAnon/ { print $2 / 1024 }' "/proc/$gate_pid/status" |
    row scale - "serving, memory beyond the file, $rows_of" MiB -
  local kind part
  for kind in hit miss_serial miss_subject holder; do
    for part in p50 p90 p99 p99_9; do
      of "scale-$services" ".$kind.$part" | row scale - "look-up $kind $part, $rows_of" ns - >/dev/null
    done
    of "scale-$services" ".$kind" | jq -r --arg kind "$kind" \
      '"look-up, \($kind): p50 \(.p50) ns, p90 \(.p90), p99 \(.p99), p99.9 \(.p99_9)"'
  done
  jq -r '.services as $n | .sections | to_entries | sort_by(-.value)[] | select(.value > 0) |
    "  \(.key)\t\(.value * 100 / $n | round / 100)"' "$folder/scale-$services.json" |
    column -t -s $'\t' -N "  section,bytes a service"
  if [ "$services" -ne "${sizes[0]}" ]; then
    for kind in hit miss_serial holder; do
      jq -n --slurpfile small "$folder/scale-${sizes[0]}.json" --slurpfile large "$folder/scale-$services.json" \
        "\$large[0].$kind.p50 / \$small[0].$kind.p50" |
        goal_row P-11 30000000 "look-up $kind p50, $rows_of to ${sizes[0]}" x "<=1.5"
    done
  fi
  kill "$gate_pid" && wait "$gate_pid" || true
  rm "$snap"
}

say_setup "seed 1, sizes ${sizes[*]}"
for size in "${sizes[@]}"; do measure_size "$size"; done
