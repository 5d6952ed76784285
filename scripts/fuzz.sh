#!/usr/bin/env bash
# Runs every target of core/fuzz for $1 seconds under ASan and UBSan; stops with the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}
only=${2:-}

find_clang() {
  for name in clang++ clang++-{22..14}; do
    command -v "$name" && return 0
  done
  return 1
}

if ! clang=$(find_clang); then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends clang libclang-rt-14-dev >/dev/null
    clang=$(find_clang)
  else
    echo "[fuzz] expected clang++ (libFuzzer is part of it), found none; try: apt-get install clang" >&2
    exit 1
  fi
fi

cmake -S . -B build/fuzz -DCMAKE_CXX_COMPILER="$clang" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DTOKENSPACE_PYTHON=OFF -DTOKENSPACE_FUZZ=ON >/dev/null
cmake --build build/fuzz --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-2}"

.venv/bin/python scripts/make_fuzz_seeds.py build/fuzz/seeds

for source in core/fuzz/*.cpp; do
  target=$(basename "$source" .cpp)
  [ -z "$only" ] || [ "$only" = "$target" ] || continue
  corpus=build/fuzz/corpus/$target
  mkdir -p "$corpus" build/fuzz/findings
  seeds=()
  [ -d "build/fuzz/seeds/$target" ] && seeds=("build/fuzz/seeds/$target")
  dictionary=()
  [ -f "core/fuzz/$target.dict" ] && dictionary=("-dict=core/fuzz/$target.dict")
  echo "== $target, $seconds s"
  # detect_leaks stays on; 2 GiB and 10 s are the bounds a reader promises for inputs of this size.
  "build/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/findings/ ${dictionary[@]+"${dictionary[@]}"} "$corpus" ${seeds[@]+"${seeds[@]}"} 2>&1 |
    grep -E '^(stat::(number_of_executed_units|peak_rss_mb)|SUMMARY|==[0-9]+==|artifact|Test unit)|ERROR|runtime error' || true
  [ "${PIPESTATUS[0]}" = 0 ] || { echo "[fuzz] $target found something: see build/fuzz/findings" >&2; exit 1; }
done
