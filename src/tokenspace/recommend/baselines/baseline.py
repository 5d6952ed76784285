"""What the baselines share: the catalogue in order of popularity, sessions by item, and how a list is made of scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from ...errors import ArgumentError, message
from ..ranking import Places, check_half_life, history_weights, top_k
from ..sessions import Floats, Session, Sessions


class Incidence:
    """Which item is in which session, by session and by item; each pair once, with its summed weight.

    Items are numbered by falling popularity (summed weight; ties as first seen), so that the first of equal scores is
    the most popular.
    """

    def __init__(self, sessions: Sessions) -> None:
        counts = sessions.counts()
        order = np.argsort(-counts, kind="stable")
        self.items = [sessions.items[place] for place in order.tolist()]
        self.index = {item: place for place, item in enumerate(self.items)}
        self.counts: Floats = counts[order]
        place_of = np.empty(len(order), dtype=np.int64)
        place_of[order] = np.arange(len(order))
        pairs = sessions.owners() * len(order) + place_of[sessions.ids]
        unique, inverse = np.unique(pairs, return_inverse=True)
        self.n_sessions = len(sessions)
        self.session_of: Places = unique // max(1, len(order))
        self.item_of: Places = unique % max(1, len(order))
        self.weight: Floats = np.bincount(inverse, sessions.weights, minlength=len(unique)).astype(np.float64)
        self.session_starts = np.searchsorted(self.session_of, np.arange(len(sessions) + 1))
        self.by_item: Places = np.argsort(self.item_of, kind="stable")
        self.item_starts = np.searchsorted(self.item_of[self.by_item], np.arange(len(order) + 1))

    def pairs_of_item(self, item: int) -> Places:
        """The places of the pairs that hold an item, by session."""
        return self.by_item[self.item_starts[item] : self.item_starts[item + 1]]

    def pairs_of_sessions(self, sessions: Places) -> tuple[Places, Places]:
        """(places of all pairs of these sessions, for each the place of its session in ``sessions``)."""
        starts = self.session_starts[sessions]
        lengths = self.session_starts[sessions + 1] - starts
        owner = np.repeat(np.arange(len(sessions)), lengths)
        begins = np.cumsum(lengths) - lengths
        return np.arange(len(owner)) - begins[owner] + starts[owner], owner


class Baseline(ABC):
    """A system that scores every item of the catalogue for a history.

    Items of equal score, among them all that a method cannot tell anything about, come in the order of popularity.

    Args:
        half_life: of events in a history; see `history_weights`. None: age does not count.
    """

    def __init__(self, half_life: float | None = None) -> None:
        self.half_life = check_half_life(half_life)
        self._incidence: Incidence | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """What tables call it."""

    @property
    def incidence(self) -> Incidence:
        """What it was fitted on.

        Raises:
            ArgumentError: it was not fitted yet.
        """
        if self._incidence is None:
            raise ArgumentError(message("recommend", "a fitted system", f"{self.name} before fit()"))
        return self._incidence

    def fit(self, sessions: Sessions) -> Baseline:
        """Learn from sessions."""
        self._incidence = Incidence(sessions)
        self._learn(self._incidence)
        return self

    @abstractmethod
    def _learn(self, incidence: Incidence) -> None:
        """What there is to be computed once."""

    @abstractmethod
    def _scores(self, items: Places, weights: Floats) -> Floats:
        """The score of every item for a history of these items, each once, with their weights; shape (items,)."""

    def recommend_batch(
        self, histories: Sequence[Session], /, k: int = 10, *, filter_seen: bool = True
    ) -> list[list[str]]:
        """At most ``k`` items for each history, the best first; none of the history's own when ``filter_seen``."""
        incidence = self.incidence
        found = []
        for history in histories:
            weights = history_weights(history, self.half_life)
            known = [(incidence.index[item], weight) for item, weight in zip(history.items, weights.tolist(), strict=True)
                     if item in incidence.index]  # fmt: skip
            places, inverse = np.unique(np.array([place for place, _ in known], dtype=np.int64), return_inverse=True)
            summed = np.bincount(inverse, [weight for _, weight in known], minlength=len(places))
            scores = self._scores(places, summed.astype(np.float64))
            if filter_seen:
                scores[places] = -np.inf
            found.append([incidence.items[place] for place in top_k(scores, k).tolist()])
        return found
