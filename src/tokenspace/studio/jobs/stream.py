"""A job's events as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from ..closing import Closing
from .job import Job

__all__ = ["HEARTBEAT", "event_stream"]

HEARTBEAT = 15.0  # seconds of silence after which a comment is sent, so that nobody in between gives the connection up


async def event_stream(
    job: Job,
    after: int,
    closing: Closing,
    heartbeat: float = HEARTBEAT,
    place: Closing | None = None,
    left: Callable[[], None] = lambda: None,
) -> AsyncIterator[bytes]:
    """Events after the number ``after``, until the last one.

    Ends early when ``closing`` is set (the server ends) or ``place`` (another stream takes its turn). ``left`` is called at
    the end, however it comes.
    """
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop has ended, and the listener with it
            loop.call_soon_threadsafe(news.set)

    ends = [closing] if place is None else [closing, place]
    leaves = [job.log.listen(wake), job.listen(), *(end.listen(wake) for end in ends), left]
    try:
        yield b"retry: 1000\n\n"
        while not any(end.is_set for end in ends):
            news.clear()
            closed = job.log.closed
            events = job.log.after(after)
            if events:
                after = events[-1].number
                yield "".join(f"id: {e.number}\nevent: message\ndata: {e.json}\n\n" for e in events).encode()
            if closed:
                return
            try:
                await asyncio.wait_for(news.wait(), heartbeat)
            except asyncio.TimeoutError:
                yield b": still here\n\n"
    finally:
        for leave in leaves:
            leave()
