#!/usr/bin/env bash
# Memory of the gate beyond the mapped file: idle, and per connection. Each connection sends several
# requests; what the kernel keeps for sockets is not included.
#
#   bench/memory.sh [CONNECTIONS]     default 10,000; SERVICES=1000000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
connections=${1:-10000}
services=${SERVICES:-1000000}
ulimit -n "$((connections + 1000))" || die "ulimit -n $((connections + 1000)) is needed"
file=$(registry "$services")
checks=$(catalog "$services" 10000)
start_gate --registry "$file"
say_setup "$services services, $connections connections"

# beyond_file -> KiB of memory that is not mapped from a file.
beyond_file() { awk '/^Rss(Anon|Shmem)/ { sum += $2 } END { print sum }' "/proc/$gate_pid/status"; }

# A few thousand checks first, for what one worker needs whatever the number of connections.
open_load "$gate_port" --rows "$checks" --post '/v1/check?detail=brief' --connections 1 --phase 2000:2 >/dev/null
idle=$(beyond_file)
# One address may open 256 connections; at 200 each, the sources suffice for up to 50,000.
open_load "$gate_port" --rows "$checks" --post '/v1/check?detail=brief' --connections "$connections" \
  --sources "$((connections / 200 + 1))" --phase 5000:6 >"$work/memory.json" &
load_pid=$!
started+=("$load_pid")
peak=0
open=0
while kill -0 "$load_pid" 2>/dev/null; do
  now=$(beyond_file)
  [ "$now" -le "$peak" ] || peak=$now
  # Sockets may come and go while they are counted.
  now=$({ find "/proc/$gate_pid/fd" -lname 'socket:*' 2>/dev/null || true; } | wc -l)
  [ "$now" -le "$open" ] || open=$now
  sleep 0.2
done
wait "$load_pid"
[ "$(jq '.offered - .ok' "$work/memory.json")" -eq 0 ] || die "not all answered: $(cat "$work/memory.json")"
[ "$open" -ge "$connections" ] || die "only $open connections were open"
awk -v k="$idle" 'BEGIN { print k / 1024 }' |
  row memory P-9 "memory beyond the file, one connection" MiB "<=64"
awk -v a="$idle" -v b="$peak" -v n="$connections" 'BEGIN { print (b - a) / n }' |
  row memory P-9 "memory a connection, of $connections" KiB "<=32"
