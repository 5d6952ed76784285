"""One large file over HTTP: it goes on where an earlier download was cut off, and is in its place whole and verified."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from ...errors import FileError, FormatError, message
from ...io.atomic_folder import sync
from ...io.writers import disk_full
from ...progress import ProgressLike, Reporter

__all__ = ["UnreachableError", "download"]

_TIMEOUT_SECONDS = 60
_ATTEMPTS = 4
_PIECE = 1 << 18


class UnreachableError(Exception):
    """The host does not give the file; the text says why."""


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two processes that want the same file download it one after the other: the second finds it done."""
    with open(path, "ab") as lock:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            with suppress(OSError):
                os.unlink(path)


def _request(url: str, begin: int, tag: str | None) -> HTTPResponse:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    from ... import __version__

    headers = {"User-Agent": f"tokenspace/{__version__}", "Accept-Encoding": "identity"}
    if begin and tag:
        headers |= {"Range": f"bytes={begin}-", "If-Range": tag}
    try:
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=_TIMEOUT_SECONDS)
        return response
    except HTTPError as error:
        if error.code == 416 and begin:  # what is here is not a beginning of what is there
            return _request(url, 0, None)
        raise UnreachableError(f"HTTP {error.code} {error.reason}") from error
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise UnreachableError(f"{type(error).__name__}: {error}") from error


def _total(response: HTTPResponse, begin: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return begin + int(length) if length.isdecimal() else None


class _Part:
    """The unfinished file, and the version of the whole it is the beginning of."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".part")
        self._note = path.with_name(path.name + ".part.json")

    def resume(self, url: str) -> tuple[int, str | None]:
        """(bytes that are here, their version), or (0, None) when they are of no use."""
        try:
            note: Any = json.loads(self._note.read_text(encoding="utf-8"))
            if note.get("url") == url and isinstance(note.get("tag"), str):
                return self.path.stat().st_size, note["tag"]
        except (OSError, ValueError, AttributeError):
            pass
        return 0, None

    def begin(self, url: str, tag: str | None) -> None:
        """A download from the first byte."""
        self._note.write_text(json.dumps({"url": url, "tag": tag}), encoding="utf-8")

    def remove(self) -> None:
        for path in (self.path, self._note):
            with suppress(OSError):
                path.unlink()


def _copy(url: str, part: _Part, size: int | None, progress: ProgressLike) -> bool:
    """Add to the part what the host gives; whether that was all."""
    begin, tag = part.resume(url)
    response = _request(url, begin, tag)
    with response:
        resumed = response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {begin}-")
        if not resumed:
            begin = 0
            found = response.headers.get("ETag") or response.headers.get("Last-Modified")
            # A weak tag does not promise the same bytes.
            part.begin(url, None if found is None or found.startswith("W/") else found)
        total = _total(response, begin)
        if size is not None and total is not None and total != size:
            part.remove()
            raise FormatError(message(f"download {url}", f"{size} bytes", f"{total}"))
        done = begin
        with (
            open(part.path, "ab" if resumed else "wb") as file,
            Reporter("download", size or total, "bytes", progress) as report,
        ):
            report.update(begin)
            while piece := response.read(_PIECE):
                done += len(piece)
                if size is not None and done > size:
                    raise FormatError(message(f"download {url}", f"{size} bytes", "more"))
                file.write(piece)
                report.advance(len(piece))
    return done == (size or total or done)


def download(
    url: str, path: Path, size: int | None, verify: Callable[[Path], object], progress: ProgressLike = None
) -> None:
    """Put the file of ``url`` at ``path``.

    What has come is kept beside it (``.part``) when the connection breaks or the process ends, and gone on with where
    the host says that the file is still the same; a connection that breaks is tried again three times.

    Args:
        size: bytes of the file where they are known; never are more read.
        verify: looks at the finished file before it takes its place; raises when it is not the right one.

    Raises:
        UnreachableError: the host does not answer, or does not have the file. FormatError: another size, or what ``verify``
        raises. FileError: the folder cannot be written, or the disk is full.
    """
    part = _Part(path)
    try:
        with _alone(path.with_name(path.name + ".lock")):
            if path.exists():
                return
            for attempt in range(_ATTEMPTS):
                try:
                    if _copy(url, part, size, progress):
                        break
                    failure: Exception = UnreachableError("the connection ended early")
                except (HTTPException, ConnectionError, TimeoutError) as error:
                    failure = UnreachableError(f"{type(error).__name__}: {error}")
                if attempt + 1 == _ATTEMPTS:
                    raise failure
            try:
                verify(part.path)
            except FormatError:
                part.remove()
                raise
            sync(part.path)
            os.replace(part.path, path)
            part.remove()
            sync(path.parent)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise disk_full(path, error) or FileError(f"[download] {path}: {error.strerror or error}") from error
