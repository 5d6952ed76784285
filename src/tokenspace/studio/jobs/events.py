"""The events of one job: numbered from 1, kept within a budget of bytes, read again from any number."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..wakers import Wakers

__all__ = ["Event", "EventLog"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``json`` is the whole of what is sent, ``kind`` included."""

    number: int
    kind: str
    json: str


class EventLog:
    """Events in order, from any thread.

    Above the budget old progress goes first (later progress says more), then the oldest of the job's own events, never a
    ``state``. Whoever reads past events that went is told with one event of the kind ``skipped``, whose number is that of
    the last of them: numbers never have a gap.

    Args:
        budget: bytes of JSON kept.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._bytes = 0
        self._last = 0
        self._closed = False
        self._wakers = Wakers()

    @property
    def last(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._last

    @property
    def bytes(self) -> int:
        """Bytes of what is kept."""
        return self._bytes

    @property
    def closed(self) -> bool:
        """Whether no event will follow."""
        return self._closed

    def append(self, kind: str, data: dict[str, Any], last: bool = False) -> int:
        """Add an event and return its number; ``last`` closes the log.

        Raises:
            TypeError, ValueError: data that is not JSON, or holds NaN.
        """
        text = json.dumps({**data, "kind": kind}, allow_nan=False, separators=(",", ":"))
        with self._lock:
            if self._closed:
                return self._last
            self._last += 1
            self._events.append(Event(self._last, kind, text))
            self._bytes += len(text)
            self._closed = last
            if self._bytes > self._budget:
                self._shrink()
            number = self._last
        self._wakers.wake()
        return number

    def after(self, number: int) -> list[Event]:
        """Events after that number, with ``skipped`` in the place of those that went."""
        out: list[Event] = []
        with self._lock:
            events = self._events[self._place(number) :]
        expected = number + 1
        for event in events:
            if event.number > expected:
                count = event.number - expected
                text = json.dumps({"count": count, "kind": "skipped"}, separators=(",", ":"))
                out.append(Event(event.number - 1, "skipped", text))
            out.append(event)
            expected = event.number + 1
        return out

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called (on any thread) after each new event; returns what ends that."""
        return self._wakers.add(wake)

    def _place(self, number: int) -> int:
        """Index of the first event after ``number``."""
        low, high = 0, len(self._events)
        while low < high:
            middle = (low + high) // 2
            if self._events[middle].number <= number:
                low = middle + 1
            else:
                high = middle
        return low

    def _shrink(self) -> None:
        # To half of the budget, so that it costs little for each event.
        newest = self._events[-1].number
        for droppable in ("progress", None):
            kept: list[Event] = []
            for event in self._events:
                old = event.number != newest and (
                    event.kind == droppable or (droppable is None and event.kind != "state")
                )
                if old and self._bytes > self._budget // 2:
                    self._bytes -= len(event.json)
                else:
                    kept.append(event)
            self._events = kept
            if self._bytes <= self._budget // 2:
                return
