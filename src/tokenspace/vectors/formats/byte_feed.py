"""The bytes of a vector file, a window at a time: mapped where the file is plain, unpacked where it is compressed."""

from __future__ import annotations

import mmap
import os
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from ...errors import FileError, NotFoundError, message
from ...io.expand import Source
from ...io.streams import ReadState, open_bytes
from ...types import PathLike

__all__ = ["WINDOW", "ByteFeed", "Bytes", "open_feed"]

Bytes = npt.NDArray[np.uint8]
# Bytes looked at together. No line or row may be longer.
WINDOW = 32 << 20
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\x00")


class ByteFeed:
    """A position in bytes that come from a map (``whole`` is all of them from the position on) or a stream."""

    def __init__(self, mapped: Bytes | None, stream: BinaryIO | None, state: ReadState, size: int) -> None:
        self._mapped, self._stream, self._state = mapped, stream, state
        self._at = 0
        self._buffer = b""
        self.size = size  # of the file on the disk

    @property
    def whole(self) -> Bytes | None:
        """The rest of the file, or None where it is compressed and its length is not known."""
        return None if self._mapped is None else self._mapped[self._at :]

    def window(self, size: int | None = None) -> Bytes:
        """The next ``size`` bytes (WINDOW), which stay next; fewer only where the file ends."""
        size = WINDOW if size is None else size
        if self._mapped is not None:
            return self._mapped[self._at : self._at + size]
        assert self._stream is not None
        parts, held = [self._buffer], len(self._buffer)
        while held < size:
            part = self._stream.read(size - held)
            if not part:
                break
            parts.append(part)
            held += len(part)
        self._buffer = b"".join(parts)
        return np.frombuffer(self._buffer, np.uint8)[:size]

    def advance(self, count: int) -> None:
        """Move past ``count`` bytes of the window."""
        if self._mapped is not None:
            self._at += count
        else:
            self._buffer = self._buffer[count:]

    def consumed(self) -> int:
        """Bytes of the file on the disk behind the position, for progress."""
        return self._at if self._mapped is not None else self._state.bytes_read()

    def lines(self) -> Iterator[bytes]:
        """All lines from here on without their line feeds; the position moves by windows."""
        while len(window := self.window()):
            data = window.tobytes()
            ended = len(data) < WINDOW
            cut = len(data) if ended else data.rfind(b"\n") + 1 or len(data)
            yield from data[:cut].removesuffix(b"\n").split(b"\n")
            self.advance(cut)

    def line(self) -> bytes:
        """The next line with its line feed; the position stays. Its first MiB where it is longer."""
        head = self.window(1 << 20).tobytes()
        return head[: head.find(b"\n") + 1] or head


@contextmanager
def open_feed(path: PathLike) -> Iterator[ByteFeed]:
    """The file at ``path``; gzip, bzip2, xz and zstd are known by their first bytes.

    Raises:
        NotFoundError: no such file. FileError: it cannot be read. FormatError: damaged compressed data.
    """
    name = os.fspath(path)
    if not os.path.exists(name):
        raise NotFoundError(message("read vectors", "a file", f"{name}, which does not exist"))
    if os.path.isdir(name):
        raise FileError(message("read vectors", "a file", f"the folder {name}"))
    try:
        with open(name, "rb") as file:
            head = file.read(6)
            size = os.fstat(file.fileno()).st_size
            plain = size > 0 and not head.startswith(_PACKED)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if plain else None
    except OSError as error:
        raise FileError(f"[read vectors] {name}: {error.strerror}") from error
    state = ReadState()
    if mapped is not None:
        yield _behind_mark(ByteFeed(np.frombuffer(mapped, np.uint8), None, state, size))
    else:
        with open_bytes(Source(name, Path(name), "txt"), state) as stream:
            yield _behind_mark(ByteFeed(None, stream, state, size))


def _behind_mark(feed: ByteFeed) -> ByteFeed:
    """Past the byte order mark that some editors put before UTF-8; no format of vectors begins with these bytes."""
    if feed.window(len(BOM_UTF8)).tobytes() == BOM_UTF8:
        feed.advance(len(BOM_UTF8))
    return feed
