"""The items that can be recommended, each with an input and an output vector, trained or placed by metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .ranking import Places
from .sessions import Floats
from .text_vectors import TextVectors, Vectors


class Catalogue:
    """Trained items first, in the order of their model, then those placed by metadata.

    The trained matrices are the model's own and are not copied.

    Args:
        trained: ids of the items the model knows.
        vectors: their input vectors, float32 of shape (items, vector_size).
        outputs: their output vectors of the same shape, or None for a model without (hierarchical softmax alone).
        counts: weight of each item in the training sessions.

    Attributes:
        items: ids.
        index: id -> place.
        counts: float64 of shape (items,); 0 for items placed by metadata.
    """

    def __init__(
        self, trained: list[str], vectors: Vectors, outputs: Vectors | None, counts: Mapping[str, float]
    ) -> None:
        self.items = list(trained)
        self.n_trained = len(trained)
        self.index = {item: place for place, item in enumerate(trained)}
        self.counts: Floats = np.array([counts.get(item, 0.0) for item in trained], dtype=np.float64)
        empty = np.zeros((0, vectors.shape[1]), dtype=np.float32)
        self._inputs = (vectors, empty)
        self._outputs = None if outputs is None else (outputs, empty)
        norms = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
        self._norms = np.where(norms > 0, norms, 1).astype(np.float32)
        self._mean_output: Floats | None = None

    def __len__(self) -> int:
        return len(self.items)

    @property
    def has_outputs(self) -> bool:
        """Whether there are output vectors."""
        return self._outputs is not None

    def place(self, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Gives every item of ``rows`` that has no vector those its words say; the ids of the items that got them."""
        missing = [item for item in rows if item not in self.index]
        known = [place for place, item in enumerate(self.items[: self.n_trained]) if item in rows]
        if not missing or not known:
            return []
        parts = [self._inputs[0][known]] if self._outputs is None else [self._inputs[0][known], self._outputs[0][known]]
        words = TextVectors([rows[self.items[place]] for place in known], np.concatenate(parts, axis=1))
        found = {item: vector for item in missing if (vector := words.vector(rows[item])) is not None}
        if found:
            both = np.array(list(found.values()), dtype=np.float32)
            size = self._inputs[0].shape[1]
            self.add(list(found), both[:, :size], None if self._outputs is None else both[:, size:])
        return list(found)

    def add(self, items: list[str], vectors: Vectors, outputs: Vectors | None) -> None:
        """New items with their vectors."""
        self.index.update((item, len(self.items) + number) for number, item in enumerate(items))
        self.items += items
        self.counts = np.concatenate((self.counts, np.zeros(len(items))))
        self._inputs = (self._inputs[0], np.concatenate((self._inputs[1], vectors)))
        if self._outputs is not None and outputs is not None:
            self._outputs = (self._outputs[0], np.concatenate((self._outputs[1], outputs)))
        self._mean_output = None
        norms = np.linalg.norm(vectors, axis=1)
        self._norms = np.concatenate((self._norms, np.where(norms > 0, norms, 1).astype(np.float32)))

    @property
    def placed(self) -> tuple[list[str], Vectors, Vectors | None]:
        """The items placed by metadata, their input and output vectors."""
        return self.items[self.n_trained :], self._inputs[1], None if self._outputs is None else self._outputs[1]

    def vectors(self, places: Places, unit: bool = False) -> Vectors:
        """Input vectors of some items, float32 of shape (places, vector_size)."""
        found = _rows(self._inputs, places, self.n_trained)
        return found / self._norms[places, None] if unit else found

    def outputs(self, places: Places) -> Vectors:
        """Output vectors of some items, float32 of shape (places, vector_size)."""
        assert self._outputs is not None
        return _rows(self._outputs, places, self.n_trained)

    def mean_output(self) -> Floats:
        """The mean output vector of all items, float64 of shape (vector_size,)."""
        assert self._outputs is not None
        if self._mean_output is None:
            total = sum(part.sum(axis=0, dtype=np.float64) for part in self._outputs)
            self._mean_output = np.asarray(total / len(self))
        return self._mean_output

    def cosines(self, queries: Vectors) -> Vectors:
        """Cosines of unit queries and all items, float32 of shape (queries, items)."""
        found = _products(queries, self._inputs)
        found /= self._norms
        return found

    def predictions(self, queries: Vectors) -> Vectors:
        """Inner products of queries and all output vectors, float32 of shape (queries, items)."""
        assert self._outputs is not None
        return _products(queries, self._outputs)

    def log_counts(self) -> Floats:
        """ln(count) of each item, 0 for counts of 1 and below, shape (items,)."""
        return np.asarray(np.log(np.maximum(self.counts, 1.0)))

    def popularity(self) -> Floats:
        """ln(1 + count) of each item relative to the most popular, 0 to 1, shape (items,)."""
        levels = np.log1p(self.counts)
        return np.asarray(levels / max(float(levels.max(initial=0.0)), 1e-12))


def _rows(parts: tuple[Vectors, Vectors], places: Places, n_trained: int) -> Vectors:
    trained = places < n_trained
    found = np.empty((len(places), parts[0].shape[1]), dtype=np.float32)
    found[trained] = parts[0][places[trained]]
    found[~trained] = parts[1][places[~trained] - n_trained]
    return found


def _products(queries: Vectors, parts: tuple[Vectors, Vectors]) -> Vectors:
    trained = queries @ parts[0].T
    return np.concatenate((trained, queries @ parts[1].T), axis=1) if len(parts[1]) else trained
