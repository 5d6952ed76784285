"""What a trainer receives: some texts of one weight, as bytes of whole lines or as a list."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """Some texts of one weight.

    Attributes:
        data: whole lines with their endings as valid UTF-8 (each line is a text), or a list of texts.
        weight: how often each text counts, at least 1.
        source: the file of the first text, or "texts".
        position: of the first text: byte offset in the decompressed file, or its number from 1 in a list.
    """

    data: bytes | list[str]
    weight: int
    source: str
    position: int

    def texts(self) -> list[str]:
        """The texts one by one, lines with their endings."""
        return self.data if isinstance(self.data, list) else list(lines(self.data))


def lines(data: bytes) -> Iterator[str]:
    """The lines of valid UTF-8 with their endings."""
    return (line.decode() for line in io.BytesIO(data))


class Packer:
    """Small pieces -> blocks of about ``size`` bytes, so that a thousand small files are not a thousand blocks.

    Lines are joined only after a line ending: the last line of a file and the first of the next are two texts.
    """

    def __init__(self, weight: int, size: int) -> None:
        self._weight, self._size = weight, size
        self._lines: list[bytes] = []
        self._rows: list[str] = []
        self._held = 0
        self._place = ("", 0)

    def add(self, name: str, position: int, data: bytes | list[str], size: int) -> Iterator[Block]:
        """The blocks that ``data`` completes."""
        if self._held and (self._held + size > self._size or isinstance(data, bytes) != bool(self._lines)):
            yield from self.finish()
        if not self._held:
            self._place = (name, position)
        self._held += size
        if isinstance(data, bytes):
            self._lines.append(data)
        else:
            self._rows += data
        if self._held >= self._size or (isinstance(data, bytes) and not data.endswith(b"\n")):
            yield from self.finish()

    def finish(self) -> Iterator[Block]:
        """What waits, as a block."""
        if self._held:
            data = b"".join(self._lines) if self._lines else self._rows
            yield Block(data, self._weight, *self._place)
        self._lines, self._rows, self._held = [], [], 0
