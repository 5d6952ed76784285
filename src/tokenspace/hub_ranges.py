"""Pieces of large files on the Hugging Face hub, kept on this machine: a matrix of a checkpoint without the checkpoint.

A file of one commit never changes, so what was fetched stays right for ever. Pieces lie in ``TOKENSPACE_CACHE_DIR``, else
the user's cache folder, under ``checkpoints``; what is known of a file (its size and ETag, or that there is none) beside them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import FileError, NotFoundError, message
from .hub import HubRepo
from .io.writers import atomic_writer
from .progress import ProgressLike, Reporter

__all__ = ["NoRangesError", "RangedFile", "cache_root"]

_ATTEMPTS = 4
_TIMEOUT_SECONDS = 60
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_SPAN_NAME = re.compile(r"(\d+)-(\d+)")


class NoRangesError(Exception):
    """The server sends whole files only."""


class _BrokenError(Exception):
    """The connection ended early, or the server is busy; worth another attempt."""


def cache_root() -> Path:
    """Where pieces are kept."""
    named = os.environ.get("TOKENSPACE_CACHE_DIR")
    if named:
        return Path(named) / "checkpoints"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("tokenspace", appauthor=False)) / "checkpoints"


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]


class RangedFile:
    """One file at one commit. Made by `find`.

    Attributes:
        name: its path in the repository.
        size: its bytes.
    """

    def __init__(self, repo: HubRepo, name: str, commit: str, etag: str, size: int) -> None:
        self.name = name
        self.size = size
        self._repo = repo
        self._commit = commit
        self._folder = cache_root() / _digest(etag, size)

    @classmethod
    def find(cls, repo: HubRepo, name: str) -> RangedFile | None:
        """The file, without its contents; None when the repository has none of this name.

        Raises:
            NotFoundError: nothing is known of it here and the hub is out of reach, or may not be asked.
            NoRangesError: the hub does not tell size and ETag.
        """
        from huggingface_hub import constants

        commit = repo.commit
        note = None
        if commit is not None:
            note = cache_root() / "files" / f"{_digest(constants.ENDPOINT, repo.repo_id, commit, name)}.json"
            known = _read_note(note)
            if known is not None:
                return None if known["size"] is None else cls(repo, name, commit, known["etag"], known["size"])
        found = repo.metadata(name)
        if found is None:
            if note is not None:
                _write_note(note, {"size": None, "etag": None})
            return None
        if not found.etag or found.size is None or not (found.commit_hash or commit):
            raise NoRangesError
        commit = commit or found.commit_hash
        note = cache_root() / "files" / f"{_digest(constants.ENDPOINT, repo.repo_id, commit, name)}.json"
        _write_note(note, {"size": found.size, "etag": found.etag})
        return cls(repo, name, commit, found.etag, found.size)

    def read(self, begin: int, end: int) -> bytes:
        """Bytes begin to end, from here if they are, else fetched and kept.

        Raises:
            NotFoundError: they are not here and the hub is out of reach. NoRangesError. FileError: they cannot be kept.
        """
        if begin >= end:
            return b""
        path, first = self.path(begin, end)
        try:
            with open(path, "rb") as file:
                file.seek(begin - first)
                data = file.read(end - begin)
        except OSError as error:
            raise FileError(f"[load] {path}: {error.strerror}") from error
        if len(data) != end - begin:
            raise FileError(f"[load] {path}: expected {end - first} bytes, received fewer; try removing it")
        return data

    def path(self, begin: int, end: int, progress: ProgressLike = None) -> tuple[Path, int]:
        """(a file of this machine that holds bytes begin to end, the byte its first one is), fetched if need be.

        Raises:
            as `read`.
        """
        found = self._covering(begin, end)
        if found is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise FileError(f"[load] {self._folder}: {error.strerror}") from error
            found = self._folder / f"{begin}-{end}", begin
            with atomic_writer(found[0], "wb") as file, Reporter("download", end - begin, "bytes", progress) as report:
                for piece in self._fetch(begin, end):
                    file.write(piece)
                    report.advance(len(piece))
        return found

    def has(self, begin: int, end: int) -> bool:
        """Whether these bytes are on this machine."""
        return self._covering(begin, end) is not None

    @property
    def pieces(self) -> int:
        """How many pieces are on this machine."""
        return sum(1 for _ in self._folder.iterdir()) if self._folder.is_dir() else 0

    def _covering(self, begin: int, end: int) -> tuple[Path, int] | None:
        if not self._folder.is_dir():
            return None
        for path in self._folder.iterdir():
            span = _SPAN_NAME.fullmatch(path.name)
            if span is None or not int(span[1]) <= begin <= end <= int(span[2]):
                continue
            with suppress(OSError):  # another process may have removed it
                if path.stat().st_size == int(span[2]) - int(span[1]):  # else it was damaged: fetched again
                    return path, int(span[1])
        return None

    def _fetch(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes, going on where a connection broke."""
        failures = 0
        while failures < _ATTEMPTS:
            if failures:
                time.sleep(0.3 * 3 ** (failures - 1))
            try:
                for piece in self._stream(begin, end):
                    begin += len(piece)
                    failures = 0
                    yield piece
                return
            except _BrokenError as error:
                failures += 1
                failure = str(error)
        what = f"load {self._repo.repo_id!r}"
        raise NotFoundError(message(what, f"bytes {begin} to {end} of {self.name}", failure, "again later"))

    def _stream(self, begin: int, end: int) -> Iterator[bytes]:
        url, headers = self._repo.address(self.name, self._commit)
        headers |= {"Range": f"bytes={begin}-{end - 1}", "Accept-Encoding": "identity"}
        with _answer(url, headers) as (status, given, pieces):
            if status == 200:
                raise NoRangesError
            if status != 206:
                if status in (408, 429) or status >= 500:
                    raise _BrokenError(f"HTTP status {status}")
                what = f"load {self._repo.repo_id!r}"
                raise NotFoundError(message(what, f"bytes of {self.name}", f"HTTP status {status}"))
            span = _CONTENT_RANGE.fullmatch(given.get("Content-Range", "") or "")
            if span is None or tuple(map(int, span.groups())) != (begin, end - 1, self.size):
                raise NoRangesError
            left = end - begin
            for piece in pieces:
                piece = piece[:left]
                left -= len(piece)
                yield piece
            if left:
                raise _BrokenError("the connection ended early")


def _read_note(path: Path) -> dict[str, Any] | None:
    """What is known of a file; None when it is not known, or what is there makes no sense."""
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    right = isinstance(note, dict) and isinstance(note.get("etag"), str) and type(note.get("size")) is int
    return note if right or note == {"size": None, "etag": None} else None


def _write_note(path: Path, note: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"[load] {path.parent}: {error.strerror}") from error
    with atomic_writer(path) as file:
        file.write(json.dumps(note))


@contextmanager
def _answer(url: str, headers: dict[str, str]) -> Iterator[tuple[int, Any, Iterator[bytes]]]:
    """(status, headers, body) of a request through huggingface_hub's own session: its proxies, certificates and hooks.

    Redirects are followed; both kinds of session leave the token out when they lead to another host.
    """
    from huggingface_hub import errors
    from huggingface_hub.utils._http import get_session

    session: Any = get_session()
    library: Any = sys.modules[type(session).__module__.partition(".")[0]]
    broken = getattr(library, "RequestException", None) or library.HTTPError
    try:
        if hasattr(session, "stream"):  # httpx; before huggingface_hub 1.0 it was requests
            with session.stream("GET", url, headers=headers, follow_redirects=True, timeout=_TIMEOUT_SECONDS) as got:
                yield (
                    got.status_code,
                    got.headers,
                    got.iter_raw(),
                )  # as it comes: a broken connection keeps what it brought
        else:
            with session.get(url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS) as got:
                yield got.status_code, got.headers, got.iter_content(1 << 16)
    except errors.OfflineModeIsEnabled as error:
        raise NotFoundError(
            message(f"load {url}", "the bytes asked for in the cache", "none, and HF_HUB_OFFLINE")
        ) from error
    except (broken, OSError) as error:
        raise _BrokenError(f"{type(error).__name__}: {error}") from error
