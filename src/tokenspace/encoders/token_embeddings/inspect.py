"""What a matrix of embeddings tells about its tokens: rows that training never touched, rows that are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ...types import Ids
from .matrix import Matrix

__all__ = ["Untrained", "duplicate_rows", "untrained_rows"]

_SAMPLE_ROWS = 8192
_STEPS = 50


@dataclass(frozen=True)
class Untrained:
    """Rows that look as if training had not touched them.

    method: "distance" or "norm".
    indicator: (rows,) float32; the smaller, the more suspect.
    threshold: rows at or below it are listed.
    ids: their ids, the most suspect first.
    """

    method: Literal["distance", "norm"]
    indicator: npt.NDArray[np.float32]
    threshold: float
    ids: npt.NDArray[np.int64]


def _main_direction(matrix: Matrix, seed: int = 0) -> npt.NDArray[np.float64]:
    """The first principal component of the rows (not centred), of length one, by power iteration on a sample of them."""
    count = matrix.shape[0]
    random = np.random.default_rng(seed)
    chosen = np.sort(random.choice(count, min(count, _SAMPLE_ROWS), replace=False))
    rows = matrix.rows(chosen)
    rows = rows[np.isfinite(rows).all(axis=1)]
    direction = rows.mean(axis=0, dtype=np.float64) if len(rows) else np.zeros(matrix.shape[1])
    direction += 1e-6 * random.standard_normal(matrix.shape[1])
    for _ in range(_STEPS):
        direction /= max(float(np.linalg.norm(direction)), 1e-300)
        direction = (rows.T @ (rows @ direction.astype(np.float32))).astype(np.float64)
    length = float(np.linalg.norm(direction))
    return direction / length if length > 0 else direction


def untrained_rows(matrix: Matrix, known: Ids) -> Untrained:
    """Rows like those that are known to be unused, or rows that are far shorter than the others.

    The indicators are those of Land and Bartolo (2024), "Fishing for Magikarp", section 3: the cosine distance to the mean
    of the known rows after the first principal component has been taken out of all rows, and the length of the row. The
    thresholds are ours: nine tenths of the known rows are as near to the mean of the other known ones; and Tukey's outer
    fence, three quartile ranges below the first quartile of the logarithms of the lengths. Lengths are taken where fewer
    than two rows are known, or these are not alike: no nearer to each other than three quarters of all rows are to them.

    Raises:
        ArgumentError: known ids outside the matrix.
    """
    lengths = matrix.lengths
    given = np.asarray(known)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise ArgumentError(message("untrained", "a list of ids", repr(known)[:60]))
    known = np.unique(given.astype(np.int64))
    if len(known) and (known[0] < 0 or known[-1] >= matrix.shape[0]):
        raise ArgumentError(message("untrained", f"ids of 0 to {matrix.shape[0] - 1}", f"{known[0]} to {known[-1]}"))
    # A row of zeros was not trained either, but it has no direction to compare with.
    known = known[np.isfinite(lengths[known]) & (lengths[known] > 0)]
    if len(known) < 2:
        return _by_length(lengths)
    main = _main_direction(matrix)
    unused = matrix.rows(known).astype(np.float64)
    unused -= np.outer(unused @ main, main)
    total = unused.sum(axis=0)
    indicator = np.empty(matrix.shape[0], np.float32)
    with np.errstate(invalid="ignore"):  # of rows with NaN or infinity, whose distance is NaN
        for part, rows in matrix.blocks():
            indicator[part] = _distances(rows - np.outer(rows @ main, main), _unit(total))
    others = np.array([_distances(row[None], _unit(total - row))[0] for row in unused])
    threshold = float(np.percentile(others, 90))
    finite = np.isfinite(indicator)
    if threshold >= float(np.percentile(indicator[finite], 25)):
        return _by_length(lengths)
    return Untrained("distance", indicator, threshold, _at_or_below(indicator, threshold))


def _unit(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-300)


def _distances(rows: npt.NDArray[np.float64], direction: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """One minus the cosine of each row; 0 for rows of zeros."""
    lengths = np.linalg.norm(rows, axis=1)
    return np.asarray(np.where(lengths > 0, 1 - rows @ direction / np.where(lengths > 0, lengths, 1), 0))


def _by_length(lengths: npt.NDArray[np.float32]) -> Untrained:
    usual = lengths[np.isfinite(lengths) & (lengths > 0)]
    threshold = 0.0
    if len(usual):
        first, third = np.percentile(np.log(usual.astype(np.float64)), [25, 75])
        threshold = float(np.exp(first - 3 * (third - first)))
        # Lengths that are all alike leave no range: then a row is short when it is so by more than rounding.
        threshold = min(threshold, float(np.exp(first)) * 0.99)
    return Untrained("norm", lengths, threshold, _at_or_below(lengths, threshold))


def _at_or_below(indicator: npt.NDArray[np.float32], threshold: float) -> npt.NDArray[np.int64]:
    ids = np.flatnonzero(indicator <= threshold)
    order: npt.NDArray[np.int64] = ids[np.argsort(indicator[ids], kind="stable")]
    return order


def duplicate_rows(matrix: Matrix) -> list[npt.NDArray[np.int64]]:
    """Groups of rows whose stored numbers are the same bit by bit, the largest first; ids rise within a group.

    Rows are hashed (a random linear form modulo 2^64), and rows of one hash compared.
    """
    raw = matrix.raw
    bits = np.dtype(f"u{raw.dtype.itemsize}")
    factors = np.random.default_rng(0).integers(0, 1 << 63, matrix.shape[1], np.uint64) * np.uint64(2) + np.uint64(1)
    hashes = np.empty(len(raw), np.uint64)
    step = max(1, (1 << 20) // max(1, matrix.shape[1]))
    for start in range(0, len(raw), step):
        block = np.ascontiguousarray(raw[start : start + step]).view(bits).astype(np.uint64)
        hashes[start : start + step] = (block * factors).sum(axis=1, dtype=np.uint64)
    order = np.argsort(hashes, kind="stable")
    bounds = np.flatnonzero(np.diff(hashes[order])) + 1
    groups: list[npt.NDArray[np.int64]] = []
    for ids in np.split(order, bounds):
        if len(ids) > 1:
            same: dict[bytes, list[int]] = {}
            for id in ids.tolist():
                same.setdefault(raw[id].tobytes(), []).append(id)
            groups += [np.array(found, np.int64) for found in same.values() if len(found) > 1]
    return sorted(groups, key=lambda ids: (-len(ids), int(ids[0])))
