"""How many questions of rooms are worked on at once, so that what keeps the page alive always finds a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request

__all__ = ["ROOM_THREADS", "room_lane"]

# Of the 40 threads that plain functions are answered on: files, jobs and status have the others for themselves.
ROOM_THREADS = 32


async def room_lane(request: Request) -> AsyncIterator[None]:
    """A dependency of every route of a room: waits, without a thread, until it may have one."""
    lane: asyncio.Semaphore = request.app.state.lane
    async with lane:
        yield
