"""A folder that one process works in at a time."""

from __future__ import annotations

import errno
import os
import weakref
from contextlib import suppress
from pathlib import Path

from ..errors import FileError, message

__all__ = ["Exclusive"]

_LOCK = "lock"


class Exclusive:
    """Holds a folder, which is made if need be, until `release` or the end of the process, a kill included.

    Raises:
        FileError: another process (or another of these) holds it, or it cannot be made.
    """

    def __init__(self, operation: str, folder: Path) -> None:
        self._folder = folder
        try:
            self._handle = _locked(folder)
        except BlockingIOError:
            expected = "a folder that no other run is working in"
            received = f"one that process {_holder(folder / _LOCK)} holds"
            raise FileError(message(operation, expected, received, "another output, or later")) from None
        except OSError as error:
            raise FileError(f"[{operation}] {folder}: {error.strerror}") from error
        self._close = weakref.finalize(self, os.close, self._handle)

    def release(self) -> None:
        """Let others have it; the folder goes as well when nothing else is in it."""
        if not self._close.alive:
            return
        # While it is still held, so that nobody else's is removed.
        with suppress(OSError):
            os.unlink(self._folder / _LOCK)
            self._folder.rmdir()
        self._close()


def _locked(folder: Path) -> int:
    """The handle of a locked file in the folder; BlockingIOError when it is locked."""
    while True:
        folder.mkdir(exist_ok=True)
        try:
            handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
        except FileNotFoundError:  # removed since by whoever released it
            continue
        try:
            _lock(handle)
            if _is_current(handle, folder / _LOCK):
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode())
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock(handle: int) -> None:
    """Without effect on systems and file systems that have no such locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise


def _is_current(handle: int, path: Path) -> bool:
    """False when the file was removed between opening and locking it."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text("ascii").strip() or "?"
    return "?"
