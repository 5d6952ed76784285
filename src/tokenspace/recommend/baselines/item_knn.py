"""Items that meet in sessions: counts of meetings, and item-kNN with the weightings of the package ``implicit``.

Sarwar et al., Item-based collaborative filtering recommendation algorithms (WWW 2001). The weightings (cosine, TF-IDF,
BM25 with K1 = 1.2 and B = 0.75, over a matrix whose rows are items and whose columns are sessions) are those of implicit
0.7.3, except that an item is never its own neighbour.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..ranking import Places, top_k
from ..sessions import Floats
from .baseline import Baseline, Incidence

Weighting = Literal["cosine", "tfidf", "bm25"]
_BM25_K1, _BM25_B = 1.2, 0.75


class _Neighbours(Baseline):
    """The score of an item is the weighted sum of what the history's items say of it; each speaks of its neighbours."""

    def __init__(self, neighbours: int | None, half_life: float | None) -> None:
        super().__init__(half_life)
        if neighbours is not None and neighbours < 1:
            raise ArgumentError(message("recommend", "at least 1 neighbour, or None for all", repr(neighbours)))
        self.neighbours = neighbours
        self._near: list[npt.NDArray[np.int32]] = []
        self._worth: list[npt.NDArray[np.float32]] = []

    def _learn(self, incidence: Incidence) -> None:
        weight = self._weigh(incidence)
        self._near, self._worth = [], []
        for item in range(len(incidence.items)):
            own = incidence.pairs_of_item(item)
            pairs, owner = incidence.pairs_of_sessions(incidence.session_of[own])
            meeting = self._meet(weight[own][owner], weight[pairs])
            row = np.bincount(incidence.item_of[pairs], meeting, minlength=len(incidence.items)).astype(np.float64)
            row[item] = 0
            near = np.flatnonzero(row)
            if self.neighbours is not None and len(near) > self.neighbours:
                near = near[top_k(row[near], self.neighbours)]
            self._near.append(near.astype(np.int32))
            self._worth.append(row[near].astype(np.float32))

    def _weigh(self, incidence: Incidence) -> Floats:
        """The value of every pair of session and item."""
        return incidence.weight

    def _meet(self, own: Floats, other: Floats) -> Floats:
        """What it counts that two items are in one session."""
        return own * other

    def _scores(self, items: Places, weights: Floats) -> Floats:
        scores = np.zeros(len(self.incidence.items))
        for item, weight in zip(items.tolist(), weights.tolist(), strict=True):
            scores[self._near[item]] += weight * self._worth[item]
        return scores


class CoOccurrence(_Neighbours):
    """In how many sessions an item meets those of the history ("also bought").

    A meeting counts the smaller of the two weights, as it does when item vectors are trained.

    Args:
        neighbours: how many of the items met most often an item speaks of; None: all, in memory for every pair that meets.
        half_life: see `Baseline`.
    """

    name = "co-occurrence"

    def __init__(self, neighbours: int | None = 1000, half_life: float | None = None) -> None:
        super().__init__(neighbours, half_life)

    def _meet(self, own: Floats, other: Floats) -> Floats:
        return np.minimum(own, other)


class ItemKNN(_Neighbours):
    """Items whose sessions are alike.

    Args:
        weighting: cosine (of the items' rows), tfidf (rows of sqrt(weight) * idf of the session, then cosine), or bm25
            (rows saturated and divided by the item's popularity, then the inner product).
        neighbours: how many neighbours an item speaks of; None: all. (implicit keeps 20.)
        half_life: see `Baseline`.
    """

    def __init__(
        self, weighting: Weighting = "cosine", neighbours: int | None = 100, half_life: float | None = None
    ) -> None:
        super().__init__(neighbours, half_life)
        if weighting not in ("cosine", "tfidf", "bm25"):
            raise ArgumentError(message("recommend", "weighting= cosine, tfidf or bm25", repr(weighting)))
        self.weighting = weighting

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"item-kNN {self.weighting}"

    def _weigh(self, incidence: Incidence) -> Floats:
        rows, value = len(incidence.items), incidence.weight
        if self.weighting != "cosine":
            seen = np.bincount(incidence.session_of, minlength=incidence.n_sessions)
            idf = (np.log(rows) - np.log1p(seen))[incidence.session_of]
            if self.weighting == "bm25":
                total = np.bincount(incidence.item_of, value, minlength=rows)
                norm = (1 - _BM25_B) + _BM25_B * total / total.mean()
                return np.asarray(value * (_BM25_K1 + 1) / (_BM25_K1 * norm[incidence.item_of] + value) * idf)
            value = np.sqrt(value) * idf
        length = np.sqrt(np.bincount(incidence.item_of, value**2, minlength=rows))[incidence.item_of]
        return np.asarray(np.divide(value, length, out=np.zeros_like(value), where=length > 0))
