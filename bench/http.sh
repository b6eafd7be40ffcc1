#!/usr/bin/env bash
# The gate and nginx `return 200` side by side: server CPU per request and requests per second.
#
# One worker each, pinned to core 0; wrk pinned to core 1 with 32 connections. Rounds alternate, so
# that a drift of the machine meets both. CPU is the kernel's own account of the server process.
#
#   bench/http.sh [ROUNDS] [SECONDS]     default 5 rounds of 4 s; SERVICES=1000000
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-4}
services=${SERVICES:-1000000}
gate=build/release/beian-gate
work=build/bench
mkdir -p "$work"

pids=()
cleanup() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; }
trap cleanup EXIT

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
cpu_ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

if [ ! -f "$work/registry-$services.snap" ]; then
  build/release/fixtures/beian-synth feed --services "$services" --seed 1 -o "$work/feed.ndjson"
  "$gate" registry build "$work/feed.ndjson" -o "$work/registry-$services.snap"
  rm "$work/feed.ndjson"
fi
build/release/fixtures/beian-synth catalog --services "$services" --seed 1 --rows 10000 \
  -o "$work/rows.ndjson"

cat >"$work/post.lua" <<'LUA'
-- Posts catalog rows one after another; PIPELINE of them at once where the environment asks.
local rows, n, depth = {}, 0, tonumber(os.getenv("PIPELINE") or "1")
function init(args)
  local fields = {["Content-Type"] = "application/json", ["Host"] = wrk.headers["Host"]}
  for line in io.lines(os.getenv("ROWS")) do
    rows[#rows + 1] = wrk.format("POST", "/v1/check?detail=brief", fields, line)
  end
end
request = function()
  local batch = {}
  for i = 1, depth do
    n = n % #rows + 1
    batch[i] = rows[n]
  end
  return depth == 1 and batch[1] or table.concat(batch)
end
LUA
cat >"$work/get.lua" <<'LUA'
local depth = tonumber(os.getenv("PIPELINE") or "1")
local one
request = function()
  one = one or string.rep(wrk.format("GET", "/"), depth)
  return one
end
LUA

nginx_port=$(free_port)
cat >"$work/nginx.conf" <<NGINX
daemon off; master_process off; worker_processes 1; pid $PWD/$work/nginx.pid;
error_log $PWD/$work/nginx.err;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 100000000; server { listen 127.0.0.1:$nginx_port;
  location / { return 200 '{"decision":"allow","assurance":"package","registry":{"serial":48213}}'; } } }
NGINX
taskset -c 0 nginx -c "$PWD/$work/nginx.conf" -e "$PWD/$work/nginx.err" &
nginx_pid=$!
pids+=("$nginx_pid")

gate_port=$(free_port)
taskset -c 0 "$gate" serve --listen "127.0.0.1:$gate_port" --threads 1 \
  --registry "$work/registry-$services.snap" >"$work/gate.out" 2>"$work/gate.err" &
gate_pid=$!
pids+=("$gate_pid")
for _ in $(seq 300); do grep -q listening "$work/gate.out" && break; sleep 0.1; done

# measure PID PORT SCRIPT -> "requests microseconds_of_cpu_per_request requests_per_second"
measure() {
  local before after requests rate
  before=$(cpu_ticks "$1")
  ROWS=$work/rows.ndjson taskset -c 1 wrk -t1 -c32 -d"${seconds}s" -s "$work/$3.lua" \
    "http://127.0.0.1:$2/" >"$work/wrk.out"
  after=$(cpu_ticks "$1")
  requests=$(awk '/requests in/ {print $1}' "$work/wrk.out")
  rate=$(awk '/Requests\/sec/ {print $2}' "$work/wrk.out")
  awk -v t=$((after - before)) -v n="$requests" -v r="$rate" -v hz="$(getconf CLK_TCK)" \
    'BEGIN { printf "%d %.3f %.0f\n", n, t / hz * 1e6 / n, r }'
  if grep -q 'Non-2xx' "$work/wrk.out"; then grep 'Non-2xx' "$work/wrk.out" >&2; fi
}

run() {
  local name=$1
  export PIPELINE=$2
  printf '%s (%d rounds of %d s)\n' "$name" "$rounds" "$seconds"
  for round in $(seq "$rounds"); do
    read -r _ nginx_us nginx_rate < <(measure "$nginx_pid" "$nginx_port" get)
    read -r _ gate_us gate_rate < <(measure "$gate_pid" "$gate_port" post)
    awk -v r="$round" -v a="$nginx_us" -v b="$gate_us" -v c="$nginx_rate" -v d="$gate_rate" 'BEGIN {
      printf "  %d  nginx %6.2f us/req %8d req/s   gate %6.2f us/req %8d req/s   CPU %.2fx  rate %.2fx\n",
             r, a, c, b, d, b / a, d / c }' | tee -a "$work/rows-$PIPELINE.txt"
  done
  awk '{ match($0, /CPU [0-9.]+/); cpu[NR] = substr($0, RSTART + 4, RLENGTH - 4) + 0
         match($0, /rate [0-9.]+/); rate[NR] = substr($0, RSTART + 5, RLENGTH - 5) + 0 }
       function median(a, n,   i, j, t) { for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++)
         if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t } return a[int((n + 1) / 2)] }
       END { printf "  median: server CPU %.2fx of nginx, rate %.2fx\n", median(cpu, NR), median(rate, NR) }' \
    "$work/rows-$PIPELINE.txt"
}

rm -f "$work"/rows-*.txt
echo "setup: $(lscpu | awk -F: '/Model name/ {gsub(/^ +/, "", $2); print $2}'), $(nginx -v 2>&1), $services services"
run "POST /v1/check against nginx return 200" 1
run "the same, pipelined x16" 16
