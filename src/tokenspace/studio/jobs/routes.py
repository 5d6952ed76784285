"""``/api/jobs``: what is at work, its events, cancelling and pausing."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from ..faults import StudioError
from ..state import PageDep, StudioDep
from .contracts import Goodbye, JobAnswer, JobList
from .stream import event_stream

router = APIRouter(prefix="/api/jobs", tags=["jobs"])
_EVENT = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
    "required": ["data"],
    "description": "`data` is JSON with `kind`: `state`, `progress`, `skipped` or the room's own.",
}
JobId = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("")
def list_jobs(studio: StudioDep, page: PageDep) -> JobList:
    """Jobs without their results, the newest first. Asking counts as following the jobs of the own page."""
    jobs = studio.jobs.jobs()
    for job in jobs:
        if page and job.page == page:
            job.hear()
    return JobList(jobs=[job.view(result=False) for job in jobs])


@router.post("/goodbye", status_code=204)
def say_goodbye(studio: StudioDep, leaving: Goodbye) -> Response:
    """The page goes: its jobs end soon, unless somebody follows them or it comes back."""
    studio.jobs.goodbye(leaving.page)
    return Response(status_code=204)


@router.get("/{id}")
def show_job(studio: StudioDep, id: JobId) -> JobAnswer:
    """One job: state, last progress, result or error. Asking counts as following it."""
    job = studio.jobs.job(id)
    job.hear()
    return JobAnswer(job=job.view())


@router.get(
    "/{id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def follow_job(
    studio: StudioDep,
    request: Request,
    id: JobId,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """The events of a job as server-sent events: those after ``Last-Event-ID`` or ``after``, then new ones until its end.

    A browser that follows more than four jobs has the oldest stream ended; it asks again by itself."""
    job = studio.jobs.job(id)
    if last_event_id:
        if not (last_event_id.isascii() and last_event_id.isdigit()):
            raise StudioError(422, f"[events] expected a number as Last-Event-ID, received {last_event_id!r}")
        after = int(last_event_id)
    place, left = None, _nothing
    if "sec-fetch-mode" in request.headers:  # a browser: its connections are few
        browser = f"{request.client.host if request.client else ''} {request.headers.get('user-agent', '')}"
        place = studio.streams.enter(browser)
        left = partial(studio.streams.leave, browser, place)
    events = event_stream(job, after, studio.closing, place=place, left=left)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _nothing() -> None:
    """A program's stream has no place to leave."""


@router.post("/{id}/cancel")
def cancel_job(studio: StudioDep, id: JobId) -> JobAnswer:
    """Tell the job to end; one that has ended stays as it is."""
    job = studio.jobs.job(id)
    job.cancel()
    return JobAnswer(job=job.view())


@router.post("/{id}/pause")
def pause_job(studio: StudioDep, id: JobId) -> JobAnswer:
    """Have a running job wait at its next point of pausing; 409 when it does not run."""
    job = studio.jobs.job(id)
    job.pause()
    return JobAnswer(job=job.view())


@router.post("/{id}/resume")
def resume_job(studio: StudioDep, id: JobId) -> JobAnswer:
    """Let a paused job go on; 409 when it is not paused."""
    job = studio.jobs.job(id)
    job.resume()
    return JobAnswer(job=job.view())
