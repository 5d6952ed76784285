"""The pool of jobs: so many at work, so many waiting, so many remembered."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from ..faults import StudioError
from .job import Job, Work

__all__ = ["JobPool"]

_PAUSED = 8  # jobs that may sleep besides those at work
_LOOK = 0.5  # seconds between two looks for jobs that nobody follows


class JobPool:
    """Runs jobs on threads of its own and keeps what came of them.

    Args:
        at_work, waiting: bounds; beyond them `start` refuses.
        remembered: ended jobs kept with their results, the newest.
        grace: seconds after which a live job that nobody follows is cancelled.
        parting: the same where the page of the job has said `goodbye`.
        event_bytes: bytes of events kept of one job.
        ended_bytes: bytes of events and results of all ended jobs together; the oldest are forgotten.
        named: rewrites messages of errors (see `Studio.named`).

    Paused jobs hold nobody up: they do not count as at work, up to eight of them.
    """

    def __init__(
        self,
        at_work: int = 2,
        waiting: int = 16,
        remembered: int = 100,
        grace: float = 120.0,
        event_bytes: int = 4 << 20,
        ended_bytes: int = 256 << 20,
        named: Callable[[str], str] = str,
        parting: float = 10.0,
    ) -> None:
        self._at_work, self._waiting, self._remembered = at_work, waiting, remembered
        self._grace, self._parting = grace, parting
        self._event_bytes, self._ended_bytes = event_bytes, ended_bytes
        self._named = named
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._queue: deque[Job] = deque()
        self._active: dict[Job, threading.Thread] = {}
        self._warden: threading.Thread | None = None
        self._closed = False

    @property
    def at_work(self) -> int:
        """Jobs whose work has not returned."""
        return len(self._active)

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
            if len(self._waiting_jobs()) >= self._waiting and not self._has_room():
                raise StudioError(
                    429,
                    f"[job] expected at most {self._at_work} jobs at work and {self._waiting} waiting, received one more; "
                    "try again when one has ended, or cancel one",
                    retry_after=5,
                )
            job = Job(kind, title, work, page, self._event_bytes, self._dispatch, self._named)
            self._jobs[job.id] = job
            self._queue.append(job)
            if self._warden is None:
                self._warden = threading.Thread(target=self._watch, name="tokenspace-studio-warden", daemon=True)
                self._warden.start()
        self._dispatch()
        return job

    def job(self, id: str) -> Job:
        """The job of that id.

        Raises:
            StudioError: 404.
        """
        with self._lock:
            found = self._jobs.get(id)
        if found is None:
            raise StudioError(404, f"[job] expected the id of a job, received {id[:64]!r}; try starting it again")
        return found

    def jobs(self) -> list[Job]:
        """All jobs remembered, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def goodbye(self, page: str) -> None:
        """The page of that id goes: its jobs end soon, unless it comes back or somebody else follows them."""
        for job in self.jobs():
            if page and job.page == page:
                job.goodbye()

    def close(self, timeout: float = 0.5) -> None:
        """Cancel everything and wait for it, ``timeout`` seconds at most; no job starts any more."""
        with self._lock:
            self._closed = True
            jobs, threads = list(self._jobs.values()), list(self._active.values())
        for job in jobs:
            job.cancel("shutdown")
        until = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _waiting_jobs(self) -> deque[Job]:
        self._queue = deque(job for job in self._queue if job.live)
        return self._queue

    def _has_room(self) -> bool:
        paused = sum(job.state == "paused" for job in self._active)
        return len(self._active) - min(paused, _PAUSED) < self._at_work

    def _dispatch(self) -> None:
        """Begin what may begin, forget what is too much; after every change of a job."""
        with self._lock:
            while self._waiting_jobs() and self._has_room() and not self._closed:
                job = self._queue.popleft()
                thread = threading.Thread(target=self._run, args=(job,), name=f"tokenspace-job-{job.id}", daemon=True)
                self._active[job] = thread
                thread.start()
            self._forget_old()

    def _run(self, job: Job) -> None:
        try:
            job.run()
        finally:
            with self._lock:
                del self._active[job]
            self._dispatch()

    def _forget_old(self) -> None:
        ended = [job for job in self._jobs.values() if not job.live]
        size = sum(job.bytes + job.log.bytes for job in ended)
        for place, job in enumerate(ended[:-1]):
            if len(ended) - place <= self._remembered and size <= self._ended_bytes:
                break
            size -= job.bytes + job.log.bytes
            del self._jobs[job.id]

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
                if job.deserted(now, self._grace, self._parting):
                    job.cancel("nobody listens")
