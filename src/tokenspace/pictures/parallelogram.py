"""The plane of an analogy: a - b + c is the fourth corner of a parallelogram, and three corners lie in one plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message

__all__ = ["Parallelogram", "parallelogram"]

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Parallelogram:
    """An analogy on a plane. n other points.

    corners: (4, 2) float32: a, b, c and a - b + c.
    others: (n, 2) float32, their feet on the plane.
    origin: (2,) float32, the foot of the zero vector.
    heights: (n,) float32, how far the others are from the plane; corner_heights: (4,), which is 0 in the plane of the corners.
    explained: share of the variance of all points, corners and others, that the plane shows; 0 where they are all one point.
    """

    corners: npt.NDArray[np.float32]
    others: npt.NDArray[np.float32]
    origin: npt.NDArray[np.float32]
    heights: npt.NDArray[np.float32]
    corner_heights: npt.NDArray[np.float32]
    explained: float


def parallelogram(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    c: npt.ArrayLike,
    others: npt.ArrayLike,
    *,
    plane: Literal["corners", "principal"] = "corners",
    normalize: bool = True,
) -> Parallelogram:
    """Draw a - b + c.

    Args:
        a, b, c: (d,).
        others: (n, d), n >= 0: the answers, say.
        plane: "corners": through a, b and c, where the parallelogram has its true sides and angles and only the others are
            shortened; where a, b and c are in a line, their direction and the one in which the others differ most from it.
            "principal": the first two principal components of all points, which shows more of the others and distorts the
            parallelogram.
        normalize: scale a, b, c and the others to length 1 first, as analogies are reckoned. Vectors of zeros stay.

    Raises:
        ArgumentError: vectors of different sizes, NaN or infinity, or another plane.
    """
    given = [np.asarray(vector, np.float64) for vector in (a, b, c)]
    rest = np.asarray(others, np.float64)
    size = given[0].shape[-1] if given[0].ndim else 0
    rest = rest.reshape(0, size) if rest.size == 0 else rest
    if any(vector.shape != (size,) for vector in given) or size < 1 or rest.ndim != 2 or rest.shape[1] != size:
        received = f"shapes {', '.join(str(vector.shape) for vector in (*given, rest))}"
        raise ArgumentError(message("parallelogram", "vectors of one size", received))
    if plane not in ("corners", "principal"):
        raise ArgumentError(message("parallelogram", 'plane "corners" or "principal"', repr(plane)))
    points = np.vstack([*given, rest])
    if not np.isfinite(points).all():
        raise ArgumentError(message("parallelogram", "finite vectors", "NaN or infinity"))
    if normalize:
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        np.divide(points, lengths, out=points, where=lengths > 0)
    points = np.insert(points, 3, points[0] - points[1] + points[2], axis=0)
    middle = points[:4].mean(axis=0) if plane == "corners" else points.mean(axis=0)
    centred = points - middle
    axes = _corner_axes(points, centred) if plane == "corners" else _principal_axes(centred)
    flat = centred @ axes.T
    heights = np.linalg.norm(centred - flat @ axes, axis=1)
    spread = float(((points - points.mean(axis=0)) ** 2).sum())
    shown = float(((flat - flat.mean(axis=0)) ** 2).sum())
    return Parallelogram(
        corners=flat[:4].astype(np.float32),
        others=flat[4:].astype(np.float32),
        origin=(-middle @ axes.T).astype(np.float32),
        heights=heights[4:].astype(np.float32),
        corner_heights=heights[:4].astype(np.float32),
        explained=min(1.0, shown / spread) if spread > 1e-18 else 0.0,
    )


def _corner_axes(points: Matrix, centred: Matrix) -> Matrix:
    """(2, d): along c - b, and across it towards a. What is missing comes from the others."""
    axes = np.zeros((2, points.shape[1]))
    found = 0
    for side in (points[2] - points[1], points[0] - points[1]):
        across = side - axes.T @ (axes @ side)
        length = np.linalg.norm(across)
        if length > 1e-9 * max(1.0, float(np.linalg.norm(side))):
            axes[found] = across / length
            found += 1
    axes[found:] = _components(centred - (centred @ axes.T) @ axes, 2 - found)
    return axes


def _principal_axes(centred: Matrix) -> Matrix:
    """(2, d): the first two principal components; c is put right of b and a above it, so that pictures look alike."""
    axes = _components(centred, 2)
    sides = np.array([axes[0] @ (centred[2] - centred[1]), axes[1] @ (centred[0] - centred[1])])
    return np.asarray(axes * np.where(sides < 0, -1, 1)[:, None])


def _components(rows: Matrix, count: int) -> Matrix:
    """(count, d): the directions of the largest variance, zeros where there are no more."""
    out = np.zeros((count, rows.shape[1]))
    _, values, directions = np.linalg.svd(rows, full_matrices=False)
    kept = min(count, int((values > 1e-9).sum()))
    out[:kept] = directions[:kept]
    return out
