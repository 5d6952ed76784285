"""How far a picture can be believed: which of a point's neighbours on the plane are its neighbours in the space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .. import _core
from ..errors import ArgumentError, message
from ..progress import ProgressLike, Reporter
from .rows import checked_rows, unit_rows

__all__ = ["EXACT_UP_TO", "Trust", "neighbourhood_trust"]

EXACT_UP_TO = 30_000
"""Points up to which every point is checked; of more, a sample of `_SAMPLE`."""
_SAMPLE = 5_000
_BLOCK = 512  # points between two events of progress


@dataclass(frozen=True)
class Trust:
    """What `neighbourhood_trust` found.

    k: neighbours looked at.
    kept: (n,) float32, how many of each point's k nearest in the space are among its k nearest on the plane; NaN for points
        that were not checked.
    neighbours: (n, k) int32, the k nearest in the space, nearest first; -1 in rows that were not checked.
    share: the mean of kept / k.
    trustworthiness, continuity: of Venna and Kaski (2001), 1 for a faithful plane, about 0.5 for a random one. The first falls
        with strangers that the plane puts among a point's neighbours, the second with neighbours that it tears away.
    checked: points that were checked.
    errors: standard errors of share, trustworthiness and continuity; zeros when every point was checked.
    """

    k: int
    kept: npt.NDArray[np.float32]
    neighbours: npt.NDArray[np.int32]
    share: float
    trustworthiness: float
    continuity: float
    checked: int
    errors: tuple[float, float, float]


def neighbourhood_trust(
    vectors: npt.ArrayLike,
    coordinates: npt.ArrayLike,
    k: int = 10,
    *,
    normalize: bool = True,
    sample: int | None = None,
    seed: int = 0,
    threads: int = 0,
    progress: ProgressLike = None,
) -> Trust:
    """For each point the share of its neighbours that the plane keeps, and trustworthiness and continuity of the whole.

    Neighbours in the space are by cosine (Euclidean without ``normalize``), on the plane by distance; exact, equal ones by
    row. Each checked point is compared with all others: n * checked * d products; holds a
    float32 copy of the vectors and 32 MB of scores.

    Args:
        vectors: (n, d).
        coordinates: (n, 2) of the same points, such as of `plane`.
        k: neighbours, at least 1 and less than n / 2 (beyond, the measures are not defined).
        normalize: compare directions, as most pictures of vectors do. A vector of zeros is as far from all others.
        sample: points to check, drawn without repeats; None: all up to `EXACT_UP_TO`, beyond that 5,000. What is said of a
            checked point is exact; the means have ``errors``.
        seed: of the sample.
        threads: 0 = all cores.
        progress: see `tokenspace.progress`.

    Raises:
        ArgumentError: shapes that do not agree, NaN or infinity, k or sample out of range.
    """
    matrix = checked_rows(vectors, "trust")
    points = checked_rows(coordinates, "trust")
    n = len(matrix)
    if points.shape != (n, 2):
        raise ArgumentError(message("trust", f"coordinates of shape ({n}, 2)", str(points.shape)))
    if not k >= 1 or not 2 * k < n:
        raise ArgumentError(message("trust", f"1 <= k < n / 2 for {n} points", f"k={k}"))
    if sample is not None and not sample >= 1:
        raise ArgumentError(message("trust", "a sample of at least 1", str(sample)))
    count = min(n, sample if sample is not None else n if n <= EXACT_UP_TO else _SAMPLE)
    rows = np.arange(n) if count == n else np.sort(np.random.default_rng(seed).choice(n, count, replace=False))
    space = unit_rows(matrix) if normalize else np.ascontiguousarray(matrix, dtype=np.float32)
    # Rounded to 32 bits around the middle, where they are sharpest.
    flat = np.ascontiguousarray(points - points.mean(axis=0), dtype=np.float32)
    metric = "dot" if normalize else "l2"

    kept = np.full(n, np.nan, dtype=np.float32)
    neighbours = np.full((n, k), -1, dtype=np.int32)
    # One point's part of each measure: means over points are then means of these.
    parts = np.zeros((3, count))
    scale = 2.0 / (k * (2.0 * n - 3.0 * k - 1.0))
    with Reporter("trust", count, "points", progress) as report:
        for first in range(0, count, _BLOCK):
            part = rows[first : first + _BLOCK]
            offsets = np.arange(len(part) + 1, dtype=np.int64)
            near, _ = _core.knn_search(
                space, space[part], k, metric=metric, excluded=part, excluded_offsets=offsets, threads=threads
            )
            close, _ = _core.knn_search(
                flat, flat[part], k, metric="l2", excluded=part, excluded_offsets=offsets, threads=threads
            )
            strange = _core.knn_ranks(space, space[part], close, metric=metric, left_out=part, threads=threads)
            torn = _core.knn_ranks(flat, flat[part], near, metric="l2", left_out=part, threads=threads)
            both = (strange < k).sum(axis=1)
            kept[part], neighbours[part] = both, near
            place = slice(first, first + len(part))
            parts[0, place] = both / k
            # Ranks count from 1 in the paper: beyond k by rank - k.
            parts[1, place] = 1.0 - scale * np.maximum(strange + 1 - k, 0).sum(axis=1)
            parts[2, place] = 1.0 - scale * np.maximum(torn + 1 - k, 0).sum(axis=1)
            report.advance(len(part))
    share, trustworthiness, continuity = parts.mean(axis=1).tolist()
    errors = (0.0, 0.0, 0.0)
    if 1 < count < n:
        # Without repeats out of n: the correction for a finite population.
        spread = parts.std(axis=1, ddof=1) / np.sqrt(count) * np.sqrt((n - count) / (n - 1))
        errors = (float(spread[0]), float(spread[1]), float(spread[2]))
    return Trust(k, kept, neighbours, share, trustworthiness, continuity, count, errors)
