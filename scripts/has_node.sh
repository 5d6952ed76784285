#!/usr/bin/env bash
# Whether the page can be built here: Node as new as web/package.json asks for, and npm. Says in one line why not.
set -euo pipefail
cd "$(dirname "$0")/.."
least=$(sed -n 's/.*"node": *">=\([0-9.]*\)".*/\1/p' web/package.json)
if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  echo "the page of Studio is not built: no Node here (Node $least or later with npm builds it); everything else works" >&2
  exit 1
fi
found=$(node --version | tr -d v)
if [ "$(printf '%s\n%s\n' "$least" "$found" | sort -V | head -n 1)" != "$least" ]; then
  echo "the page of Studio is not built: Node $found here, $least or later builds it; everything else works" >&2
  exit 1
fi
