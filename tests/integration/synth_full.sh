#!/usr/bin/env bash
# The whole path at full size: beian-synth's feed of a million services -> registry build -> serve
# -> its catalogs of 100,000 labelled rows through POST /v1/checks, and through `audit` on the same
# snapshot. Prints the counts and the rows that differ; exits with 1 when there are any.
#
#   tests/integration/synth_full.sh [SERVICES [ROWS [SEED]]]     BUILD=build/release
set -euo pipefail
cd "$(dirname "$0")/../.."

services=${1:-1000000}
rows=${2:-100000}
seed=${3:-1}
build=${BUILD:-build/release}
folder=$(mktemp -d)
gate=
finish() {
  [ -z "$gate" ] || kill "$gate" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

say() { printf '%s\n' "synth_full: $*" >&2; }
since() { printf '%s s' "$((SECONDS - $1))"; }

start=$SECONDS
"$build/fixtures/beian-synth" feed --services "$services" --seed "$seed" -o "$folder/feed.ndjson"
say "feed: $(wc -l <"$folder/feed.ndjson") records, $(since "$start")"

start=$SECONDS
"$build/beian-gate" registry build "$folder/feed.ndjson" -o "$folder/registry.snap" --serial 1
say "snapshot: $(stat -c %s "$folder/registry.snap") bytes, $(since "$start")"

"$build/beian-gate" serve --listen 127.0.0.1:0 --registry "$folder/registry.snap" \
  >"$folder/out" 2>"$folder/err" &
gate=$!
for _ in $(seq 600); do
  grep -q '^listening on ' "$folder/out" && break
  kill -0 "$gate" 2>/dev/null || { cat "$folder/err" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$folder/out")

differing=0
for kind in mixed mutations; do
  flags=()
  [ "$kind" = mixed ] || flags=(--mutations)
  "$build/fixtures/beian-synth" catalog --services "$services" --seed "$seed" --rows "$rows" \
    "${flags[@]}" -o "$folder/catalog.ndjson"
  "$build/beian-gate" audit "$folder/catalog.ndjson" --registry "$folder/registry.snap" --quiet \
    --output "ndjson=$folder/decisions.ndjson" || [ $? -le 3 ]
  for source in "$url" "$folder/decisions.ndjson"; do
    start=$SECONDS
    say "$kind catalog, $source"
    python3 tests/integration/compare_labels.py "$source" "$folder/catalog.ndjson" || differing=1
    say "$(since "$start")"
  done
done
exit "$differing"
