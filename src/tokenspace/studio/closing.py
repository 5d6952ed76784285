"""The end of the server, for those who wait for something else meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Closing"]


class Closing:
    """Set once, from any thread; whoever listens is called, on the thread that sets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = False
        self._wakers: set[Callable[[], None]] = set()

    @property
    def is_set(self) -> bool:
        """Whether the server is ending."""
        return self._set

    def set(self) -> None:
        """The server is ending."""
        with self._lock:
            self._set = True
            wakers = list(self._wakers)
        for wake in wakers:
            wake()

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called at the end; returns what ends that."""
        with self._lock:
            self._wakers.add(wake)

        def leave() -> None:
            with self._lock:
                self._wakers.discard(wake)

        return leave
