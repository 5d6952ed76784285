"""One job: its state, its events, who listens."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from ...run_switch import RunSwitch
from ..contracts import FaultBody
from ..faults import StudioError, error_view
from .context import JobCancelled, JobContext
from .contracts import JobState, JobView
from .events import EventLog

__all__ = ["Job", "Work"]

Work = Callable[[JobContext], dict[str, Any]]
_LIVE = ("waiting", "running", "paused")


class Job:
    """A piece of long work. ``state`` goes waiting -> running <-> paused -> done, failed or cancelled.

    ``changed`` is called after each change of the state but the first, on the thread that makes it. ``named`` rewrites the
    message of an error (see `Studio.named`).
    """

    def __init__(
        self,
        kind: str,
        title: str,
        work: Work,
        page: str = "",
        event_bytes: int = 4 << 20,
        changed: Callable[[], None] = lambda: None,
        named: Callable[[str], str] = str,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.kind, self.title, self.page = kind, title, page
        self.log = EventLog(event_bytes)
        self.result: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None
        self.bytes = 0  # of the result
        self._work: Work | None = work
        self._changed, self._named = changed, named
        self._progress: dict[str, Any] | None = None
        self._state: JobState = "waiting"
        self._lock = threading.Condition()
        self._cancelling = False
        self._why = ""
        self._switch_of_work = RunSwitch()  # sleeping in the core, not only where progress is reported
        self._listeners = 0
        self._heard = time.monotonic()
        self._goodbye: float | None = None  # when its page said that it goes
        self._created = time.time()
        self._started: float | None = None
        self._ended: float | None = None
        self._say_state()

    @property
    def state(self) -> JobState:
        """Where the job is in its life."""
        return self._state

    @property
    def live(self) -> bool:
        """Whether it waits, runs or is paused."""
        return self._state in _LIVE

    @property
    def cancelling(self) -> bool:
        """Whether it was told to end."""
        return self._cancelling

    def view(self, result: bool = True) -> JobView:
        """The job as it is told to the page; ``result``: with what came of it, which may be megabytes."""
        with self._lock:
            return JobView(
                id=self.id, kind=self.kind, title=self.title, page=self.page, state=self._state, created=self._created,
                started=self._started, ended=self._ended, last_event=self.log.last, progress=self._progress,
                result=self.result if result else None,
                error=None if self.error is None else FaultBody.model_validate(self.error),
            )  # fmt: skip

    def run(self) -> None:
        """Do the work on this thread; never raises."""
        with self._lock:
            work, self._work = self._work, None  # what the work holds goes with it
            if work is None or self._state != "waiting":
                return
            self._started = time.time()
            self._enter("running")
        try:
            with self._switch_of_work:
                result = work(JobContext(self))
        except JobCancelled:
            self._end("cancelled")
        except BaseException as error:
            # An error that the cancellation caused is not the job's own.
            self._end("cancelled" if self._cancelling else "failed", error=error)
        else:
            try:
                self.bytes = len(json.dumps(result, allow_nan=False))
            except (TypeError, ValueError) as error:
                self._end("failed", error=error)
            else:
                self._end("done", result)

    def cancel(self, why: str = "asked") -> None:
        """Tell the job to end; one that waits ends at once, one at work at its next check. No effect after its end."""
        with self._lock:
            if not self.live or self._cancelling:
                return
            self._cancelling, self._why = True, why
            waiting = self._state == "waiting"
            self._lock.notify_all()
        self._switch_of_work.cancel()
        if waiting:
            self._end("cancelled")

    def pause(self) -> None:
        """Have the job sleep: native work at its next check, within milliseconds, other work where it reports.

        Raises:
            StudioError: 409, it is not running.
        """
        self._switch("running", "paused", self._switch_of_work.pause)

    def resume(self) -> None:
        """Let a paused job go on.

        Raises:
            StudioError: 409, it is not paused.
        """
        self._switch("paused", "running", self._switch_of_work.resume)

    def wait_while_paused(self) -> None:
        """Return when the job is not paused, or cancelled."""
        with self._lock:
            while self._state == "paused" and not self._cancelling:
                self._lock.wait()

    def report(self, progress: dict[str, Any]) -> None:
        """Note and send how far the work is."""
        self._progress = progress
        self.log.append("progress", progress)

    def listen(self) -> Callable[[], None]:
        """Somebody follows the job; returns what says that they left."""
        with self._lock:
            self._listeners += 1
            self._goodbye = None

        def leave() -> None:
            with self._lock:
                self._listeners -= 1
                self._heard = time.monotonic()

        return leave

    def hear(self) -> None:
        """Somebody asked about the job."""
        with self._lock:
            self._heard, self._goodbye = time.monotonic(), None

    def goodbye(self) -> None:
        """The page of the job goes. Its stream may end a little before or after that."""
        with self._lock:
            self._goodbye = time.monotonic()

    def deserted(self, now: float, grace: float, parting: float) -> bool:
        """Whether nobody has followed the job for ``grace`` seconds, or ``parting`` after its page said goodbye."""
        with self._lock:
            gone = self._goodbye
            if self._listeners:
                if gone is not None and now - gone > parting:
                    self._goodbye = None  # who still listens is another page
                return False
            since = self._heard if gone is None else max(self._heard, gone)
            return now - since > (grace if gone is None else parting)

    def _switch(self, before: JobState, after: JobState, act: Callable[[], None]) -> None:
        with self._lock:
            if self._state != before:
                raise StudioError(409, f"[job] expected a job that is {before}, received one that is {self._state}")
            self._enter(after)
            act()
            self._lock.notify_all()
        self._changed()

    def _end(self, state: JobState, result: dict[str, Any] | None = None, error: BaseException | None = None) -> None:
        told = error_view(error, self._named) if state == "failed" and error is not None else None
        with self._lock:
            if not self.live:
                return
            self._work = None
            self._ended, self.result, self.error = time.time(), result, told
            self._enter(state)
            self._lock.notify_all()
        self._changed()

    def _enter(self, state: JobState) -> None:
        self._state = state
        self._say_state()

    def _say_state(self) -> None:
        told: dict[str, Any] = {"state": self._state}
        if self._state == "cancelled":
            told["why"] = self._why
        if self.error is not None:
            told["error"] = self.error
        self.log.append("state", told, last=not self.live)
