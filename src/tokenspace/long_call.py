"""Running a long native computation so that it shows progress and Ctrl-C stops it within a second."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

from .errors import CancelledError
from .progress import ProgressLike, Reporter, progress_callback
from .run_switch import current_switch, pause_point

T = TypeVar("T")


class Control(Protocol):
    """The channel between a computation and its caller; read and written from any thread."""

    @property
    def stage(self) -> str:
        """Name of the current stage, empty before the first."""

    @property
    def done(self) -> int:
        """Finished units of the stage."""

    @property
    def total(self) -> int:
        """Units of the stage, 0 when unknown."""

    def cancel(self) -> None:
        """Ask the computation to end soon, by an exception."""

    def pause(self) -> None:
        """Ask its threads to sleep, until `resume` or `cancel`."""

    def resume(self) -> None:
        """Let them go on."""


class _Worker(threading.Thread, Generic[T]):
    """Keeps what ``work`` returns or raises. A daemon: a work that never ends must not keep Python alive."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="tokenspace-long-call", daemon=True)
        self._work, self._context = work, contextvars.copy_context()
        self.finished = threading.Event()
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self._context.run(self._work))
        except BaseException as error:
            self.error = error
        finally:
            self.finished.set()


class _Stages:
    """The stages of a control as events of the progress protocol."""

    def __init__(self, control: Control, progress: ProgressLike, unit: str | Mapping[str, str]) -> None:
        self._control, self._unit = control, unit
        self._emit = progress_callback(progress)
        self._report: Reporter | None = None

    def look(self) -> None:
        """Report where the computation is."""
        if self._emit is None:
            return
        control = self._control
        stage, done, total = control.stage, control.done, control.total
        if stage != control.stage or not stage:
            return  # between two stages: the numbers may be of either
        report = self._report
        # Numbers that go back are a stage of the same name once more.
        if report is None or report.stage != stage or done < report.done:
            self.close(None)
            unit = self._unit if isinstance(self._unit, str) else self._unit.get(stage, "steps")
            self._report = report = Reporter(stage, total or None, unit, self._emit)
            report.__enter__()
        report.total = total or None
        report.update(done)

    def close(self, error: BaseException | None) -> None:
        """End the current stage; complete unless there is an error."""
        report, self._report = self._report, None
        if report is None:
            return
        if error is None and report.total is not None:
            report.done = report.total
        report.__exit__(type(error) if error is not None else None, error, None)


def run_interruptible(
    work: Callable[[], T],
    control: Control,
    progress: ProgressLike = None,
    unit: str | Mapping[str, str] = "steps",
    watch: Callable[[], object] | None = None,
    watch_seconds: float = 1.0,
) -> T:
    """What ``work()`` returns, computed on another thread while this one looks after it every 50 ms.

    A `tokenspace.RunSwitch` around the call pauses and cancels it.

    Args:
        work: releases the GIL, writes its progress into ``control`` and ends soon after ``control.cancel()``.
        control: see `Control`.
        progress: a style or callback of `tokenspace.progress`; each stage is a series of events of its own. A stage
            shorter than 50 ms may be missed.
        unit: what is counted, or that by stage.
        watch: called about every ``watch_seconds`` (at least 0.05); raise in it to stop the work (a disk that fills, a
            deadline).

    Raises:
        Whatever ``work`` raises. CancelledError: the switch was cancelled. KeyboardInterrupt, or the exception of
        ``progress`` or ``watch``, after the work was cancelled and has ended; a second Ctrl-C does not wait for that.
    """
    switch = current_switch()
    if switch is None:
        return _watched(work, control, _Stages(control, progress, unit), watch, watch_seconds)
    with switch.holding(control):
        try:
            return _watched(work, control, _Stages(control, progress, unit), watch, watch_seconds)
        except KeyboardInterrupt:
            if switch.cancelled:  # the core raises the same for it as for Ctrl-C
                raise CancelledError("[run] cancelled") from None
            raise


def _watched(
    work: Callable[[], T],
    control: Control,
    stages: _Stages,
    watch: Callable[[], object] | None,
    watch_seconds: float,
) -> T:
    worker = _Worker(work)
    try:
        worker.start()
        watched = time.monotonic()
        while not worker.finished.wait(0.05):
            pause_point()
            stages.look()
            if watch is not None and time.monotonic() - watched >= watch_seconds:
                watch()
                watched = time.monotonic()
        if worker.error is None:
            stages.look()
            stages.close(None)
    except BaseException as error:
        control.cancel()
        # Ctrl-C may come while the thread starts and has no number yet. It is joined, not only waited for: a thread that
        # still holds native objects when the interpreter ends has them reported as leaks.
        if worker.ident is not None or worker.finished.wait(1.0):
            worker.finished.wait()
            worker.join()
        stages.close(error)
        raise
    worker.join()
    if worker.error is not None:
        stages.close(worker.error)
        raise worker.error
    return worker.result[0]
