#!/usr/bin/env bash
# Makes a virtual environment at $1 with the first Python (>= 3.10) that can build extensions.
set -euo pipefail
target=$1

usable() {  # has its C headers and is new enough
  command -v "$1" >/dev/null 2>&1 && "$1" - <<'PY' 2>/dev/null
import os, sys, sysconfig
sys.exit(0 if sys.version_info >= (3, 10) and os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")) else 1)
PY
}

if [ -x "$target/bin/python" ] && usable "$target/bin/python"; then exit 0; fi

for candidate in ${PYTHON:-} python3 python3.11 /usr/bin/python3.11 python3.12 python3.13 python3.14 python3.10 /usr/bin/python3; do
  if usable "$candidate"; then
    python=$candidate
    break
  fi
done
if [ -z "${python:-}" ]; then
  echo "[make] expected Python 3.10 or newer with its headers, found none; try: apt-get install python3-dev" >&2
  exit 1
fi

if ! "$python" -m venv "$target" >/dev/null 2>&1; then
  # Debian splits ensurepip off; virtualenv from PyPI brings its own pip.
  rm -rf "$target"
  helper=$(mktemp -d)
  trap 'rm -rf "$helper"' EXIT
  "$python" -m pip install --quiet --target "$helper" virtualenv
  PYTHONPATH="$helper" "$python" -m virtualenv --quiet "$target"
fi
"$target/bin/python" -m pip install --quiet --upgrade "pip>=24"
