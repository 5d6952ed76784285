"""Sessions like this one, and what they hold besides.

S-KNN with a recency-weighted query, as in V-SKNN: Ludewig and Jannach, Evaluation of session-based recommendation
algorithms (UMUAI 2018). Nearest-neighbour methods of this kind keep beating neural ones (arXiv 2011.03424).
"""

from __future__ import annotations

import numpy as np

from ...errors import ArgumentError, message
from ..ranking import Places, top_k
from ..sessions import Floats
from .baseline import Baseline, Incidence


class SessionKNN(Baseline):
    """Items of the ``neighbours`` training sessions nearest to the history, each session counting its cosine.

    Args:
        neighbours: sessions that speak.
        half_life: how fast the events of the history lose weight, in events; None: age does not count.
    """

    name = "session-kNN"

    def __init__(self, neighbours: int = 100, half_life: float | None = None) -> None:
        super().__init__(half_life)
        if neighbours < 1:
            raise ArgumentError(message("recommend", "at least 1 neighbour", repr(neighbours)))
        self.neighbours = neighbours
        self._length: Floats = np.zeros(0)

    def _learn(self, incidence: Incidence) -> None:
        squares = np.bincount(incidence.session_of, incidence.weight**2, minlength=incidence.n_sessions)
        self._length = np.sqrt(squares)

    def _scores(self, items: Places, weights: Floats) -> Floats:
        incidence = self.incidence
        likeness = np.zeros(incidence.n_sessions)
        for item, weight in zip(items.tolist(), weights.tolist(), strict=True):
            pairs = incidence.pairs_of_item(item)
            likeness[incidence.session_of[pairs]] += weight * incidence.weight[pairs]
        # The length of the query is the same for all sessions and changes no order.
        likeness = np.divide(likeness, self._length, out=likeness, where=self._length > 0)
        likeness[likeness <= 0] = -np.inf
        near = top_k(likeness, self.neighbours)
        pairs, owner = incidence.pairs_of_sessions(near)
        scores = np.bincount(incidence.item_of[pairs], likeness[near][owner], minlength=len(incidence.items))
        return scores.astype(np.float64)
