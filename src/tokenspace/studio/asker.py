"""Work on a question ends when whoever asked has gone: another text took the place of this one, the page was closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request

from ..run_switch import RunSwitch

__all__ = ["while_asked"]


async def while_asked(request: Request) -> AsyncIterator[None]:
    """A dependency of every route of a room: a `RunSwitch` around the answer, cancelled when the connection closes.

    The work ends at its next look, within one long text as well (about every 60 ms). What several wait for is loaded anew by
    one who is still there (see `Keep.get`).
    """
    switch = RunSwitch()
    watch = asyncio.create_task(_cancel_when_gone(request, switch))
    try:
        with switch:
            yield
    finally:
        watch.cancel()


async def _cancel_when_gone(request: Request, switch: RunSwitch) -> None:
    # The body has been read by now: all that is to come is the end of the connection, or of the answer.
    while (await request.receive())["type"] != "http.disconnect":
        pass
    switch.cancel()
