"""How many questions of rooms are worked on at once, so that what keeps the page alive always finds a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from fastapi import Request

from ..run_switch import pause_point

__all__ = ["LONG_TEXTS", "ROOM_THREADS", "LongTexts", "room_lane"]

# Of the 40 threads that plain functions are answered on: files, jobs and status have the others for themselves.
ROOM_THREADS = 32
# Long texts encoded at once: each takes memory several times that of its tokens while it is.
LONG_TEXTS = 2
_LONG = 1_000_000  # characters
_LOOK = 0.1  # seconds between two looks whether whoever waits is still asked


async def room_lane(request: Request) -> AsyncIterator[None]:
    """A dependency of every route of a room: waits, without a thread, until it may have one.

    Raises:
        CancelledError: whoever asked has gone meanwhile (see `while_asked`).
    """
    lane: asyncio.Semaphore = request.app.state.lane
    async with lane:
        pause_point()
        yield


class LongTexts:
    """Places for texts of over a million characters; shorter ones need none."""

    def __init__(self, places: int = LONG_TEXTS) -> None:
        self._places = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self, characters: int) -> Iterator[None]:
        """Wait for a place, where the text is long, and have it.

        Raises:
            CancelledError: the work was cancelled while it waited.
        """
        if characters < _LONG:
            yield
            return
        while not self._places.acquire(timeout=_LOOK):
            pause_point()
        try:
            yield
        finally:
            self._places.release()
