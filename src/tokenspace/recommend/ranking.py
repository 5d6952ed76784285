"""The best of a row of scores, and what a history weighs: shared by the recommender and the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .sessions import Floats, Session, Sessions

Places = npt.NDArray[np.int64]


class System(Protocol):
    """What an evaluation can measure."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def fit(self, sessions: Sessions, /) -> object:
        """Learn from the training part of a split."""

    def recommend_batch(
        self, histories: Sequence[Session], /, k: int = 10, *, filter_seen: bool = True
    ) -> list[list[str]]:
        """At most ``k`` items for each history, the best first; none of the history's own when ``filter_seen``."""


def top_k(scores: npt.NDArray[Any], k: int) -> Places:
    """Places of the ``k`` highest scores, the best first; equal scores in the order of their places; -inf never.

    Args:
        scores: shape (n,), without nan.

    Raises:
        ArgumentError: ``k`` is no whole number.
    """
    if not isinstance(k, (int, np.integer)):
        raise ArgumentError(message("recommend", "a whole number of results", repr(k)))
    k = min(k, len(scores))
    if k <= 0:
        return np.zeros(0, dtype=np.int64)
    limit = np.partition(scores, len(scores) - k)[len(scores) - k]
    above = np.flatnonzero(scores > limit)
    level = np.flatnonzero(scores == limit)[: k - len(above)] if limit > -np.inf else above[:0]
    found = np.sort(np.concatenate((above, level)))
    return found[np.argsort(-scores[found], kind="stable")]


def history_weights(session: Session, half_life: float | None) -> Floats:
    """What each event of a history weighs: its own weight, halved for every ``half_life`` events that came after it.

    Args:
        session: n events, the oldest first.
        half_life: above 0; None: age does not count.

    Returns:
        float64 of shape (n,).
    """
    weights = np.ones(len(session)) if session.weights is None else np.array(session.weights, dtype=np.float64)
    if half_life is not None:
        weights = weights * 0.5 ** (np.arange(len(session) - 1, -1, -1) / half_life)
    return weights


def check_half_life(half_life: float | None) -> float | None:
    """``half_life`` itself.

    Raises:
        ArgumentError: it is not above 0.
    """
    if half_life is not None and not half_life > 0:
        raise ArgumentError(message("recommend", "a half_life above 0 (events), or None", repr(half_life)))
    return half_life


def check_event_weights(event_weights: Any) -> dict[str, float]:
    """``event_weights`` as a dictionary of its own.

    Raises:
        ArgumentError: no mapping, or a weight that is not a finite number of at least 0.
    """
    if not isinstance(event_weights, Mapping):
        received = type(event_weights).__name__
        raise ArgumentError(message("recommend", "event_weights= a mapping such as {'buy': 10}", received))
    for name, weight in event_weights.items():
        if not isinstance(weight, (int, float, np.number)) or not 0 <= weight < np.inf:
            expected = f"a finite weight of at least 0 for the event {name!r}"
            raise ArgumentError(message("recommend", expected, repr(weight)[:60]))
    return dict(event_weights)
