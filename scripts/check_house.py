"""Rules of the house that no linter knows: file length, no leftovers, no traces of where the code was written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 800
SOURCE = {".py", ".pyi", ".cpp", ".hpp", ".sh", ".toml", ".md", ".txt"}
# Generated tables and texts that are not ours to shorten.
EXEMPT = re.compile(r"(/generated/|^LICENSE$|_core\.pyi$|/unicode/\w+_tables\.cpp$)")
# Absolute paths of a particular machine do not belong in a repository that others check out.
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:work|opt|home|root|tmp)/[\w.-]+")
MARKER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def tracked() -> list[Path]:
    """Files git knows, or would add: ignored build output is not ours."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listing.stdout.splitlines()]


def problems(path: Path) -> list[str]:
    """Complaints about one file, each one line."""
    name = str(path.relative_to(ROOT))
    if path.suffix not in SOURCE or EXEMPT.search("/" + name) or EXEMPT.search(name) or not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [f"{name}: is not UTF-8"]
    lines = text.splitlines()
    found = []
    if len(lines) > MAX_LINES:
        found.append(f"{name}: {len(lines)} lines, at most {MAX_LINES}; split it by concept")
    if path == Path(__file__).resolve():
        return found
    for number, line in enumerate(lines, 1):
        if match := MACHINE_PATH.search(line):
            found.append(f"{name}:{number}: path of one machine: {match[0]}")
        if match := MARKER.search(line):
            found.append(f"{name}:{number}: {match[0]} left behind; open an issue instead")
    return found


def main() -> int:
    found = [problem for path in tracked() for problem in problems(path)]
    print("\n".join(found) if found else "house rules: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
