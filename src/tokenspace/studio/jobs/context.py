"""What the work of a job is given: progress, events of its own, cancellation, pausing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...progress import ProgressEvent

if TYPE_CHECKING:
    from .job import Job

__all__ = ["JobCancelled", "JobContext"]


class JobCancelled(BaseException):
    """The job was cancelled; raised inside its work, which lets it through."""


class JobContext:
    """The job as its work sees it; every method may be called from the work's thread.

    Example:
        >>> def work(job: JobContext) -> dict[str, Any]:
        ...     model = Word2Vec(sentences, progress=job.progress)  # doctest: +SKIP
        ...     job.emit("words", words=model.wv.index_to_key[:10])  # doctest: +SKIP
        ...     return {"words": len(model.wv)}  # doctest: +SKIP
    """

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def id(self) -> str:
        """The id of the job."""
        return self._job.id

    @property
    def cancelled(self) -> bool:
        """Whether the job has been cancelled."""
        return self._job.cancelling

    def progress(self, event: ProgressEvent) -> None:
        """For ``progress=`` of a long call: emits, waits while the job is paused, raises `JobCancelled`."""
        self.pause_point()
        self._job.report(event.to_dict())

    def emit(self, kind: str, **data: Any) -> None:
        """Send an event of the room's own; ``data`` is JSON without NaN.

        Raises:
            JobCancelled. TypeError, ValueError: data that is not JSON.
        """
        self.check()
        self._job.log.append(kind, data)

    def check(self) -> None:
        """Raise `JobCancelled` when the job was cancelled."""
        if self._job.cancelling:
            raise JobCancelled

    def pause_point(self) -> None:
        """Wait while the job is paused; raises `JobCancelled` when it was cancelled, also while waiting."""
        self.check()
        self._job.wait_while_paused()
        self.check()
