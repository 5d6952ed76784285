"""Vectors for items that no session holds, from the words of their metadata.

The vector of a word is the mean of the vectors of the items that have it; the vector of an item is the mean of its words'
vectors, each weighing its frequency in the item times its inverse document frequency ln((1 + n) / (1 + items with it)): a
word that all items share says nothing. Words of different fields are different words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_WORD = re.compile(r"\w+")


def words_of(row: Mapping[str, Any]) -> Counter[str]:
    """``{"title": "Blue Train"}`` -> ``title=blue``, ``title=train``; numbers and members of lists are words too."""
    found: Counter[str] = Counter()
    for name, value in row.items():
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if one is None or one is False:
                continue  # what is not so says nothing
            found.update(f"{name}={word}" for word in _WORD.findall(str(one).casefold()))
    return found


class TextVectors:
    """The words of a table of items, with a vector each.

    Args:
        rows: metadata of the items that have vectors.
        vectors: float32 of shape (items, size), in the order of ``rows``.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], vectors: Vectors) -> None:
        documents = [words_of(row) for row in rows]
        frequency: Counter[str] = Counter()
        for words in documents:
            frequency.update(words.keys())
        self._place = {word: place for place, word in enumerate(frequency)}
        sums = np.zeros((len(frequency), vectors.shape[1]), dtype=np.float64)
        for words, vector in zip(documents, vectors, strict=True):
            sums[[self._place[word] for word in words]] += vector
        seen = np.array(list(frequency.values()), dtype=np.float64)
        self._means = sums / np.maximum(seen, 1)[:, None]
        self._idf = np.log((1 + len(rows)) / (1 + seen))

    def vector(self, row: Mapping[str, Any]) -> Vectors | None:
        """The vector of an item with this metadata, shape (size,); None when none of its words says anything."""
        known = {self._place[word]: number for word, number in words_of(row).items() if word in self._place}
        places = np.array(list(known), dtype=np.int64)
        weights = np.array(list(known.values()), dtype=np.float64) * self._idf[places]
        total = float(weights.sum())
        return (weights @ self._means[places] / total).astype(np.float32) if total > 0 else None
