"""The pool of jobs: so many at work, so many waiting, so many remembered."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque

from ..faults import StudioError
from .job import Job, Work

__all__ = ["JobPool"]

_LOOK = 0.5  # seconds between two looks for jobs that nobody follows


class JobPool:
    """Runs jobs on threads of its own and keeps what came of them.

    Args:
        at_work, waiting: bounds; beyond them `start` refuses.
        remembered: ended jobs kept with their results, the newest.
        grace: seconds after which a live job that nobody follows is cancelled.
        event_bytes: bytes of events kept of one job.
    """

    def __init__(
        self,
        at_work: int = 2,
        waiting: int = 16,
        remembered: int = 100,
        grace: float = 60.0,
        event_bytes: int = 4 << 20,
    ) -> None:
        self._at_work, self._waiting, self._remembered = at_work, waiting, remembered
        self._grace, self._event_bytes = grace, event_bytes
        self._lock = threading.Condition()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._queue: deque[Job] = deque()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._warden: threading.Thread | None = None
        self._closed = False

    @property
    def at_work(self) -> int:
        """Jobs whose work has not returned."""
        return self._busy

    def start(self, kind: str, title: str, work: Work, page: str = "") -> Job:
        """Have ``work`` done on a thread of the pool.

        Args:
            kind: what sort of work, such as "train tokenizer".
            title: what a person reads.
            work: is called with a `JobContext`; what it returns (JSON) is the result.
            page: id of the page that asks.

        Raises:
            StudioError: 429, as many jobs wait as may; 503, the server is shutting down.
        """
        with self._lock:
            if self._closed:
                raise StudioError(503, "[job] expected a running server, received a job while it shuts down")
            self._queue = deque(job for job in self._queue if job.live)
            if len(self._queue) >= self._waiting and self._busy >= self._at_work:
                raise StudioError(
                    429,
                    f"[job] expected at most {self._at_work} jobs at work and {self._waiting} waiting, received one more; "
                    "try again when one has ended, or cancel one",
                    retry_after=5,
                )
            job = Job(kind, title, work, page, self._event_bytes)
            self._jobs[job.id] = job
            self._queue.append(job)
            self._forget_old()
            if self._busy + len(self._queue) > len(self._threads) and len(self._threads) < self._at_work:
                thread = threading.Thread(target=self._serve, name="tokenspace-studio-job", daemon=True)
                self._threads.append(thread)
                thread.start()
            if self._warden is None:
                self._warden = threading.Thread(target=self._watch, name="tokenspace-studio-warden", daemon=True)
                self._warden.start()
            self._lock.notify_all()
        return job

    def job(self, id: str) -> Job:
        """The job of that id.

        Raises:
            StudioError: 404.
        """
        with self._lock:
            found = self._jobs.get(id)
        if found is None:
            raise StudioError(404, f"[job] expected the id of a job, received {id[:64]!r}")
        return found

    def jobs(self) -> list[Job]:
        """All jobs remembered, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def close(self, timeout: float = 0.5) -> None:
        """Cancel everything and wait for it, ``timeout`` seconds at most; no job starts any more."""
        with self._lock:
            self._closed = True
            jobs = list(self._jobs.values())
            self._lock.notify_all()
        for job in jobs:
            job.cancel("shutdown")
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _forget_old(self) -> None:
        ended = [id for id, job in self._jobs.items() if not job.live]
        for id in ended[: max(0, len(ended) - self._remembered)]:
            del self._jobs[id]

    def _serve(self) -> None:
        while True:
            with self._lock:
                while not self._queue and not self._closed:
                    self._lock.wait()
                if not self._queue:
                    return
                job = self._queue.popleft()
                self._busy += 1
            try:
                job.run()
            finally:
                with self._lock:
                    self._busy -= 1

    def _watch(self) -> None:
        """Cancels what nobody follows; ends when no job lives, and is started with the next."""
        while True:
            time.sleep(_LOOK)
            now = time.monotonic()
            with self._lock:
                live = [job for job in self._jobs.values() if job.live]
                if not live:
                    self._warden = None
                    return
            for job in live:
                if job.lonely(now) > self._grace:
                    job.cancel("nobody listens")
