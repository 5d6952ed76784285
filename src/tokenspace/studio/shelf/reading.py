"""A file of the shelf as text."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from ...errors import FormatError, message
from ...io.expand import Source
from ...io.streams import codec_name, open_bytes
from ..faults import StudioError

__all__ = ["Errors", "marked_encoding", "read_text"]

Errors = Literal["strict", "replace", "ignore"]
_PIECE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(path: Path) -> str:
    """The encoding that the byte order mark of a file says; utf-8 without one.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(4)
    return next((codec for mark, codec in _MARKS[1:] if head.startswith(mark)), "utf-8")


def read_text(path: Path, name: str, most: int, encoding: str | None = None, errors: Errors = "strict") -> str:
    """The whole text of a file; gzip, bzip2, xz and zstd are opened.

    Args:
        path: the file. name: what messages call it.
        most: code points at most.
        encoding: Python's name of it; None takes that of the byte order mark, and UTF-8 without one.
        errors: what happens to bytes that are not text.

    Raises:
        StudioError: 413, longer than ``most``. FormatError: bytes that are not text, with their place. ArgumentError: no such
        encoding. FileError: it cannot be read.
    """
    codec = None if encoding is None else codec_name(encoding)
    parts: list[str] = []
    length = offset = 0
    with open_bytes(Source(name, path, "txt")) as stream:
        piece = stream.read(_PIECE)
        if codec in (None, "utf-8"):
            codec = next((found for mark, found in _MARKS if piece.startswith(mark)), codec or "utf-8")
        decoder = codecs.getincrementaldecoder(codec or "utf-8")(errors)
        while True:
            last = not piece
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=last)
            except UnicodeDecodeError as error:
                raise _no_text(name, error, offset - held) from None
            length += len(text)
            if length > most:
                raise StudioError(
                    413, f"[file] {name}: expected at most {most:,} characters, received more; try a part"
                )
            parts.append(text)
            if last:
                return "".join(parts)
            offset += len(piece)
            piece = stream.read(_PIECE)


def _no_text(name: str, error: UnicodeDecodeError, before: int) -> FormatError:
    seen = error.object[error.start : error.start + 4].hex(" ")
    return FormatError(
        message(
            f"read {name}",
            f"text in {error.encoding.removesuffix('-sig')}",
            f"bytes {seen} at byte {before + error.start:,}",
            "the file saved as UTF-8, if it is text (in GB18030 or Latin-1, say)",
        )
    )
