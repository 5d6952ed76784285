"""``gensim.similarities.annoy``: an index of the package annoy behind ``most_similar(indexer=...)``."""

from __future__ import annotations

from typing import Any

from ....errors import ArgumentError, UnsupportedError, message

__all__ = ["AnnoyIndexer"]


class AnnoyIndexer:
    """Approximate neighbours by random projection trees (angular distance).

    Args:
        model: a `KeyedVectors`, or a model with ``wv`` (or with ``dv``, for documents).
        num_trees: more trees find more of the true neighbours and need more memory.

    Raises:
        UnsupportedError: the package annoy is not installed. ArgumentError: no vectors.
    """

    def __init__(self, model: Any = None, num_trees: int | None = None) -> None:
        self.index: Any = None
        self.labels: list[Any] = []
        self.model, self.num_trees = model, num_trees
        if model is not None and num_trees is not None:
            self._build()

    def _build(self) -> None:
        try:
            from annoy import AnnoyIndex
        except ImportError as error:
            raise UnsupportedError(
                message(
                    "AnnoyIndexer", "the package annoy", "none", "pip install annoy, or no indexer: search is exact"
                )
            ) from error
        vectors = getattr(self.model, "dv", None) or getattr(self.model, "wv", self.model)
        if not hasattr(vectors, "get_normed_vectors"):
            raise ArgumentError(message("AnnoyIndexer", "a model or KeyedVectors", type(self.model).__name__))
        index = AnnoyIndex(vectors.vector_size, metric="angular")
        for row, vector in enumerate(vectors.get_normed_vectors()):
            index.add_item(row, vector)
        index.build(self.num_trees)
        self.index, self.labels = index, vectors.index_to_key

    def most_similar(self, vector: Any, num_neighbors: int) -> list[tuple[Any, float]]:
        """(key, 1 - distance / 2) of the nearest; annoy's angular distance is sqrt(2 - 2 cosine)."""
        rows, distances = self.index.get_nns_by_vector(vector, num_neighbors, include_distances=True)
        return [(self.labels[row], 1 - distance / 2) for row, distance in zip(rows, distances, strict=True)]
