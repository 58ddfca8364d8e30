# A private PostgreSQL cluster on a unix socket. Sourced by stack.sh.

PG_LOG=$STATE/log/postgres.log
PG_SERVICES="intake eligibility project_tracking kpi_aggregator"

pg_find() { # sets PG_BIN: the newest server, 15 or later
  local dir
  dir=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -V | tail -n 1)
  [ -x "${dir:-}/postgres" ] || dir=$(pg_config --bindir 2>/dev/null || true)
  [ -x "${dir:-}/postgres" ] || die "PostgreSQL's server is missing; 'deploy/install.sh' installs it (Debian package postgresql)."
  PG_BIN=$dir
}

# PostgreSQL refuses to run as root, so root runs it as the postgres user of the Debian package.
pg_as() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

# The cluster lives in the state folder. Where the postgres user cannot reach that (a checkout under
# /root, say), or where the path is too long for a unix socket, a folder of ours under /var/tmp serves.
pg_place() { # sets PG_HOME and PG_SOCKET
  PG_HOME=$STATE/postgres
  if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || die "there is no user postgres to run PostgreSQL as; 'deploy/install.sh' installs Debian's postgresql, which brings it."
  fi
  mkdir -p "$PG_HOME"
  if [ "$(id -u)" = 0 ]; then
    chown postgres: "$PG_HOME"
    pg_as test -w "$PG_HOME" || PG_HOME=$(pg_elsewhere postgres)
  fi
  chmod 700 "$PG_HOME"
  PG_SOCKET=$PG_HOME
  [ "${#PG_SOCKET}" -le 85 ] || PG_SOCKET=$(pg_elsewhere socket)
}

pg_elsewhere() { # pg_elsewhere NAME: a folder outside the state that belongs to this state alone
  local link=$STATE/$1.elsewhere dir
  dir=$(readlink "$link" 2>/dev/null || true)
  if [ ! -d "$dir" ]; then
    dir=$(pg_as mktemp -d /var/tmp/mosaic-XXXXXXXX) || die "no folder could be made under /var/tmp."
    ln -sfn "$dir" "$link"
  fi
  printf '%s' "$dir"
}

# The manual advises a quarter of the memory for a machine of PostgreSQL's own; this one is shared.
pg_buffers() {
  awk '/^MemTotal:/ { mb = int($2 / 1024 / 16); print (mb < 128 ? 128 : mb > 1024 ? 1024 : mb) "MB" }' /proc/meminfo
}

pg_settings() {
  cat <<END
listen_addresses = ''
unix_socket_directories = '$PG_SOCKET'
unix_socket_permissions = 0777
port = 5432
max_connections = 120
shared_buffers = $(pg_buffers)
fsync = on
synchronous_commit = on
full_page_writes = on
wal_buffers = 16MB
max_wal_size = 2GB
checkpoint_timeout = 15min
max_parallel_workers_per_gather = 0
autovacuum_naptime = 15s
jit = off
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u '
END
}

# initdb works in a folder of another name that is renamed when it is whole. It takes interrupts whether or not they are
# ignored, so it has a session of its own.
pg_init() {
  [ -f "$PG_HOME/data/PG_VERSION" ] && return
  say "making a PostgreSQL cluster"
  rm -rf "$PG_HOME/data" "$PG_HOME/data.new"
  pg_as bash -c 'umask 077; cat >"$1"' - "$PG_HOME/password" <"$(secret postgres)"
  pg_as setsid -w "$PG_BIN/initdb" -D "$PG_HOME/data.new" -U postgres -E UTF8 --locale=C \
    --auth=scram-sha-256 --pwfile="$PG_HOME/password" >"$STATE/log/initdb.log" 2>&1 9>&- ||
    { last_lines "initdb failed" "$STATE/log/initdb.log"; die "PostgreSQL's cluster could not be made."; }
  rm -f "$PG_HOME/password"
  mv "$PG_HOME/data.new" "$PG_HOME/data"
}

# After kill -9 of the postmaster its children live on for a moment and hold the shared memory. They
# are known by their working directory, which is this cluster's.
pg_clean() {
  local proc deadline=$((SECONDS + 3))
  while [ "$SECONDS" -lt "$deadline" ] && [ -n "$(pg_leftovers)" ]; do sleep 0.1; done
  for proc in $(pg_leftovers); do kill -KILL "$proc" 2>/dev/null || true; done
  rm -f "$PG_HOME/data/postmaster.pid" "$PG_SOCKET/.s.PGSQL.5432" "$PG_SOCKET/.s.PGSQL.5432.lock"
}

pg_leftovers() {
  local link
  for link in /proc/[0-9]*/cwd; do
    [ "$(readlink "$link" 2>/dev/null)" = "$PG_HOME/data" ] && { link=${link#/proc/}; printf '%s\n' "${link%/cwd}"; }
  done
  return 0
}

pg_start() {
  pg_place
  pg_find
  if ! alive postgres; then
    pg_init
    pg_clean
    pg_settings | pg_as tee "$PG_HOME/data/mosaic.conf" >/dev/null
    grep -q mosaic.conf "$PG_HOME/data/postgresql.conf" ||
      printf "include 'mosaic.conf'\n" >>"$PG_HOME/data/postgresql.conf"
    say "starting PostgreSQL $(cat "$PG_HOME/data/PG_VERSION") on a socket in $PG_SOCKET"
    : >"$PG_LOG"
    pg_run || die "PostgreSQL did not start."
  fi
  pg_bootstrap
}

pg_run() {
  if [ "$(id -u)" = 0 ]; then
    launch postgres "$PG_LOG" setpriv --reuid=postgres --regid=postgres --init-groups -- \
      "$PG_BIN/postgres" -D "$PG_HOME/data"
  else
    launch postgres "$PG_LOG" "$PG_BIN/postgres" -D "$PG_HOME/data"
  fi
  wait_for postgres 60 "$PG_LOG" "$PG_BIN/pg_isready" -q -h "$PG_SOCKET" -p 5432
}

pg_conninfo() { # pg_conninfo ROLE [DATABASE]
  local host=$PG_SOCKET
  case $host in *[!A-Za-z0-9/._-]*) host="'$host'" ;; esac
  printf 'host=%s port=5432 dbname=%s user=%s' "$host" "${2:-mosaic}" "$1"
}

pg_bootstrap() {
  local s role pass=$STATE/secrets/pgpass
  for s in $PG_SERVICES; do
    for role in owner runtime; do secret "mosaic_${s}_$role" >/dev/null; done
  done
  (umask 077
   for role in postgres $(for s in $PG_SERVICES; do printf 'mosaic_%s_owner mosaic_%s_runtime ' "$s" "$s"; done); do
     printf '*:*:*:%s:%s\n' "$role" "$(cat "$STATE/secrets/$role")"
   done >"$pass.new"
   mv "$pass.new" "$pass")
  MOSAIC_SECRETS=$STATE/secrets PGPASSFILE=$pass "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 \
    -d "$(pg_conninfo postgres postgres)" -f "$ROOT/deploy/postgres/bootstrap.sql" \
    >"$STATE/log/bootstrap.log" 2>&1 9>&- ||
    { last_lines "the roles and schemas could not be made" "$STATE/log/bootstrap.log"; die "PostgreSQL is up but not prepared."; }
}

pg_stop() { stop_process postgres INT 30; }
