"""How many streams of events one browser may hold open."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from ..closing import Closing

__all__ = ["StreamPlaces"]

_BROWSERS = 256  # remembered


class StreamPlaces:
    """Streams take turns where a browser wants more than it can hold.

    Browsers open six connections to one server, for all tabs together: six streams, and no request gets through any more.
    Above ``most`` the one that has been open longest is ended; the browser asks again a second later where it was
    (Last-Event-ID), and then the next one gives way. Nothing is missed, it only comes later.
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._open: OrderedDict[str, deque[Closing]] = OrderedDict()

    def enter(self, browser: str) -> Closing:
        """A place for one more stream of this browser; it is set when the stream has to give way."""
        place = Closing()
        with self._lock:
            places = self._open.setdefault(browser, deque())
            self._open.move_to_end(browser)
            places.append(place)
            gone = [places.popleft() for _ in range(len(places) - self._most)]
            if len(self._open) > _BROWSERS:
                self._open.popitem(last=False)
        for other in gone:
            other.set()
        return place

    def leave(self, browser: str, place: Closing) -> None:
        """The stream has ended."""
        with self._lock:
            places = self._open.get(browser)
            if places is not None and place in places:
                places.remove(place)
                if not places:
                    del self._open[browser]
