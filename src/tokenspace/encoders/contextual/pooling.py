"""Vectors of several tokens as one: how the vector of a word is made of its sub-tokens'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray

__all__ = ["WordPooling", "check_pool", "pool_tokens"]

WordPooling: TypeAlias = Literal["mean", "first", "last", "max", "sum"]


def check_pool(pool: str) -> None:
    """Raises:
    ArgumentError: no such pooling.
    """
    if pool not in get_args(WordPooling):
        raise ArgumentError(message("pool", f"one of {', '.join(get_args(WordPooling))}", repr(pool)))


def pool_tokens(vectors: FloatArray, groups: Sequence[npt.NDArray[np.int64]], pool: WordPooling) -> FloatArray:
    """One vector for each group of tokens.

    Args:
        vectors: float32 (layers, tokens, d).
        groups: numbers of tokens, at least one each.
        pool: "mean", "sum" or "max" of their numbers, or the vector of the "first" or "last" of them.

    Returns:
        float32 (layers, groups, d).
    """
    check_pool(pool)
    out = np.empty((vectors.shape[0], len(groups), vectors.shape[2]), dtype=np.float32)
    for index, group in enumerate(groups):
        if pool == "first":
            out[:, index] = vectors[:, group[0]]
        elif pool == "last":
            out[:, index] = vectors[:, group[-1]]
        elif pool == "max":
            out[:, index] = vectors[:, group].max(axis=1)
        else:
            out[:, index] = vectors[:, group].mean(axis=1) if pool == "mean" else vectors[:, group].sum(axis=1)
    return out
