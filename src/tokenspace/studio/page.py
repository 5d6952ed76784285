"""The built page, or the line that says how to build it."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

__all__ = ["STATIC", "install", "is_built"]

STATIC = Path(__file__).parent / "static"
_MISSING = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>tokenspace Studio</title>
<body><h1>tokenspace Studio</h1>
<p>The page is not built here. Where Node 18 or later is installed, <code>make page</code> builds it.
The <a href="/api/openapi.json">API</a> answers as it is.</p></body></html>
"""


def is_built() -> bool:
    """Whether the page is there."""
    return (STATIC / "index.html").is_file()


def install(app: FastAPI) -> None:
    """Serve the page at ``/``; after the routes of the API."""
    if is_built():
        app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")
        return

    async def missing(request: Request) -> Response:
        return HTMLResponse(_MISSING)

    app.add_route("/", missing, include_in_schema=False)
