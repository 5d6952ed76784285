"""Jobs as they are told to the page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..contracts import Contract, FaultBody

__all__ = ["Goodbye", "JobAnswer", "JobList", "JobState", "JobView"]

JobState = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]


class JobView(Contract):
    """A job: what it is, how far it is, what came of it."""

    id: str
    kind: str
    title: str
    page: str
    state: JobState
    created: float
    started: float | None
    ended: float | None
    last_event: int
    progress: dict[str, Any] | None
    result: dict[str, Any] | None
    error: FaultBody | None


class JobAnswer(Contract):
    """The answer (202) of every request that starts a job."""

    job: JobView


class JobList(Contract):
    """Jobs, the newest first."""

    jobs: list[JobView]


class Goodbye(Contract):
    """A page that goes; in the body, since a browser's beacon has no headers of its own."""

    page: str = Field(min_length=1, max_length=64, description="Its X-Page.")
