"""The token of a server that listens beyond loopback."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode

from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .refusal import header, refuse

__all__ = ["TokenCheck"]

_ASK = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>tokenspace Studio</title>
<body><h1>tokenspace Studio</h1>
<p>This server wants its token: open the whole address it printed when it started.</p>
<p lang="zh">此服务需要令牌：请打开启动时打印的完整地址。</p></body></html>
"""


class TokenCheck:
    """Lets requests through that show the token: as a cookie, or as ``Authorization: Bearer``.

    The address printed, ``/?token=...``, is answered with the cookie (HttpOnly, SameSite=Strict) and a redirect to the same
    address without the token, so that it stays neither in the address bar nor in what is copied from there.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        # Cookies know no ports: two servers on one machine must not take each other's.
        port = (scope.get("server") or ("", 0))[1]
        name = f"tokenspace-studio-{port}"
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        given = [value for key, value in query if key == "token"]
        if scope["type"] == "http" and given and not scope["path"].startswith("/api/"):
            if self._matches(given[-1]):
                await self._exchange(name, query, scope, receive, send)
                return
        elif self._matches(self._bearer(scope)) or self._matches(
            cookie_parser(header(scope, "cookie") or "").get(name)
        ):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "http" and "text/html" in (header(scope, "accept") or ""):
            await HTMLResponse(_ASK, 403)(scope, receive, send)
            return
        message = "[request] expected the token of this server, received none or another; try the address it printed"
        await refuse(scope, receive, send, 403, message)

    async def _exchange(
        self, name: str, query: list[tuple[str, str]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        rest = urlencode([(key, value) for key, value in query if key != "token"])
        # One slash: "//name" would lead to another host.
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
        answer.set_cookie(name, self._token.decode(), httponly=True, samesite="strict", path="/")
        await answer(scope, receive, send)

    @staticmethod
    def _bearer(scope: Scope) -> str | None:
        kind, _, value = (header(scope, "authorization") or "").partition(" ")
        return value.strip() if kind.lower() == "bearer" else None

    def _matches(self, given: str | None) -> bool:
        return given is not None and secrets.compare_digest(given.encode("utf-8", "replace"), self._token)
