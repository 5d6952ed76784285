"""Neighbours kept by a picture, trustworthiness and continuity, as in Venna and Kaski (2001): all ranks by sorting."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def ranks(distances: Floats) -> npt.NDArray[np.int64]:
    """(n, n): the rank of each other point by distance from the row's point, from 1, equal ones by row; 0 for itself."""
    own = distances.copy()
    np.fill_diagonal(own, -np.inf)
    return np.argsort(np.argsort(own, axis=1, kind="stable"), axis=1, kind="stable")


def cosine_distances(vectors: Floats) -> Floats:
    """1 - cosine of each pair; a vector of zeros is at distance 1 from all."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1.0)
    return np.asarray(1.0 - unit @ unit.T)


def plane_distances(points: Floats) -> Floats:
    """Euclidean distance of each pair."""
    return np.asarray(np.linalg.norm(points[:, None] - points[None], axis=2))


def trust(vectors: Floats, points: Floats, k: int) -> tuple[npt.NDArray[np.int64], float, float]:
    """(neighbours kept of each point, trustworthiness, continuity)."""
    n = len(vectors)
    space, flat = ranks(cosine_distances(vectors)), ranks(plane_distances(points))
    near, close = (space > 0) & (space <= k), (flat > 0) & (flat <= k)
    scale = 2.0 / (n * k * (2 * n - 3 * k - 1))
    strangers = (space - k)[close & ~near].sum()
    torn = (flat - k)[near & ~close].sum()
    return (near & close).sum(axis=1), float(1 - scale * strangers), float(1 - scale * torn)
