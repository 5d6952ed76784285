"""Who met what, in which order: sessions of items as flat arrays.

A session is a playlist, a basket, a visit, or all that one user ever did. Its events are in order, the oldest first, and
each has an item, a weight and perhaps a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .items import UnknownSessionError, item_id

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Session:
    """One history, the oldest event first.

    Attributes:
        items: item ids.
        weights: one a item, above 0; None: every event weighs 1.
        times: one a item, not falling, in the unit of the input (seconds where it was a date); None: not known.
        key: name of the session or user; None when it has none.

    Raises:
        ArgumentError: weights or times that are not one an item, or that are not as said above.
    """

    items: tuple[str, ...]
    weights: tuple[float, ...] | None = None
    times: tuple[float, ...] | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        if not all(type(item) is str for item in self.items):
            object.__setattr__(self, "items", tuple(map(item_id, self.items)))
        for name, values in (("weights", self.weights), ("times", self.times)):
            if values is not None and (len(values) != len(self.items) or not all(map(math.isfinite, values))):
                raise ArgumentError(
                    message("sessions", f"{len(self.items)} finite {name}, one an item", f"{len(values)}: {values[:3]}")
                )
        if self.weights is not None and min(self.weights, default=1) <= 0:
            raise ArgumentError(message("sessions", "weights above 0", str(min(self.weights))))
        if self.times is not None and any(late < early for early, late in pairwise(self.times)):
            raise ArgumentError(message("sessions", "events in the order of their times", "others"))

    def __len__(self) -> int:
        return len(self.items)


class Sessions(Sequence[Session]):
    """Sessions of items; a sequence of `Session`, also found by key.

    Attributes:
        items: the item ids that occur, in the order they were first seen.
        places: item id -> its place in ``items``.
        ids: int32 of shape (events,): the place in ``items`` of each event, session after session.
        offsets: int64 of shape (sessions + 1,): session s has the events ``offsets[s]`` to ``offsets[s + 1]``.
        weights: float64 of shape (events,), or None when every event weighs 1.
        times: float64 of shape (events,), not falling within a session, or None.
        keys: name of each session, or None.
    """

    def __init__(
        self,
        items: Sequence[str],
        ids: npt.ArrayLike,
        offsets: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
        times: npt.ArrayLike | None = None,
        keys: Sequence[str] | None = None,
    ) -> None:
        self.items = list(items)
        self.places = {item: place for place, item in enumerate(self.items)}
        self.ids: Ids = np.ascontiguousarray(ids, dtype=np.int32)
        self.offsets: npt.NDArray[np.int64] = np.ascontiguousarray(offsets, dtype=np.int64)
        self.weights: Floats | None = None if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
        self.times: Floats | None = None if times is None else np.ascontiguousarray(times, dtype=np.float64)
        self.keys = None if keys is None else list(keys)
        self._by_key: dict[str, int] | None = None
        self._check()

    def _check(self) -> None:
        events = len(self.ids)
        for name, values in (("weights", self.weights), ("times", self.times)):
            if values is not None and (values.shape != (events,) or not np.isfinite(values).all()):
                raise ArgumentError(message("sessions", f"{events} finite {name}", f"shape {values.shape} or nan"))
        if self.weights is not None and (self.weights <= 0).any():
            raise ArgumentError(message("sessions", "weights above 0", str(self.weights.min())))
        rising = len(self.offsets) > 0 and (np.diff(self.offsets) >= 0).all()
        if not rising or self.offsets[0] != 0 or self.offsets[-1] != events:
            raise ArgumentError(message("sessions", f"rising offsets from 0 to {events}", "others"))
        if events and not 0 <= self.ids.min() <= self.ids.max() < len(self.items):
            raise ArgumentError(message("sessions", f"ids below {len(self.items)}", "others"))
        if self.times is not None and ((np.diff(self.times) < 0) & (np.diff(self.owners()) == 0)).any():
            raise ArgumentError(message("sessions", "events of a session in the order of their times", "others"))
        if len(self.places) != len(self.items):
            raise ArgumentError(message("sessions", "item ids that differ", "one id twice"))
        if self.keys is not None and len(self.keys) != len(self):
            raise ArgumentError(message("sessions", f"{len(self)} keys", str(len(self.keys))))

    # ---- making ----
    @classmethod
    def of(cls, anything: Any, *, event_weights: Mapping[str, float] | None = None) -> Sessions:
        """Sessions from what a caller has at hand.

        Args:
            anything: `Sessions` (given back as they are); an iterable of sessions, or a mapping from key to session. A
                session is a `Session` or an iterable of items; an item is a str or int, or a pair of it with its weight
                or with the name of its event, such as ``("a17", "buy")``.
            event_weights: what an event of a name weighs; 0 leaves it out. Names must be there when pairs use them.

        Raises:
            ArgumentError: a str or bytes where a session is expected, an id that is none, a weight that is not above 0, an
            event without a weight. (Files and tables: `read_sessions`.)
        """
        if isinstance(anything, Sessions):
            return anything
        if isinstance(anything, (str, bytes)):
            raise ArgumentError(
                message("sessions", "sessions", f"the text {anything[:40]!r}", "read_sessions() for the path of a file")
            )
        if isinstance(anything, Mapping):
            return cls._from(anything.values(), [item_id(key, "session key") for key in anything], event_weights)
        try:
            given = list(anything)
        except TypeError:
            raise ArgumentError(
                message("sessions", "an iterable of sessions", type(anything).__name__, "a list of lists of item ids")
            ) from None
        return cls._from(given, None, event_weights)

    @classmethod
    def _from(cls, given: Iterable[Any], keys: list[str] | None, event_weights: Mapping[str, float] | None) -> Sessions:
        builder = SessionBuilder()
        kept = []
        for place, one in enumerate(given):
            session = as_session(one, event_weights)
            if keys is not None:
                kept.append(keys[place])
            elif session.key is not None:
                kept.append(session.key)
            builder.add(session)
        named = kept if len(kept) == len(builder) and kept else None
        return builder.build(named)

    # ---- looking ----
    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, at: int | str) -> Session: ...
    @overload
    def __getitem__(self, at: slice) -> list[Session]: ...
    def __getitem__(self, at: int | str | slice) -> Session | list[Session]:
        """The session at a place or of a key.

        Raises:
            IndexError: no session at that place. UnknownSessionError: (a KeyError) no session of that key.
        """
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = self._place_of(at) if isinstance(at, str) else at
        if not -len(self) <= place < len(self):
            raise IndexError(message("sessions", f"a place among {len(self)} sessions", str(at)))
        place %= len(self)
        begin, end = int(self.offsets[place]), int(self.offsets[place + 1])
        return Session(
            tuple(self.items[item] for item in self.ids[begin:end].tolist()),
            None if self.weights is None else tuple(self.weights[begin:end].tolist()),
            None if self.times is None else tuple(self.times[begin:end].tolist()),
            None if self.keys is None else self.keys[place],
        )

    def _place_of(self, key: str) -> int:
        if self._by_key is None:
            self._by_key = {name: place for place, name in enumerate(self.keys or ())}
        try:
            return self._by_key[key]
        except KeyError:
            raise UnknownSessionError(message("sessions", f"a key among {len(self._by_key)}", repr(key))) from None

    def __iter__(self) -> Iterator[Session]:
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        return f"Sessions({len(self)} sessions, {len(self.ids)} events, {len(self.items)} items)"

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Events of each session, shape (sessions,)."""
        return np.diff(self.offsets)

    def owners(self) -> npt.NDArray[np.int64]:
        """The session each event belongs to, shape (events,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def counts(self) -> Floats:
        """How often each item occurs, by weight: shape (items,)."""
        return np.bincount(self.ids, self.weights, minlength=len(self.items)).astype(np.float64)

    def find(self, text: str) -> list[int]:
        """Places of the sessions whose key holds ``text``, case ignored, or that hold the item of that id; a session of just
        that key comes first."""
        wanted = text.casefold()
        by_key = [place for place, key in enumerate(self.keys or ()) if wanted in key.casefold()]
        by_key.sort(key=lambda place: self.keys is not None and self.keys[place] != text)
        item = self.places.get(text)
        by_item: list[int] = [] if item is None else np.unique(self.owners()[self.ids == item]).tolist()
        return list(dict.fromkeys([*by_key, *by_item]))

    # ---- parts ----
    def where(self, events: Mask) -> Sessions:
        """The sessions with those events alone; sessions and items without any are gone.

        Args:
            events: bool of shape (events,).
        """
        running = np.concatenate(([0], np.cumsum(events)))
        kept_per_session = np.diff(running[self.offsets])
        sessions = np.flatnonzero(kept_per_session)
        old = self.ids[events]
        used = np.zeros(len(self.items), dtype=bool)
        used[old] = True
        places = np.cumsum(used) - 1
        return Sessions(
            [self.items[item] for item in np.flatnonzero(used)],
            places[old],
            np.concatenate(([0], np.cumsum(kept_per_session[sessions]))),
            None if self.weights is None else self.weights[events],
            None if self.times is None else self.times[events],
            None if self.keys is None else [self.keys[place] for place in sessions],
        )

    def of_length(self, least: int = 1, most: int | None = None) -> Sessions:
        """The sessions of ``least`` to ``most`` events; the mission's playlists are those of at least 2."""
        lengths = self.lengths
        wanted = lengths >= least
        if most is not None:
            wanted &= lengths <= most
        return self.where(np.repeat(wanted, lengths))

    def with_shuffled_ties(self, seed: int = 0) -> Sessions:
        """Events of one session and the same time in an order drawn at random, since their true order is not known.

        Logs are often written sorted by item within a second; an evaluation would then ask for that order.

        Raises:
            ArgumentError: the times are not known.
        """
        if self.times is None:
            raise ArgumentError(message("sessions", "times", "sessions without", "the column of the time"))
        drawn = np.random.default_rng(seed).random(len(self.ids))
        order = np.lexsort((drawn, self.times, self.owners()))
        weights = None if self.weights is None else self.weights[order]
        return Sessions(self.items, self.ids[order], self.offsets, weights, self.times[order], self.keys)

    def split_by_gap(self, gap: float) -> Sessions:
        """Cuts sessions wherever nothing happened for longer than ``gap`` (in the unit of the times).

        The parts of session ``u`` are named ``u/0``, ``u/1`` and so on.

        Raises:
            ArgumentError: the times are not known, or ``gap`` is not above 0.
        """
        if self.times is None:
            raise ArgumentError(message("sessions", "times", "sessions without", "the column of the time"))
        if not gap > 0:
            raise ArgumentError(message("sessions", "a gap above 0", repr(gap)))
        owners = self.owners()
        begins = np.ones(len(self.ids), dtype=bool)
        begins[1:] = (np.diff(owners) > 0) | (np.diff(self.times) > gap)
        starts = np.flatnonzero(begins)
        keys = None
        if self.keys is not None:
            keys, last, part = [], -1, 0
            for owner in owners[starts].tolist():
                part = part + 1 if owner == last else 0
                last = owner
                keys.append(f"{self.keys[owner]}/{part}")
        return Sessions(self.items, self.ids, np.append(starts, len(self.ids)), self.weights, self.times, keys)


class SessionBuilder:
    """Collects sessions one by one."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._ids: list[int] = []
        self._ends = [0]
        self._weights: list[float] = []
        self._times: list[float] = []
        self._weighted = False
        self._timed = True

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, session: Session) -> None:
        """One more; times are kept when every session has them."""
        index = self._index
        self._ids += [index.setdefault(item, len(index)) for item in session.items]
        self._weighted |= session.weights is not None
        self._weights += session.weights or (1.0,) * len(session)
        self._timed &= session.times is not None
        if self._timed and session.times is not None:
            self._times += session.times
        self._ends.append(len(self._ids))

    def build(self, keys: Sequence[str] | None = None) -> Sessions:
        """The sessions added."""
        timed = self._timed and len(self._times) == len(self._ids)
        return Sessions(
            list(self._index), self._ids, self._ends, self._weights if self._weighted else None,
            self._times if timed and self._ids else None, keys,
        )  # fmt: skip


def _weight_of(value: Any, item: str, event_weights: Mapping[str, float] | None) -> float:
    if isinstance(value, str):
        if event_weights is None or value not in event_weights:
            known = ", ".join(event_weights or ()) or "none"
            raise ArgumentError(
                message(
                    "sessions", f"an event with a weight ({known})", f"{value!r} of item {item!r}", "event_weights="
                )
            )
        value = event_weights[value]
    weight = float(value)
    if not (np.isfinite(weight) and weight >= 0):
        raise ArgumentError(message("sessions", "a finite weight of at least 0", f"{value!r} for item {item!r}"))
    return weight


def as_session(given: Any, event_weights: Mapping[str, float] | None = None) -> Session:
    """One history from a `Session` or an iterable of items and (item, weight or event) pairs; see `Sessions.of`."""
    if isinstance(given, Session):
        return given
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise ArgumentError(
            message("sessions", "a session (an iterable of item ids)", f"{type(given).__name__} {str(given)[:40]!r}")
        )
    items: list[str] = []
    weights: list[float] = []
    weighted = False
    for one in given:
        if isinstance(one, tuple):
            if len(one) != 2:
                raise ArgumentError(message("sessions", "an item or a pair (item, weight)", f"a tuple of {len(one)}"))
            item = item_id(one[0])
            weight = _weight_of(one[1], item, event_weights)
            weighted = True
        else:
            item, weight = item_id(one), 1.0
        if weight > 0:
            items.append(item)
            weights.append(weight)
    return Session(tuple(items), tuple(weights) if weighted else None)
