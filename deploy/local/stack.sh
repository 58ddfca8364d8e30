#!/usr/bin/env bash
# The local stack: a real Kafka, a private PostgreSQL and the four services, without containers, all
# under one ignored folder. Run it with no argument for help.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
STATE=${MOSAIC_STATE:-$ROOT/.mosaic}
case $STATE in /*) ;; *) STATE=$PWD/$STATE ;; esac

trap 'say interrupted; exit 130' INT TERM

. "$HERE/common.sh"
. "$HERE/kafka.sh"
. "$HERE/postgres.sh"
. "$HERE/services.sh"

usage() {
  cat <<'END'
stack.sh up                  Kafka, PostgreSQL and the topics; harmless when they run
stack.sh down                stops everything of this state; data stays
stack.sh wipe                down, and removes the state's data
stack.sh status              what runs, where; exit code 3 if something does not
stack.sh env [SERVICE]       export lines for eval: for tools and tests, or what one service needs
stack.sh logs [PART]         the last lines of the logs
stack.sh topics              creates the topics that are missing (up does it too)
stack.sh rules [FOLDER]      publishes the rule sets of a folder (up does it with those of eligibility)
stack.sh services start|stop [SETTING=VALUE ...]
stack.sh service start|stop|kill|wait NAME [--instance N] [--bin DIR] [--no-wait] [SETTING=VALUE ...]
stack.sh kafka|postgres start|stop|kill

Settings, all optional:
  MOSAIC_STATE           the folder of this stack (.mosaic in the checkout); several run side by side
  MOSAIC_BIN             the folder of the programs (build/release/bin)
  MOSAIC_KAFKA_VERSION   4.2.2, or 3.9.2
  MOSAIC_KAFKA_JIT       quick: Java's first compiler only (the default); full: both, for a broker that stays
  MOSAIC_KAFKA_PORT      the broker's port on 127.0.0.1; a free one is chosen
END
}

open_state() {
  umask 022
  need flock util-linux
  need setsid util-linux
  need python3 python3
  mkdir -p "$STATE/log" "$STATE/run" || die "the folder $STATE cannot be made."
  (umask 077; mkdir -p "$STATE/secrets")
  [ -w "$STATE/run" ] || die "$STATE belongs to another user; remove it or set MOSAIC_STATE."
  chmod 755 "$STATE"
  touch "$STATE/mosaic-state"
  lock_state
}

has_state() { [ -f "$STATE/mosaic-state" ]; }

known_state() { # for what makes no sense before the first `up`
  has_state || die "no stack in $STATE; 'make up' or 'stack.sh up' starts one."
  open_state
  pg_place
}

# Both start at once, and in the background: an interrupt ends the waiting, and then a TERM each job between two commands.
JOBS=()
up() {
  local job failed=0
  open_state
  trap tell_running EXIT
  kafka_jars
  (trap '' INT; trap 'exit 143' TERM; kafka_start) &
  JOBS+=($!)
  (trap '' INT; trap 'exit 143' TERM; pg_start) &
  JOBS+=($!)
  for job in "${JOBS[@]}"; do wait "$job" || failed=1; done
  JOBS=()
  [ "$failed" = 0 ] || exit 1
  topics
}

# The end of what was to start something: after a failure or an interrupt, what runs all the same is told.
tell_running() {
  local code=$? job part running=() settings=
  [ "$code" != 0 ] || return 0
  trap '' INT TERM PIPE
  for job in "${JOBS[@]}"; do
    kill "$job" 2>/dev/null || true
    wait "$job" || true
  done
  for part in kafka postgres $(service_instances); do
    if alive "$part"; then running+=("$part"); fi
  done
  [ "$STATE" = "$ROOT/.mosaic" ] || settings="MOSAIC_STATE=$(printf %q "$STATE") "
  [ ${#running[@]} = 0 ] || say "still running: ${running[*]}; '${settings}deploy/local/stack.sh down' stops it, data stays"
  exit "$code"
}

topics() {
  if [ ! -x "$BIN/mosaicctl" ]; then
    say "the topics are not created: $BIN/mosaicctl is not built (run 'make', then this again)"
    return
  fi
  local made
  made=$(MOSAIC_KAFKA_BROKERS=127.0.0.1:$(cat "$STATE/kafka/port") "$BIN/mosaicctl" topics create 9>&-) ||
    die "the topics could not be created."
  say "${made##*$'\n'}"
  rules ""
}

rules() { # rules [FOLDER]: a version that is known already is not published twice
  MOSAIC_KAFKA_BROKERS=127.0.0.1:$(cat "$STATE/kafka/port") \
    "$BIN/mosaicctl" rules publish "${1:-$ROOT/services/eligibility/rules}" 9>&- ||
    die "the rule sets could not be published."
}

down() {
  has_state || { say "nothing to stop: $STATE holds no stack"; return; }
  trap '' PIPE
  lock_state
  pg_place
  services_stop
  kafka_stop &
  pg_stop
  wait
  say "stopped"
}

wipe() {
  has_state || { [ ! -e "$STATE" ] || die "$STATE is not a stack's folder; it is left alone."; return 0; }
  down
  local link dir
  for link in "$STATE"/*.elsewhere; do
    dir=$(readlink "$link" 2>/dev/null) || continue
    case $dir in /var/tmp/mosaic-*) rm -rf "$dir" ;; esac
  done
  rm -rf "$STATE"
}

status() {
  local part pid where failed=0
  has_state || { say "no stack in $STATE; 'make up' starts one"; exit 3; }
  pg_place
  for part in kafka postgres $SERVICES $(service_instances | grep -e "-[0-9][0-9]*$" || true); do
    where=
    if pid=$(pid_of "$part"); then
      case $part in
        kafka) where="127.0.0.1:$(cat "$STATE/kafka/port")" ;;
        postgres) where=$PG_SOCKET ;;
        *) where="http://127.0.0.1:$(cat "$STATE/run/$part.port")"
           service_ready "$part" && where+=" ready" || { where+=" NOT READY"; failed=3; } ;;
      esac
      printf '%-18s running  %8s  %s\n' "$part" "$pid" "$where"
    else
      printf '%-18s stopped\n' "$part"
      failed=3
    fi
  done
  exit "$failed"
}

quoted() { local line; while IFS= read -r line; do printf 'export %s=%q\n' "${line%%=*}" "${line#*=}"; done; }

print_env() {
  has_state && [ -f "$STATE/kafka/port" ] || die "no stack in $STATE; 'make up' or 'stack.sh up' starts one."
  pg_place
  if [ $# -gt 0 ]; then
    known_service "$1"
    service_env "$1" | quoted
    return
  fi
  local s schema upper
  {
    printf 'MOSAIC_STATE=%s\n' "$STATE"
    printf 'MOSAIC_KAFKA_BROKERS=127.0.0.1:%s\n' "$(cat "$STATE/kafka/port")"
    printf 'PGPASSFILE=%s\n' "$STATE/secrets/pgpass"
    printf 'MOSAIC_ADMIN_DATABASE=%s\n' "$(pg_conninfo postgres)"
    printf 'MOSAIC_ADMIN_DATABASE_PASSWORD_FILE=%s\n' "$STATE/secrets/postgres"
    for s in $SERVICES; do
      schema=${s//-/_}
      upper=${schema^^}
      printf 'MOSAIC_%s_DATABASE=%s\n' "$upper" "$(pg_conninfo "mosaic_${schema}_runtime")"
      printf 'MOSAIC_%s_DATABASE_PASSWORD_FILE=%s\n' "$upper" "$STATE/secrets/mosaic_${schema}_runtime"
      if alive "$s"; then printf 'MOSAIC_%s_URL=http://127.0.0.1:%s\n' "$upper" "$(cat "$STATE/run/$s.port")"; fi
    done
  } | quoted
}

logs() {
  local f
  for f in "$STATE"/log/${1:-*}.log; do
    [ -f "$f" ] && { printf '==> %s\n' "$f"; tail -n 20 "$f"; }
  done
}

part_command() { # part_command kafka|postgres VERB
  local pid
  known_state
  case $1.${2:-} in
    kafka.start) kafka_start ;;
    kafka.stop) kafka_stop ;;
    postgres.start) pg_start ;;
    postgres.stop) pg_stop ;;
    *.kill)
      pid=$(pid_of "$1") || die "$1 does not run."
      kill -KILL "$pid" ;;
    *) die "$1 start|stop|kill; not '${2:-}'." ;;
  esac
}

running_stack() {
  alive kafka && alive postgres || die "Kafka or PostgreSQL does not run in $STATE; 'stack.sh up' first."
}

case ${1:-help} in
  up) up ;;
  down) down ;;
  wipe) wipe ;;
  status) status ;;
  env) shift; print_env "$@" ;;
  logs) shift; logs "$@" ;;
  topics) known_state; running_stack; topics ;;
  rules) known_state; running_stack; rules "${2:-}" ;;
  services)
    shift; known_state
    case ${1:-} in
      start) running_stack; trap tell_running EXIT; shift; services_start "$@" ;;
      stop) services_stop ;;
      *) die "services start|stop; not '${1:-}'." ;;
    esac ;;
  service) shift; known_state; service_command "$@" ;;
  kafka | postgres) part_command "$@" ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "'$1' is not a command of stack.sh." ;;
esac
