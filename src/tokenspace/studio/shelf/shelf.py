"""The files a page may name, by id."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from ..faults import StudioError
from .kinds import kind_of
from .reading import Errors, encoding_of, read_text
from .shelf_file import Origin, ShelfFile, id_of, readable
from .uploads import Upload, Uploads
from .walk import is_inside, walk

__all__ = ["Shelf"]

_FRESH = 0.5  # seconds for which a listing holds, so that many questions at once look through a folder once


class Shelf:
    """Files given on the command line, and uploaded ones. Any thread.

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
        self._places: list[tuple[str, Origin]] = []
        self._most, self._text_characters = most_files, text_characters
        self._uploads = Uploads(uploads, file_bytes, total_bytes)
        self._lock = threading.Lock()
        self._found: dict[str, ShelfFile] = {}
        self._gone: dict[str, str] = {}  # id -> name of files that were there
        self._cut = False
        self._listed = -_FRESH
        for path in given:
            self.give(path)

    def give(self, path: Path, origin: Origin = "given") -> None:
        """Put a file or folder of this machine on the shelf; called by the server, never for the page."""
        self._places.append((os.path.realpath(path), origin))
        self._listed = -_FRESH

    def files(self) -> tuple[list[ShelfFile], bool]:
        """(all files, uploads last; whether there are more than may be listed)."""
        with self._lock:
            if time.monotonic() - self._listed >= _FRESH:
                self._look()
                self._listed = time.monotonic()
            given, cut = list(self._found.values()), self._cut
        return given + self._uploads.files(), cut

    def file(self, id: str) -> ShelfFile:
        """The file of that id, as it was when it was last listed.

        Raises:
            StudioError: 404, no such file, or it is gone, or a link leads it out of what was given.
        """
        file = self._uploads.get(id) or self._found.get(id)
        if file is None:
            file = next((file for file in self.files()[0] if file.id == id), None)
        if file is None or not self._is_there(file):
            name = file.name if file is not None else self._gone.get(id)
            if name is not None:
                raise StudioError(404, f"[file] expected {name} where it was, received nothing there; try another file")
            raise StudioError(
                404, f"[file] expected a file that is on the list, received {id[:64]!r}; try choosing it again"
            )
        return file

    def path(self, id: str) -> Path:
        """Where the file of that id lies.

        Raises:
            StudioError: 404.
        """
        return self.file(id).path

    def encoding(self, id: str) -> str:
        """The encoding of a text by its beginning: its mark, else utf-8, else gb18030 where that is Chinese (`text_encoding`).

        Raises:
            StudioError: 404. FileError, FormatError: it cannot be read.
        """
        return encoding_of(self.path(id))

    def text(self, id: str, *, encoding: str | None = None, errors: Errors = "strict") -> str:
        """The whole text of a file; compressed ones are opened.

        Args:
            id: of the file.
            encoding: Python's name of it; None: by its beginning (`text_encoding`), else UTF-8.
            errors: what happens to bytes that are not text.

        Raises:
            StudioError: 404; 413, longer than the limit. FormatError: bytes that are no text, with their place.
        """
        file = self.file(id)
        return read_text(file.path, file.name, self._text_characters, encoding, errors)

    def named(self, text: str) -> str:
        """The text with paths of files and folders of the shelf replaced by their names, as the page shows them."""
        for place in sorted({place for place, _ in self._places}, key=len, reverse=True):
            if name := os.path.basename(place):
                text = text.replace(place, readable(name))
        return self._uploads.named(text)

    def add(self, name: str, data: bytes) -> ShelfFile:
        """Keep an upload; the same bytes again are the same file.

        Raises:
            StudioError: 413, too large, or the budget of all uploads is spent. FileError: no room on the disk.
        """
        with self.upload(name) as upload:
            upload.write(data)
            return upload.finish()

    def upload(self, name: str) -> Upload:
        """An upload that is written piece by piece: ``with shelf.upload(name) as upload``, ``upload.write(part)``, and
        ``upload.finish()``, without which nothing is kept."""
        return self._uploads.begin(name)

    def forget(self, id: str) -> None:
        """Remove an upload.

        Raises:
            StudioError: 404; 409, it was given and not uploaded.
        """
        while not self._uploads.forget(id):
            if self.file(id).origin == "uploaded":  # the same bytes again, just now
                continue
            raise StudioError(409, "[file] expected an uploaded file, received one given when the server was started")

    def _look(self) -> None:
        found: dict[str, ShelfFile] = {}
        self._cut = False
        for place, origin in self._places:
            for path, folder, status in walk(place):
                id = id_of(path)
                if id in found:
                    continue
                if len(found) == self._most:
                    self._cut = True
                    break
                known = self._found.get(id)
                size, modified = status.st_size, status.st_mtime_ns
                if known is None or (known.bytes, known.modified, known.origin) != (size, modified, origin):
                    name = readable(os.path.basename(path))
                    kind = kind_of(Path(path), name)
                    known = ShelfFile(id, name, readable(folder), size, modified, kind, origin, Path(path))
                found[id] = known
        for id, file in self._found.items():
            if id not in found and len(self._gone) < self._most:
                self._gone[id] = file.name
        self._found = found

    def _is_there(self, file: ShelfFile) -> bool:
        if not os.path.isfile(file.path):
            return False
        if file.origin == "uploaded":
            return True
        return any(is_inside(str(file.path), place) for place, _ in self._places)
