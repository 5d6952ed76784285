"""Vectors as matrices that pictures can work with."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message

__all__ = ["checked_rows", "unit_rows"]

_BLOCK = 1 << 22  # numbers looked at in one go


def checked_rows(vectors: npt.ArrayLike, operation: str) -> npt.NDArray[Any]:
    """``vectors`` as a matrix of real numbers, (n, d), at least one of each; not copied where it is one.

    Raises:
        ArgumentError: another shape or kind; NaN or infinity, with the row.
    """
    matrix = np.asarray(vectors)
    if matrix.ndim != 2 or matrix.shape[0] < 1 or matrix.shape[1] < 1 or matrix.dtype.kind not in "fiub":
        expected = "vectors of shape (n, d), at least one"
        raise ArgumentError(message(operation, expected, f"{matrix.dtype} of shape {matrix.shape}"))
    if matrix.dtype.kind == "f":
        step = max(1, _BLOCK // matrix.shape[1])
        for first in range(0, len(matrix), step):
            finite = np.isfinite(matrix[first : first + step])
            if not finite.all():
                bad = first + int(np.nonzero(~finite.all(axis=1))[0][0])
                raise ArgumentError(message(operation, "finite vectors", f"NaN or infinity in row {bad}"))
    return matrix


def unit_rows(matrix: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """A copy with each row scaled to length one; rows of zeros stay. By blocks: beside the result only one is held."""
    out = np.empty(matrix.shape, dtype=np.float32)
    step = max(1, _BLOCK // matrix.shape[1])
    for first in range(0, len(matrix), step):
        block = matrix[first : first + step].astype(np.float64)
        # Scaled by the largest number first, so that squares neither overflow nor vanish.
        largest = np.abs(block).max(axis=1, keepdims=True)
        np.divide(block, largest, out=block, where=largest > 0)
        lengths = np.linalg.norm(block, axis=1, keepdims=True)
        np.divide(block, lengths, out=block, where=lengths > 0)
        out[first : first + step] = block
    return out
