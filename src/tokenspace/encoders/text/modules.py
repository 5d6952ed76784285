"""modules.json of a sentence-transformers folder: which modules, in which order, with which settings.

Read after sentence-transformers 6.2; the names and files of every version since 0.4 are known to it, and what is not
known is refused by name, for a module left out would give other vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import FormatError, UnsupportedError, message

if TYPE_CHECKING:
    from ..model_files import ModelFiles

__all__ = ["Module", "read_modules", "settings_of"]

KNOWN = ("Transformer", "StaticEmbedding", "Pooling", "Dense", "LayerNorm", "Normalize", "Dropout")
_SETTINGS = {
    "Transformer": (
        "sentence_bert_config.json",
        "sentence_roberta_config.json",
        "sentence_distilbert_config.json",
        "sentence_camembert_config.json",
        "sentence_albert_config.json",
        "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ),
    "StaticEmbedding": (),
}


@dataclass(frozen=True)
class Module:
    """One module: its class, its folder inside the model's, what its settings file says, and that file's name."""

    kind: str
    path: str
    settings: dict[str, Any]
    file: str


def read_modules(files: ModelFiles) -> list[Module] | None:
    """The modules in the order they run; None for a model without modules.json.

    Raises:
        FormatError: modules.json of another form. UnsupportedError: a module that is not one of `KNOWN`.
    """
    entries = files.read_json("modules.json")
    if entries is None:
        return None
    what = f"load {files.name}"
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise FormatError(message(what, "a list of objects in modules.json", type(entries).__name__))
    return [_module(files, entry, what) for entry in entries]


def _module(files: ModelFiles, entry: dict[str, Any], what: str) -> Module:
    reference, path = entry.get("type"), entry.get("path", "")
    if not isinstance(reference, str) or not isinstance(path, str):
        raise FormatError(message(what, "a type and a path in modules.json", f"{reference!r} and {path!r}"))
    kind = reference.rpartition(".")[2]
    if kind not in KNOWN or not reference.startswith("sentence_transformers."):
        raise UnsupportedError(
            message(
                what, f"modules among {', '.join(KNOWN)} of sentence_transformers", f"{reference!r} in modules.json"
            )
        )
    settings, file = settings_of(files.part(path), _SETTINGS.get(kind, ("config.json",)))
    return Module(kind, path, settings, file)


def settings_of(part: ModelFiles, names: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """(what the first of these files says that says anything, its name); ({}, "") without one."""
    for name in names:
        settings = part.read_json(name)
        if settings is not None and not isinstance(settings, dict):
            raise FormatError(message(f"load {part.name}", f"an object in {name}", type(settings).__name__))
        if settings:
            return settings, name
    return {}, ""
