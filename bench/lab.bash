# What the benches share: servers pinned to one core and load to another, contenders measured in
# turn, and rows for RESULTS.md. Sourced, not run:
#
#   cd "$(dirname "$0")/.." && source bench/lab.bash
#
# A bench that needs several servers starts them all and measures them round by round, so that a
# drift of the machine affects all of them. CPU is the kernel's account of the server's processes.

gate=${GATE:-build/release/beian-gate}
synth=build/release/fixtures/beian-synth
work=$PWD/build/bench
rows=$work/rows.ndjson
server_core=0
load_core=1
mkdir -p "$work"

started=()
folders=()
# Ends what this bench started, and nothing else.
end_all() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ ${#folders[@]} -eq 0 ] || rm -rf "${folders[@]}"
}
trap end_all EXIT

die() { echo "bench: $*" >&2; exit 70; }

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

cpu_model() { lscpu | awk -F: '/^Model name/ { gsub(/^ +/, "", $2); print $2 }'; }

commit() { git describe --always --dirty=+ 2>/dev/null || echo unknown; }

say_setup() { echo "setup: $(cpu_model), $(nproc) cores, $(commit), $*"; }

# cpu_seconds PID…: user and system time so far, of all threads.
cpu_seconds() {
  local pid
  for pid in "$@"; do sed 's/.*) //' "/proc/$pid/stat"; done |
    awk -v hz="$(getconf CLK_TCK)" '{ ticks += $12 + $13 } END { printf "%.2f\n", ticks / hz }'
}

# status_kib PID FIELD: a line of /proc/PID/status, such as RssAnon.
status_kib() { awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status"; }

# registry SERVICES -> the file of the synthetic registry of that size, kept from one bench to the
# next. The feed is never stored: at 30 M it would be 16 GiB.
registry() {
  local file=$work/registry-$1.snap
  [ -f "$file" ] ||
    "$synth" feed --services "$1" --seed 1 | "$gate" registry build - -o "$file" >&2
  echo "$file"
}

# catalog SERVICES ROWS -> the file with ROWS check requests about that registry.
catalog() {
  local file=$work/catalog-$1-$2.ndjson
  [ -f "$file" ] || "$synth" catalog --services "$1" --seed 1 --rows "$2" -o "$file"
  echo "$file"
}

# world FOLDER ROWS SEED: makes a small world, FOLDER/registry.snap and FOLDER/catalog.ndjson, for
# counting instructions.
world() {
  "$synth" feed --services 20000 --seed "$3" -o "$1/feed.ndjson" >&2
  "$synth" catalog --services 20000 --seed "$3" --rows "$2" -o "$1/catalog.ndjson" >&2
  "$gate" registry build "$1/feed.ndjson" -o "$1/registry.snap" --serial 1 >&2
}

# wait_for SECONDS COMMAND…: waits until COMMAND succeeds.
wait_for() {
  local deadline=$((SECONDS + $1))
  until "${@:2}" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || die "waited $1 s in vain for: ${*:2}"
    sleep 0.05
  done
}

# start COMMAND…: starts it on the server's core. Sets started_pid and server_out.
start() {
  server_out=$work/server-${#started[@]}.out
  : >"$server_out"  # emptied here, so that nobody waits for what an earlier server said
  taskset -c "$server_core" "$@" >"$server_out" 2>"$server_out.err" &
  started_pid=$!
  started+=("$started_pid")
}

# start_gate ARGS…: starts a gate with one worker. Sets gate_pid and gate_port.
start_gate() {
  start "$gate" serve --listen 127.0.0.1:0 --threads 1 "$@"
  gate_pid=$started_pid
  wait_for 300 grep -q 'listening' "$server_out"
  gate_port=$(grep -o '[0-9]*$' "$server_out" | head -n 1)
}

# everything_on FOLDER: writes FOLDER/gate.toml with a caller and a decision log that is flushed in
# the background. Sets api_key. Metrics are always on.
everything_on() {
  "$gate" keys new >"$1/key" 2>"$1/entry"
  api_key=$(cat "$1/key")
  local entry
  entry=$(grep -o '{.*}' "$1/entry")
  cat >"$1/gate.toml" <<TOML
[[callers]]
name = "bench"
keys = [$entry]
[log]
folder = "$1/log"
TOML
}

# start_nginx DIRECTIVES [MODULE…]: starts nginx with one worker and no access log; DIRECTIVES are
# the contents of its `server` block. Sets nginx_pid and nginx_port.
start_nginx() {
  nginx_port=$(free_port)
  local conf=$work/nginx-$nginx_port.conf module
  {
    for module in "${@:2}"; do echo "load_module /usr/lib/nginx/modules/$module;"; done
    cat <<NGINX
daemon off; master_process off; worker_processes 1; pid $work/nginx-$nginx_port.pid;
error_log $work/nginx.err;
events { worker_connections 20000; }
http { access_log off; keepalive_requests 100000000; client_body_temp_path $work/nginx-body;
  server { listen 127.0.0.1:$nginx_port backlog=4096; $1 } }
NGINX
  } >"$conf"
  start nginx -c "$conf" -e "$work/nginx.err"
  nginx_pid=$started_pid
  wait_for 10 curl -s -o /dev/null "http://127.0.0.1:$nginx_port/"
}

# What each check is compared with: a constant from nginx, as long as a brief decision.
static_answer="location / { default_type application/json;
  return 200 '{\"decision\":\"allow\",\"assurance\":\"package\",\"registry\":{\"serial\":48213}}'; }"

# Scripts for wrk. ROWS: a file with one body or path per line; KEY: a caller's key; PIPELINE:
# requests in flight at once.
cat >"$work/post.lua" <<'LUA'
local rows, n, depth = {}, 0, tonumber(os.getenv("PIPELINE") or "1")
function init(args)
  local fields = {["Content-Type"] = "application/json", ["Host"] = wrk.headers["Host"]}
  if os.getenv("KEY") then fields["Authorization"] = "Bearer " .. os.getenv("KEY") end
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
local rows, n, depth = {}, 0, tonumber(os.getenv("PIPELINE") or "1")
function init(args)
  if not os.getenv("ROWS") then
    rows[1] = wrk.format("GET", "/")
    return
  end
  for line in io.lines(os.getenv("ROWS")) do rows[#rows + 1] = wrk.format("GET", line) end
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

# contend NAME "PID…" PORT SCRIPT [VARIABLE=VALUE…]: a contender for `alternate`; the variables are
# for the script. contender_scheme[NAME]=https uses TLS.
declare -A contender_pids contender_port contender_script contender_env contender_scheme
contend() {
  contender_pids[$1]=$2
  contender_port[$1]=$3
  contender_script[$1]=$work/$4.lua
  contender_env[$1]=${*:5}
}

# measure NAME SECONDS -> "microseconds of CPU per request, requests per second", on
# $wrk_connections or 32 connections.
measure() {
  local before after pids variables
  read -ra pids <<<"${contender_pids[$1]}"
  read -ra variables <<<"${contender_env[$1]}"
  before=$(cpu_seconds "${pids[@]}")
  env "${variables[@]}" taskset -c "$load_core" wrk -t1 -c"${wrk_connections:-32}" -d"$2s" -s "${contender_script[$1]}" \
    "${contender_scheme[$1]:-http}://127.0.0.1:${contender_port[$1]}/" >"$work/wrk.out"
  after=$(cpu_seconds "${pids[@]}")
  ! grep "Socket errors" "$work/wrk.out" >&2 || die "$1: connections failed"
  # A check by domain may be refused.
  [ -n "${is_refusal_fine:-}" ] || ! grep Non-2xx "$work/wrk.out" >&2 || die "$1 refused requests"
  awk -v cpu="$(awk -v a="$after" -v b="$before" 'BEGIN { print a - b }')" '
    /requests in/ { n = $1 } /Requests\/sec/ { rate = $2 }
    END { printf "%.3f %.0f\n", cpu * 1e6 / n, rate }' "$work/wrk.out"
}

# alternate ROUNDS SECONDS NAME…: prints one line per measurement and leaves "NAME CPU RATE" in
# $work/samples, round by round.
alternate() {
  local rounds=$1 seconds=$2 round name sample
  shift 2
  : >"$work/samples"
  for round in $(seq "$rounds"); do
    for name in "$@"; do
      sample=$(measure "$name" "$seconds")
      echo "$name $sample" >>"$work/samples"
      awk -v r="$round" -v name="$name" '{ printf "  %d  %-24s %8.2f us/req %9d req/s\n", r, name, $1, $2 }' \
        <<<"$sample"
    done
  done
}

# figures NAME 2|3 -> the figures of `alternate`, one per line: 2 is CPU, 3 the rate.
figures() { awk -v name="$1" -v field="$2" '$1 == name { print $field }' "$work/samples"; }

# ratios A B 2|3 -> A relative to B, round by round.
ratios() { paste <(figures "$1" "$3") <(figures "$2" "$3") | awk '{ printf "%.4f\n", $1 / $2 }'; }

# row BENCH GOAL WHAT UNIT LIMIT: reads figures from standard input, one per line; prints median and
# spread, and appends a row to rows.ndjson for `./dev bench goals`. LIMIT is "<=N", ">=N" or "-".
row() {
  jq -Rrcn --arg bench "$1" --arg goal "$2" --arg what "$3" --arg unit "$4" --arg limit "$5" \
    --arg commit "$(commit)" --arg cpu "$(cpu_model)" --arg at "$(date -u +%FT%TZ)" '
    [inputs | tonumber] as $samples | ($samples | sort) as $sorted | ($sorted | length) as $n |
    (if $n % 2 == 1 then $sorted[($n - 1) / 2]
     else ($sorted[$n / 2 - 1] + $sorted[$n / 2]) / 2 end) as $median |
    ($limit | if . == "-" then null else .[2:] | tonumber end) as $bound |
    { bench: $bench, goal: $goal, what: $what, unit: $unit, value: $median, low: $sorted[0],
      high: $sorted[-1], limit: $limit, samples: $samples, commit: $commit, cpu: $cpu, at: $at,
      is_met: (if $bound == null then null elif $limit[0:2] == "<=" then $median <= $bound
               else $median >= $bound end) }' | tee -a "$rows" |
    jq -r 'def short: (if fabs >= 100 then 1 elif fabs >= 1 then 100 else 10000 end) as $s | . * $s | round / $s;
      "\(.what): \(.value | short) \(.unit) (\(.low | short) to \(.high | short))" +
      if .is_met == null then "" else ", goal \(.limit): \(if .is_met then "met" else "not met" end)" end'
}

# open_load PORT ARGS…: constant rates from the load's core; prints a line of JSON per phase.
open_load() {
  taskset -c "$load_core" build/release/bench/beian-bench-load --to "127.0.0.1:$1" "${@:2}"
}

# saturation NAME [SECONDS] -> requests per second of a contender when wrk sends as fast as it can.
saturation() { measure "$1" "${2:-3}" | awk '{ print $2 }'; }
