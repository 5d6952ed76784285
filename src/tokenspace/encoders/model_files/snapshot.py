"""Whether the hub's cache holds a model whole, so that files it lacks need not be asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...errors import TokenspaceError
from ...hub import HubRepo
from ...tokenizers.loading import TOKENIZER_FILES
from .shards import INDEX_FILE, SINGLE_FILE, read_index

__all__ = ["is_whole"]

# Modules of sentence-transformers that cannot be without files.
_WITH_FILES = ("Pooling", "Dense", "LayerNorm", "WordWeights", "CNN", "LSTM")


def is_whole(repo: HubRepo) -> bool:
    """True when the snapshot has a configuration, all weights, a tokenizer and the folders of the modules, and what else the
    model may have (modules.json above all) was not left out by a program that fetched single files.

    The network is not asked. False where that cannot be told: missing files are then asked for one by one.
    """
    folder = repo.snapshot()
    if folder is None or not (repo.knows("modules.json") or not repo.asked_singly()):
        return False
    modules = _modules(folder)
    if modules is None:
        return False
    first = modules[0].get("path") if modules else None
    main = folder / first if isinstance(first, str) and not (folder / "config.json").is_file() else folder
    return (
        (bool(modules) or (main / "config.json").is_file())
        and _has_weights(main)
        and any(all((main / name).is_file() for name in names) for names in TOKENIZER_FILES)
        and all((folder / str(module.get("path", ""))).is_dir() for module in modules if _has_files(module))
    )


def _modules(folder: Path) -> list[dict[str, Any]] | None:
    """What modules.json lists; [] without one, None when it is of another form."""
    try:
        listed = json.loads((folder / "modules.json").read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(listed, list) or not all(isinstance(module, dict) for module in listed):
        return None
    return listed or None


def _has_files(module: dict[str, Any]) -> bool:
    return str(module.get("type", "")).rpartition(".")[2] in _WITH_FILES


def _has_weights(folder: Path) -> bool:
    if (folder / SINGLE_FILE).is_file():
        return True
    if not (folder / INDEX_FILE).is_file():
        return False
    try:
        return all((folder / name).is_file() for name in set(read_index(folder / INDEX_FILE).values()))
    except TokenspaceError:
        return False
