"""Every failure as one JSON object: ``{"error": {"class", "message", "status", "hint"}}``."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import NotFoundError, TokenspaceError
from ..errors import message as worded
from .contracts import Fault
from .refusals import refusal

__all__ = ["DOCUMENTED", "FaultsMiddleware", "StudioError", "fault_response", "install"]

_LOG = logging.getLogger("tokenspace.studio")
_HINT = re.compile(r"pip install '?tokenspace\[\w+(?:,\w+)*\]'?")
_NO_MEMORY = worded("studio", "work that fits in memory", "more than there is", "a smaller file or less at once")
_REASONS = {404: "an address of this server", 405: "a method that this address takes"}
_UNPARSED = "There was an error parsing the body"  # what FastAPI says of JSON that Python refuses to read
_MEANING = {
    400: "The request is malformed.",
    403: "Host, Origin or token is not accepted.",
    404: "There is no such thing.",
    409: "The state of the job forbids it.",
    413: "The body is above the limit.",
    422: "The input is not what is expected.",
    424: "An extra that is not installed is needed; the hint is the command that adds it.",
    429: "Too much at once; Retry-After says when.",
    503: "The server is shutting down.",
}
# For include_router(responses=...): what any route may answer instead of a success.
# Not by "model", which would take the content type of the route's successes.
_CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"content": _CONTENT, "description": meaning} for status, meaning in _MEANING.items()
}


class StudioError(Exception):
    """A failure for which HTTP has a word of its own.

    Args:
        status: the HTTP status.
        message: "[operation] expected X, received Y; try Z".
        hint: a command that mends it.
        retry_after: seconds, for 429 and 503.
    """

    def __init__(self, status: int, message: str, hint: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.hint, self.retry_after = status, message, hint, retry_after


def _readable(text: str) -> str:
    # Messages quote what was sent, which may hold lone surrogates; no encoding of the answer has them.
    return text.encode("utf-8", "replace").decode("utf-8")


def fault_response(
    name: str, message: str, status: int, hint: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The answer that says what went wrong."""
    body = {"class": name, "message": _readable(message), "status": status, "hint": hint}
    return JSONResponse({"error": body}, status, headers)


def error_view(error: BaseException, named: Callable[[str], str]) -> dict[str, Any]:
    """The error as it is told in answers and events; also of a job that failed. ``named``: see `Studio.named`."""
    if isinstance(error, StudioError):
        status, hint = error.status, error.hint
    elif isinstance(error, TokenspaceError):
        status, hint = _status_of(error)
    elif isinstance(error, MemoryError):
        return {"class": "MemoryError", "message": _NO_MEMORY, "status": 422, "hint": None}
    else:
        return _unexpected(error)
    return {"class": type(error).__name__, "message": _readable(named(str(error))), "status": status, "hint": hint}


def _status_of(error: TokenspaceError) -> tuple[int, str | None]:
    found = _HINT.search(str(error))
    if found is not None:
        return 424, found.group()
    return (404 if error.exit_code == NotFoundError.exit_code else 422), None


def _unexpected(error: BaseException) -> dict[str, Any]:
    number = secrets.token_hex(4)
    _LOG.error("defect %s", number, exc_info=error)
    received = f"a fault in the server itself ({type(error).__name__})"
    message = worded("studio", "an answer", received, f"once more; the server's log has the details under {number}")
    return {"class": "Defect", "message": message, "status": 500, "hint": None}


def _answer(view: dict[str, Any], retry_after: int | None = None) -> JSONResponse:
    headers = None if retry_after is None else {"Retry-After": str(retry_after)}
    return JSONResponse({"error": view}, view["status"], headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = list(error.errors())
    if problems and problems[0]["type"] == "json_invalid":
        first = problems[0]
        said = first.get("ctx", {}).get("error") or first["msg"]
        place = first["loc"][-1]
        return fault_response("RequestError", f"[request] expected JSON, received: {said} (at {place})", 400)
    return fault_response("RequestError", refusal(problems), 422)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and error.detail == _UNPARSED:
        message = worded(
            "request", "JSON", "some that cannot be read: not UTF-8, too deep, or a number of too many digits"
        )
        return fault_response("RequestError", message, 400)
    received = f"{request.method} {request.url.path[:200]}"
    message = worded("request", _REASONS.get(error.status_code, error.detail), received)
    return fault_response("RequestError", message, error.status_code, headers=dict(error.headers or {}))


def install(app: FastAPI, named: Callable[[str], str] = str) -> None:
    """Teach ``app`` to answer every failure as one JSON object, and its document to say so.

    Args:
        named: rewrites messages of errors (see `Studio.named`).
    """

    async def raised(request: Request, error: Exception) -> JSONResponse:
        return _answer(error_view(error, named), getattr(error, "retry_after", None))

    _, definitions = models_json_schema([(Fault, "serialization")], ref_template="#/components/schemas/{model}")
    undocumented = app.openapi

    def documented() -> dict[str, Any]:
        document = undocumented()
        document.setdefault("components", {}).setdefault("schemas", {}).update(definitions["$defs"])
        return document

    app.openapi = documented  # type: ignore[method-assign]
    app.add_exception_handler(StudioError, raised)
    app.add_exception_handler(TokenspaceError, raised)
    app.add_exception_handler(MemoryError, raised)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(FaultsMiddleware)


class FaultsMiddleware:
    """What nobody expected: a readable line and a number for the page, the trace for the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is left to be answered
        except Exception as error:
            view = _unexpected(error)
            if started:
                raise  # the answer is cut off, which the client sees
            await _answer(view)(scope, receive, send)
