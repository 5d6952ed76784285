"""Reading and storing whole files with this package's errors."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from ..errors import FileError, FormatError, LimitError, NotFoundError, message
from ..types import PathLike

__all__ = ["gunzip", "read_bytes", "store_bytes"]

# A vocabulary of a million long tokens is below 64 MB; more is not a tokenizer.
MAX_BYTES = 1 << 30


def read_bytes(path: PathLike) -> bytes:
    """The whole file."""
    try:
        found = Path(path)
        if found.stat().st_size > MAX_BYTES:
            raise LimitError(message(f"read {path}", f"at most {MAX_BYTES} bytes", str(found.stat().st_size)))
        return found.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(message(f"read {path}", "a file", "nothing at this path")) from error
    except IsADirectoryError as error:
        raise FileError(message(f"read {path}", "a file", "a folder")) from error
    except OSError as error:
        raise FileError(message(f"read {path}", "a readable file", error.strerror or str(error))) from error


def gunzip(data: bytes, name: str) -> bytes:
    """Decompressed contents, bounded."""
    import io

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            out = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(message(f"read {name}", "gzip data", str(error))) from error
    if len(out) > MAX_BYTES:
        raise LimitError(message(f"read {name}", f"at most {MAX_BYTES} bytes decompressed", "more"))
    return out


def store_bytes(path: Path, data: bytes) -> None:
    """Writes atomically, making the folder; concurrent writers leave one complete file."""
    from ..io.writers import atomic_writer

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(message(f"write {path}", "a folder to write to", error.strerror or str(error))) from error
    with atomic_writer(path, "wb") as file:
        file.write(data)
