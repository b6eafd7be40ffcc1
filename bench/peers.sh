#!/usr/bin/env bash
# The same look-up by filing number, asked of the gate and of what people build instead: nginx with
# Lua and Redis, Webdis in front of Redis, a HAProxy map. Server CPU per check, including the peer's
# Redis.
#
# Every peer holds the finished decision for each number, as long as the gate's brief one, and only
# has to fetch it; the gate finds the filing and judges it. One worker each; Redis runs on the
# server's core too, reached through a Unix socket. A domain is looked up as well, in the map that
# `registry export` writes for HAProxy, compared with /v1/authz.
#
#   bench/peers.sh [ROUNDS] [SECONDS]     default 5 rounds of 3 s; SERVICES=1000000
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/lab.bash
rounds=${1:-5}
seconds=${2:-3}
services=${SERVICES:-1000000}
folder=$(mktemp -d)
folders+=("$folder")
chmod 755 "$folder"

file=$(registry "$services")
python3 bench/peers.py "$gate" "$file" "$folder"

start redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --appendonly no --dir "$folder"
redis_pid=$started_pid
wait_for 10 redis-cli -s "$folder/redis.sock" ping
redis-cli -s "$folder/redis.sock" --pipe <"$folder/redis.resp" >/dev/null
rm "$folder/redis.resp"

lua='location = /v1/check { default_type application/json; content_by_lua_block {
  local redis = require("nginx.redis"):new()
  if not redis:connect("unix:'$folder'/redis.sock") then return ngx.exit(503) end
  local found = redis:get(ngx.unescape_uri(ngx.var.arg_number))
  redis:set_keepalive(60000, 64)
  if found == ngx.null then found = "{\"decision\":\"deny\"}" end
  ngx.header.content_length = #found
  ngx.print(found)
} }'
start_nginx "$lua" ndk_http_module.so ngx_http_lua_module.so
contend nginx-lua-redis "$nginx_pid $redis_pid" "$nginx_port" get "ROWS=$folder/checks"

start_nginx "$static_answer"
contend nginx-constant "$nginx_pid" "$nginx_port" get "ROWS=$folder/checks"

webdis_port=$(free_port)
cat >"$folder/webdis.json" <<JSON
{"redis_host": "$folder/redis.sock", "redis_port": 0, "http_host": "127.0.0.1", "http_port": $webdis_port,
 "threads": 1, "pool_size": 4, "daemonize": false, "database": 0, "verbosity": 0,
 "logfile": "$folder/webdis.log", "acl": [{"disabled": ["DEBUG"]}]}
JSON
start webdis "$folder/webdis.json"
contend webdis-redis "$started_pid $redis_pid" "$webdis_port" get "ROWS=$folder/gets"

haproxy_port=$(free_port)
cat >"$folder/haproxy.cfg" <<CFG
global
  nbthread 1
  maxconn 1000
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 1s
frontend gate
  bind 127.0.0.1:$haproxy_port
  http-request set-var(txn.decision) url_param(number),url_dec,map_str($folder/numbers.map,deny) if { path /v1/check }
  http-request set-var(txn.decision) url_param(domain),map_str($folder/domains.map,deny) if { path /v1/authz }
  http-request return status 200 content-type application/json lf-string "%[var(txn.decision)]" if { path /v1/check }
  http-request return status 200 hdr X-Gate-Decision "%[var(txn.decision)]" if { var(txn.decision) -m str allow }
  http-request return status 403 hdr X-Gate-Decision "%[var(txn.decision)]"
CFG
start haproxy -f "$folder/haproxy.cfg" -db
contend haproxy-map "$started_pid" "$haproxy_port" get "ROWS=$folder/checks"
contend haproxy-domains "$started_pid" "$haproxy_port" get "ROWS=$folder/authz"

start_gate --registry "$file"
contend gate-get "$gate_pid" "$gate_port" get "ROWS=$folder/checks"
contend gate-post "$gate_pid" "$gate_port" post "ROWS=$folder/posts"
contend gate-authz "$gate_pid" "$gate_port" get "ROWS=$folder/authz"

# First make sure that all of them give the same answer; then measure how fast.
while read -r path; do
  want=$(curl -s "http://127.0.0.1:$gate_port$path" | jq -r .decision)
  for port in "${contender_port[nginx-lua-redis]}" "$haproxy_port"; do
    wait_for 60 curl -s -o /dev/null "http://127.0.0.1:$port/"
    have=$(curl -s "http://127.0.0.1:$port$path" | jq -r .decision)
    [ "$have" = "$want" ] || die "port $port says $have, the gate $want: $path"
  done
done < <(shuf -n 20 --random-source=<(yes) "$folder/checks")
path=$(head -n 1 "$folder/gets")
wait_for 10 curl -sf "http://127.0.0.1:$webdis_port$path"
curl -s "http://127.0.0.1:$webdis_port$path" | jq -e '.GET | fromjson.decision' >/dev/null ||
  die "webdis has no decision at $path"

say_setup "$services services, $rounds rounds of $seconds s, $(nginx -v 2>&1), $(haproxy -v | head -n 1 | cut -d ' ' -f 1-3), $(redis-server --version | cut -d ' ' -f 3)"
echo "a check by number"
alternate "$rounds" "$seconds" gate-get gate-post nginx-lua-redis webdis-redis haproxy-map nginx-constant
for peer in "nginx-lua-redis 5" "webdis-redis 4" "haproxy-map 1.4"; do
  read -r name bound <<<"$peer"
  ratios "$name" gate-get 2 |
    row peers P-3 "$name to the gate, the same GET by number, $services services" "x CPU" ">=$bound"
  ratios "$name" gate-post 2 | row peers - "$name to the gate's POST" "x CPU" -
done
figures gate-get 2 | row peers - "the gate, a check by GET" us -
figures gate-post 2 | row peers - "the gate, a check by POST" us -
ratios gate-get nginx-constant 2 | row peers - "the gate by GET to nginx's constant" "x CPU" -

echo "a check by domain, as a proxy asks"
is_refusal_fine=yes
alternate "$rounds" "$seconds" gate-authz haproxy-domains
ratios haproxy-domains gate-authz 2 |
  row peers - "HAProxy's map of domains to /v1/authz" "x CPU" -
