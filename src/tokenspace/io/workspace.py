"""A temporary folder for the sorted runs and other large intermediate files of a long computation.

It vanishes with success, error, Ctrl-C and the end of the interpreter. A process that was killed leaves its folder
behind; the next one that starts in the same place removes it. Whether its owner lives is told by a lock, which the
operating system gives up with the process: process numbers are reused, and differ between containers.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path
from types import TracebackType

from ..errors import FileError, LimitError
from ..progress import human_number

_PREFIX = "tokenspace-work-"
_BEGINNING = ".tokenspace-begin-"  # not locked yet, so not to be taken for abandoned
_LOCK = "owner"
RESERVE = 64 << 20


class Workspace:
    """A folder of its own under ``temp_dir``; a context manager.

    Args:
        temp_dir: an existing folder with room; None: the platform's (``TMPDIR``).
        need: bytes that must be free to begin; see `require`.

    Attributes:
        path: the folder.

    Raises:
        FileError: ``temp_dir`` is no folder or cannot be written. LimitError: too little room.

    Example:
        >>> with Workspace() as work:
        ...     _ = (work.path / "run-0").write_bytes(b"")
    """

    def __init__(self, temp_dir: str | os.PathLike[str] | None = None, need: int = 0) -> None:
        # Absolute: it must still be found when the working directory has changed.
        self.base = Path(os.path.abspath(tempfile.gettempdir() if temp_dir is None else temp_dir))
        if not self.base.is_dir():
            found = "a file" if self.base.exists() else "nothing there"
            raise FileError(
                f"[train] {self.base}: expected a folder for temporary files, received {found}; try temp_dir="
            )
        _remove_abandoned(self.base)
        self.require(need)
        try:
            self.path, lock = _begin(self.base)
        except OSError as error:
            raise FileError(
                f"[train] {self.base}: expected a folder that can be written, received {error.strerror}; try temp_dir="
            ) from error
        # Runs at the end of the interpreter too.
        self._removal = weakref.finalize(self, _remove, str(self.path), lock, os.getpid())

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and all in it; more than once does nothing."""
        self._removal()

    def require(self, need: int = 0) -> None:
        """Check before and while writing that ``need`` bytes and a reserve of 64 MB are free.

        Fits ``watch=`` of `tokenspace.long_call.run_interruptible`.

        Raises:
            LimitError: they are not; the message names the folder, what is needed and what is free.
        """
        free = shutil.disk_usage(self.base).free
        if free < need + RESERVE:
            raise LimitError(
                f"[train] {self.base}: expected {human_number(need + RESERVE)} bytes free for temporary files, "
                f"received {human_number(free)}; try temp_dir= on another disk, or a larger memory budget"
            )


def _begin(base: Path) -> tuple[Path, int]:
    """(a new folder, the handle that holds its lock)."""
    import fcntl

    made = Path(tempfile.mkdtemp(prefix=_BEGINNING, dir=base))
    lock = os.open(made / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(lock, f"{os.getpid()}\n".encode())  # for whoever looks
        path = made.with_name(_PREFIX + made.name.removeprefix(_BEGINNING))
        made.rename(path)
    except BaseException:
        os.close(lock)
        shutil.rmtree(made, ignore_errors=True)
        raise
    return path, lock


def _remove(path: str, lock: int, owner: int) -> None:
    if os.getpid() != owner:  # a fork of the owner ends: the folder is not its own
        return
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)


def _is_abandoned(folder: os.DirEntry[str]) -> bool:
    import fcntl

    found = folder.stat(follow_symlinks=False)
    if found.st_uid != os.getuid() or not folder.is_dir(follow_symlinks=False):
        return False
    if folder.name.startswith(_BEGINNING):
        return time.time() - found.st_mtime > 3600
    try:
        lock = os.open(Path(folder.path, _LOCK), os.O_RDWR)
    except FileNotFoundError:
        return True  # killed while removing it
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(lock)
    return True


def _remove_abandoned(base: Path) -> None:
    try:
        entries = [entry for entry in os.scandir(base) if entry.name.startswith((_PREFIX, _BEGINNING))]
    except OSError:  # a folder whose names may not be listed
        return
    for entry in entries:
        try:
            if _is_abandoned(entry):
                shutil.rmtree(entry.path, ignore_errors=True)
        except OSError:  # locked by its owner, or gone meanwhile
            continue
