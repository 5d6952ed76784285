"""Which texts of a corpus are kept back from training: a rule of their place, never of chance or of block size.

Lines of text files: every stretch of 1 MiB of a weighted source (files one after another) gives its last share, that
is the lines that begin there; a shorter last stretch gives the same share of its own length. Rows: of every 1/share
rows one, at a place drawn from the number of the group, so that no period in the data is followed. The first text of a
source is never kept back, so what is trained on is not empty.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

STRETCH = 1 << 20
_MASK = (1 << 64) - 1


def _mixed(number: int) -> int:
    """A 64-bit number that looks random, from ``number`` alone (the finalizer of SplitMix64)."""
    value = (number + 1) * 0x9E3779B97F4A7C15 & _MASK
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


class RowRule:
    """Takes the rows of one source in order and says which are held out."""

    def __init__(self, share: Fraction) -> None:
        self._share = share
        self._seen = 0
        self._group = -1
        self._next = self._draw()

    def _draw(self) -> int:
        """The row held out of the next group; group g has the rows i with floor(i * share) = g."""
        self._group += 1
        begin = -(-self._group // self._share)
        length = -(-(self._group + 1) // self._share) - begin
        if self._group == 0:
            return int(1 + _mixed(0) % (length - 1))
        return int(begin + _mixed(self._group) % length)

    def split(self, rows: list[str]) -> tuple[list[str], list[str]]:
        """(training rows, held-out rows), in order."""
        training: list[str] = []
        held: list[str] = []
        begin = 0
        while self._next < self._seen + len(rows):
            at = self._next - self._seen
            training += rows[begin:at]
            held.append(rows[at])
            begin = at + 1
            self._next = self._draw()
        self._seen += len(rows)
        return training + rows[begin:] if begin else rows, held


def _line_from(data: bytes, at: int) -> int:
    """Where the first line that begins at or after ``at`` begins; the end of ``data`` when none does."""
    if at <= 0:
        return 0
    return data.find(b"\n", at - 1) + 1 or len(data)


Part = tuple[str, int, bytes, bool]


class LineRule:
    """Takes the whole lines of one source in order and says which are held out.

    Parts come as (name, byte offset, whole lines, held out?), in order; they wait until their stretch is complete.
    Memory: one stretch and what is given at once.
    """

    def __init__(self, share: Fraction, stretch: int = STRETCH) -> None:
        self._share, self._stretch = share, stretch
        self._waiting: list[tuple[int, str, int, bytes]] = []  # (offset in the stretch, name, position, lines)
        self._offset = 0

    def split(self, name: str, position: int, data: bytes) -> Iterator[Part]:
        """The parts whose stretch ends within ``data``."""
        while self._offset + len(data) >= self._stretch:
            at = _line_from(data, self._stretch - self._offset)
            self._waiting.append((self._offset, name, position, data[:at]))
            yield from self._tail(self._stretch)
            position += at
            data = data[at:]
            # A line that crosses whole stretches leaves them without a line of their own.
            self._offset = (self._offset + at) % self._stretch
        if data:
            self._waiting.append((self._offset, name, position, data))
            self._offset += len(data)

    def finish(self) -> Iterator[Part]:
        """The parts of the last stretch, when the source has ended."""
        yield from self._tail(self._offset)

    def _tail(self, length: int) -> Iterator[Part]:
        first = math.ceil((1 - self._share) * length)  # the byte of the stretch from which lines are held out
        waiting, self._waiting = self._waiting, []
        for offset, name, position, data in waiting:
            at = _line_from(data, first - offset)
            if at:
                yield name, position, data[:at], False
            if at < len(data):
                yield name, position + at, data[at:], True
