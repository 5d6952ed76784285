"""The plane on which vectors differ most: their first two principal components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .rows import checked_rows

__all__ = ["Plane", "plane", "turned"]

_BLOCK = 1 << 21  # numbers of a block of rows: 16 MB as float64
_DIRECT = 800  # columns up to which all eigenvectors are found at once
_GUARD, _ROUNDS = 24, 40


@dataclass(frozen=True)
class Plane:
    """coordinates: float32 (n, 2). explained: the share of the variance that each column shows."""

    coordinates: npt.NDArray[np.float32]
    explained: tuple[float, float]


def plane(vectors: npt.ArrayLike, *, normalize: bool = True) -> Plane:
    """Project vectors on their first two principal components (Pearson 1901). The same vectors give the same picture: the
    vector farthest out along a component is put on its positive side. Exact, in 64 bits; holds blocks of 16 MB and
    the products of columns (of rows where those are fewer), so that a mapped matrix larger than memory can be given.

    Args:
        vectors: (n, d), n >= 1.
        normalize: scale each to length 1 first, so that distances show cosines. Vectors of zeros stay.

    Raises:
        ArgumentError: not a matrix of at least one row; NaN or infinity among the numbers.
    """
    matrix = checked_rows(vectors, "plane")
    rows, columns = matrix.shape
    total, values, coordinates = _tall(matrix, normalize) if columns <= rows else _wide(matrix, normalize)
    if total <= 1e-18 * max(1.0, rows):
        return Plane(np.zeros((rows, 2), dtype=np.float32), (0.0, 0.0))  # all the same: rounding is no direction
    farthest = np.abs(coordinates).argmax(axis=0)
    coordinates *= np.where(coordinates[farthest, [0, 1]] < 0, -1, 1)
    explained = (float(values[0]) / total, float(values[1]) / total if len(values) > 1 else 0.0)
    return Plane(coordinates.astype(np.float32), explained)


def _blocks(matrix: npt.NDArray[Any], normalize: bool) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
    step = max(1, _BLOCK // matrix.shape[1])
    for first in range(0, len(matrix), step):
        block = matrix[first : first + step].astype(np.float64)
        if normalize:
            lengths = np.linalg.norm(block, axis=1, keepdims=True)
            np.divide(block, lengths, out=block, where=lengths > 0)
        yield slice(first, first + len(block)), block


def _tall(matrix: npt.NDArray[Any], normalize: bool) -> tuple[float, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """By the products of columns, (d, d), summed over blocks of rows: two walks over the matrix."""
    rows, columns = matrix.shape
    mean = np.zeros(columns)
    for _, block in _blocks(matrix, normalize):
        mean += block.sum(axis=0)
    mean /= rows
    products = np.zeros((columns, columns))
    for _, block in _blocks(matrix, normalize):
        block -= mean
        products += block.T @ block
    values, axes = _two_largest(products)
    coordinates = np.zeros((rows, 2))
    for place, block in _blocks(matrix, normalize):
        block -= mean
        coordinates[place, : axes.shape[1]] = block @ axes
    return float(products.trace()), values, coordinates


def _wide(matrix: npt.NDArray[Any], normalize: bool) -> tuple[float, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Fewer rows than columns: by the products of rows, which have the same eigenvalues."""
    whole = np.concatenate([block for _, block in _blocks(matrix, normalize)])
    whole -= whole.mean(axis=0)
    products = whole @ whole.T
    values, axes = _two_largest(products)
    coordinates = np.zeros((len(matrix), 2))
    coordinates[:, : axes.shape[1]] = axes * np.sqrt(values)
    return float(products.trace()), values, coordinates


def _two_largest(products: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The two largest eigenvalues of a symmetric matrix, largest first, with their vectors as columns.

    All eigenvectors of a large matrix cost ten times what its products do, so there a few vectors are turned towards the
    largest by multiplication until they stay (subspace iteration); where two values are so close that they do not, all are found.
    """
    size = len(products)
    if size > _DIRECT:
        basis = np.linalg.qr(np.random.default_rng(0).standard_normal((size, _GUARD)))[0]
        for _ in range(_ROUNDS):
            for _ in range(4):
                basis = products @ basis
            basis = np.linalg.qr(basis)[0]
            small, turn = np.linalg.eigh(basis.T @ products @ basis)
            basis, small = basis @ turn[:, ::-1], small[::-1]
            off = np.linalg.norm(products @ basis[:, :2] - basis[:, :2] * small[:2], axis=0)
            if (off <= 1e-9 * max(small[0], 1e-300)).all():
                return np.maximum(small[:2], 0), basis[:, :2]
    values, axes = np.linalg.eigh(products)
    return np.maximum(values[::-1][:2], 0), axes[:, ::-1][:, :2]


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
