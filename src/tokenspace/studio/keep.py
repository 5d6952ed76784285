"""Loaded things by name, within a budget of bytes: loaded once, however many ask at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from ..errors import CancelledError
from ..run_switch import RunSwitch, current_switch, pause_point
from .freed import give_back

T = TypeVar("T")
_UNKNOWN_SIZE = 1 << 20
_MUCH = 256 << 20  # bytes dropped before memory is given back to the system,
_LARGE = 32 << 20  # or one thing of so many: next to making it the time is small
_LOOK = 0.2  # seconds between two looks of those who wait for a load of another


@dataclass(slots=True)
class _Kept:
    value: Any
    bytes: int
    stamp: object


@dataclass(slots=True)
class _Loading:
    """A load under way; ``error`` is what it ended with, ``switch`` what may pause it."""

    stamp: object
    switch: RunSwitch | None
    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    error: BaseException | None = None


class Keep:
    """A cache of things that are costly to load; least recently used go first above the budget.

    What goes while somebody works with it stays alive until they are done: only the cache's own reference is dropped.

    Args:
        budget: bytes of all things together. One thing alone above it is handed out and not kept.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._loading: dict[tuple[str, str], _Loading] = {}
        self._bytes = 0
        self._dropped = 0  # bytes since memory was given back

    @property
    def bytes(self) -> int:
        """Bytes of what is kept now."""
        return self._bytes

    def get(
        self, kind: str, key: str, load: Callable[[], T], size: Callable[[T], int] | None = None, stamp: object = None
    ) -> T:
        """The thing of this name; ``load()`` is called when it is not kept, once for all who ask meanwhile.

        Args:
            kind: what sort of thing, part of the name.
            key: which one.
            load: makes it; what it raises is raised here, and for all who wait.
            size: its bytes; None asks its ``nbytes``, and takes 1 MiB where it has none.
            stamp: what it was made of (when a file was last changed); kept with another stamp, it is loaded anew.
        """
        name = (kind, key)
        while True:
            with self._lock:
                kept = self._kept.get(name)
                if kept is not None and kept.stamp == stamp:
                    self._kept.move_to_end(name)
                    return cast(T, kept.value)
                under_way = self._loading.get(name)
                if under_way is None:
                    under_way = self._loading[name] = _Loading(stamp, current_switch())
                    break
            while not under_way.done.wait(_LOOK):
                pause_point()  # who waits may be paused or cancelled as well
                if under_way.switch is not None and under_way.switch.paused:
                    # Somebody else's pause has no end: it is loaded a second time.
                    return self._load(kind, key, load, size, stamp)
            if under_way.stamp != stamp:
                continue
            if under_way.error is None:
                return cast(T, under_way.value)
            if isinstance(under_way.error, Exception) and not isinstance(under_way.error, CancelledError):
                raise under_way.error
            # A cancelled load is the cancelled one's affair: whoever still wants the thing loads it.
        try:
            under_way.value = value = self._load(kind, key, load, size, stamp)
            return value
        except BaseException as error:
            under_way.error = error
            raise
        finally:
            with self._lock:
                self._loading.pop(name, None)
            under_way.done.set()

    def _load(self, kind: str, key: str, load: Callable[[], T], size: Callable[[T], int] | None, stamp: object) -> T:
        value = load()
        self.put(kind, key, value, _size(value) if size is None else size(value), stamp)
        return value

    def find(self, kind: str, key: str, stamp: object = None) -> Any:
        """The thing of this name when it is kept, else None; never waits for a load."""
        with self._lock:
            kept = self._kept.get((kind, key))
            if kept is None or kept.stamp != stamp:
                return None
            self._kept.move_to_end((kind, key))
            return kept.value

    def put(self, kind: str, key: str, value: Any, bytes: int, stamp: object = None) -> None:
        """Keep ``value``, instead of what had its name; see `get` for ``stamp``."""
        name = (kind, key)
        with self._lock:
            self._drop(name)
            if bytes > self._budget:
                self._count_dropped(bytes)  # whoever asked lets it go soon
                return
            self._kept[name] = _Kept(value, bytes, stamp)
            self._bytes += bytes
            while self._bytes > self._budget:
                self._drop(next(iter(self._kept)))
        self._give_back()

    def forget(self, key: str) -> None:
        """Drop everything kept under ``key``, of any kind."""
        with self._lock:
            for name in [name for name in self._kept if name[1] == key]:
                self._drop(name)
        self._give_back()

    def _drop(self, name: tuple[str, str]) -> None:
        gone = self._kept.pop(name, None)
        if gone is not None:
            self._bytes -= gone.bytes
            self._count_dropped(gone.bytes)

    def _count_dropped(self, bytes: int) -> None:
        self._dropped += max(bytes, _MUCH) if bytes >= _LARGE else bytes

    def _give_back(self) -> None:
        with self._lock:
            if self._dropped < _MUCH:
                return
            self._dropped = 0
        give_back()


def _size(value: Any) -> int:
    size = getattr(value, "nbytes", None)
    return int(size) if isinstance(size, int) else _UNKNOWN_SIZE
