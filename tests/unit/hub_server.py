"""A small hub on loopback: what huggingface_hub asks for when it fetches single files, and tiktoken's file server."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """repos: id -> {file: bytes}; private: ids that need ``token``; log: (method, path) of every request.

    ranges: answer a Range with these bytes alone. cdn: the address of another host that files of 1 kB and more are
    redirected to, as the hub does. cut: so many bytes after which the next answers break off, one number an answer.
    sent: path -> bytes of bodies sent. authorizations: host name and Authorization of every request.
    """

    def __init__(
        self,
        repos: dict[str, dict[str, bytes]],
        private: tuple[str, ...] = (),
        token: str = "",
        ranges: bool = False,
        cdn: str = "",
    ) -> None:
        self.repos, self.private, self.token = repos, private, token
        self.ranges, self.cdn = ranges, cdn
        self.cut: list[int] = []
        self.sent: dict[str, int] = {}
        self.authorizations: list[tuple[str, str]] = []
        self.plain: dict[str, bytes] = {}
        self.log: list[tuple[str, str]] = []
        self.url = ""

    def answer(self, path: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of a path."""
        path = unquote(path.split("?")[0]).lstrip("/")
        if path in self.plain:
            return 200, {}, self.plain[path]
        if path.startswith("api/models/"):
            return self._api(path.removeprefix("api/models/"))
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
        etag = f'"{hashlib.sha1(data).hexdigest()}"'
        if self.cdn and len(data) >= 1000:
            key = f"blobs/{hashlib.sha1(data).hexdigest()}"
            self.plain[key] = data
            headers = {"X-Linked-ETag": etag, "X-Linked-Size": str(len(data)), "Location": f"{self.cdn}/{key}"}
            return 302, {"X-Repo-Commit": COMMIT, **headers}, b""
        return 200, {"ETag": etag, "X-Repo-Commit": COMMIT}, data

    def _api(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What snapshot_download asks for before it fetches files."""
        repo, _, rest = path.partition("/tree/" if "/tree/" in path else "/revision/")
        revision, _, inside = rest.partition("/")
        if repo not in self.repos or revision not in ("", "main", "v1", COMMIT):
            return 404, {"X-Error-Code": "RepoNotFound"}, b""
        if inside:
            return 404, {"X-Error-Code": "EntryNotFound"}, b""
        files = self.repos[repo]
        told: Any = {"id": repo, "sha": COMMIT, "siblings": [{"rfilename": name} for name in files]}
        if "/tree/" in path:
            told = [
                {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                for name, data in files.items()
            ]
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Runs the hub on a free port; ``hub.url`` is its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _send(self, body: bool) -> None:
            hub.log.append((self.command, self.path))
            hub.authorizations.append((self.headers.get("Host", ""), self.headers.get("Authorization", "")))
            status, headers, data = hub.answer(self.path, self.headers.get("Authorization", ""))
            span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if hub.ranges and status == 200 and span is not None and self.command == "GET":
                begin, end = int(span[1]), min(int(span[2]) + 1, len(data))
                status, headers = 206, {**headers, "Content-Range": f"bytes {begin}-{end - 1}/{len(data)}"}
                data = data[begin:end]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Accept-Ranges", "bytes" if hub.ranges else "none")
            self.end_headers()
            if body and data:
                if hub.cut and status == 206:
                    data = data[: hub.cut.pop(0)]
                    self.close_connection = True
                hub.sent[self.path] = hub.sent.get(self.path, 0) + len(data)
                with suppress(ConnectionError):  # a client that has seen enough hangs up
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
