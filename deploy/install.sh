#!/usr/bin/env bash
# Installs from Debian what building, running and testing Mosaic needs and this machine lacks.
# `install.sh run` is enough to build and run; without a word it adds what the tests and checks need.
# It changes nothing when nothing is missing; then it needs neither root nor the network.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

BUILD="gcc libc6-dev make python3 librdkafka-dev libpq-dev libcjson-dev libuv1-dev libmicrohttpd-dev
  libexpat1-dev libpcre2-dev libintelrdfpmath-dev tzdata"
RUN="default-jre-headless maven postgresql util-linux procps"
TEST="clang clang-tidy clang-format libcmocka-dev libxml2-dev python3-venv npm"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

command -v dpkg-query >/dev/null || die "this is not a Debian system: install by hand what these packages hold: $BUILD $RUN $TEST"

case ${1:-all} in
  run) wanted="$BUILD $RUN" ;;
  all) wanted="$BUILD $RUN $TEST" ;;
  -h | --help) printf 'usage: install.sh [run|all]\n'; sed -n '2,4s/^# //p' "$0"; exit ;;
  *) die "usage: install.sh [run|all]" ;;
esac

installed() { # a package by its name, or by the program it would bring
  dpkg-query -W -f '${db:Status-Abbrev}\n' "$1" 2>/dev/null | grep -q '^ii' && return
  case $1 in
    default-jre-headless) command -v java >/dev/null ;;
    maven) command -v mvn >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    postgresql) ls /usr/lib/postgresql/1[5-9]/bin/postgres >/dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

# Clang's sanitizers and fuzzer are a package with Clang's version in its name, known once it is there.
clang_runtime() {
  case " $wanted " in *" clang "*) ;; *) return ;; esac
  command -v clang >/dev/null && printf 'libclang-rt-%s-dev' "$(clang -dumpversion | cut -d. -f1)"
}

missing() {
  local p
  for p in $wanted $(clang_runtime); do installed "$p" || printf '%s ' "$p"; done
}

list=$(missing)
[ -n "$list" ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || die "root is needed to install $list- run this as root, or install sudo."
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Options::=--force-confold \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >"$log" 2>&1 </dev/null
}

# The stack makes a cluster of its own; the one that Debian's package would start on port 5432 is not wanted.
if [[ " $list" == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  printf 'create_main_cluster = false\n' |
    "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi

install_packages() {
  say "installing from Debian: $*"
  apt install --no-install-recommends "$@" && return
  # The usual reason is a list of packages that is missing or old, so it is fetched then and only then.
  say "fetching Debian's list of packages"
  apt update || { tail -n 3 "$log" >&2; die "apt-get update failed: is the network there?"; }
  apt install --no-install-recommends "$@"
}

# Twice, because Clang's runtime is only known when Clang is there.
for round in 1 2; do
  read -ra list < <(missing; echo)
  [ "${#list[@]}" -gt 0 ] || exit 0
  install_packages "${list[@]}" || break
done

left=$(missing)
[ -n "$left" ] || exit 0
grep -E '^E:' "$log" | head -n 5 >&2 || true
for p in $left; do say "missing: $p could not be installed from Debian."; done
exit 1
