"""Vectors by key: storage, queries, evaluation."""

from __future__ import annotations

from .alignment import Alignment
from .analogies import Analogies
from .directions import Directions
from .files import VectorFiles
from .forms import Forms
from .keys import EmptyListError, UnknownKeyError
from .legacy import LegacyNames
from .near_misses import NearMisses
from .word_map import WordMaps
from .word_movers import WordMovers
from .word_pairs import WordPairs

__all__ = ["EmptyListError", "KeyedVectors", "UnknownKeyError"]


class KeyedVectors(
    VectorFiles, Analogies, WordPairs, WordMovers, Directions, Alignment, WordMaps, Forms, NearMisses, LegacyNames
):
    """Vectors by key. See `VectorStorage` for what it holds.

    >>> import numpy as np
    >>> vectors = KeyedVectors(2)
    >>> vectors.add_vectors(["east", "north"], np.eye(2))
    >>> vectors["north"]
    array([0., 1.], dtype=float32)
    """
