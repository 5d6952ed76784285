"""A digest by which two models that give different vectors are told apart."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FileError

if TYPE_CHECKING:
    from .files import ModelFiles

__all__ = ["identity"]

# What decides about the vectors besides the weights: sizes, modules and pooling, prompts and lengths, the tokenizer.
_FILES = (
    "config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "tokenizer.json",
    "tokenizer_config.json", "vocab.txt", "tokenizer.model", "sentencepiece.bpe.model", "spiece.model", "vocab.json",
    "merges.txt",
)  # fmt: skip
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20


def _file_digest(path: Path) -> str:
    """SHA-256 of a file. The hub's cache keeps large files under their SHA-256, so those need not be read."""
    target = path.resolve()
    if _SHA256.fullmatch(target.name) and target.parent.name == "blobs":
        return target.name
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise FileError(f"[identity] {path}: {error.strerror}") from error
    return digest.hexdigest()


def _module_folders(modules: Any) -> list[str]:
    """The folders modules.json names; anything else in it is not looked at here."""
    entries = modules if isinstance(modules, list) else []
    paths = [entry.get("path") for entry in entries if isinstance(entry, dict)]
    return [path for path in paths if isinstance(path, str) and path]


def identity(files: ModelFiles) -> str:
    """Hexadecimal SHA-256 over the names and digests of the files that decide about the vectors."""
    found: dict[str, Path] = {}
    for folder in ("", *_module_folders(files.read_json("modules.json"))):
        part = files.part(folder)
        named = {name: part.path(name) for name in (_FILES if not folder else ("config.json",))}
        paths = [*(path for path in named.values() if path is not None), *part.weight_files()]
        found |= {f"{folder}/{path.name}": path for path in paths}
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(f"{name}\0{_file_digest(found[name])}\n".encode())
    return digest.hexdigest()
