# The four services as processes of the local stack. Sourced by stack.sh.

SERVICES="intake eligibility project-tracking kpi-aggregator"
BIN=${MOSAIC_BIN:-$ROOT/build/release/bin}
case $BIN in /*) ;; *) BIN=$PWD/$BIN ;; esac

known_service() {
  case " $SERVICES " in *" $1 "*) ;; *) die "there is no service '$1'; there are: $SERVICES." ;; esac
}

service_file() { [ "$2" = 1 ] && printf '%s' "$1" || printf '%s-%s' "$1" "$2"; } # NAME INSTANCE

service_env() { # service_env SERVICE: NAME=value lines
  local schema=${1//-/_}
  printf 'MOSAIC_KAFKA_BROKERS=127.0.0.1:%s\n' "$(cat "$STATE/kafka/port")"
  printf 'MOSAIC_DATABASE=%s\n' "$(pg_conninfo "mosaic_${schema}_runtime")"
  printf 'MOSAIC_DATABASE_PASSWORD_FILE=%s\n' "$STATE/secrets/mosaic_${schema}_runtime"
  printf 'MOSAIC_MIGRATE_DATABASE=%s\n' "$(pg_conninfo "mosaic_${schema}_owner")"
  printf 'MOSAIC_MIGRATE_PASSWORD_FILE=%s\n' "$STATE/secrets/mosaic_${schema}_owner"
}

service_ready() { # service_ready FILE
  python3 -I "$HERE/net.py" ready "$(cat "$STATE/run/$1.port")"
}

# A service keeps the address it was started with; Kafka may have had to take another port since.
service_knows_broker() { [ "$(cat "$STATE/run/$1.broker" 2>/dev/null)" = "$(cat "$STATE/kafka/port")" ]; }

# service_launch NAME INSTANCE BIN [SETTING=VALUE...]: starts it and does not wait.
service_launch() {
  local name=$1 instance=$2 bin=$3 file settings log port
  shift 3
  file=$(service_file "$name" "$instance")
  if alive "$file"; then
    service_knows_broker "$file" && return
    say "$file is started anew: Kafka has moved to another port"
    stop_process "$file" TERM 30
  fi
  [ -x "$bin/$name" ] || die "$bin/$name is not built; run 'make' first."
  log=$STATE/log/$file.log
  port=$(wanted_port "$STATE/run/$file.port" "") || exit 1
  mapfile -t settings < <(service_env "$name")
  cp "$STATE/kafka/port" "$STATE/run/$file.broker"
  launch "$file" "$log" env "${settings[@]}" "MOSAIC_HTTP_PORT=$port" "MOSAIC_INSTANCE=$instance" "$@" "$bin/$name" ||
    { last_lines "$file did not start" "$log"; return 1; }
}

service_wait() { # service_wait NAME INSTANCE
  local file
  file=$(service_file "$1" "$2")
  wait_for "$file" "${MOSAIC_READY_SECONDS:-60}" "$STATE/log/$file.log" service_ready "$file" || {
    local pid
    pid=$(pid_of "$file") && say "$file lives as process $pid; ask http://127.0.0.1:$(cat "$STATE/run/$file.port")/readyz?verbose"
    return 1
  }
}

services_start() { # services_start [SETTING=VALUE...]
  local s
  for s in $SERVICES; do service_launch "$s" 1 "$BIN" "$@" || return 1; done
  for s in $SERVICES; do
    service_wait "$s" 1 || return 1
    say "$s is ready on http://127.0.0.1:$(cat "$STATE/run/$s.port")"
  done
}

service_instances() { # files of every instance that has a pid file
  local f name
  for f in "$STATE"/run/*.pid; do
    [ -e "$f" ] || continue
    name=${f##*/}; name=${name%.pid}
    case $name in kafka | postgres) ;; *) printf '%s\n' "$name" ;; esac
  done
}

services_stop() {
  local file
  for file in $(service_instances); do stop_process "$file" TERM 30 & done
  wait
}

# service_command start|stop|kill|wait NAME [--instance N] [--bin DIR] [--no-wait] [SETTING=VALUE...]
service_command() {
  local verb=${1:-} name=${2:-} instance=1 bin=$BIN wait=1 extra=() pid
  known_service "$name"
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --instance)
        [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ ]] || die "--instance needs a number from 1 to 9999; not '${2:-}'."
        instance=$2; shift 2 ;;
      --bin)
        [ -d "${2:-}" ] || die "--bin needs the folder of the programs; not '${2:-}'."
        bin=$2; shift 2 ;;
      --no-wait) wait=0; shift ;;
      *=*) extra+=("$1"); shift ;;
      *) die "'$1' is not understood here; a setting is written NAME=VALUE." ;;
    esac
  done
  case $verb in
    start)
      service_launch "$name" "$instance" "$bin" "${extra[@]}" || return 1
      [ "$wait" = 0 ] || service_wait "$name" "$instance" ;;
    wait) service_wait "$name" "$instance" ;;
    stop) stop_process "$(service_file "$name" "$instance")" TERM 30 ;;
    kill)
      pid=$(pid_of "$(service_file "$name" "$instance")") || die "$name (instance $instance) does not run."
      kill -KILL "$pid" ;;
    *) die "service start|stop|kill|wait NAME; not '$verb'." ;;
  esac
}
