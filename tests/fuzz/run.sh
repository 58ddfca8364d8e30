#!/usr/bin/env bash
# Builds every fuzzer with clang and runs each for SECONDS_EACH (2), starting from the schemas' examples and
# tests/fuzz/corpus; those of the decision engine for ENGINE_SECONDS (60). What is found stays in
# build/fuzz-corpus for the next run. The last line counts.
set -uo pipefail
cd "$(dirname "$0")/../.."
export SECONDS_EACH=${1:-${SECONDS_EACH:-2}} ENGINE_SECONDS=${ENGINE_SECONDS:-60}
export KEPT=build/fuzz-corpus BUILT=build/fuzz-clang/tests/fuzz
make --no-print-directory -s -j"$(nproc)" MODE=fuzz CC=clang fuzzers || exit 1

# The inputs it starts from: those of its event type, those of its own, or all examples.
seeds() {
  case $1 in
    decode.*) echo "schemas/events/examples/${1#decode.}" ;;
    fuzz_json) find schemas/events/examples -mindepth 1 -type d ;;
  esac
  local own=tests/fuzz/corpus/${1#fuzz_}
  [ -d "$own" ] && echo "$own"
  return 0
}

fuzz_one() {
  local seconds=$SECONDS_EACH name=$1 found=$KEPT/$1 words=tests/fuzz/${1#fuzz_}.dict found_seeds options=()
  mkdir -p "$found"
  [ -f "$words" ] && options=("-dict=$words")
  case $name in fuzz_feel | fuzz_dmn) seconds=$ENGINE_SECONDS ;; esac
  mapfile -t found_seeds < <(seeds "$name")
  if "$BUILT/$name" "${options[@]}" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$found-crash-" "$found" "${found_seeds[@]}" >"$found.log" 2>&1; then
    echo "$name: $(awk '/number_of_executed_units/ {print $2}' "$found.log") inputs"
  else
    echo "FAILED $name, see $found.log:"
    grep -E 'ERROR|SUMMARY|Test unit written|runtime error' "$found.log"
  fi
}
export -f fuzz_one seeds

mkdir -p "$KEPT"
report=$(find "$BUILT" -maxdepth 1 -type f -executable -printf '%f\n' | sort | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {}')
echo "$report"
failed=$(grep -c '^FAILED' <<<"$report")
passed=$(grep -c ' inputs$' <<<"$report")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
