"""One stored matrix: rows as float32, exact search on the stored numbers, lengths. Nothing is copied as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, FormatError, UnsupportedError, message
from ...types import Ids
from ..model_files.float_values import FloatArray, as_float32
from ..model_files.weights import TensorInfo, Weights

__all__ = ["Matrix"]

_TYPES = ("F32", "F16", "BF16", "F64")
_BLOCK_BYTES = 8 << 20


class Matrix:
    """Rows of a tensor. Attributes: ``info``, ``shape``.

    Raises:
        UnsupportedError: numbers that are no floating-point numbers of 16 to 64 bits.
    """

    def __init__(self, weights: Weights, info: TensorInfo) -> None:
        if info.dtype not in _TYPES:
            expected = f"{info.name!r} of {', '.join(_TYPES)}"
            raise UnsupportedError(
                message("TokenEmbeddings", expected, info.dtype, "a checkpoint that is not quantized")
            )
        self.info = info
        self.shape: tuple[int, int] = (info.shape[0], info.shape[1])
        self._weights = weights
        self._raw: npt.NDArray[Any] | None = None
        self._lengths: npt.NDArray[np.float32] | None = None

    @property
    def raw(self) -> npt.NDArray[Any]:
        """As stored, mapped; bfloat16 as uint16."""
        if self._raw is None:
            self._raw = self._weights.raw(self.info.name)
        return self._raw

    def rows(self, ids: Ids) -> FloatArray:
        """Some rows as float32, (n, columns)."""
        return self._weights.rows(self.info.name, ids)

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        """All rows as float32, a few MB at a time."""
        step = max(1, _BLOCK_BYTES // max(1, 4 * self.shape[1]))
        for start in range(0, self.shape[0], step):
            part = slice(start, min(start + step, self.shape[0]))
            yield part, as_float32(self.raw[part], self.info)

    @property
    def lengths(self) -> npt.NDArray[np.float32]:
        """Euclidean lengths of the rows; NaN or infinite where a row is."""
        if self._lengths is None:
            self._lengths = _core.knn_norms(self.raw)
            self._lengths.flags.writeable = False
        return self._lengths

    def nearest(
        self,
        vector: npt.ArrayLike,
        topn: int,
        exclude: Sequence[int] = (),
        end: int | None = None,
        threads: int = 0,
    ) -> list[tuple[int, float]]:
        """(row, cosine) of the rows (of the first ``end``) nearest to a vector. Rows that are zero or not finite are none.

        Raises:
            ArgumentError: a vector of another size. FormatError: one that is zero, NaN or infinite.
        """
        query = np.asarray(vector, np.float64)
        if query.shape != (self.shape[1],):
            expected = f"a vector of {self.shape[1]} numbers"
            raise ArgumentError(message("most_similar", expected, f"an array of shape {query.shape}"))
        length = float(np.linalg.norm(query))
        if not np.isfinite(length) or length == 0.0:
            what = "zeros" if length == 0.0 else "NaN or infinity"
            raise FormatError(message("most_similar", "a vector with a direction", what))
        found, scores = _core.knn_search(
            self.raw,
            np.ascontiguousarray(query / length, np.float32)[None, :],
            topn,
            norms=self.lengths,
            end=self.shape[0] if end is None else max(0, end),
            excluded=np.array(exclude, np.int64),
            excluded_offsets=np.array([0, len(exclude)], np.int64),
            threads=threads,
        )
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [(row, score) for row, score in pairs if row >= 0 and np.isfinite(score)]

    def cosines(self, units: npt.ArrayLike, end: int | None = None, threads: int = 0) -> npt.NDArray[np.float64]:
        """Cosines of vectors of length one, (n, columns), with all rows (the first ``end``): (n, rows). NaN with rows of
        zeros."""
        rows = self.shape[0] if end is None else min(end, self.shape[0])
        queries = np.ascontiguousarray(np.atleast_2d(np.asarray(units)), np.float32)
        scores: npt.NDArray[np.float32] = _core.knn_scores(
            self.raw[:rows], queries, norms=self.lengths[:rows], threads=threads
        )
        return scores.astype(np.float64)
