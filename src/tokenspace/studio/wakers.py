"""Who wants to be called when something happens; from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Wakers"]


class Wakers:
    """Functions to call, each until it is taken back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wakers: dict[object, Callable[[], None]] = {}

    def add(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called from now on; returns what ends that."""
        key = object()
        with self._lock:
            self._wakers[key] = wake

        def leave() -> None:
            with self._lock:
                self._wakers.pop(key, None)

        return leave

    def wake(self) -> None:
        """Call them all, on this thread."""
        with self._lock:
            wakers = list(self._wakers.values())
        for wake in wakers:
            wake()
