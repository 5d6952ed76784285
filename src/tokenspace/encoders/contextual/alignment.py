"""The tokens of two texts beside each other: which of one means most nearly what which of the other means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray
from .baseline import unit

if TYPE_CHECKING:
    from .vectors import ContextualVectors

__all__ = ["Overlap", "TokenAlignment", "align"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of two texts answers each other at a layer, as BERTScore has it (Zhang et al. 2020), without its weights and
    rescaling.

    precision: mean over the second text's tokens of the cosine with their nearest in the first. recall: the same the other
    way round. f1: their harmonic mean, 0 where both are not above 0 together.
    """

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class TokenAlignment:
    """What `ContextualEncoder.align` found. Tokens that the tokenizer added are left out.

    Attributes:
        texts: the two.
        tokens: n and m strings, as the vocabulary spells them.
        offsets: int64 (n, 2) and (m, 2), half-open, in code points of their text.
        layers: the layers.
        similarities: float32 (layers, n, m), cosines.
        model: its name.
    """

    texts: tuple[str, str]
    tokens: tuple[list[str], list[str]]
    offsets: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    layers: tuple[int, ...]
    similarities: FloatArray
    model: str = ""

    def similarity(self, layer: int = -1) -> FloatArray:
        """The table of one layer, (n, m); negative numbers count from the last of ``layers``.

        Raises:
            ArgumentError: a layer that is not among them.
        """
        if -len(self.layers) <= layer < 0:
            index = layer % len(self.layers)
        elif layer in self.layers:
            index = self.layers.index(layer)
        else:
            raise ArgumentError(message("layer", f"one of {list(self.layers)}", str(layer), 'align(..., layers="all")'))
        found: FloatArray = self.similarities[index]
        return found

    def pairs(self, layer: int = -1) -> list[tuple[int, int, float]]:
        """Tokens that are each other's nearest: (of the first text, of the second, cosine), in the order of the first."""
        table = self.similarity(layer)
        if not table.size:
            return []
        forth, back = table.argmax(axis=1), table.argmax(axis=0)
        return [
            (left, right, float(table[left, right])) for left, right in enumerate(forth.tolist()) if back[right] == left
        ]

    def overlap(self, layer: int = -1) -> Overlap:
        """`Overlap` at a layer; zeros where a text has no token."""
        table = self.similarity(layer).astype(np.float64)
        if not table.size:
            return Overlap(0.0, 0.0, 0.0)
        precision, recall = float(table.max(axis=0).mean()), float(table.max(axis=1).mean())
        both = precision + recall
        return Overlap(precision, recall, 2 * precision * recall / both if both > 0 else 0.0)

    def __repr__(self) -> str:
        shown = ", ".join(f"{layer}: {self.overlap(layer).f1:.3f}" for layer in self.layers)
        n, m = map(len, self.tokens)
        return f"TokenAlignment({n} and {m} tokens, F1 by layer {shown})"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, six decimals."""
        return {
            "model": self.model,
            "texts": list(self.texts),
            "tokens": [list(tokens) for tokens in self.tokens],
            "layers": [
                {
                    "layer": layer,
                    "similarity": np.round(self.similarity(layer).astype(np.float64), 6).tolist(),
                    "pairs": [[left, right, round(value, 6)] for left, right, value in self.pairs(layer)],
                    "f1": round(self.overlap(layer).f1, 6),
                }
                for layer in self.layers
            ],
        }


def align(first: ContextualVectors, second: ContextualVectors, model: str = "") -> TokenAlignment:
    """The cosines of the tokens of two texts at each of their layers.

    Args:
        first, second: of one encoder, with the same layers, each a text given as one string.

    Raises:
        ArgumentError: other layers.
    """
    if first.layers != second.layers:
        raise ArgumentError(message("align", f"the layers {list(first.layers)} in both", str(list(second.layers))))
    kept = [np.flatnonzero(~one.special) for one in (first, second)]
    left, right = (unit(one.vectors[:, places]) for one, places in zip((first, second), kept, strict=True))
    found = np.clip(left @ right.swapaxes(1, 2), -1, 1).astype(np.float32)
    return TokenAlignment(
        (str(first.text), str(second.text)),
        ([first.tokens[place] for place in kept[0]], [second.tokens[place] for place in kept[1]]),
        (first.offsets[kept[0]], second.offsets[kept[1]]),
        first.layers,
        found,
        model,
    )
