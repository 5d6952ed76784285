"""Vectors of the words of a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engines.protocol import FloatArray
from .words import Span

__all__ = ["WordVectors"]


@dataclass(frozen=True)
class WordVectors:
    """Words with their vectors at every layer.

    Attributes:
        words: n strings. spans: (begin, end) of each in code points of the text (of the word itself where the text was given
            as words).
        tokens: numbers of the tokens each is made of.
        exact: False where a token of the word reaches beyond it.
        layers: as in `ContextualVectors`. vectors: float32 (layers, n, d).
        missing: words without a token, with their spans.
    """

    words: list[str]
    spans: list[Span]
    tokens: list[npt.NDArray[np.int64]]
    exact: list[bool]
    layers: tuple[int, ...]
    vectors: FloatArray
    missing: list[tuple[str, Span]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)

    def to_dict(self, vectors: bool = False) -> dict[str, Any]:
        """The words as JSON values, with their vectors when asked for."""
        rows: list[dict[str, Any]] = []
        for index, word in enumerate(self.words):
            start, end = self.spans[index]
            row: dict[str, Any] = {"word": word, "start": start, "end": end, "tokens": self.tokens[index].tolist()}
            row["exact"] = self.exact[index]
            if vectors:
                row["vectors"] = self.vectors[:, index].tolist()
            rows.append(row)
        missing = [{"word": word, "start": start, "end": end} for word, (start, end) in self.missing]
        return {"layers": list(self.layers), "words": rows, "missing": missing}

    def __repr__(self) -> str:
        shown = " | ".join(self.words[:12]) + (" ..." if len(self) > 12 else "")
        return f"WordVectors({len(self)} words, layers {list(self.layers)}, {self.vectors.shape[2]} numbers: {shown})"
