"""Compares src/tokenspace/_core.pyi with the stub of the compiled module; --write replaces it."""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

STUB = Path(__file__).resolve().parent.parent / "src" / "tokenspace" / "_core.pyi"


def generated() -> str:
    """The stub of the module that is installed now, in the house style."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "_core.pyi"
        subprocess.run(
            [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "tokenspace._core", "-o", str(target)], check=True
        )
        subprocess.run([sys.executable, "-m", "ruff", "format", "-q", "--line-length", "120", str(target)], check=True)
        return target.read_text(encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the committed stub")
    arguments = parser.parse_args()
    fresh = generated()
    if arguments.write:
        STUB.write_text(fresh, encoding="utf-8")
        return 0
    committed = STUB.read_text(encoding="utf-8") if STUB.exists() else ""
    if committed == fresh:
        print("stub: fresh")
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(committed.splitlines(True), fresh.splitlines(True), "committed", "generated", n=1)
    )
    print(
        "[stub] expected src/tokenspace/_core.pyi to match the compiled module, received the diff above; try `make stubs`"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
