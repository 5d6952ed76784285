"""The plane of UMAP: neighbours stay together, distances between groups say little (McInnes, Healy and Melville 2018)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import _core
from ..errors import ArgumentError, UnsupportedError, message
from ..progress import ProgressLike, Reporter
from .plane import plane
from .rows import checked_rows, unit_rows

__all__ = ["EXACT_NEIGHBOURS_UP_TO", "UmapPlane", "require_umap", "umap_plane"]

EXACT_NEIGHBOURS_UP_TO = 50_000
"""Points up to which neighbours are found exactly, by comparing all; of more, umap-learn finds them approximately."""
_BLOCK = 1024


@dataclass(frozen=True)
class UmapPlane:
    """coordinates: float32 (n, 2), NaN for a point that UMAP could connect to none. exact: whether the neighbours were."""

    coordinates: npt.NDArray[np.float32]
    neighbours: int
    min_dist: float
    seed: int
    exact: bool


class _Epochs:
    """A file for tqdm to write to, that turns its lines into events. A progress function that raises ends the layout."""

    def __init__(self, report: Reporter) -> None:
        self._report, self._over = report, False

    def write(self, text: str) -> None:
        done, _, total = text.strip().partition("/")
        if self._over or not done.isdigit() or not total.isdigit():
            return
        self._report.total = int(total)
        try:
            self._report.update(int(done))
        except BaseException:
            self._over = True  # tqdm writes once more when it is closed
            raise

    def flush(self) -> None:
        """Nothing is held back."""


def require_umap() -> None:
    """Does not import it, which takes seconds.

    Raises:
        UnsupportedError: umap-learn is not installed.
    """
    if find_spec("umap") is None:
        raise _without_umap("none installed")


def _without_umap(found: str) -> UnsupportedError:
    return UnsupportedError(message("umap", "umap-learn", found, "pip install 'tokenspace[topics]'"))


def umap_plane(
    vectors: npt.ArrayLike,
    *,
    neighbours: int = 15,
    min_dist: float = 0.1,
    epochs: int | None = None,
    normalize: bool = True,
    seed: int = 0,
    threads: int = 0,
    progress: ProgressLike = None,
) -> UmapPlane:
    """Project vectors on the plane with umap-learn, from our exact neighbours and starting at the principal components, which
    keeps the picture of the whole (Kobak and Linderman 2021). The same seed gives the same picture on the same machine.

    Args:
        vectors: (n, d), at least 4.
        neighbours: how far "near" reaches: fewer show details, more the whole; at least 2, at most n - 1 are used.
        min_dist: how close points may lie, 0 to 1.
        epochs: rounds of the layout; None: 500, above 10,000 points 200.
        normalize: nearness by cosine; without, Euclidean.
        seed: of the layout.
        threads: of the search for neighbours, 0 = all cores; the layout with a seed takes one.
        progress: stages "neighbours" and "layout"; raise in it to stop. The first use of umap-learn in a process compiles
            for some ten seconds, during which nothing is reported.

    Raises:
        ArgumentError: fewer than 4 vectors, NaN or infinity, numbers out of range.
        UnsupportedError: umap-learn is not installed.
    """
    matrix = checked_rows(vectors, "umap")
    n = len(matrix)
    if n < 4:
        raise ArgumentError(message("umap", "at least 4 vectors", str(n)))
    if neighbours < 2 or not 0 <= min_dist <= 1 or (epochs is not None and epochs < 1) or seed < 0:
        received = f"neighbours={neighbours}, min_dist={min_dist}, epochs={epochs}, seed={seed}"
        raise ArgumentError(message("umap", "neighbours >= 2, 0 <= min_dist <= 1, epochs >= 1, seed >= 0", received))
    try:
        import umap
    except ImportError as error:
        raise _without_umap(str(error)) from error
    k = min(neighbours, n - 1)
    space = unit_rows(matrix) if normalize else np.ascontiguousarray(matrix, dtype=np.float32)
    start = plane(space, normalize=False).coordinates
    span = float(np.abs(start).max())
    if span == 0:
        return UmapPlane(start, k, min_dist, seed, True)  # all the same: there is nothing to lay out
    # Points at the same place would never part.
    start = start + np.random.default_rng(seed).normal(0, 1e-4 * span, start.shape).astype(np.float32)
    exact = n <= EXACT_NEIGHBOURS_UP_TO
    known: dict[str, Any] = {}
    if exact:
        known = {
            "precomputed_knn": _neighbours(space, k, normalize, threads, progress),
            "force_approximation_algorithm": True,
        }
    rounds = epochs if epochs is not None else 200 if n > 10_000 else 500
    with Reporter("layout", rounds, "epochs", progress, interval=0.0) as report, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a seed means one thread: said above
        model = umap.UMAP(
            n_neighbors=k + 1 if exact else k,
            min_dist=min_dist,
            n_epochs=rounds,
            metric="cosine" if normalize else "euclidean",
            init=start,
            random_state=seed,
            tqdm_kwds={"file": _Epochs(report), "bar_format": "{n}/{total}", "disable": False, "mininterval": 0.1},
            **known,
        )
        found = np.asarray(model.fit_transform(space), dtype=np.float32)
        report.done = rounds
    found -= np.nanmean(found, axis=0)
    return UmapPlane(found, k, min_dist, seed, exact)


def _neighbours(
    space: npt.NDArray[np.float32], k: int, cosine: bool, threads: int, progress: ProgressLike
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """As umap-learn wants them: each point first among its own, distances rather than likenesses."""
    n = len(space)
    indices = np.empty((n, k + 1), dtype=np.int32)
    distances = np.zeros((n, k + 1), dtype=np.float32)
    with Reporter("neighbours", n, "points", progress) as report:
        for first in range(0, n, _BLOCK):
            part = np.arange(first, min(n, first + _BLOCK))
            offsets = np.arange(len(part) + 1, dtype=np.int64)
            rows, scores = _core.knn_search(
                space, space[part], k, metric="dot" if cosine else "l2", excluded=part, excluded_offsets=offsets, threads=threads
            )  # fmt: skip
            indices[part, 0] = part
            indices[part, 1:] = rows
            distances[part, 1:] = np.maximum(1.0 - scores, 0) if cosine else scores
            report.advance(len(part))
    return indices, distances
