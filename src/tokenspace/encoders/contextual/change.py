"""What context changes, measured over a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ...pictures.curves import CurveChart

__all__ = ["ContextChange", "WordChange"]


@dataclass(frozen=True)
class WordChange:
    """A word, in how many texts it stands, and the mean cosine of its vectors in different texts at each layer."""

    word: str
    texts: int
    self_similarity: list[float]


@dataclass(frozen=True)
class ContextChange:
    """What `ContextualEncoder.context_change` found, in the terms of Ethayarajh (2019).

    Attributes:
        layers: the layers.
        words: one entry a word followed.
        random: mean cosine of any two words from different texts at each layer (anisotropy); None for one text.
        within: mean cosine of a word with the mean of its text's words (intra-sentence similarity) at each layer.
        texts: how many. model: its name.
    """

    layers: tuple[int, ...]
    words: list[WordChange]
    random: list[float] | None
    within: list[float] | None
    texts: int
    model: str = ""

    @property
    def self_similarity(self) -> list[float]:
        """Mean over the words at each layer: 1 where context changes nothing."""
        means: list[float] = np.mean([word.self_similarity for word in self.words], axis=0).tolist()
        return means

    @property
    def adjusted(self) -> list[float] | None:
        """Self-similarity minus that of any two words: what is left of a word's own meaning."""
        if self.random is None:
            return None
        return [own - other for own, other in zip(self.self_similarity, self.random, strict=True)]

    def most_changed(self, layer: int = -1, topn: int = 10) -> list[tuple[str, float]]:
        """Words whose vectors differ most from text to text, with their self-similarity."""
        return self._sorted(layer)[:topn]

    def least_changed(self, layer: int = -1, topn: int = 10) -> list[tuple[str, float]]:
        """Words whose vectors differ least."""
        return self._sorted(layer)[::-1][:topn]

    def _sorted(self, layer: int) -> list[tuple[str, float]]:
        index = layer if layer < 0 else self.layers.index(layer)
        return sorted(
            ((word.word, word.self_similarity[index]) for word in self.words), key=lambda one: (one[1], one[0])
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        words = [{"word": one.word, "texts": one.texts, "self_similarity": one.self_similarity} for one in self.words]
        return {
            "model": self.model, "texts": self.texts, "layers": list(self.layers), "self_similarity": self.self_similarity,
            "random": self.random, "adjusted": self.adjusted, "within": self.within, "words": words,
        }  # fmt: skip

    def chart(self) -> CurveChart:
        """The means over the layers as a picture."""
        from ...pictures.curves import Curve, CurveChart

        curves = [Curve("one word, two texts", self.self_similarity)]
        if self.within is not None:
            curves.append(Curve("a word and its text", self.within))
        if self.random is not None:
            curves.append(Curve("any two words", self.random))
        return CurveChart(
            curves, [str(layer) for layer in self.layers], title="what context changes: mean cosine similarity"
        )

    def _table(self) -> tuple[list[str], list[list[str]]]:
        columns = {"layer": [str(layer) for layer in self.layers]}
        given = {
            "one word": self.self_similarity, "any two words": self.random, "difference": self.adjusted,
            "a word and its text": self.within,
        }  # fmt: skip
        columns |= {name: [f"{value:.3f}" for value in values] for name, values in given.items() if values is not None}
        return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]

    def __repr__(self) -> str:
        own = self.self_similarity
        return (
            f"ContextChange({len(self.words)} words in {self.texts} texts, self-similarity {own[0]:.2f} at layer "
            f"{self.layers[0]}, {own[-1]:.2f} at layer {self.layers[-1]})"
        )

    def __str__(self) -> str:
        from ...tokenizers.tables import text_table

        header, rows = self._table()
        return f"{self!r}\n\n{text_table(header, rows, right=tuple(range(len(header))))}"

    def _repr_html_(self) -> str:
        from .html import table_html

        header, rows = self._table()
        return f"<div>{table_html(repr(self), header, rows, range(len(header)))}{self.chart().to_svg()}</div>"
