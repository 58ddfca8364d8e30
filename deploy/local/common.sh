# What every part of the local stack shares: messages, the lock, processes that are told apart from
# strangers with the same process id, free ports. Sourced by stack.sh, never run.

say() { printf '%s\n' "$*" >&2 || true; } # a reader that went away must stop nothing halfway
die() { say "error: $*"; exit 1; }

need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null 2>&1 || die "$1 is missing; 'deploy/install.sh' installs it (Debian package $2)."
}

# --- the lock: one stack.sh at a time works on a state -------------------------------------------

lock_state() {
  exec 9>>"$STATE/lock"
  flock -n 9 && return
  say "another stack.sh is at work on $STATE; waiting for it"
  flock -w 300 9 || die "the other stack.sh is still at work on $STATE after 5 minutes."
}

# --- processes -----------------------------------------------------------------------------------
# A pid file holds "<pid> <start time> <boot id>": a pid that was given to someone else since, or that
# dates from before a reboot, is not ours.

start_time() { # field 22 of stat; the name in field 2 may hold spaces and brackets
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  set -- ${stat##*) }
  [ "$1" != Z ] || return 1
  printf '%s' "${20}"
}

boot_id() { cat /proc/sys/kernel/random/boot_id; }

pid_of() { # pid_of NAME: prints the pid when the process lives
  local pid started boot
  read -r pid started boot 2>/dev/null <"$STATE/run/$1.pid" || return 1
  [ "${boot:-}" = "$(boot_id)" ] && [ "$(start_time "$pid")" = "$started" ] && printf '%s' "$pid"
}

alive() { pid_of "$1" >/dev/null; }

# The child writes its own pid file before it becomes the program, so no kill can leave a process
# that no file knows. It gets a session of its own: Ctrl-C in the terminal is not for it. An interrupt
# waits until the file is there, so that whoever is interrupted can tell what runs.
launch() { # launch NAME LOG COMMAND...
  local name=$1 log=$2 interrupted= traps failed=0
  shift 2
  traps=$(trap -p INT TERM)
  trap 'interrupted=1' INT TERM
  launch_now "$@" || failed=1
  trap - INT TERM
  eval "$traps"
  [ -z "$interrupted" ] || exit 130
  return "$failed"
}

launch_now() { # for launch, with its name and log
  rm -f "$STATE/run/$name.pid"
  setsid bash -c '
    . "$1"; STATE=$2
    printf "%s %s %s\n" "$$" "$(start_time $$)" "$(boot_id)" >"$STATE/run/$3.pid.new"
    mv "$STATE/run/$3.pid.new" "$STATE/run/$3.pid"
    shift 3; exec "$@"' launch "$HERE/common.sh" "$STATE" "$name" "$@" \
    >>"$log" 2>&1 </dev/null 9>&- &
  local child=$! tries=0
  until [ -s "$STATE/run/$name.pid" ]; do
    kill -0 "$child" 2>/dev/null || [ -s "$STATE/run/$name.pid" ] || return 1
    tries=$((tries + 1)); [ "$tries" -lt 500 ] || return 1
    sleep 0.02
  done
  disown "$child" 2>/dev/null || true
}

stop_process() { # stop_process NAME SIGNAL SECONDS
  local pid deadline
  pid=$(pid_of "$1") || { rm -f "$STATE/run/$1.pid"; return 0; }
  deadline=$((SECONDS + $3))
  kill "-$2" "$pid" 2>/dev/null || true
  kill -CONT "$pid" 2>/dev/null || true
  while alive "$1"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      say "$1 did not stop within $3 seconds; killing it"
      kill -KILL "$pid" 2>/dev/null || true
      deadline=$((SECONDS + 10))
    fi
    sleep 0.05
  done
  rm -f "$STATE/run/$1.pid"
}

# wait_for NAME SECONDS LOG COMMAND...: until the command succeeds, while the process lives.
wait_for() {
  local name=$1 deadline=$((SECONDS + $2)) log=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    alive "$name" || { last_lines "$name ended while starting" "$log"; return 1; }
    [ "$SECONDS" -lt "$deadline" ] || { last_lines "$name does not answer" "$log"; return 1; }
    sleep 0.1
  done
}

last_lines() { # last_lines SENTENCE LOG
  say "$1; the last lines of $2:"
  tail -n "${LAST_LINES:-8}" "$2" 2>/dev/null | cut -c1-400 | sed 's/^/    /' >&2 || true
}

free_port() { python3 -I "$HERE/net.py" free-port; }
port_free() { python3 -I "$HERE/net.py" is-free "$1"; }

# wanted_port FILE WISH: a port chosen by the user must be free; the one used last time is kept while
# it is free, so that a restarted part is found where it was; else a free one is taken.
wanted_port() {
  local port=$2
  if [ -n "$port" ]; then
    { [[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ]; } ||
      die "'$port' is no port; a port is a number from 1 to 65535."
    port_free "$port" || die "port $port on 127.0.0.1 is taken by another program; choose another or leave the choice to the stack."
  else
    port=$(cat "$1" 2>/dev/null || true)
    if [ -z "$port" ] || ! port_free "$port"; then port=$(free_port); fi
  fi
  printf '%s\n' "$port" >"$1"
  printf '%s' "$port"
}

random_text() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n'; }

secret() { # secret NAME: makes it once, readable by its owner only; prints the file's name
  local file=$STATE/secrets/$1
  if [ ! -s "$file" ]; then
    (umask 077; random_text >"$file.new"; mv "$file.new" "$file")
  fi
  printf '%s' "$file"
}
