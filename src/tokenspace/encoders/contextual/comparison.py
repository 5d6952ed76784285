"""One word in two sentences."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .words import Span

if TYPE_CHECKING:
    from ...pictures.curves import CurveChart

__all__ = ["WordComparison"]


@dataclass(frozen=True)
class WordComparison:
    """How alike a word's vectors in two sentences are.

    word: what was compared. texts: the sentences. spans: where the word is in each. tokens: what it is made of in each.
    layers: the layers. similarities: the cosine at each.
    """

    word: str
    texts: tuple[str, str]
    spans: tuple[Span, Span]
    tokens: tuple[tuple[str, ...], tuple[str, ...]]
    layers: tuple[int, ...]
    similarities: list[float]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def chart(self) -> CurveChart:
        """The cosines as a picture."""
        from ...pictures.curves import Curve, CurveChart

        names = [str(layer) for layer in self.layers]
        return CurveChart([Curve(self.word, self.similarities)], names, title=f"{self.word}: cosine in two sentences")

    def __repr__(self) -> str:
        shown = ", ".join(f"{layer}: {value:.3f}" for layer, value in zip(self.layers, self.similarities, strict=True))
        return f"WordComparison({self.word!r}, cosine by layer {shown})"

    def _repr_html_(self) -> str:
        from .html import table_html

        rows = [[str(layer), f"{value:.4f}"] for layer, value in zip(self.layers, self.similarities, strict=True)]
        return table_html(f"{self.word}: {self.texts[0]} | {self.texts[1]}", ["layer", "cosine"], rows, (0, 1))
