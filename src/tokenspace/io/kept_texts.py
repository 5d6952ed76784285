"""Texts set aside while they pass by, for a source that cannot be read again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO

from .block import lines

_IN_MEMORY = 16 << 20


class KeptTexts:
    """Keeps texts in memory, then in a temporary file that has no name and so vanishes with the process.

    Args:
        bound: bytes to keep; what comes after them is not kept.
    """

    def __init__(self, bound: int = 256 << 20) -> None:
        # Closed with this object: it lives as long as its corpus.
        self._file: IO[str] = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            _IN_MEMORY, "w+", encoding="ascii", newline="\n"
        )
        self._left = bound

    def add(self, data: bytes | list[str]) -> None:
        """Keep whole lines, each a text, or a list of texts."""
        self._file.seek(0, 2)
        for text in lines(data) if isinstance(data, bytes) else data:
            row = json.dumps(text)  # ASCII without line feeds, whatever the text holds
            self._left -= len(row)
            if self._left < 0:
                return
            self._file.write(row + "\n")

    def __iter__(self) -> Iterator[str]:
        """The texts in the order they came."""
        self._file.seek(0)
        for row in self._file:
            yield json.loads(row)
