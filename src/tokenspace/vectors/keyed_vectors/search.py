"""The rows nearest to given vectors: the call into the native search."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, message
from .keys import Floats
from .storage import VectorStorage

__all__ = ["Metric", "Search", "unit", "unit_rows"]

Metric: TypeAlias = Literal["cosine", "dot", "l2"]


def unit(vector: Floats) -> Floats:
    """``vector`` scaled to length one; a zero vector, and one with NaN, is returned as it is."""
    with np.errstate(over="ignore", invalid="ignore"):
        length = np.linalg.norm(vector.astype(np.float64, copy=False)).astype(vector.dtype)
        return np.asarray(vector * (1 / length).astype(vector.dtype)) if length > 0 else vector


def unit_rows(matrix: Floats) -> Floats:
    """Each row scaled to length one, as float32; zero rows stay."""
    wide = matrix.astype(np.float64, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(wide, axis=1, keepdims=True)
        return np.asarray(np.divide(wide, np.where(lengths > 0, lengths, 1)), dtype=np.float32)


class Search(VectorStorage):
    """Exact search for many vectors at once."""

    def search(
        self,
        queries: Floats,
        k: int = 10,
        *,
        metric: Metric = "cosine",
        begin: int = 0,
        end: int | None = None,
        exclude: Sequence[Sequence[int]] | None = None,
        allowed: npt.NDArray[np.bool_] | None = None,
        threads: int = 0,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The best ``k`` rows for each query, exactly, reading the matrix once for all of them.

        Args:
            queries: (queries, vector_size), or one vector.
            k: results a query.
            metric: ``"cosine"`` and ``"dot"`` (larger is nearer) or ``"l2"`` (Euclidean distance, smaller is nearer).
            begin, end: only rows of this range.
            exclude: for each query the rows to leave out.
            allowed: (rows,), False leaves a row out of every query.
            threads: 0 = all cores. The result is the same for each number.

        Returns:
            Rows (queries, k) int64, and scores (queries, k) float32, best first, -1 and NaN where rows run out. Equal
            scores come by row. A score that is NaN (a zero vector has no cosine, rows may hold NaN) comes after every
            number.

        Raises:
            ArgumentError: a negative ``k``, or arrays of another shape.
        """
        k = operator.index(k)
        if k < 0 or threads < 0:
            raise ArgumentError(message("search", "k and threads >= 0", f"k={k}, threads={threads}"))
        matrix = self._query_matrix(queries, normalize=metric == "cosine")
        first, last, _ = slice(begin, end).indices(len(self.vectors))
        if metric not in ("cosine", "dot", "l2"):
            raise ArgumentError(message("search", 'metric "cosine", "dot" or "l2"', repr(metric)))
        rows, offsets = None, None
        if exclude is not None:
            offsets = np.zeros(len(exclude) + 1, dtype=np.int64)
            np.cumsum([len(part) for part in exclude], out=offsets[1:])
            rows = np.fromiter((row for part in exclude for row in part), dtype=np.int64, count=int(offsets[-1]))
        found: tuple[Any, Any] = _core.knn_search(
            self.vectors,
            matrix,
            min(k, len(self)),
            metric="l2" if metric == "l2" else "dot",
            begin=first,
            end=max(first, last),
            norms=self._norms() if metric == "cosine" else None,
            scales=self.scales,
            allowed=None if allowed is None else np.ascontiguousarray(allowed, dtype=np.uint8),
            excluded=rows,
            excluded_offsets=offsets,
            threads=threads,
        )
        return found

    def _query_matrix(self, queries: Floats, normalize: bool = False) -> Floats:
        """``queries`` as a float32 matrix for the core, after a look at both sides of the product."""
        if self.vectors.shape != (len(self), self.vector_size):
            expected = f"vectors of shape {(len(self), self.vector_size)}, a row for each key"
            raise ArgumentError(message("search", expected, f"shape {self.vectors.shape}"))
        matrix = np.asarray(queries)
        if matrix.ndim == 1:
            matrix = matrix[None, :]
        if matrix.ndim != 2 or matrix.shape[1] != self.vector_size or matrix.dtype.kind not in "fiub":
            expected = f"vectors of {self.vector_size} numbers"
            raise ArgumentError(message("search", expected, f"{matrix.dtype} of shape {np.shape(queries)}"))
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(unit_rows(matrix) if normalize else matrix, dtype=np.float32)

    def _cosines(self, vectors: Floats, part: slice = slice(None)) -> npt.NDArray[np.float32]:
        """The products of ``vectors``, (n, vector_size), with the rows of ``part`` scaled to length one: (n, rows)."""
        matrix = self._query_matrix(vectors)
        scales = None if self.scales is None else self.scales[part]
        scores: npt.NDArray[np.float32] = _core.knn_scores(
            self.vectors[part], matrix, norms=self._norms()[part], scales=scales
        )
        return scores
