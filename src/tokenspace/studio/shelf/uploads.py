"""Uploaded files: written piece by piece, whole or not at all, within a budget."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from ...errors import FileError, message
from ..faults import StudioError
from .kinds import kind_of
from .shelf_file import ShelfFile

__all__ = ["Upload", "Uploads"]

_NAME_BYTES = 200
# Control characters and what separates folders here or elsewhere.
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:]")


class Uploads:
    """What was uploaded, by the SHA-256 of its bytes. Any thread.

    Args:
        folder: where it is kept; made when needed.
        file_bytes, total_bytes: bounds of one file, and of all with those under way.
    """

    def __init__(self, folder: Path, file_bytes: int, total_bytes: int) -> None:
        self._folder, self.file_bytes, self._total_bytes = folder, file_bytes, total_bytes
        self._lock = threading.Lock()
        self._files: dict[str, ShelfFile] = {}
        self._spent = 0

    def files(self) -> list[ShelfFile]:
        """All of them, the oldest first."""
        with self._lock:
            return list(self._files.values())

    def get(self, id: str) -> ShelfFile | None:
        """The file of that id."""
        return self._files.get(id)

    def named(self, text: str) -> str:
        """The text with paths of uploads replaced by their names."""
        for folder in {str(self._folder.resolve()), str(self._folder)}:
            text = re.sub(re.escape(folder + os.sep) + r"u[0-9a-f]{19}" + re.escape(os.sep), "", text)
        return text

    def begin(self, name: str) -> Upload:
        """Begin to write a file of that name; use it in ``with``.

        Raises:
            FileError: the folder cannot be written to.
        """
        return Upload(self, self._folder, name)

    def forget(self, id: str) -> bool:
        """Remove a file; False when there is none of that id."""
        with self._lock:
            gone = self._files.pop(id, None)
            if gone is None:
                return False
            self._spent -= gone.bytes
            # Not after the lock: the same bytes uploaded again have the same folder.
            shutil.rmtree(gone.path.parent, ignore_errors=True)
        return True

    def reserve(self, count: int) -> None:
        """Take so many bytes of the budget.

        Raises:
            StudioError: 413, it is spent.
        """
        with self._lock:
            if self._spent + count > self._total_bytes:
                raise StudioError(
                    413,
                    f"[upload] expected at most {self._total_bytes:,} bytes of uploads together, received more; "
                    "try again after removing some",
                )
            self._spent += count

    def give_back(self, count: int) -> None:
        """The reverse of `reserve`."""
        with self._lock:
            self._spent -= count

    def keep(self, name: str, temporary: Path, digest: str, size: int) -> ShelfFile:
        """Take over a file written completely, whose bytes have been reserved; the same bytes again are the same file."""
        id = "u" + digest[:19]
        folder = self._folder / id
        path = folder / _fit(name)
        kind = kind_of(temporary, path.name)
        with self._lock:
            known = self._files.get(id)
            if known is None:
                folder.mkdir(exist_ok=True)
                os.replace(temporary, path)
                modified = path.stat().st_mtime_ns
                known = ShelfFile(id, path.name, "", size, modified, kind, "uploaded", path)
                self._files[id] = known
                return known
            self._spent -= size
        temporary.unlink(missing_ok=True)
        return known


class Upload:
    """A file that is being written. Leaving the ``with`` without `finish` leaves nothing behind."""

    def __init__(self, uploads: Uploads, folder: Path, name: str) -> None:
        self._uploads, self._name = uploads, name
        self._digest, self._size = hashlib.sha256(), 0
        self._finished = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=folder, prefix="part-")
        except OSError as error:
            raise self._no_room(error) from error
        self._file, self._temporary = os.fdopen(handle, "wb"), Path(temporary)

    def __enter__(self) -> Upload:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            try:
                self._file.close()
            finally:  # a full disk may refuse the last bytes once more
                self._temporary.unlink(missing_ok=True)
                self._uploads.give_back(self._size)

    def write(self, part: bytes) -> None:
        """Add bytes.

        Raises:
            StudioError: 413, above a bound. FileError: no room on the disk.
        """
        limit = self._uploads.file_bytes
        if self._size + len(part) > limit:
            raise StudioError(
                413, f"[upload] expected a file of at most {limit:,} bytes, received more; try a part of it"
            )
        self._uploads.reserve(len(part))
        self._size += len(part)
        self._digest.update(part)
        try:
            self._file.write(part)
        except OSError as error:
            raise self._no_room(error) from error

    def finish(self) -> ShelfFile:
        """Keep what was written.

        Raises:
            FileError: no room on the disk.
        """
        try:
            self._file.close()
            kept = self._uploads.keep(self._name, self._temporary, self._digest.hexdigest(), self._size)
        except OSError as error:
            raise self._no_room(error) from error
        self._finished = True
        return kept

    @staticmethod
    def _no_room(error: OSError) -> FileError:
        return FileError(message("upload", "room for the file on the server's disk", error.strerror or str(error)))


def _fit(name: str) -> str:
    """The name as one of this machine: its end decides how some readers read it."""
    fit = _UNFIT.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip(".").strip() or "upload"
    fit = fit.encode("utf-8", "replace").decode("utf-8")
    while len(fit.encode()) > _NAME_BYTES:
        fit = fit[1:]
    return fit
