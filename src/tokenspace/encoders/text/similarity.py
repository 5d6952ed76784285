"""Likeness of vectors: cosine, dot product, and the distances with a minus sign, so that more is always nearer.

As sentence-transformers 6.2, util/similarity.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...errors import ArgumentError, message
from ..engines.pooling import unit_rows
from ..engines.protocol import FloatArray

__all__ = ["as_vectors", "pairwise_similarity", "similarity_matrix"]

_CELLS = 1 << 22  # of the differences held at once


def as_vectors(given: Any, encode: Callable[[Any], Any]) -> FloatArray:
    """Texts by ``encode``, vectors as they are: float32 (n, d).

    Raises:
        ArgumentError: neither.
    """
    if isinstance(given, np.ndarray):
        texts = given.dtype.kind in "UO" and given.ndim == 1
    else:
        if isinstance(given, Iterable) and not isinstance(given, (str, Sequence)) and not hasattr(given, "__array__"):
            given = list(given)
        texts = isinstance(given, str) or (isinstance(given, Sequence) and all(isinstance(one, str) for one in given))
    array = np.asarray(encode(given) if texts else given)
    if array.dtype.kind not in "fiub":
        raise ArgumentError(message("similarity", "texts, or vectors of numbers", str(array.dtype)))
    wide = array.astype(np.float32, copy=False)
    return wide[None, :] if wide.ndim == 1 else wide


def similarity_matrix(a: FloatArray, b: FloatArray, name: str) -> FloatArray:
    """Of every row of ``a``, (n, d), with every row of ``b``, (m, d): float32 (n, m).

    name: "cosine" (0 for a row of zeros), "dot", "euclidean" or "manhattan" (negative distances).
    """
    _check(a, b)
    if name == "cosine":
        return np.asarray(unit_rows(a) @ unit_rows(b).T, dtype=np.float32)
    if name == "dot":
        return np.asarray(a @ b.T, dtype=np.float32)
    out = np.empty((len(a), len(b)), dtype=np.float32)
    step = max(1, _CELLS // max(1, b.size))
    for begin in range(0, len(a), step):
        # By differences: the square of a sum loses the digits of vectors that are near each other.
        out[begin : begin + step] = _distances(a[begin : begin + step, None, :], b[None], name)
    return -out


def pairwise_similarity(a: FloatArray, b: FloatArray, name: str) -> FloatArray:
    """Of row i of ``a`` with row i of ``b``: float32 (n).

    Raises:
        ArgumentError: another number of rows.
    """
    _check(a, b)
    if len(a) != len(b):
        raise ArgumentError(message("similarity_pairwise", f"{len(a)} vectors on both sides", str(len(b))))
    if name in ("cosine", "dot"):
        left, right = (unit_rows(a), unit_rows(b)) if name == "cosine" else (a, b)
        return np.asarray(np.einsum("ij,ij->i", left, right), dtype=np.float32)
    return -_distances(a, b, name)


def _distances(a: FloatArray, b: FloatArray, name: str) -> FloatArray:
    difference = a - b
    if name == "manhattan":
        return np.asarray(np.abs(difference, out=difference).sum(axis=-1), dtype=np.float32)
    return np.asarray(np.sqrt(np.square(difference, out=difference).sum(axis=-1)), dtype=np.float32)


def _check(a: FloatArray, b: FloatArray) -> None:
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ArgumentError(message("similarity", "vectors of the same length", f"shapes {a.shape} and {b.shape}"))
