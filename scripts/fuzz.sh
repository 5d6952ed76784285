#!/usr/bin/env bash
# Runs the targets of core/fuzz under ASan and UBSan: scripts/fuzz.sh [seconds each] [one target]; stops with the first finding.
# JOBS targets run at a time (default: 2).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}
only=${2:-}
jobs=${JOBS:-2}

find_clang() {
  for name in clang++ clang++-{24..14}; do
    command -v "$name" && return 0
  done
  return 1
}

# libFuzzer and the sanitizers are archives of clang; some systems pack them apart.
links_fuzzers() {
  echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    "$1" -fsanitize=fuzzer,address,undefined -x c++ - -o /dev/null 2>/dev/null
}

install() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "[fuzz] expected clang++ with libFuzzer, found none; try: apt-get install clang libclang-rt-dev" >&2
    exit 1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! clang=$(find_clang); then
  apt-get update -qq 2>/dev/null || true
  install clang
  clang=$(find_clang)
fi
if ! links_fuzzers "$clang"; then
  apt-get update -qq 2>/dev/null || true
  install "libclang-rt-$("$clang" -dumpversion | cut -d. -f1)-dev"
fi

cmake=$(command -v cmake || echo .venv/bin/cmake)
"$cmake" -S . -B build/fuzz -DCMAKE_CXX_COMPILER="$clang" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DTOKENSPACE_PYTHON=OFF -DTOKENSPACE_FUZZ=ON >/dev/null
"$cmake" --build build/fuzz --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-2}"

.venv/bin/python scripts/make_fuzz_seeds.py build/fuzz/seeds

run_target() {
  target=$1
  case $target in  # the longest input: what the format needs to show all it has, and still mutates quickly
    fuzz_engines) longest=1024 ;;
    fuzz_regex | fuzz_splitters) longest=2048 ;;
    fuzz_encode | fuzz_vocab_txt | fuzz_clip) longest=4096 ;;
    *) longest=16384 ;;
  esac
  corpus=build/fuzz/corpus/$target
  log=build/fuzz/$target.log
  mkdir -p "$corpus" "build/fuzz/findings/$target"
  inputs=("$corpus")
  [ -d "build/fuzz/seeds/$target" ] && inputs+=("build/fuzz/seeds/$target")
  [ -f "core/fuzz/$target.dict" ] && inputs+=("-dict=core/fuzz/$target.dict")
  # Leaks count too; 2 GiB and 20 s are the bounds a reader promises for inputs of this size, sanitized.
  if "build/fuzz/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=$longest -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$target/" "${inputs[@]}" >"$log" 2>&1; then
    echo "[fuzz] $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, nothing found"
  else
    tail -n 60 "$log" >&2
    echo "[fuzz] $target found something: see $log and build/fuzz/findings/$target" >&2
    exit 255  # xargs starts no further target
  fi
}
export seconds
export -f run_target

for source in core/fuzz/*.cpp; do
  target=$(basename "$source" .cpp)
  [ -z "$only" ] || [ "$only" = "$target" ] || continue
  echo "$target"
done | xargs -P "$jobs" -I{} bash -c 'set -euo pipefail; run_target {}'
