"""The engine of static text encoders: a table of token rows in the core; no context, hence no bound on a text's length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError
from ..engines.protocol import FloatArray, Pooling, TokenBatch, TokenVectors

__all__ = ["StaticEngine"]

_PRECISIONS = {"float32": "fp32", "float16": "fp16", "int8": "int8"}


class StaticEngine:
    """Rows of tokens behind the protocol of `Engine`: token t stands for ``factors[t] * rows[mapping[t]]``.

    The only layer is 0, the rows themselves; the only pooling is the mean, which the rows were made for.
    """

    name = "static"
    layer_count = 0
    head_count = 0
    max_tokens: int | None = None

    def __init__(
        self,
        rows: npt.NDArray[Any],
        *,
        factors: FloatArray | None = None,
        mapping: npt.NDArray[np.uint32] | None = None,
        dropped: int | None = None,
        architecture: str = "static",
    ) -> None:
        """The arrays are read where they lie (a mapped file as well) and must not be written to afterwards.

        Args:
            rows: (n, dimension) float32, float16 or int8.
            factors: float32 (vocabulary), multiplied into the rows; None: all 1.
            mapping: uint32 (vocabulary), the row of each token; None: token t has row t.
            dropped: a token left out of every mean, as model2vec leaves out the unknown one.

        Raises:
            ArgumentError: another kind of numbers, lengths that do not fit, a mapping to a row that is not there.
        """
        self._table = _core.TokenTable(rows, factors, mapping, dropped=dropped)
        self.rows, self.factors, self.mapping, self.dropped = rows, factors, mapping, dropped
        self.architecture = architecture
        self.precision = _PRECISIONS[rows.dtype.name]
        self.dimension = int(rows.shape[1])
        self.vocab_size = int(rows.shape[0] if mapping is None else mapping.shape[0])

    def token_rows(self, ids: npt.NDArray[Any]) -> FloatArray:
        """What the tokens stand for, float32 (len(ids), dimension).

        Raises:
            ArgumentError: an id outside the vocabulary.
        """
        if len(ids) and not 0 <= int(ids.min()) <= int(ids.max()) < self.vocab_size:
            wrong = int(ids.max()) if int(ids.max()) >= self.vocab_size else int(ids.min())
            raise ArgumentError(f"[encode] expected token ids below {self.vocab_size}, received {wrong}")
        rows: FloatArray = self.rows[ids if self.mapping is None else self.mapping[ids]].astype(np.float32)
        return rows if self.factors is None else rows * self.factors[ids][:, None]

    def token_vectors(
        self, batch: TokenBatch, layers: Sequence[int] = (-1,), attentions: bool = False, threads: int = 0
    ) -> TokenVectors:
        """The row of every token; the layers 0 and -1 are the same one.

        Raises:
            ArgumentError: an id outside the vocabulary, another layer, attentions asked for.
        """
        if attentions:
            raise ArgumentError(
                "[encode] expected no attentions of a static encoder, received attentions=True; "
                "try a transformer: a static encoder gives a token the same row in every text"
            )
        for layer in layers:
            if layer not in (0, -1):
                raise ArgumentError(f"[encode] expected layer 0 of a static encoder, received {layer}")
        rows = self.token_rows(batch.ids)
        return TokenVectors((0,) * len(layers), np.broadcast_to(rows, (len(layers), *rows.shape)))

    def pooled(
        self, batch: TokenBatch, pooling: Pooling = "mean", normalize: bool = False, threads: int = 0
    ) -> FloatArray:
        """The mean of the rows of each text's tokens, float32 (n, dimension); zeros for a text without tokens.

        Raises:
            ArgumentError: an id outside the vocabulary, another pooling than "mean".
        """
        if pooling != "mean":
            raise ArgumentError(
                f'[encode] expected pooling "mean" of a static encoder, received {pooling!r}; '
                "try pooling token_vectors yourself: the rows were made for their mean"
            )
        vectors: FloatArray = self._table.mean(batch.ids, batch.row_offsets, normalize=normalize, threads=threads)
        return vectors
