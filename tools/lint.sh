#!/usr/bin/env bash
# The checks that need no running program: `lint.sh` runs them all, `lint.sh NAME...` some of them.
# Each prints one line when all is well, else what is wrong and where.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
CC=${CC:-gcc}
JOBS=$(nproc)
STAMPS=build/lint
PG_INCLUDE=$(pg_config --includedir 2>/dev/null || echo /usr/include/postgresql)
FLAGS=(-std=c11 -D_GNU_SOURCE -I. -Ibuild "-I$PG_INCLUDE" -isystem /usr/include/libxml2 -Wall -Wextra)
export PG_INCLUDE STAMPS

sources() { git_files '*.c'; }
headers() { git_files '*.h'; }
git_files() { find common services tools tests -name "$1" -type f | sort; }

# What libcore may take from outside: memory for arenas and bufs, bytes, text, numbers, cJSON. Nothing that
# knows the time, the environment, files, threads or the network; beside it the engine's own libraries. The last two
# lines are what compilers add.
ALLOWED='malloc calloc realloc free abort __assert_fail
memcpy memmove memset memcmp memchr memrchr memmem strlen strnlen strcmp strncmp strchr strrchr strncasecmp strcspn
snprintf vsnprintf strtod strtoll strtoull qsort bsearch
floor ceil round fabs trunc llround isfinite log
__memcpy_chk __memmove_chk __memset_chk __snprintf_chk __vsnprintf_chk __stack_chk_fail
__udivti3 __udivmodti4 __divti3 __divmodti4 __popcountdi2 __umodti3 __modti3 _GLOBAL_OFFSET_TABLE_'

format_one() { clang-format "$1" | cmp -s - "$1" || printf '    %s\n' "$1"; }
export -f format_one

check_format() {
  local bad
  bad=$( (sources; headers) | xargs -P "$JOBS" -I{} bash -c 'format_one {}' | sort)
  [ -z "$bad" ] || { printf 'not formatted as .clang-format says (make format does it):\n%s\n' "$bad"; return 1; }
}

# One process per file, and a stamp per clean file, so that only what changed is looked at again.
tidy_one() {
  local stamp=$STAMPS/$1.tidy out
  [ -f "$stamp" ] && [ -z "$(find "$1" .clang-tidy common services tools build/gen -name '*.h' -newer "$stamp" -print -quit)" ] &&
    [ "$1" -ot "$stamp" ] && [ .clang-tidy -ot "$stamp" ] && return 0
  if out=$(clang-tidy --quiet "$1" -- -std=c11 -D_GNU_SOURCE -I. -Ibuild "-I$PG_INCLUDE" -isystem /usr/include/libxml2 2>/dev/null); then
    mkdir -p "$(dirname "$stamp")" && touch "$stamp"
  else
    printf '%s\n' "$out"
    return 1
  fi
}
export -f tidy_one

check_tidy() { sources | xargs -P "$JOBS" -I{} bash -c 'tidy_one {}'; }

check_analyze() { make --no-print-directory -s -k -j"$JOBS" CC=gcc MODE=analyze objects 2>&1; }

check_pure() {
  make --no-print-directory -s -j"$JOBS" MODE=release build/release/libcore.a || return 1
  local taken bad lib=build/release/libcore.a
  taken=$(comm -23 <(nm -u "$lib" | awk '/ U /{print $2}' | sort -u) \
    <(nm --defined-only "$lib" | awk 'NF==3{print $3}' | sort -u))
  bad=$(grep -vxF -f <(tr ' ' '\n' <<<"$ALLOWED") <<<"$taken" | grep -vE '^(cJSON_|XML_|pcre2_|__bid)')
  if [ -n "$bad" ]; then
    printf 'the pure library takes what it may not have: %s\n' "$(tr '\n' ' ' <<<"$bad")"
    nm -uA "$lib" 2>/dev/null | grep -wF -f <(printf '%s\n' "$bad") | sed 's/^/    /' | head -n 10
    return 1
  fi
  # Whole, and with nothing but these: it would not link if anything wanted Kafka or PostgreSQL.
  printf 'int main(void) { return 0; }\n' |
    "$CC" -x c - -x none -Wl,--whole-archive "$lib" -Wl,--no-whole-archive -lcjson -lexpat -lpcre2-8 -lbidgcc000 -lm -o build/lint/pure
}

check_headers() {
  local h failed=0
  for h in $(headers); do
    printf '#include "%s"\n' "$h" | "$CC" "${FLAGS[@]}" -Werror -fsyntax-only -x c - 2>&1 || {
      printf '%s does not compile alone\n' "$h"; failed=1; }
    grep -q '^#ifndef MOSAIC_' "$h" || { printf '%s has no include guard\n' "$h"; failed=1; }
  done
  return "$failed"
}

check_banned() {
  local bad
  bad=$( (sources; headers) | xargs grep -nEw '(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atol|atof|alloca)[[:space:]]*\(')
  [ -z "$bad" ] || { printf 'calls that are not used here:\n%s\n' "$bad"; return 1; }
}

check_lengths() {
  local bad
  bad=$( (sources; headers) | xargs wc -l | awk '$2 != "total" && $1 > 500 {print}')
  [ -z "$bad" ] || { printf 'longer than 500 lines:\n%s\n' "$bad"; return 1; }
}

mkdir -p "$STAMPS"
make --no-print-directory -s build/gen/events.c || exit 1
failed=0
for check in ${*:-format banned lengths headers pure tidy analyze}; do
  if out=$("check_$check" 2>&1); then
    printf 'lint: %-8s ok\n' "$check"
  else
    printf '%s\nlint: %-8s FAILED\n' "$out" "$check"
    failed=1
  fi
done
exit "$failed"
