#!/usr/bin/env bash
# How soon a restarted gate answers: from the exec of its process to the first answer that rests on
# the registry of its local copy. Once as after an upgrade or a crash, when the copy has been
# verified since the machine booted, and once without the mark that says so, when the whole copy is
# verified on all cores.
#
#   bench/restart.sh [SERVICES] [ROUNDS]     default 10000000 7
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
services=${1:-10000000}
rounds=${2:-7}
folder=$(mktemp -d "$work/restart.XXXXXX")
folders+=("$folder")
file=$(registry "$services")

redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' >"$folder/redis.log" &
started+=($!)
wait_for 10 test -S "$folder/redis.sock"
"$gate" registry publish "$file" --to "redis+unix://$folder/redis.sock" 2>"$folder/publish.log" ||
  die "$(cat "$folder/publish.log")"
cat >"$folder/gate.toml" <<TOML
[registry]
url = "redis+unix://$folder/redis.sock"
local_copy = "$folder/copy"
allow_unsigned = true
TOML
start_gate --config "$folder/gate.toml"
wait_for 120 curl -sf "http://127.0.0.1:$gate_port/readyz"
wait_for 120 test -s "$folder/copy/registry.verified"
kill "$gate_pid" && wait "$gate_pid" || true

# milliseconds [FILE]: times one start per round, stopping the gate each time; removes FILE before.
milliseconds() {
  local round
  for round in $(seq "$rounds"); do
    [ $# -eq 0 ] || rm "$1"
    python3 bench/first_answer.py "$gate" serve --config "$folder/gate.toml"
  done
}
say_setup "$services services, $rounds starts each; Redis is up"
goal=(- -)
[ "$services" -ne 10000000 ] || goal=(P-6 "<=50")
milliseconds | row restart "${goal[0]}" \
  "first answer of a gate started again on its local copy, $services services" ms "${goal[1]}"
milliseconds "$folder/copy/registry.verified" |
  row restart - "the same, the copy not verified since the machine was started" ms -
