"""Bodies are counted as they arrive, whatever Content-Length says."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .refusal import header, refuse

__all__ = ["BodyLimit"]

# After a refusal so much more is read and thrown away: a client that still sends would otherwise see a broken connection
# instead of the answer.
_DRAIN_BYTES = 256 << 20
_DRAIN_SECONDS = 10.0
_STALL_SECONDS = 30.0  # without a byte; a body that never ends would hold its place among the requests in flight


class BodyLimit:
    """Answers 413 to a body above the limit, before it is kept in memory, and 400 to one that stops in the middle.

    Args:
        limit: bytes of a body.
        upload_limit: bytes of a body sent to ``uploads``.
        uploads: the paths whose POST takes a file.
    """

    def __init__(
        self, app: ASGIApp, limit: int, upload_limit: int, uploads: frozenset[str] = frozenset({"/api/files"})
    ) -> None:
        self._app, self._limit, self._upload_limit, self._uploads = app, limit, upload_limit, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._upload_limit if scope["path"] in self._uploads else self._limit
        said = header(scope, "content-length")
        if said is not None and said.isascii() and said.isdigit() and int(said) > limit:
            await self._too_large(limit, scope, receive, send)
            return
        seen, over, whole, started, stalled = 0, False, False, False, False
        # What has no body says so in its first message; waiting with a clock costs a task.
        timed = said is not None or header(scope, "transfer-encoding") is not None

        async def counted() -> Message:
            nonlocal seen, over, whole, stalled
            if timed and not whole:
                try:
                    message = await asyncio.wait_for(receive(), _STALL_SECONDS)
                except asyncio.TimeoutError:
                    stalled = True
                    return {"type": "http.disconnect"}
            else:
                message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if seen > limit:
                    over = True
                    return {"type": "http.disconnect"}  # whatever reads the body gives up
            return message

        async def gated(message: Message) -> None:
            nonlocal started
            if (over or stalled) and not started:
                return  # what is said of a body that was cut is not true of the whole
            started = True
            await send(message)

        try:
            await self._app(scope, counted, gated)
        except Exception:
            if not (over or stalled):
                raise
        if over and not started:
            await self._too_large(limit, scope, receive, send, rest=not whole)
        elif stalled and not started:
            message = f"[request] expected a body, received no byte of it for {_STALL_SECONDS:g} s; try again"
            await refuse(scope, receive, send, 400, message, {"Connection": "close"})

    async def _too_large(self, limit: int, scope: Scope, receive: Receive, send: Send, rest: bool = True) -> None:
        message = f"[request] expected a body of at most {limit:,} bytes, received more; try a part of it"

        async def draining(answer: Message) -> None:
            last = answer["type"] == "http.response.body" and not answer.get("more_body", False)
            if not last:
                await send(answer)
                return
            await send({**answer, "more_body": True})
            if rest:
                await _drain(receive)
            await send({"type": "http.response.body", "body": b""})

        await refuse(scope, receive, draining, 413, message, {"Connection": "close"})


async def _drain(receive: Receive) -> None:
    async def read() -> None:
        left = _DRAIN_BYTES
        while left > 0:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                return
            left -= len(message.get("body", b""))

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(read(), _DRAIN_SECONDS)
