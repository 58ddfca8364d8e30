#!/usr/bin/env bash
# The whole chain on real data, from nothing: `deploy/demo.sh [FILE]` installs what is missing, builds, reads the
# Horizon file, so that a broken one is told at once, starts a platform of its own in an empty state, imports the
# file, waits until every stage has caught up, shows the KPIs, reconciles what went in against what came out, and
# stops everything again. Exit code 0 only if it all reconciles. The totals are in build/demo.json. Without a FILE
# it takes the one that the project carries: tests/data/horizon-2021.jsonl, the events that `mosaicctl import
# horizon` made of the real table.
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,/^set/s/^# //p' "$0"; exit ;; esac
FILE=${1:-}
[ -z "$FILE" ] || FILE=$(realpath -m "$FILE")
cd "$(dirname "$0")/.."
FILE=${FILE:-$(ls "$PWD"/tests/data/horizon-2021.* | head -n 1)}

export MOSAIC_STATE=$PWD/.mosaic-demo MOSAIC_BIN=$PWD/build/release/bin
STACK=deploy/local/stack.sh
STEP=0

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
step() { STEP=$((STEP + 1)); say; say "[$STEP/8] $*"; }

[ -r "$FILE" ] || die "there is no readable file $FILE."

mkdir -p build
exec 7>>build/demo.lock
flock -n 7 || die "another demo runs in this checkout; wait for its end."

stop() {
  local code=$?
  set +e              # whatever fails from here on, even to write, everything is stopped
  trap '' INT TERM PIPE HUP
  [ "$code" = 0 ] || say
  say "stopping everything"
  [ "$code" = 0 ] || keep_logs
  "$STACK" wipe 7>&- || true
  exit "$code"
}
keep_logs() {
  [ -d "$MOSAIC_STATE/log" ] || return 0
  rm -rf build/demo-logs && cp -r "$MOSAIC_STATE/log" build/demo-logs && say "the logs are kept in build/demo-logs"
}

mosaicctl() { "$MOSAIC_BIN/mosaicctl" "$@"; }

step "installing what is missing"
deploy/install.sh run
step "building"
make --no-print-directory -j"$(nproc)" all

rm -f build/demo.json
step "reading $FILE"
case $FILE in
  *.jsonl) mosaicctl publish "$FILE" --check ;; # events that the importer has made before
  *) mosaicctl import horizon "$FILE" --check ;;
esac

trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 141' PIPE
trap stop EXIT

step "starting Kafka, PostgreSQL and the four services"
"$STACK" wipe 7>&-
"$STACK" up 7>&-
"$STACK" services start 7>&-
eval "$("$STACK" env)"

step "importing $FILE"
case $FILE in
  *.jsonl) mosaicctl publish "$FILE" ;;
  *) mosaicctl import horizon "$FILE" ;;
esac

step "waiting until every stage has caught up"
mosaicctl positions --wait 600

step "the KPIs, by year"
mosaicctl kpi --by year --category all || true # a file without a sound row has none

step "reconciling what went in with what came out"
mosaicctl reconcile "$FILE" --out build/demo.json
