"""How long the rows of a corpus are in tokens: a histogram, quantiles, and the longest rows with their places."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

_SHOWN_CHARS = 200


@dataclass(frozen=True, slots=True)
class LongRow:
    """A row among the longest.

    Attributes:
        row: its number in the corpus from 1, or its line or row number in ``source`` when it is a record of a file.
        source: the name of that file; empty for plain texts.
        tokens, chars: its length.
        text: its beginning, at most 200 code points.
    """

    row: int
    source: str
    tokens: int
    chars: int
    text: str


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of ``low`` to ``high`` tokens, both included."""

    low: int
    high: int
    rows: int


def step_for(highest: int, bins: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, ... with which at most ``bins`` steps reach ``highest``."""
    scale = 1
    while True:
        for factor in (1, 2, 5):
            if highest // (scale * factor) + 1 <= bins:
                return scale * factor
        scale *= 10


@dataclass
class RowLengths:
    """Accumulates over batches. Memory: one counter for each length seen, and the longest rows."""

    keep: int = 20
    counts: Counter[int] = field(default_factory=Counter)
    _longest: list[tuple[int, int, LongRow]] = field(default_factory=list)
    _order: int = 0

    def add(self, tokens: Sequence[int], texts: Sequence[str], places: Sequence[tuple[str, int]]) -> None:
        """Count rows: the tokens, the text and the (source, row number) of each."""
        self.counts.update(tokens)
        for n_tokens, text, (source, row) in zip(tokens, texts, places, strict=True):
            full = len(self._longest) == self.keep
            if not self.keep or (full and n_tokens <= self._longest[0][0]):
                continue
            # Of two rows of the same length the earlier one counts as the longer: the result does not hang on the heap.
            item = (n_tokens, -self._order, LongRow(row, source, n_tokens, len(text), text[:_SHOWN_CHARS]))
            self._order += 1
            (heapq.heappushpop if full else heapq.heappush)(self._longest, item)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(self.counts.values())

    def longest(self) -> list[LongRow]:
        """The longest rows, longest first."""
        return [item[2] for item in sorted(self._longest, reverse=True)]

    def quantile(self, share: float) -> int:
        """The smallest length that at least ``share`` of the rows do not exceed; 0 without rows."""
        wanted, seen = math.ceil(share * self.rows), 0
        for length in sorted(self.counts):
            seen += self.counts[length]
            if seen >= wanted:
                return length
        return 0

    def histogram(self, bins: int = 40) -> list[Bin]:
        """At most ``bins`` bins of equal width (1, 2, 5, 10, ... tokens) from 0 to the 99th percentile; longer rows are in
        one last bin of their own."""
        if not self.counts:
            return []
        longest, usual = max(self.counts), self.quantile(0.99)
        # A tail that is barely longer than the rest needs no bin of its own.
        top = longest if longest <= usual * 1.5 else usual
        step = step_for(top, bins)
        end = (top // step + 1) * step
        rows = [0] * (end // step)
        beyond = 0
        for length, count in self.counts.items():
            if length < end:
                rows[length // step] += count
            else:
                beyond += count
        found = [Bin(i * step, (i + 1) * step - 1, n) for i, n in enumerate(rows)]
        return [*found, Bin(end, longest, beyond)] if beyond else found

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the report: histogram, mean, quantiles and the longest rows."""
        total = sum(length * count for length, count in self.counts.items())
        return {
            "rows": self.rows,
            "mean": round(total / self.rows, 3) if self.rows else 0.0,
            "quantiles": {name: self.quantile(share) for name, share in _QUANTILES.items()},
            "histogram": [asdict(one) for one in self.histogram()],
            "longest": [asdict(one) for one in self.longest()],
        }


_QUANTILES = {"min": 0.0, "p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
