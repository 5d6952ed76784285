"""Results of the finished stages of a long computation, so that it can go on where it was killed.

Layout of the folder: ``fingerprint.json`` (the settings), and for each stage ``NAME.NNNNNN/`` with its files and
``stage.json`` (their sizes and hashes, and the caller's own values). A stage is written under a hidden name and renamed
when it is on the disk, then its older version is removed: a kill at any moment leaves the one or the other.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, CheckpointError, FileError
from .atomic_folder import UNFINISHED, atomic_folder
from .writers import atomic_writer

_SETTINGS = "fingerprint.json"
_STAGE = "stage.json"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OURS = re.compile(rf"[A-Za-z0-9_-]{{1,64}}\.[0-9]{{6,}}|\..*{re.escape(UNFINISHED)}")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SavedStage:
    """A finished stage: the values and the files it was saved with."""

    meta: dict[str, Any]
    files: dict[str, Path]


class Checkpoint:
    """Saved stages of one computation, told from others by its settings.

    Args:
        folder: made by the first `save`.
        fingerprint: settings as JSON values: options, identity of the corpus. The version of this package is added.

    Raises:
        CheckpointError: the folder holds stages made with other settings; the message says which. ArgumentError: a
        value that is not JSON.
    """

    def __init__(self, folder: str | os.PathLike[str], fingerprint: Mapping[str, Any]) -> None:
        from .. import __version__

        self.folder = Path(folder)
        text = _json({"tokenspace": __version__, **fingerprint}, "settings")
        self._settings = text
        self._digest = hashlib.sha256(text.encode()).hexdigest()
        self._compare()

    def _compare(self) -> None:
        try:
            stored = json.loads((self.folder / _SETTINGS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise CheckpointError(
                f"[resume] {self.folder}: expected the settings of a checkpoint, received {error}; "
                "try another folder, or delete this one to begin anew"
            ) from error
        differing = list(_differences(stored, json.loads(self._settings), ""))
        if differing:
            more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
            raise CheckpointError(
                f"[resume] {self.folder}: expected the settings the checkpoint was made with, received "
                f"{'; '.join(differing[:3])}{more}; try another folder, or delete this one to begin anew"
            )

    def _versions(self, stage: str) -> list[tuple[int, Path]]:
        """(number, folder) of what is stored of a stage, newest first."""
        if not _NAME.fullmatch(stage):
            raise ArgumentError(f"[resume] expected a stage named by letters, digits, - and _, received {stage!r}")
        found = []
        for path in self.folder.glob(f"{stage}.*"):
            number = path.name.removeprefix(f"{stage}.")
            if number.isdecimal():
                found.append((int(number), path))
        return sorted(found, reverse=True)

    def save(
        self,
        stage: str,
        files: Mapping[str, bytes | os.PathLike[str]] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        """Store a stage in place of what was stored of it before; it is on the disk when this returns.

        Args:
            stage: its name: letters, digits, ``-`` and ``_``.
            files: name -> contents, or a path whose contents are copied.
            meta: values of the caller's own, as JSON.

        Raises:
            FileError: the folder cannot be written, or the disk is full. ArgumentError: a name that is no file name,
            or ``meta`` that is not JSON.
        """
        older = self._versions(stage)
        values = _json(dict(meta or {}), "meta")
        if not (self.folder / _SETTINGS).exists():
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise FileError(f"[resume] {self.folder}: {error.strerror}") from error
            with atomic_writer(self.folder / _SETTINGS) as file:
                file.write(self._settings)
        for left in self.folder.glob(f".{stage}.*{UNFINISHED}"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        number = older[0][0] + 1 if older else 1
        with atomic_folder(self.folder / f"{stage}.{number:06}") as made:
            stored = {}
            for name, contents in (files or {}).items():
                if name == _STAGE or name != os.path.basename(name) or name in ("", ".", ".."):
                    raise ArgumentError(f"[resume] expected a file name, received {name!r}")
                stored[name] = _store(made / name, contents)
            described = {"settings": self._digest, "meta": json.loads(values), "files": stored}
            (made / _STAGE).write_text(json.dumps(described), encoding="utf-8")
        for _, path in older:
            shutil.rmtree(path, ignore_errors=True)

    def load(self, stage: str) -> SavedStage | None:
        """The stage as it was saved last, its files checked against their hashes; None when there is none."""
        for _, path in self._versions(stage):
            saved = self._read(path)
            if saved is not None:
                return saved
        return None

    def _read(self, path: Path) -> SavedStage | None:
        """None for a stage that is damaged or of other settings: it is then computed again."""
        try:
            values = json.loads((path / _STAGE).read_text(encoding="utf-8"))
            if values["settings"] != self._digest:
                return None
            for name, stored in values["files"].items():
                file = path / name
                if file.stat().st_size != stored["bytes"] or _hash(file) != stored["sha256"]:
                    return None
            return SavedStage(values["meta"], {name: path / name for name in values["files"]})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def clear(self) -> None:
        """Remove all stages and the settings; other files in the folder stay, and so does the folder with them."""
        remove_checkpoint(self.folder)


def remove_checkpoint(folder: Path) -> None:
    """Remove the stages and settings in a folder, whatever they were made with; see `Checkpoint.clear`."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and _OURS.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
    (folder / _SETTINGS).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _json(values: Any, what: str) -> str:
    try:
        return json.dumps(values, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"[resume] expected {what} as JSON values, received: {error}") from None


def _store(path: Path, contents: bytes | os.PathLike[str]) -> dict[str, Any]:
    digest = hashlib.sha256()
    size = 0
    with open(path, "wb") as target:
        if isinstance(contents, (bytes, bytearray, memoryview)):
            target.write(contents)
            digest.update(contents)
            size = len(contents)
        else:
            with open(contents, "rb") as source:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _differences(stored: Any, given: Any, name: str) -> Iterator[str]:
    """``vocab_size=32000 instead of 16000`` for each leaf that differs."""
    if isinstance(stored, dict) and isinstance(given, dict):
        for key in sorted(stored.keys() | given.keys()):
            yield from _differences(stored.get(key), given.get(key), f"{name}.{key}" if name else key)
    elif isinstance(stored, list) and isinstance(given, list) and len(stored) == len(given):
        for index, (old, new) in enumerate(zip(stored, given, strict=True)):
            yield from _differences(old, new, f"{name}[{index}]")
    elif stored != given:
        yield f"{name}={_short(given)} instead of {_short(stored)}"


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} items"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:80] + "…"
