"""A job's events as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from ..closing import Closing
from .job import Job

__all__ = ["HEARTBEAT", "event_stream"]

HEARTBEAT = 15.0  # seconds of silence after which a comment is sent, so that nobody in between gives the connection up


async def event_stream(job: Job, after: int, closing: Closing, heartbeat: float = HEARTBEAT) -> AsyncIterator[bytes]:
    """Events after the number ``after``, until the last one; ends early when the server does."""
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop has ended, and the listener with it
            loop.call_soon_threadsafe(news.set)

    leaves = [job.log.listen(wake), closing.listen(wake), job.listen()]
    try:
        yield b"retry: 1000\n\n"
        while not closing.is_set:
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
