"""Compiled tokenizers on disk: the second load of a file maps memory instead of parsing.

Folder: ``TOKENSPACE_CACHE_DIR``, else the user's cache folder; ``TOKENSPACE_NO_CACHE=1`` turns it off. A file is named
by the SHA-256 of what it was made from, so it never goes stale; anything wrong with it means "build again".
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import TokenspaceError
from .files import store_bytes

__all__ = ["cache_folder", "cached", "enabled"]

# Below this parsing is as fast as opening one more file.
_MIN_BYTES = 32 << 10
_MAX_FILES = 256


def enabled() -> bool:
    """False when ``TOKENSPACE_NO_CACHE`` is set to anything but 0 or nothing."""
    return os.environ.get("TOKENSPACE_NO_CACHE", "") in ("", "0")


def cache_folder() -> Path:
    """Where compiled tokenizers are kept."""
    named = os.environ.get("TOKENSPACE_CACHE_DIR")
    if named:
        return Path(named) / "tokenizers"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("tokenspace", appauthor=False)) / "tokenizers"


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("*.tsc"), key=lambda p: p.stat().st_mtime)
    for path in files[: max(0, len(files) - _MAX_FILES)]:
        path.unlink()


def cached(core_module: Any, parts: list[bytes], options: dict[str, Any], name: str, build: Callable[[], Any]) -> Any:
    """``build()``, or what it gave for the same ``parts`` and ``options`` before."""
    if not enabled() or sum(map(len, parts)) < _MIN_BYTES:
        return build()
    digest = hashlib.sha256()
    for part in (json.dumps(options, sort_keys=True).encode(), *parts):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    key = digest.digest()
    try:
        path = cache_folder() / f"{key.hex()}.tsc"
        if path.is_file():
            return core_module.read_compiled(str(path), name)
    except (TokenspaceError, OSError, ValueError):
        # Damaged or of another version: replaced below.
        pass
    tokenizer = build()
    # A cache that cannot be written costs time, never the result.
    with suppress(TokenspaceError, OSError):
        store_bytes(path, core_module.write_compiled(tokenizer, key))
        _prune(path.parent)
    return tokenizer
