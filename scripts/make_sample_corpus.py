"""Writes the samples of Studio into a folder, to be read or trained on: text in two languages, analogies, listening sessions.

    .venv/bin/python scripts/make_sample_corpus.py samples/

The same bytes at every run; src/tokenspace/samples makes them, and Studio keeps its own copy in the user's cache.
"""

from __future__ import annotations

import sys
import time

from tokenspace import samples


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    begin = time.monotonic()
    written = samples.write(sys.argv[1])
    for path in written:
        print(f"{path.stat().st_size:>10,} bytes  {path}  {samples.FILES[path.name]}")
    print(f"{time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
