"""Counts of one pass over a corpus."""

from __future__ import annotations

from dataclasses import dataclass

from .._core import count_lines
from .corpus_parts import Piece


@dataclass(slots=True)
class CorpusStatistics:
    """What a pass has read so far; a text is a line, a row or a document.

    Attributes:
        texts, bytes: to train on, in UTF-8; weights do not multiply them.
        empty: of these, lines with nothing but their ending; empty rows are left out and counted here.
        skipped: left out because their bytes are not text.
        held_out_texts, held_out_bytes: kept back.
    """

    texts: int = 0
    bytes: int = 0
    empty: int = 0
    skipped: int = 0
    held_out_texts: int = 0
    held_out_bytes: int = 0

    def add(self, piece: Piece, held_out: bool) -> None:
        """Count the texts of ``piece``."""
        count, empty = count_lines(piece.data) if isinstance(piece.data, bytes) else (len(piece.data), 0)
        if held_out:
            self.held_out_texts += count
            self.held_out_bytes += piece.size
        else:
            self.texts += count
            self.bytes += piece.size
            self.empty += empty
