"""What every reader does with the rows it has read: a matrix that grows, keys that are text and come once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, KeyEncodingError, UnsupportedError, message

if TYPE_CHECKING:
    from ..keyed_vectors import KeyedVectors

__all__ = ["Rows", "float_type", "keyed_vectors"]

V = TypeVar("V", bound="KeyedVectors")


def float_type(datatype: npt.DTypeLike) -> np.dtype[Any]:
    """The type of the matrix asked for.

    Raises:
        UnsupportedError: not a floating-point type.
    """
    dtype = np.dtype(datatype)
    if dtype.kind != "f":
        raise UnsupportedError(message("read vectors", "datatype=float16, float32 or float64", str(dtype)))
    return dtype


class Rows:
    """Words with their rows, block after block.

    Args:
        dimension: columns.
        capacity: rows to make room for at once; more are made as they come, so a claim of the file costs nothing.
    """

    def __init__(self, name: str, dimension: int, capacity: int, datatype: npt.DTypeLike = np.float32) -> None:
        self.name, self.dimension = name, dimension
        self.words: list[str] = []
        self.not_finite = 0
        self._matrix = np.empty((capacity, dimension), dtype=float_type(datatype))

    def room(self, count: int) -> npt.NDArray[Any]:
        """The next ``count`` rows, to be written; `took` says how many were."""
        need = len(self.words) + count
        if need > len(self._matrix):
            # In place: realloc moves pages of large blocks instead of copying them.
            self._matrix.resize((max(need, len(self._matrix) * 3 // 2), self.dimension), refcheck=False)
        return self._matrix[len(self.words) : need]

    def took(self, parsed: tuple[list[Any], int, int, int], encoding: str, errors: str) -> int:
        """Keep what the core has parsed into `room`; the bytes it consumed.

        Raises:
            KeyEncodingError: a word that is not text.
        """
        words, bad, not_finite, consumed = parsed
        if bad >= 0:
            try:
                words[bad].decode(encoding, errors)
            except UnicodeDecodeError as error:
                row = len(self.words) + bad + 1
                seen = error.object[error.start : error.start + 4].hex(" ")
                raise KeyEncodingError(
                    message(
                        f"read vectors, {self.name}, row {row}",
                        f"a word in {encoding}",
                        f"bytes {seen} in {words[bad][:40]!r}",
                        "encoding='latin-1' or whatever it is, or unicode_errors='replace' or 'ignore'",
                    ),
                    error,
                ) from None
            raise FormatError(message(f"read vectors, {self.name}", f"words in {encoding}", repr(words[bad][:40])))
        self.words += words
        self.not_finite += not_finite
        return consumed

    def matrix(self) -> npt.NDArray[Any]:
        """The rows taken; the object gives its memory away."""
        matrix = self._matrix
        if len(matrix) != len(self.words):
            matrix.resize((len(self.words), self.dimension), refcheck=False)
        return matrix


def keyed_vectors(
    cls: type[V],
    name: str,
    words: list[Any],
    vectors: npt.NDArray[Any],
    expandos: Mapping[str, Sequence[Any] | npt.NDArray[Any]] | None = None,
    not_finite: int = 0,
) -> V:
    """The vectors of a file as ``cls``. Of a word that comes twice the first row counts; a warning says how many there
    were, and another how many rows hold infinite values or some that are not numbers (they are kept)."""
    rows = dict(zip(words, range(len(words)), strict=True))
    attributes = {attr: np.asarray(values) for attr, values in (expandos or {}).items()}
    if len(rows) != len(words):
        rows.clear()
        keep: list[int] = []
        for row, word in enumerate(words):
            if word not in rows:
                rows[word] = len(keep)
                keep.append(row)
        warnings.warn(
            f"{name}: {len(words) - len(keep)} words come again; of each the first vector is kept", stacklevel=2
        )
        words, vectors = list(rows), vectors[keep]
        attributes = {attr: values[keep] for attr, values in attributes.items()}
    if not_finite:
        warnings.warn(f"{name}: {not_finite} vectors hold NaN or infinite values; they are kept", stacklevel=2)
    kv = cls(vectors.shape[1], dtype=vectors.dtype)
    kv.index_to_key, kv.key_to_index, kv.vectors = words, rows, vectors
    kv.next_index = len(words)
    kv.expandos.update(attributes)
    return kv
