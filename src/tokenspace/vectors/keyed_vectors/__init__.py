"""Vectors by key: storage, queries, evaluation."""

from __future__ import annotations

from .legacy import LegacyNames

__all__ = ["KeyedVectors"]


class KeyedVectors(LegacyNames):
    """Vectors by key. See `VectorStorage` for what it holds.

    >>> import numpy as np
    >>> vectors = KeyedVectors(2)
    >>> vectors.add_vectors(["east", "north"], np.eye(2))
    >>> vectors["north"]
    array([0., 1.], dtype=float32)
    """
