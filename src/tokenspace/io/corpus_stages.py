"""The stages between reading and blocks: take only the beginning, set aside what is held out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from .corpus_parts import Piece
from .held_out import LineRule, RowRule


def beginning(pieces: Iterable[Piece], limit: int | None) -> Iterator[Piece]:
    """Whole texts from the beginning, as long as they fit into ``limit`` bytes."""
    if limit is None:
        yield from pieces
        return
    for piece in pieces:
        if piece.size <= limit:
            limit -= piece.size
            yield piece
            continue
        data = piece.data
        if isinstance(data, bytes):
            end = data.rfind(b"\n", 0, limit) + 1
            if end:
                yield Piece(piece.name, piece.number, data[:end], end)
            return
        size = 0
        for index, text in enumerate(data):
            length = len(text.encode())
            if size + length > limit:
                if index:
                    yield Piece(piece.name, piece.number, data[:index], size)
                return
            size += length


def without_empty(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, int]]:
    """(piece, number of empty rows left out of it); lines are as they are."""
    for piece in pieces:
        if isinstance(piece.data, bytes):
            yield piece, 0
        else:
            rows = [text for text in piece.data if text]
            yield Piece(piece.name, piece.number, rows, piece.size), len(piece.data) - len(rows)


def utf8_size(rows: list[str]) -> int:
    """Bytes of the texts in UTF-8."""
    return sum(len(text) if text.isascii() else len(text.encode()) for text in rows)


class Splitter:
    """Sets aside the held-out share of one part; its lines and its rows are each held out by their own rule."""

    def __init__(self, share: Fraction) -> None:
        self._lines, self._rows = LineRule(share), RowRule(share)

    def split(self, piece: Piece) -> Iterator[tuple[Piece, bool]]:
        """(piece, held out?) of what is decided by now."""
        if isinstance(piece.data, bytes):
            for name, position, data, held in self._lines.split(piece.name, piece.number, piece.data):
                yield Piece(name, position, data, len(data)), held
            return
        training, held_rows = self._rows.split(piece.data)
        held_size = utf8_size(held_rows)
        if training:
            yield Piece(piece.name, piece.number, training, piece.size - held_size), False
        if held_rows:
            yield Piece(piece.name, piece.number, held_rows, held_size), True

    def finish(self) -> Iterator[tuple[Piece, bool]]:
        """The rest, when the part has ended."""
        for name, position, data, held in self._lines.finish():
            yield Piece(name, position, data, len(data)), held
