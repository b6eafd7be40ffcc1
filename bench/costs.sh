#!/usr/bin/env bash
# What a check costs besides instructions (`./dev bench features` has those): server CPU with a key,
# a decision log, TLS; system calls; cache misses, by callgrind's cache model.
#
# CPU is the kernel's account, with wrk on 32 connections and the configurations in turn. System
# calls are counted by strace, which slows the server down, so that with 32 connections one turn of
# its loop does more than it would untraced; one connection shows the other extreme. Misses: one
# connection, one check at a time, each of another row; first-level caches as on this processor, a
# second level of 2 MiB.
#
#   bench/costs.sh [ROUNDS] [SECONDS]     default 5 rounds of 2 s; SERVICES=1000000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
rounds=${1:-5}
seconds=${2:-2}
services=${SERVICES:-1000000}
folder=$(mktemp -d)
folders+=("$folder")
file=$(registry "$services")
checks=$(catalog "$services" 10000)

# configure NAME PARTS…: writes FOLDER/NAME.toml.
configure() {
  local part
  : >"$folder/$1.toml"
  for part in "${@:2}"; do
    case $part in
      key) printf '[[callers]]\nname = "bench"\nkeys = [%s]\n' "$entry" ;;
      async | before_answer) printf '[log]\nfolder = "%s"\ndurability = "%s"\n' "$folder/log-$1" "$part" ;;
      tls) printf '[tls]\ncertificate = "%s.pem"\nkey = "%s.key"\n' "$folder/tls" "$folder/tls" ;;
    esac >>"$folder/$1.toml"
  done
}

# serve NAME PARTS…: starts a gate with these parts of a configuration, as a contender.
serve() {
  configure "$@"
  start_gate --registry "$file" --config "$folder/$1.toml"
  contend "$1" "$gate_pid" "$gate_port" post "ROWS=$checks"
  [[ " ${*:2} " != *" key "* ]] || contender_env[$1]+=" KEY=$api_key"
  [[ " ${*:2} " != *" tls "* ]] || contender_scheme[$1]=https
}

# calls_of NAME CONNECTIONS -> system calls per request, in all and by name.
calls_of() {
  local tracer
  strace -f -c -o "$folder/calls" -p "${contender_pids[$1]}" 2>/dev/null &
  tracer=$!
  sleep 0.5
  wrk_connections=$2 measure "$1" 2 >/dev/null
  kill -INT "$tracer" && wait "$tracer" || true
  awk -v n="$(awk '/requests in/ { print $1 }' "$work/wrk.out")" -v name="$1" -v connections="$2" '
    $1 ~ /^[0-9.]+$/ && $NF != "total" { calls = $4; all += calls; if (calls / n >= 0.02) each = each sprintf(" %s %.2f,", $NF, calls / n) }
    END { printf "  %-14s %2d connections: %.2f a request:%s\n", name, connections, all / n, substr(each, 1, length(each) - 1) }' \
    "$folder/calls"
}

# misses NAME PARTS…: cache misses per check.
misses() {
  configure "misses-$1" "${@:2}"
  start valgrind --tool=callgrind --cache-sim=yes --LL=2097152,16,64 --callgrind-out-file="$folder/callgrind.$1" \
    "$gate" serve --listen 127.0.0.1:0 --threads 1 --registry "$file" --config "$folder/misses-$1.toml"
  wait_for 300 grep -q listening "$server_out"
  local port key=()
  port=$(grep -o '[0-9]*$' "$server_out" | head -n 1)
  [[ " ${*:2} " != *" key "* ]] || key=(--key "$api_key")
  open_load "$port" --rows "$checks" --post '/v1/check?detail=brief' --connections 1 "${key[@]}" --phase 50:4 >/dev/null
  callgrind_control -z "$started_pid" >/dev/null 2>&1
  open_load "$port" --rows "$checks" --post '/v1/check?detail=brief' --connections 1 "${key[@]}" --phase 50:20 >"$folder/load"
  callgrind_control -d "$started_pid" >/dev/null 2>&1
  kill "$started_pid" && wait "$started_pid" || true
  cat "$folder/callgrind.$1.1" | awk -v n="$(jq .ok "$folder/load")" -v name="$1" '
    /^events:/ { for (i = 2; i <= NF; ++i) column[$i] = i }
    /^(totals|summary):/ && $column["Ir"] > most { most = $column["Ir"]; line = $0 }
    END { split(line, v, " "); i = column["Ir"];
      printf "  %-14s %d checks, each: %.0f instructions; misses of the first level %.0f of instructions, %.0f of data; of the second %.1f and %.1f\n",
        name, n, v[i] / n, v[column["I1mr"]] / n, (v[column["D1mr"]] + v[column["D1mw"]]) / n,
        v[column["ILmr"]] / n, (v[column["DLmr"]] + v[column["DLmw"]]) / n }'
}

"$gate" keys new >"$folder/key" 2>"$folder/entry"
api_key=$(cat "$folder/key")
entry=$(grep -o '{.*}' "$folder/entry")
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gate \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/tls.key" -out "$folder/tls.pem" 2>/dev/null
start_nginx "$static_answer"
contend nginx "$nginx_pid" "$nginx_port" get
serve bare
serve key key
serve log async
serve before_answer before_answer
serve tls tls
serve all key async tls

say_setup "$services services, $rounds rounds of $seconds s"
names=(bare key log before_answer tls all)
alternate "$rounds" "$seconds" nginx "${names[@]}" >"$folder/rounds"
for name in "${names[@]}"; do
  figures "$name" 2 | row costs - "server CPU a check, $name" us -
  [ "$name" = bare ] || ratios "$name" bare 2 | row costs - "server CPU a check, $name to bare" x -
done
echo "system calls, by strace"
for name in nginx "${names[@]}"; do calls_of "$name" 32; done
for name in nginx bare log; do calls_of "$name" 1; done
echo "caches, by callgrind's model"
misses bare
misses all-but-tls key async
