"""An engine whose vectors say where a token stood: its id, its place in the row, the row's length, the sum of the row's ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tokenspace.encoders.engines.check import check_batch, check_layers
from tokenspace.encoders.engines.protocol import FloatArray, Pooling, TokenBatch, TokenVectors


class PlaceEngine:
    """Layer l multiplies everything by l + 1."""

    name, architecture, precision = "place", "place", "fp32"
    dimension, layer_count, head_count = 4, 2, 1

    def __init__(self, vocab_size: int, max_tokens: int | None = None) -> None:
        self.vocab_size, self.max_tokens = vocab_size, max_tokens

    def token_vectors(
        self, batch: TokenBatch, layers: Sequence[int] = (-1,), attentions: bool = False, threads: int = 0
    ) -> TokenVectors:
        check_batch(batch, self.vocab_size, self.max_tokens)
        wanted = check_layers(layers, self.layer_count)
        rows = []
        for begin, end in zip(batch.row_offsets[:-1], batch.row_offsets[1:], strict=True):
            ids = batch.ids[begin:end].astype(np.float32)
            n = len(ids)
            rows.append(np.stack([ids, np.arange(n), np.full(n, n), np.full(n, ids.sum())], axis=1))
        vectors = np.concatenate(rows).astype(np.float32) if rows else np.zeros((0, 4), np.float32)
        lengths = np.diff(batch.row_offsets)
        weights = [np.full((2, 1, n, n), 1 / max(n, 1), np.float32) for n in lengths] if attentions else None
        return TokenVectors(wanted, np.stack([vectors * (layer + 1) for layer in wanted]), weights)

    def pooled(
        self, batch: TokenBatch, pooling: Pooling = "mean", normalize: bool = False, threads: int = 0
    ) -> FloatArray:
        raise AssertionError("token vectors only")
