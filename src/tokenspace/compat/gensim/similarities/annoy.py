"""``gensim.similarities.annoy``: an index of the package annoy behind ``most_similar(indexer=...)``."""

from __future__ import annotations

import json
import os
from typing import Any

from ....errors import ArgumentError, FileError, FormatError, NotFoundError, UnsupportedError, message
from ....io.writers import atomic_writer

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
        vectors = self.model
        for attribute in ("dv", "wv"):
            if hasattr(vectors, attribute):
                vectors = getattr(vectors, attribute)
                break
        if not hasattr(vectors, "get_normed_vectors"):
            raise ArgumentError(message("AnnoyIndexer", "a model or KeyedVectors", type(self.model).__name__))
        index = _new_index(vectors.vector_size)
        for row, vector in enumerate(vectors.get_normed_vectors()):
            index.add_item(row, vector)
        index.build(self.num_trees)
        self.index, self.labels = index, vectors.index_to_key

    def most_similar(self, vector: Any, num_neighbors: int) -> list[tuple[Any, float]]:
        """(key, 1 - distance / 2) of the nearest; annoy's angular distance is sqrt(2 - 2 cosine)."""
        rows, distances = self.index.get_nns_by_vector(vector, num_neighbors, include_distances=True)
        return [(self.labels[row], 1 - distance / 2) for row, distance in zip(rows, distances, strict=True)]

    def save(self, fname: str | os.PathLike[str], protocol: int | None = None) -> None:
        """Write the index to ``fname`` and what its rows are to ``fname`` + ".dict" (JSON; ``protocol`` has no effect).

        Raises:
            ArgumentError: there is no index yet. UnsupportedError: keys that JSON cannot hold. FileError.
        """
        if self.index is None:
            raise ArgumentError(message("AnnoyIndexer.save", "an index", "none yet", "AnnoyIndexer(model, num_trees)"))
        name = os.fspath(fname)
        labels = [label.item() if hasattr(label, "item") else label for label in self.labels]
        try:
            parts = json.dumps({"f": self.index.f, "num_trees": self.num_trees, "labels": labels})
        except TypeError as error:
            raise UnsupportedError(message("AnnoyIndexer.save", "keys of text or numbers", str(error))) from error
        with atomic_writer(name + ".dict") as file:
            file.write(parts)
        # annoy writes by itself: beside the place first.
        temporary = f"{name}.tmp"
        try:
            self.index.save(temporary)
            os.replace(temporary, name)
        except OSError as error:
            raise FileError(f"[AnnoyIndexer.save] {name}: {error}") from error
        self.index.load(name)

    def load(self, fname: str | os.PathLike[str]) -> None:
        """What `save` wrote; the index is mapped, not read.

        Raises:
            NotFoundError: (an OSError) one of the two files is not there. FormatError: another file.
        """
        name = os.fspath(fname)
        for path in (name, name + ".dict"):
            if not os.path.exists(path):
                raise NotFoundError(message("AnnoyIndexer.load", f"an index at {name}", f"no file {path}"))
        try:
            with open(name + ".dict", encoding="utf-8") as file:
                parts = json.load(file)
            size, labels, trees = parts["f"], parts["labels"], parts["num_trees"]
            index = _new_index(int(size))
            index.load(name)
            fits = isinstance(labels, list) and index.get_n_items() == len(labels)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FormatError(message("AnnoyIndexer.load", "an index that save() wrote", str(error)[:100])) from None
        if not fits:
            raise FormatError(message("AnnoyIndexer.load", f"a key for each of {index.get_n_items()} rows", "others"))
        self.index, self.labels, self.num_trees, self.model = index, labels, trees, None


def _new_index(size: int) -> Any:
    try:
        from annoy import AnnoyIndex
    except ImportError as error:
        remedy = "pip install annoy, or no indexer: search is exact"
        raise UnsupportedError(message("AnnoyIndexer", "the package annoy", "none", remedy)) from error
    return AnnoyIndex(size, metric="angular")
