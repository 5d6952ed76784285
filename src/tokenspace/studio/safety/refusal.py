"""A refusal said before any route is asked."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from ..faults import fault_response

__all__ = ["header", "refuse"]


def header(scope: Scope, name: str) -> str | None:
    """The value of a header that may be there once; None when it is not, or is there twice with different values."""
    values = set(Headers(scope=scope).getlist(name))
    return values.pop() if len(values) == 1 else None


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, message: str, headers: dict[str, str] | None = None
) -> None:
    """Answer with a fault; a WebSocket is closed."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await fault_response("RequestError", message, status, headers=headers)(scope, receive, send)
