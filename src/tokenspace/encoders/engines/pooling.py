"""From vectors of tokens to one vector a text, in NumPy: for engines without a pooling of their own, for prompts that do
not count, and as the oracle of those that have one.

The modes and their formulas are those of sentence-transformers 6.2, modules/pooling.py.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from .protocol import FloatArray, Pooling

__all__ = ["POOLINGS", "pool_tokens", "unit_rows"]

POOLINGS: tuple[Pooling, ...] = ("mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean")
_SMALLEST = 1e-12  # torch.nn.functional.normalize: shorter vectors are divided by this instead of their length


def unit_rows(vectors: FloatArray) -> FloatArray:
    """Each row of (n, d) divided by its Euclidean length; rows of zeros stay zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    scaled: FloatArray = vectors / np.maximum(lengths, _SMALLEST)[:, None].astype(np.float32)
    return scaled


def pool_tokens(
    vectors: FloatArray, row_offsets: npt.NDArray[np.int64], pooling: Pooling, skip: npt.NDArray[np.int64] | None = None
) -> FloatArray:
    """One vector a text.

    Args:
        vectors: float32 (tokens, d), the tokens of n texts one after the other.
        row_offsets: int64 (n + 1), text i owns the rows from ``row_offsets[i]`` to ``row_offsets[i + 1]``.
        pooling: see `protocol.Pooling`.
        skip: int64 (n), how many tokens at the beginning of each text do not count (a prompt); "weighted_mean" weighs the
            others as if they did.

    Returns:
        float32 (n, d). A text without tokens that count is a row of zeros.
    """
    if pooling not in POOLINGS:
        raise ArgumentError(message("pooling", f"one of {', '.join(POOLINGS)}", repr(pooling)))
    begins, ends = row_offsets[:-1], row_offsets[1:]
    firsts = begins if skip is None else np.minimum(begins + skip, ends)
    pooled = np.zeros((len(begins), vectors.shape[1]), dtype=np.float32)
    rows = np.flatnonzero(ends > firsts)
    if len(rows) == 0:
        return pooled
    if pooling == "cls":
        pooled[rows] = vectors[firsts[rows]]
    elif pooling == "last":
        pooled[rows] = vectors[ends[rows] - 1]
    else:
        for row, first, end in zip(rows.tolist(), firsts[rows].tolist(), ends[rows].tolist(), strict=True):
            pooled[row] = _of_one(vectors[first:end], pooling, first - int(begins[row]))
    return pooled


def _of_one(tokens: FloatArray, pooling: Pooling, skipped: int) -> FloatArray:
    if pooling == "max":
        largest: FloatArray = tokens.max(axis=0)
        return largest
    weights = np.ones(len(tokens))
    if pooling == "weighted_mean":
        weights = np.arange(skipped + 1, skipped + len(tokens) + 1, dtype=np.float64)
    total = weights.sum()
    summed = np.einsum("t,td->d", weights, tokens, dtype=np.float64)
    return np.asarray(summed / (np.sqrt(total) if pooling == "mean_sqrt_len" else total), dtype=np.float32)
