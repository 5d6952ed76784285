"""The built page, or the line that says how to build it."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from .faults import fault_response

__all__ = ["STATIC", "Page", "install", "is_built"]

STATIC = Path(__file__).parent / "static"
_MISSING = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>tokenspace Studio</title>
<body><main><h1>tokenspace Studio</h1>
<p>The page is not built here. Where Node 20.19 or later is installed, <code>make page</code> builds it.
The <a href="/api/openapi.json">API</a> answers as it is.</p>
<p lang="zh">页面尚未构建。安装 Node 20.19 或更高版本后，运行 <code>make page</code> 即可。</p></main></body></html>
"""
_SMALL = 1024  # below it, compressing gains nothing
_COMPRESSED = {".png", ".jpg", ".webp", ".woff2", ".gz"}
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/json",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    """A file as it is sent."""

    plain: bytes
    zipped: bytes | None
    headers: dict[str, str]


class Page:
    """An ASGI application that sends the files of one folder, read once, compressed once.

    Only names found in the folder are ever opened, so there is no path to check. A page that is built anew is seen at the
    next request for ``/``.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._assets: dict[str, _Asset] = {}
        self._stamp: tuple[int, int] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        path, method = scope["path"], scope["method"]
        if method not in ("GET", "HEAD"):
            message = f"[request] {method} {path[:200]}: this address does not take this method"
            return fault_response("RequestError", message, 405, headers={"Allow": "GET, HEAD"})
        if path == "/":
            path = "/index.html"
        if path == "/index.html" or path not in self._assets:  # a tab open since an earlier build asks for a script
            self._look()
        if path == "/index.html" and not self._assets:
            return HTMLResponse(_MISSING)
        asset = self._assets.get(path)
        if asset is None:
            return fault_response("RequestError", f"[request] {method} {path[:200]}: no such address", 404)
        given = Headers(scope=scope)
        if asset.headers["ETag"] in given.get("if-none-match", ""):
            return Response(status_code=304, headers=asset.headers)
        if asset.zipped is not None and _takes_gzip(given.get("accept-encoding", "")):
            return Response(asset.zipped, headers={**asset.headers, "Content-Encoding": "gzip"})
        return Response(asset.plain, headers=asset.headers)

    def _look(self) -> None:
        """Read the folder when it is not what was read before."""
        try:
            found = (self._folder / "index.html").stat()
            stamp = (found.st_mtime_ns, found.st_ino)
        except OSError:
            self._assets, self._stamp = {}, None
            return
        with self._lock:
            if stamp != self._stamp:
                files = [path for path in self._folder.rglob("*") if path.is_file()]
                self._assets = {f"/{path.relative_to(self._folder).as_posix()}": _asset(path) for path in files}
                self._stamp = stamp


def _asset(path: Path) -> _Asset:
    data = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in ("application/json", "image/svg+xml"):
        kind += "; charset=utf-8"
    # Names below assets/ hold a hash of the content; everything else may change under its name.
    caching = "public, max-age=31536000, immutable" if path.parent.name == "assets" else "no-cache"
    headers = {
        "Content-Type": kind,
        "Cache-Control": caching,
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:20]}"',
        "Vary": "Accept-Encoding",
    }
    small = len(data) < _SMALL or path.suffix in _COMPRESSED
    return _Asset(data, None if small else gzip.compress(data, 9, mtime=0), headers)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_built(folder: Path = STATIC) -> bool:
    """Whether the page is there."""
    return (folder / "index.html").is_file()


def install(app: FastAPI) -> None:
    """Serve the page below ``/``; after the routes of the API."""
    app.mount("/", Page(), name="page")
