"""Writes the character map of SentencePiece's usual normalizer, which trainings would else build for half a second.

    .venv/bin/python scripts/make_charsmap.py

Made from this package's Unicode tables alone; the same bytes at every run. A test compares it with what the core builds.
"""

from __future__ import annotations

import lzma
from pathlib import Path

from tokenspace import _core
from tokenspace.tokenizers.export.sentencepiece_model import SHIPPED

ASSETS = Path(__file__).resolve().parent.parent / "src" / "tokenspace" / "assets"


def main() -> None:
    for name, file in SHIPPED.items():
        content = bytes(_core.builtin_charsmap(name))
        packed = lzma.compress(content, preset=9)
        (ASSETS / file).write_bytes(packed)
        print(f"{file}: {len(content)} bytes, {len(packed)} compressed")


if __name__ == "__main__":
    main()
