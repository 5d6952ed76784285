"""What a file looks like, by its content."""

from __future__ import annotations

import gzip
import zlib
from codecs import getincrementaldecoder
from contextlib import suppress
from pathlib import Path
from typing import Literal

from ...errors import TokenspaceError
from ...io.expand import format_of

__all__ = ["FileKind", "kind_of"]

FileKind = Literal["text", "tokenizer", "vectors", "model", "sessions", "other"]
_HEAD = 1 << 16


def kind_of(path: Path, name: str) -> FileKind:
    """The kind of a file; "other" for what cannot be read."""
    with suppress(OSError):
        with open(path, "rb") as file:
            head = file.read(_HEAD)
        if head.startswith(b"\x1f\x8b"):
            head = _unzipped(head)
        return _of_head(head, path, name)
    return "other"


def _unzipped(head: bytes) -> bytes:
    with suppress(zlib.error, OSError):
        return zlib.decompressobj(gzip.zlib.MAX_WBITS | 16).decompress(head, _HEAD)  # type: ignore[attr-defined]
    return b""


def _of_head(head: bytes, path: Path, name: str) -> FileKind:
    from ...tokenizers.formats import detect
    from ...vectors.formats.open import recognise

    if name == "config.json" and b'"model_type"' in head and any(path.parent.glob("*.safetensors")):
        return "model"  # the file that stands for the folder of a model
    with suppress(TokenspaceError):
        if detect(head, name) not in ("vocab.txt", "vocab.json") or name.startswith("vocab"):
            return "tokenizer"
    with suppress(TokenspaceError, OSError):
        recognise(path)
        return "vectors"
    known = format_of(name)
    if known in ("csv", "tsv", "jsonl", "json", "parquet") and b"session" in head[:4096].lower():
        return "sessions"
    if known == "parquet":
        return "text"
    if b"\0" not in head:
        with suppress(UnicodeDecodeError):
            # A character may be cut at the end of what was looked at.
            getincrementaldecoder("utf-8")().decode(head, final=len(head) < _HEAD)
            return "text"
    return "other"
