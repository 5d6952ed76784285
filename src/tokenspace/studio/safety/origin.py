"""Who asks: a page of another origin may neither read the API nor change anything."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from .refusal import header, refuse

__all__ = ["OriginCheck"]

_READING = ("GET", "HEAD")


class OriginCheck:
    """Refuses what a browser sends for a page that is not ours.

    Everything below /api, and every method that may change something, has to come from the own origin: ``Sec-Fetch-Site`` has to
    be ``same-origin`` or ``none`` (typed by the person), ``Origin`` the address asked. A program that sends neither is no
    browser and has nothing of a person's to misuse. Links from elsewhere to the page itself work.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_ours(scope):
            await self._app(scope, receive, send)
            return
        message = "[request] expected a request of this server's own page, received one of another page"
        await refuse(scope, receive, send, 403, message)


def _is_ours(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    # Browsers add Origin to what they fetch for another origin, but Sec-Fetch-Site to links and images as well.
    if b"origin" in names and header(scope, "origin") != f"{_scheme(scope)}://{header(scope, 'host')}":
        return False
    path: str = scope["path"]
    guarded = scope["type"] == "websocket" or path == "/api" or path.startswith("/api/")
    if not guarded and scope["method"] in _READING:
        return True
    return b"sec-fetch-site" not in names or header(scope, "sec-fetch-site") in ("same-origin", "none")


def _scheme(scope: Scope) -> str:
    # A WebSocket's Origin is the page's, which came by http.
    scheme = str(scope.get("scheme", "http"))
    return {"ws": "http", "wss": "https"}.get(scheme, scheme)
