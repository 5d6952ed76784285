"""Writing a folder: it appears complete or not at all, and a full disk leaves nothing behind."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import FileError
from .writers import disk_full

UNFINISHED = ".tmp"


def sync(path: str | os.PathLike[str]) -> None:
    """Has the operating system write a file, or a folder's list of names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_tree(folder: Path) -> None:
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(root, name))
        sync(root)


def _move_into(folder: Path, target: Path) -> None:
    """Every file takes its place whole; files of ``target`` with other names stay."""
    for root, _, names in os.walk(folder):
        place = target / Path(root).relative_to(folder)
        place.mkdir(exist_ok=True)
        for name in sorted(names):
            os.replace(Path(root, name), place / name)
        sync(place)
    shutil.rmtree(folder)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A new folder to write into, whose contents are at ``path`` when the block ends without an exception.

    It lies beside ``path`` under a hidden name; its files are on the disk (fsync) before it is renamed. A folder that
    is already at ``path`` keeps its other files, and each file of the same name is replaced whole. After an exception
    nothing of the new folder is left. Missing parents are made.

    Raises:
        FileError: ``path`` is a file, its parent cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_dir():
        raise FileError(f"[write] {path}: expected a folder, received a file")
    temporary = target.parent / f".{target.name[:40]}.{secrets.token_hex(4)}{UNFINISHED}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
    except OSError as error:
        raise FileError(f"[write] {path}: {error.strerror}") from error
    try:
        yield temporary
        _sync_tree(temporary)
        if target.exists():
            _move_into(temporary, target)
        else:
            temporary.rename(target)
        sync(target.parent)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        full = disk_full(path, error)
        if full is not None:
            raise full from error
        raise
