"""Reading ahead: the next block is read and encoded on a thread of its own while the core trains on this one."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from ...run_switch import pause_point

T = TypeVar("T")

_AHEAD = 2


class _Feeder(threading.Thread, Generic[T]):
    """Puts items, then an end mark or the error of the iterable, into a queue."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        super().__init__(name="tokenspace-feed", daemon=True)
        self._make, self._context = make, contextvars.copy_context()
        self._ended = threading.Event()
        self.queue: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue(_AHEAD)

    def _put(self, item: tuple[str, T | BaseException | None]) -> bool:
        """False once nobody waits for more."""
        while not self._ended.is_set():
            try:
                self.queue.put(item, timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def run(self) -> None:
        self._context.run(self._feed)

    def _feed(self) -> None:
        try:
            for item in self._make():
                if not self._put(("item", item)):
                    return
                pause_point()
            self._put(("end", None))
        except BaseException as error:
            self._put(("error", error))

    def stop(self) -> None:
        """Waits for the item that is being made, unless that takes long: a generator of the caller's may never give one."""
        self._ended.set()
        self.join(timeout=1.0)


@contextmanager
def read_ahead(make: Callable[[], Iterable[T]]) -> Iterator[Iterator[T]]:
    """The items of ``make()``, which is called and walked on another thread, a few items ahead of their use.

    Its errors are raised where the item would have come. Leaving the block stops the reading.
    """
    feeder = _Feeder(make)
    feeder.start()

    def items() -> Iterator[T]:
        while True:
            kind, value = feeder.queue.get()
            if kind == "end":
                return
            if isinstance(value, BaseException) and kind == "error":
                raise value
            yield value  # type: ignore[misc]

    try:
        yield items()
    finally:
        feeder.stop()
