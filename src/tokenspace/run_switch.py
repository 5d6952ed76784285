"""Pausing, resuming and cancelling long calls from another thread.

    switch = RunSwitch()
    with switch:                                  # on the thread that works
        tokenizer = Tokenizer.train(files)
    switch.pause(); switch.resume(); switch.cancel()      # from any other

Native work sleeps in the core (its threads wait, the processor is idle), loops in Python wait where they report
progress. Nothing a result depends on happens meanwhile: with pauses it is the same as without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Protocol

from .errors import CancelledError

__all__ = ["RunSwitch", "current_switch", "pause_point", "paused_seconds"]


class Holdable(Protocol):
    """Native work that can be held; `tokenspace._core.TrainControl` is one."""

    def pause(self) -> None:
        """Its threads sleep from their next check on."""

    def resume(self) -> None:
        """They go on."""

    def cancel(self) -> None:
        """They end soon, by an exception."""


class RunSwitch:
    """A switch for the long calls made inside its ``with`` block, used from other threads.

    It works on trainings of tokenizers and vectors, on every long call that takes ``progress=``, at the points where that
    reports, and about every 60 ms on other native work: encoding a text of many megabytes, a search.
    Of nested switches the innermost counts. A switch may be entered again, also on several threads.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: list[Holdable] = []
        self._paused = self._cancelled = False
        self._paused_at = 0.0
        self._seconds = 0.0
        self._tokens: dict[int, list[Token[RunSwitch | None]]] = {}

    @property
    def paused(self) -> bool:
        """Between `pause` and `resume`."""
        return self._paused

    @property
    def cancelled(self) -> bool:
        """After `cancel`."""
        return self._cancelled

    @property
    def seconds(self) -> float:
        """Seconds of pauses so far, the present one included."""
        with self._changed:
            return self._seconds + (time.monotonic() - self._paused_at if self._paused else 0.0)

    def pause(self) -> None:
        """Work stops at its next check, within milliseconds. Nothing happens when it is paused or cancelled already."""
        with self._changed:
            if self._paused or self._cancelled:
                return
            self._paused, self._paused_at = True, time.monotonic()
            for work in self._held:
                work.pause()

    def resume(self) -> None:
        """Work goes on. Nothing happens when it is not paused."""
        with self._changed:
            self._end_pause()
            for work in self._held:
                work.resume()
            self._changed.notify_all()

    def cancel(self) -> None:
        """Work ends by `CancelledError`, also while it is paused. For good: later calls under this switch end at once."""
        with self._changed:
            self._end_pause()
            self._cancelled = True
            for work in self._held:
                work.cancel()
            self._changed.notify_all()

    def _end_pause(self) -> None:
        if self._paused:
            self._paused = False
            self._seconds += time.monotonic() - self._paused_at

    def wait(self) -> None:
        """Returns at once, or after `resume` when paused.

        Raises:
            CancelledError: after `cancel`. KeyboardInterrupt: Ctrl-C ends the waiting of the main thread.
        """
        if self._paused or self._cancelled:
            with self._changed:
                self._changed.wait_for(lambda: not self._paused)
                if self._cancelled:
                    raise CancelledError("[run] cancelled")

    @contextmanager
    def holding(self, work: Holdable) -> Iterator[None]:
        """What this switch is told is told to ``work`` as well."""
        with self._changed:
            self._held.append(work)
            if self._paused:
                work.pause()
            if self._cancelled:
                work.cancel()
        try:
            yield
        finally:
            with self._changed:
                self._held.remove(work)
                work.resume()  # it may be used again, outside of this switch

    def __enter__(self) -> RunSwitch:
        self._tokens.setdefault(threading.get_ident(), []).append(_switch.set(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _switch.reset(self._tokens[threading.get_ident()].pop())


_switch: ContextVar[RunSwitch | None] = ContextVar("tokenspace_run_switch", default=None)


def current_switch() -> RunSwitch | None:
    """The innermost switch around this call."""
    return _switch.get()


def pause_point() -> None:
    """For loops in Python: waits while the work is paused, raises `CancelledError` when it was cancelled. Costs a microsecond."""
    switch = _switch.get()
    if switch is not None:
        switch.wait()


def paused_seconds() -> float:
    """Seconds of pauses of the current switch, 0 without one: rates and remaining times leave them out."""
    switch = _switch.get()
    return switch.seconds if switch is not None else 0.0
