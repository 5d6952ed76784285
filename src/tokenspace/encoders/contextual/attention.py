"""Who looks at whom: the attention weights of one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray

if TYPE_CHECKING:
    from ...pictures.heat_map import HeatMap

__all__ = ["Attention", "Look"]


@dataclass(frozen=True, slots=True)
class Look:
    """A token that is looked at: its number, its spelling, the weight."""

    index: int
    token: str
    weight: float


class Attention:
    """The part of `ContextualVectors` about attention; needs ``encode(..., attentions=True)``."""

    tokens: list[str]
    attentions: FloatArray | None

    def _weights(self) -> FloatArray:
        if self.attentions is None:
            raise ArgumentError(
                message(
                    "attention", "vectors encoded with attention weights", "none kept", "encode(..., attentions=True)"
                )
            )
        return self.attentions

    def attention(self, layer: int, head: int | None = None) -> FloatArray:
        """Weights of one layer, (n, n): row i is how token i divides its look among all tokens, and adds up to 1.

        Args:
            layer: 1 ... L, the block whose weights they are; negative numbers count from the last.
            head: 0 ... heads - 1; None: the mean of all heads.

        Raises:
            ArgumentError: no such layer or head, or no weights were kept.
        """
        weights = self._weights()
        count, heads = weights.shape[:2]
        if not (1 <= layer <= count or -count <= layer <= -1):
            raise ArgumentError(message("attention", f"a layer of 1 ... {count}", str(layer)))
        if head is not None and not 0 <= head < heads:
            raise ArgumentError(message("attention", f"a head of 0 ... {heads - 1}, or None", str(head)))
        block = weights[layer - 1 if layer > 0 else layer]
        found: FloatArray = block.mean(axis=0) if head is None else block[head]
        return found

    def attention_rollout(self, layer: int | None = None) -> npt.NDArray[np.float64]:
        """How much of each input token flows into each token up to a layer, (n, n): the product over the layers of
        ``(mean of heads + identity) / 2``, the identity standing for the residual connection (Abnar and Zuidema 2020).

        Raises:
            ArgumentError: no such layer, or no weights were kept.
        """
        count = self._weights().shape[0]
        last = count if layer is None else layer if layer > 0 else layer + count + 1
        flow = np.eye(len(self.tokens))
        for number in range(1, last + 1):
            flow = (self.attention(number).astype(np.float64) + np.eye(len(self.tokens))) / 2 @ flow
        return flow

    def looks_at(self, token: int, layer: int, head: int | None = None, topn: int | None = None) -> list[Look]:
        """Whom a token looks at, the largest weight first.

        Raises:
            ArgumentError: no such token, layer or head.
        """
        if not -len(self.tokens) <= token < len(self.tokens):
            raise ArgumentError(message("looks_at", f"a token of 0 ... {len(self.tokens) - 1}", str(token)))
        row = self.attention(layer, head)[token]
        order = np.argsort(-row, kind="stable")[:topn]
        return [Look(int(index), self.tokens[index], float(row[index])) for index in order]

    def attention_table(self, layer: int, head: int | None = None, topn: int = 3) -> list[dict[str, Any]]:
        """For each token the ``topn`` it looks at most, as JSON values."""
        return [
            {
                "token": name,
                "index": index,
                "looks_at": [
                    {"token": look.token, "index": look.index, "weight": round(look.weight, 6)}
                    for look in self.looks_at(index, layer, head, topn)
                ],
            }
            for index, name in enumerate(self.tokens)
        ]

    def attention_map(self, layer: int, head: int | None = None) -> HeatMap:
        """The weights of one layer and head as a picture: rows look, columns are looked at."""
        from ...pictures.heat_map import HeatMap

        weights = self.attention(layer, head)
        count = self._weights().shape[0]
        number = layer if layer > 0 else layer + count + 1
        which = "mean of all heads" if head is None else f"head {head}"
        return HeatMap(
            weights,
            self.tokens,
            title=f"attention, layer {number}, {which}",
            low=0.0,
            row_name="looks: ",
            column_name="at: ",
        )
