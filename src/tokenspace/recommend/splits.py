"""Training sessions and held-out next items: three ways to cut, each with one truth a query.

A split never shows a system what it is asked for: the truth, and whatever comes after it in the same session, is not in
the training part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .sessions import Mask, Session, Sessions


@dataclass(frozen=True, slots=True)
class Query:
    """One question: after ``history``, what came next?"""

    history: Session
    truth: str


@dataclass(frozen=True, slots=True)
class Split:
    """A training part and the questions asked of systems that were fitted on it.

    Attributes:
        train: what a system may see.
        queries: histories with their next item.
        how: the rule of the split in words, for tables.
    """

    train: Sessions
    queries: Sequence[Query]
    how: str

    @property
    def repeats(self) -> int:
        """Queries whose truth is already in their history."""
        return sum(query.truth in query.history.items for query in self.queries)


def _queries(sessions: Sessions, which: npt.NDArray[np.int64], at: npt.NDArray[np.int64]) -> list[Query]:
    """The query of session ``which[i]`` whose truth is its event number ``at[i]``."""
    found = []
    for place, end in zip(which.tolist(), at.tolist(), strict=True):
        whole = sessions[place]
        history = Session(
            whole.items[:end],
            None if whole.weights is None else whole.weights[:end],
            None if whole.times is None else whole.times[:end],
            whole.key,
        )
        found.append(Query(history, whole.items[end]))
    return found


def split_last(sessions: Sessions, *, max_queries: int | None = None, seed: int = 0) -> Split:
    """The last item of each session is held out; the query is what came before it in the session.

    The protocol of Caselles-Dupré et al. (arXiv 1804.04212). The history of a query is training data too, so systems know
    the user; sessions go on at different times, so a training session may hold what happened after a truth
    (`split_time` forbids that).

    Args:
        sessions: those of one event go into the training part whole.
        max_queries: so many sessions are asked at most, drawn at random; the others stay whole in the training part.
        seed: of that draw.

    Raises:
        ArgumentError: no session of two events.
    """
    lengths = sessions.lengths
    asked = _drawn(np.flatnonzero(lengths >= 2), max_queries, seed)
    train = np.ones(len(sessions.ids), dtype=bool)
    train[sessions.offsets[asked + 1] - 1] = False
    return _split(sessions, train, asked, lengths[asked] - 1, "last item of each session")


def split_time(
    sessions: Sessions,
    at: float | None = None,
    *,
    share: float = 0.1,
    max_queries: int | None = None,
    seed: int = 0,
) -> Split:
    """Everything from a moment on is held out; the query is what a session holds before it, the truth what comes next.

    No system sees anything from the moment on or after. Sessions that begin later are asked for their last item, with
    what came before it as history: they are new to every system.

    Args:
        sessions: with times.
        at: the moment, in the unit of the times; None: the one that leaves ``share`` of the events after it.
        share: above 0, below 1.
        max_queries, seed: as for `split_last`; the held-out events of sessions that are not asked stay held out.

    Raises:
        ArgumentError: the times are not known, or no session has an event after the moment and one before that.
    """
    times = sessions.times
    if times is None:
        raise ArgumentError(message("split", "sessions with times", "sessions without", "split_last, split_sessions"))
    if not 0 < share < 1:
        raise ArgumentError(message("split", "a share above 0 and below 1", repr(share)))
    moment = float(np.quantile(times, 1 - share)) if at is None else float(at)
    train = times < moment
    lengths = sessions.lengths
    seen = np.diff(np.concatenate(([0], np.cumsum(train)))[sessions.offsets])
    begun = (seen > 0) & (seen < lengths)
    new = (seen == 0) & (lengths >= 2)
    asked = _drawn(np.flatnonzero(begun | new), max_queries, seed)
    at_event = np.where(begun, seen, lengths - 1)[asked]
    return _split(sessions, train, asked, at_event, f"next item from time {moment:g} on")


def split_sessions(sessions: Sessions, *, share: float = 0.1, max_queries: int | None = None, seed: int = 0) -> Split:
    """Whole sessions are held out and asked for their last item: what a system says to a visitor it has never seen.

    Args:
        sessions: with times, the sessions that begin last are held out; without, sessions drawn at random.
        share: of the sessions that have two events.
        max_queries, seed: as for `split_last`.

    Raises:
        ArgumentError: no session of two events, or a share that is not above 0 and below 1.
    """
    if not 0 < share < 1:
        raise ArgumentError(message("split", "a share above 0 and below 1", repr(share)))
    lengths = sessions.lengths
    fit = np.flatnonzero(lengths >= 2)
    if sessions.times is not None:
        order = fit[np.argsort(sessions.times[sessions.offsets[fit]], kind="stable")]
        how = "last item of the latest sessions, which no system has seen"
    else:
        order = np.random.default_rng(seed).permutation(fit)
        how = "last item of sessions drawn at random, which no system has seen"
    held = np.sort(order[len(order) - max(1, round(share * len(order))) :]) if len(order) else order
    train = ~np.isin(sessions.owners(), held)
    asked = _drawn(held, max_queries, seed)
    return _split(sessions, train, asked, lengths[asked] - 1, how)


def _drawn(places: npt.NDArray[np.int64], most: int | None, seed: int) -> npt.NDArray[np.int64]:
    if most is None or len(places) <= most:
        return places
    if most < 1:
        raise ArgumentError(message("split", "max_queries of at least 1", str(most)))
    return np.sort(np.random.default_rng(seed).choice(places, most, replace=False))


def _split(sessions: Sessions, train: Mask, asked: npt.NDArray[np.int64], at: npt.NDArray[np.int64], how: str) -> Split:
    if not len(asked) or not train.any():
        raise ArgumentError(
            message("split", "sessions of at least two events, some of them for training", repr(sessions))
        )
    return Split(sessions.where(train), _queries(sessions, asked, at), how)
