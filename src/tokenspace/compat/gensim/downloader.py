"""``gensim.downloader``: published vectors by name. Its text corpora are not here."""

from __future__ import annotations

from typing import Any

from ...errors import ArgumentError, message
from ...progress import ProgressLike
from ...vectors.formats.registry import Pretrained, fetch, find, folders, pretrained

__all__ = ["info", "load"]


def __getattr__(name: str) -> Any:
    if name in ("base_dir", "BASE_DIR"):
        return str(folders()[0])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _facts(entry: Pretrained) -> dict[str, Any]:
    return {
        "num_records": entry.rows,
        "file_size": entry.size,
        "base_dataset": entry.source,
        "license": entry.licence,
        "parameters": {"dimension": entry.columns},
        "checksum": entry.md5,
        "file_name": entry.file,
        "parts": 1,
        "url": entry.url,
    }


def _entry(name: str, operation: str) -> Pretrained:
    entry = find(name)
    if entry is None:
        known = ", ".join(one.name for one in pretrained())
        raise ArgumentError(message(operation, f"one of {known}", repr(name)))
    return entry


def info(name: str | None = None, show_only_latest: bool = True, name_only: bool = False) -> dict[str, Any]:
    """What is known of one name, or of all: {"corpora": {}, "models": {name: facts}}, with ``name_only`` lists of names.

    Raises:
        ArgumentError: (a ValueError) an unknown name.
    """
    if name is not None:
        return _facts(_entry(name, "info"))
    models = {entry.name: _facts(entry) for entry in pretrained()}
    return {"corpora": [], "models": list(models)} if name_only else {"corpora": {}, "models": models}


def load(name: str, return_path: bool = False, *, progress: ProgressLike = "auto", **options: Any) -> Any:
    """The vectors of a published name as `KeyedVectors`, or the path of their file; downloaded and verified when needed.

    Raises:
        ArgumentError: (a ValueError) an unknown name. Errors of `KeyedVectors.from_pretrained`.
    """
    entry = _entry(name, "load")
    if return_path:
        return str(fetch(entry, progress=progress, **options))
    from ...vectors.keyed_vectors import KeyedVectors

    return KeyedVectors.from_pretrained(entry, progress=progress, **options)
