"""Lines that hold their labels, as blocks of bytes: from a file, or from an iterable of lines."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...errors import ArgumentError, NotFoundError, message
from ...io.expand import Source
from ...io.line_blocks import line_blocks
from ...io.streams import ReadState, open_bytes

__all__ = ["LabelledText"]

BLOCK = 1 << 24


class LabelledText:
    """Walked several times. Bytes of a file that are not UTF-8 count as U+FFFD.

    Raises:
        ArgumentError: an iterator, which can be walked only once. NotFoundError: there is no such file.
    """

    def __init__(self, given: str | os.PathLike[str] | Iterable[str]) -> None:
        self._lines: Iterable[str] = ()
        self._path: Path | None = None
        if isinstance(given, (str, os.PathLike)):
            self._path = Path(given)
            if not self._path.is_file():
                hint = "a list of lines" if "__label__" in str(given) or "\n" in str(given) else ""
                raise NotFoundError(message("fastText", "a text file", f"no file at {str(given)[:80]!r}", hint))
        elif not isinstance(given, Iterable) or isinstance(given, Iterator):
            raise ArgumentError(
                message("fastText", "a file or lines that can be walked several times", type(given).__name__, "a list")
            )
        else:
            self._lines = given

    def blocks(self) -> Iterator[bytes]:
        """Whole lines, about 16 MiB at a time."""
        if self._path is not None:
            source = Source(str(self._path), self._path, "txt")
            with open_bytes(source) as stream:
                for _, block in line_blocks(stream, source, "replace", ReadState(), BLOCK):
                    yield block
            return
        held: list[bytes] = []
        size = 0
        for line in self._lines:
            if not isinstance(line, str):
                raise ArgumentError(message("fastText", "lines of type str", type(line).__name__))
            data = line.encode("utf-8", "replace").rstrip(b"\n").replace(b"\n", b" ") + b"\n"
            held.append(data)
            size += len(data)
            if size >= BLOCK:
                yield b"".join(held)
                held, size = [], 0
        if held:
            yield b"".join(held)
