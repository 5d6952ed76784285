"""A file of the shelf as text."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from ...errors import FormatError, message
from ...io.expand import Source
from ...io.streams import codec_name, open_bytes
from ...io.text_encoding import marked_encoding, text_encoding
from ..faults import StudioError

__all__ = ["Errors", "encoding_of", "read_text"]

Errors = Literal["strict", "replace", "ignore"]
_PIECE = 1 << 20
_HEAD = 1 << 16


def encoding_of(path: Path) -> str:
    """The encoding of a text file by its beginning (`text_encoding`); utf-8 for what is none of those.

    Raises:
        FileError, FormatError: it cannot be read, or its compression is damaged.
    """
    with open_bytes(Source(path.name, path, "txt")) as stream:
        head = stream.read(_HEAD)
    return text_encoding(head, whole=len(head) < _HEAD) or "utf-8"


def read_text(path: Path, name: str, most: int, encoding: str | None = None, errors: Errors = "strict") -> str:
    """The whole text of a file; gzip, bzip2, xz and zstd are opened.

    Args:
        path: the file. name: what messages call it.
        most: code points at most.
        encoding: Python's name of it; None: by its beginning (`text_encoding`), else UTF-8.
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
        if codec is None:
            codec = text_encoding(piece[:_HEAD], whole=len(piece) < _HEAD)
        elif codec == "utf-8":
            codec = marked_encoding(piece)
        if codec in (None, "utf-8"):
            codec = "utf-8-sig" if piece.startswith(codecs.BOM_UTF8) else "utf-8"
        decoder = codecs.getincrementaldecoder(codec)(errors)
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
            "the file saved as UTF-8, if it is text (in Big5 or Latin-1, say)",
        )
    )
