"""What every engine takes and gives: ragged batches of token ids in, float32 vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Engine", "FloatArray", "Pooling", "TokenBatch", "TokenVectors"]

FloatArray: TypeAlias = npt.NDArray[np.float32]
# mean: of all tokens, special ones too. cls: the first token. last: the last. max: the largest of each number.
# mean_sqrt_len: the sum divided by the root of the number of tokens. weighted_mean: token i weighs i + 1.
Pooling: TypeAlias = Literal["mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"]


@dataclass(frozen=True)
class TokenBatch:
    """Token ids of n texts, one after the other, special tokens included, no padding.

    ids: uint32 (tokens).
    row_offsets: int64 (n + 1); text i owns ``ids[row_offsets[i]:row_offsets[i + 1]]``.
    type_ids: uint8 (tokens), the segment of each token; None: all 0.
    """

    ids: npt.NDArray[np.uint32]
    row_offsets: npt.NDArray[np.int64]
    type_ids: npt.NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.row_offsets) - 1


@dataclass(frozen=True)
class TokenVectors:
    """Vectors of the tokens of a batch.

    layers: the layers asked for, 0 ... layer_count.
    vectors: float32 (len(layers), tokens, dimension).
    attentions: for each text float32 (layer_count, heads, length, length), the softmax weights, rows the tokens that look;
        None when not asked for.
    """

    layers: tuple[int, ...]
    vectors: FloatArray
    attentions: list[FloatArray] | None = None


class Engine(Protocol):
    """A loaded model. Safe to use from several threads; results do not depend on ``threads`` or on the other rows."""

    name: str  # "native", "torch", "static"
    architecture: str  # config.json's model_type
    precision: str  # what it computes in: "fp32", "bf16", "int8", ...
    dimension: int
    layer_count: int
    head_count: int
    max_tokens: int | None  # longest row, special tokens included; None: no bound
    vocab_size: int

    def token_vectors(
        self, batch: TokenBatch, layers: Sequence[int] = (-1,), attentions: bool = False, threads: int = 0
    ) -> TokenVectors:
        """Vectors of every token after the layers asked for. ``threads`` 0: all cores.

        Raises:
            LimitError: a row longer than ``max_tokens``. ArgumentError: an id outside the vocabulary, no such layer.
        """
        ...

    def pooled(
        self, batch: TokenBatch, pooling: Pooling = "mean", normalize: bool = False, threads: int = 0
    ) -> FloatArray:
        """One vector a text, float32 (n, dimension): the last layer, pooled; of length 1 when ``normalize``.

        An empty row gives a row of zeros. Raises as `token_vectors`.
        """
        ...
