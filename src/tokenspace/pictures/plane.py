"""The plane on which vectors differ most: their first two principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message

__all__ = ["Plane", "plane", "turned"]


@dataclass(frozen=True)
class Plane:
    """coordinates: float32 (n, 2). explained: the share of the variance that each column shows."""

    coordinates: npt.NDArray[np.float32]
    explained: tuple[float, float]


def plane(vectors: npt.ArrayLike, *, normalize: bool = True) -> Plane:
    """Project vectors on their first two principal components (Pearson 1901). The same vectors give the same picture: the
    vector farthest out along a component is put on its positive side.

    Args:
        vectors: (n, d), n >= 1.
        normalize: scale each to length 1 first, so that distances show cosines. Vectors of zeros stay.

    Raises:
        ArgumentError: not a matrix of at least one row; NaN or infinity among the numbers.
    """
    matrix = np.array(vectors, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] < 1 or matrix.shape[1] < 1:
        raise ArgumentError(message("plane", "vectors of shape (n, d), at least one", str(matrix.shape)))
    if not np.isfinite(matrix).all():
        bad = int(np.nonzero(~np.isfinite(matrix).all(axis=1))[0][0])
        raise ArgumentError(message("plane", "finite vectors", f"NaN or infinity in row {bad}"))
    if normalize:
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        np.divide(matrix, lengths, out=matrix, where=lengths > 0)
    matrix -= matrix.mean(axis=0)
    rows, columns = matrix.shape
    # The smaller of the two products has the same eigenvalues as the larger; two components need no more than that.
    wide = columns > rows
    values, axes = np.linalg.eigh(matrix @ matrix.T if wide else matrix.T @ matrix)
    shown = min(2, len(values))
    values, axes = np.maximum(values[::-1], 0), axes[:, ::-1][:, :shown]
    coordinates = np.zeros((rows, 2))
    coordinates[:, :shown] = axes * np.sqrt(values[:shown]) if wide else matrix @ axes
    total = float(values.sum())
    if total <= 1e-18 * max(1.0, rows):
        return Plane(np.zeros((rows, 2), dtype=np.float32), (0.0, 0.0))  # all the same: rounding is no direction
    farthest = np.abs(coordinates).argmax(axis=0)
    coordinates *= np.where(coordinates[farthest, [0, 1]] < 0, -1, 1)
    explained = (float(values[0]) / total, float(values[1]) / total if len(values) > 1 else 0.0)
    return Plane(coordinates.astype(np.float32), explained)


def turned(moving: Plane, towards: Plane) -> Plane:
    """The first plane turned, and mirrored where that helps, so that its points lie as near as they can to those of the
    second: the orthogonal Procrustes problem (Schoenemann 1966). Distances stay; the columns are no longer in the order of
    what they explain, so each gets half of the sum. For pictures that follow each other.

    Args:
        moving, towards: the same n things.

    Raises:
        ArgumentError: other numbers of points.
    """
    if moving.coordinates.shape != towards.coordinates.shape:
        expected = f"planes of the same points, {towards.coordinates.shape}"
        raise ArgumentError(message("plane", expected, str(moving.coordinates.shape)))
    points = moving.coordinates.astype(np.float64)
    left, _, right = np.linalg.svd(points.T @ towards.coordinates.astype(np.float64))
    half = sum(moving.explained) / 2
    return Plane((points @ (left @ right)).astype(np.float32), (half, half))
