"""Writing: a file is either the old one or the complete new one, never half of it."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ..errors import FileError


@contextmanager
def atomic_writer(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO[Any]]:
    """A file object whose contents appear under ``path`` when the block ends without an exception.

    Writes to a temporary file in the same folder, then fsync and rename. A symbolic link is followed, so the link stays;
    an existing file keeps its permissions. ``path`` ending in ``.gz`` is compressed. Pipes and devices are written directly.

    Args:
        path: where to write.
        mode: ``"w"`` for UTF-8 text with ``\\n`` line ends, ``"wb"`` for bytes.

    Raises:
        FileError: the folder does not exist or is not writable, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    text = {"encoding": "utf-8", "newline": ""} if "b" not in mode else {}
    try:
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise FileError(f"[write] {path}: expected a file, received a folder")
            with open(target, mode, **text) as direct:  # type: ignore[call-overload]
                yield direct
            return
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"[write] {path}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as raw:
            if target.suffix == ".gz":
                import gzip

                with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
                    yield from _wrapped(packed, text)
            else:
                yield from _wrapped(raw, text)
            raw.flush()
            os.fsync(raw.fileno())
        os.chmod(temporary, _mode_for(target))
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        full = disk_full(path, error)
        if full is not None:
            raise full from error
        raise


def disk_full(path: str | os.PathLike[str], error: BaseException) -> FileError | None:
    """The error to raise in place of ``error`` when it says that there is no room left (or no quota)."""
    if not isinstance(error, OSError) or error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    return FileError(
        f"[write] {path}: expected room on the disk, received {error.strerror}; try another disk, or free some"
    )


def _wrapped(raw: Any, text: dict[str, str]) -> Iterator[IO[Any]]:
    if not text:
        yield raw
        return
    import io

    wrapper = io.TextIOWrapper(raw, **text)  # type: ignore[arg-type]
    yield wrapper
    wrapper.flush()
    wrapper.detach()  # the caller closes the raw file after fsync


def _mode_for(target: Path) -> int:
    """Permissions of the existing file, else what a plain open() would have given (mkstemp gives 0600)."""
    try:
        return target.stat().st_mode & 0o7777
    except OSError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
