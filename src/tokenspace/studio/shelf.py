"""The files a page may name: those given on the command line and those uploaded. No path comes from the page."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ..io.expand import Source
from ..io.streams import ReadState, decode_whole, open_bytes
from .faults import StudioError
from .file_kinds import FileKind, kind_of

__all__ = ["Shelf", "ShelfFile"]

Origin = Literal["given", "uploaded", "sample"]


@dataclass(frozen=True, slots=True)
class ShelfFile:
    """A file of the shelf. ``folder`` is where it lies below what was given, "" for a file given itself."""

    id: str
    name: str
    folder: str
    bytes: int
    kind: FileKind
    origin: Origin
    path: Path


def _id(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


class Shelf:
    """Files by id. Any thread.

    Args:
        given: files and folders; folders are looked through anew at each listing.
        uploads: folder for what is uploaded, made when needed.
        most_files: files listed at most.
        file_bytes, total_bytes: bounds of one upload, and of all.
        text_characters: code points of a file read as text at most.
    """

    def __init__(
        self,
        given: Iterable[Path],
        uploads: Path,
        *,
        most_files: int = 10_000,
        file_bytes: int = 64 << 20,
        total_bytes: int = 1 << 30,
        text_characters: int = 10_000_000,
    ) -> None:
        self._given: list[tuple[Path, Origin]] = [(Path(path).resolve(), "given") for path in given]
        self._uploads = uploads
        self._most = most_files
        self._file_bytes, self._total_bytes, self._text_characters = file_bytes, total_bytes, text_characters
        self._lock = threading.Lock()
        self._found: dict[str, ShelfFile] = {}
        self._uploaded: dict[str, ShelfFile] = {}

    def give(self, path: Path, origin: Origin = "given") -> None:
        """Put a file or folder of this machine on the shelf; called by the server, never for the page."""
        self._given.append((path.resolve(), origin))

    def files(self) -> tuple[list[ShelfFile], bool]:
        """(all files, whether the bound cut the listing)."""
        found: dict[str, ShelfFile] = {}
        cut = False
        for place, origin in self._given:
            for path, folder in _below(place):
                if len(found) >= self._most:
                    cut = True
                    break
                file = self._look(path, folder, origin)
                if file is not None:
                    found[file.id] = file
        with self._lock:
            self._found = found
            return [*found.values(), *self._uploaded.values()], cut

    def file(self, id: str) -> ShelfFile:
        """The file of that id.

        Raises:
            StudioError: 404, no such file, or it has gone.
        """
        with self._lock:
            file = self._uploaded.get(id) or self._found.get(id)
        if file is None:
            file = next((file for file in self.files()[0] if file.id == id), None)
        if file is None or not self._inside(file):
            raise StudioError(404, f"[file] expected the id of a file on the shelf, received {id[:64]!r}")
        return file

    def path(self, id: str) -> Path:
        """Where the file of that id lies.

        Raises:
            StudioError: 404.
        """
        return self.file(id).path

    def text(self, id: str) -> str:
        """The whole text of a file (UTF-8; gzip, bzip2, xz and zstd are opened).

        Raises:
            StudioError: 404; 413, longer than the limit. FormatError: bytes that are no text, with their place.
        """
        file = self.file(id)
        source = Source(file.name, file.path, "txt")
        most = 4 * self._text_characters
        with open_bytes(source) as stream:
            data = stream.read(most + 1)
        text = "" if len(data) > most else decode_whole(data, source, "utf-8", "strict", ReadState()) or ""
        if len(data) > most or len(text) > self._text_characters:
            limit = f"{self._text_characters:,}"
            raise StudioError(
                413, f"[file] {file.name}: expected at most {limit} characters, received more; try a part"
            )
        return text

    def add(self, name: str, data: bytes) -> ShelfFile:
        """Keep an upload; the same bytes again are the same file.

        Raises:
            StudioError: 413, too large, or the budget of all uploads is spent.
        """
        self._uploads.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._uploads)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        return self.keep_upload(name, Path(temporary), hashlib.sha256(data).hexdigest())

    def keep_upload(self, name: str, temporary: Path, digest: str) -> ShelfFile:
        """Take over a file written completely; it is moved, or removed where it is refused or known.

        Raises:
            StudioError: 413.
        """
        size = temporary.stat().st_size
        id = "u" + digest[:16]
        with self._lock:
            known = self._uploaded.get(id)
            spent = sum(file.bytes for file in self._uploaded.values())
            if known is not None or size > self._file_bytes or spent + size > self._total_bytes:
                temporary.unlink()
            if known is not None:
                return known
            if size > self._file_bytes:
                raise StudioError(413, f"[upload] expected at most {self._file_bytes:,} bytes, received {size:,}")
            if spent + size > self._total_bytes:
                limit = f"{self._total_bytes:,}"
                raise StudioError(413, f"[upload] expected at most {limit} bytes of uploads; try to remove some")
            path = self._uploads / id
            os.replace(temporary, path)
            shown = os.path.basename(name.replace("\\", "/"))[:200] or "upload"
            file = ShelfFile(id, shown, "", size, kind_of(path, shown), "uploaded", path)
            self._uploaded[id] = file
            return file

    def forget(self, id: str) -> None:
        """Remove an upload.

        Raises:
            StudioError: 404; 409, it was given and not uploaded.
        """
        with self._lock:
            gone = self._uploaded.pop(id, None)
        if gone is not None:
            gone.path.unlink(missing_ok=True)
            return
        self.file(id)
        raise StudioError(409, "[file] expected an uploaded file, received one that was given on the command line")

    def _look(self, path: Path, folder: str, origin: Origin) -> ShelfFile | None:
        try:
            size = path.stat().st_size
        except OSError:
            return None
        id = _id(path)
        before = self._found.get(id)
        if before is not None and before.bytes == size:
            return replace(before, folder=folder, origin=origin)
        return ShelfFile(id, path.name, folder, size, kind_of(path, path.name), origin, path)

    def _inside(self, file: ShelfFile) -> bool:
        """Whether the file is still there and no link leads it out of what was given."""
        if not file.path.exists():
            return False
        if file.origin == "uploaded":
            return True
        real = file.path.resolve()
        return any(real == place or place in real.parents for place, _ in self._given)


def _below(place: Path) -> Iterable[tuple[Path, str]]:
    """(file, its folder below ``place``) for each file, in order; hidden ones and links that lead out are left out."""
    if not place.is_dir():
        yield place, ""
        return
    for root, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = os.path.relpath(root, place.parent)
        for name in sorted(names):
            path = Path(root, name)
            if name.startswith(".") or not path.is_file():
                continue
            real = path.resolve()
            if real == path or place in real.parents:
                yield path, inside
