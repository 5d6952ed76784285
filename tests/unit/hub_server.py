"""A small hub on loopback: what huggingface_hub asks for when it fetches single files, and tiktoken's file server."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """repos: id -> {file: bytes}; private: ids that need ``token``; log: (method, path) of every request."""

    def __init__(self, repos: dict[str, dict[str, bytes]], private: tuple[str, ...] = (), token: str = "") -> None:
        self.repos, self.private, self.token = repos, private, token
        self.plain: dict[str, bytes] = {}
        self.log: list[tuple[str, str]] = []
        self.url = ""

    def answer(self, path: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of a path."""
        path = unquote(path.split("?")[0]).lstrip("/")
        if path in self.plain:
            return 200, {}, self.plain[path]
        repo, found, rest = path.partition("/resolve/")
        if not found:
            return 404, {"X-Error-Code": "RepoNotFound"}, b""
        revision, _, name = rest.partition("/")
        if repo not in self.repos:
            return 401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b""
        if repo in self.private and authorization != f"Bearer {self.token}":
            return 401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b""
        if revision not in ("main", "v1", COMMIT):
            return 404, {"X-Error-Code": "RevisionNotFound", "X-Error-Message": "Invalid rev id"}, b""
        if name not in self.repos[repo]:
            headers = {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found", "X-Repo-Commit": COMMIT}
            return 404, headers, b""
        data = self.repos[repo][name]
        return 200, {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": COMMIT}, data


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Runs the hub on a free port; ``hub.url`` is its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _send(self, body: bool) -> None:
            hub.log.append((self.command, self.path))
            status, headers, data = hub.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Accept-Ranges", "none")
            self.end_headers()
            if body:
                self.wfile.write(data)

        def do_GET(self) -> None:
            self._send(True)

        def do_HEAD(self) -> None:
            self._send(False)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
