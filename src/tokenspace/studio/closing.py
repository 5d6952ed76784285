"""The end of something, for those who wait for something else meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from .wakers import Wakers

__all__ = ["Closing"]


class Closing:
    """Set once, from any thread; whoever listens is called, on the thread that sets it."""

    def __init__(self) -> None:
        self._set = False
        self._wakers = Wakers()

    @property
    def is_set(self) -> bool:
        """Whether the end has come."""
        return self._set

    def set(self) -> None:
        """The end has come."""
        self._set = True
        self._wakers.wake()

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called at the end; returns what ends that."""
        return self._wakers.add(wake)
