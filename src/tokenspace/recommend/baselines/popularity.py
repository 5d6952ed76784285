"""The most popular items, the same for everyone."""

from __future__ import annotations

import numpy as np

from ..ranking import Places
from ..sessions import Floats
from .baseline import Baseline, Incidence


class Popularity(Baseline):
    """Items by how often they occur in the training sessions, by weight."""

    name = "popularity"

    def _learn(self, incidence: Incidence) -> None:
        pass

    def _scores(self, items: Places, weights: Floats) -> Floats:
        return np.array(self.incidence.counts)
