"""Groups of vectors that point the same way, found in their own space and not on a picture of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .rows import checked_rows, unit_rows

__all__ = ["Groups", "group_directions"]

_ROUNDS = 50
_BLOCK = 8192  # rows compared with all centres at a time


@dataclass(frozen=True)
class Groups:
    """k groups of n vectors.

    codes: (n,) int32, the group of each vector; -1 for vectors of zeros, which point nowhere. Groups are numbered from the
        largest to the smallest.
    centres: (k, d) float32 of length one.
    nearness: (n,) float32, the cosine of each vector with the centre of its group; NaN for vectors of zeros.
    """

    codes: npt.NDArray[np.int32]
    centres: npt.NDArray[np.float32]
    nearness: npt.NDArray[np.float32]

    def central(self, group: int, most: int = 3) -> list[int]:
        """The vectors nearest to the centre of a group, the nearest first."""
        members = np.flatnonzero(self.codes == group)
        order = members[np.argsort(-self.nearness[members], kind="stable")]
        return [int(row) for row in order[:most]]


def group_directions(vectors: npt.ArrayLike, count: int, *, seed: int = 0) -> Groups:
    """Divide vectors into groups by direction: spherical k-means (Dhillon and Modha 2001), begun as k-means++ does (Arthur and
    Vassilvitskii 2007). The same vectors and seed give the same groups.

    Args:
        vectors: (n, d).
        count: groups wanted; fewer come out where there are not so many different directions.
        seed: of the beginning.

    Raises:
        ArgumentError: not a matrix, NaN or infinity, or ``count`` below 1.
    """
    matrix = checked_rows(vectors, "groups")
    if count < 1:
        raise ArgumentError(message("groups", "count of at least 1", str(count)))
    units = unit_rows(matrix)
    there = np.flatnonzero(np.any(units != 0, axis=1))
    rows = units[there]
    if not len(rows):
        return Groups(
            np.full(len(matrix), -1, np.int32),
            np.zeros((0, matrix.shape[1]), np.float32),
            np.full(len(matrix), np.nan, np.float32),
        )
    centres = _beginning(rows, count, np.random.default_rng(seed))
    codes, nearness = _nearest(rows, centres)
    for _ in range(_ROUNDS):
        sums = _sums(rows, codes, len(centres))
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        # A group that lost its members, or whose members cancel out, keeps its centre.
        centres = np.where(lengths > 1e-9, sums / np.where(lengths > 1e-9, lengths, 1), centres).astype(np.float32)
        moved, nearness = _nearest(rows, centres)
        if np.array_equal(moved, codes):
            break
        codes = moved
    sizes = np.bincount(codes, minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")[: int((sizes > 0).sum())]
    number = np.full(len(centres), -1, np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    every, near = np.full(len(matrix), -1, np.int32), np.full(len(matrix), np.nan, np.float32)
    every[there], near[there] = number[codes], nearness
    return Groups(every, centres[order], near)


def _beginning(rows: npt.NDArray[np.float32], count: int, random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Centres far from each other: each next one is drawn with a chance that grows with its distance from those before."""
    chosen = [int(random.integers(len(rows)))]
    distances = np.maximum(0.0, 1.0 - rows @ rows[chosen[0]]).astype(np.float64)
    while len(chosen) < min(count, len(rows)):
        total = float(distances.sum())
        if total <= 1e-6:
            break
        chosen.append(int(np.searchsorted(np.cumsum(distances), random.random() * total).clip(0, len(rows) - 1)))
        distances = np.minimum(distances, np.maximum(0.0, 1.0 - rows @ rows[chosen[-1]]))
    return rows[chosen]


def _sums(rows: npt.NDArray[np.float32], codes: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.float64]:
    """The sum of the members of each group, as a product with their one-hot codes."""
    sums = np.zeros((count, rows.shape[1]))
    for first in range(0, len(rows), _BLOCK):
        part = codes[first : first + _BLOCK]
        sums += (np.arange(count)[:, None] == part).astype(np.float32) @ rows[first : first + _BLOCK]
    return sums


def _nearest(
    rows: npt.NDArray[np.float32], centres: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    codes, nearness = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    for first in range(0, len(rows), _BLOCK):
        cosines = rows[first : first + _BLOCK] @ centres.T
        part = slice(first, first + len(cosines))
        codes[part] = cosines.argmax(axis=1)
        nearness[part] = cosines.max(axis=1)
    return codes, nearness
