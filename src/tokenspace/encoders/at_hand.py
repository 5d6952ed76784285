"""What is on this machine: embedded models, tiktoken's files, the hub's cache. The network is not asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ModelAtHand", "holds", "models_at_hand"]

_NAMES = {
    "tokenizer.json", "tekken.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.txt",
    "vocab.json", "qwen.tiktoken", "tiktoken.model",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelAtHand:
    """A model by its name.

    Attributes:
        name: as `from_pretrained` takes it.
        kind: "embedded", "built in" (made in code, no file), "tiktoken" or "hub cache".
        bytes: size of its files; None when they are not downloaded (tiktoken's).
        path: its file or folder; None without one.
        holds: what it is good for: "tokenizer", "weights".
    """

    name: str
    kind: str
    bytes: int | None
    path: Path | None
    holds: tuple[str, ...]


def models_at_hand() -> list[ModelAtHand]:
    """Every model that can be opened without the network, and tiktoken's that would be downloaded (``bytes`` None)."""
    return [*_embedded(), *_tiktoken(), *_hub()]


def holds(files: Iterable[Path]) -> tuple[str, ...]:
    """What the files of a folder are good for."""
    files = list(files)
    tokenizer = ("tokenizer",) if any(path.name in _NAMES for path in files) else ()
    return tokenizer + (("weights",) if any(path.suffix == ".safetensors" for path in files) else ())


def _embedded() -> list[ModelAtHand]:
    from ..tokenizers.loading import BUILTIN, EMBEDDED

    assets = Path(__file__).parent.parent / "assets"
    found = []
    for name, file in EMBEDDED.items():
        path = assets / file if file else None
        size = path.stat().st_size if path is not None and path.exists() else 0
        found.append(ModelAtHand(name, "embedded", size, path, ("tokenizer",)))
    found += [ModelAtHand(name, "built in", 0, None, ("tokenizer",)) for name in BUILTIN]
    for config in sorted(assets.glob("*/config.json")):
        files = [path for path in config.parent.iterdir() if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        found.append(ModelAtHand(f"tokenspace/{config.parent.name}", "embedded", size, config.parent, holds(files)))
    return found


def _tiktoken() -> list[ModelAtHand]:
    from ..tokenizers.tiktoken_files import cache_path
    from ..tokenizers.tiktoken_names import ENCODINGS

    found = []
    for name, encoding in ENCODINGS.items():
        places = [cache_path(url) for url, _ in encoding.files]
        here = [path for path in places if path is not None and path.is_file()]
        complete = bool(places) and len(here) == len(places)
        size = sum(path.stat().st_size for path in here) if complete else None
        found.append(ModelAtHand(name, "tiktoken", size, here[0] if complete else None, ("tokenizer",)))
    return found


def _hub() -> list[ModelAtHand]:
    """Repositories of the hub's cache that hold a tokenizer or weights, by looking at the folders themselves."""
    from huggingface_hub import constants

    found = []
    for folder in sorted(Path(constants.HF_HUB_CACHE).glob("models--*/snapshots/*")):
        files = [path for path in folder.rglob("*") if path.is_file()]
        used = [
            path for path in files if path.suffix == ".safetensors" or (path.name in _NAMES and path.parent == folder)
        ]
        if used:
            name = folder.parent.parent.name.removeprefix("models--").replace("--", "/")
            size = sum(path.stat().st_size for path in used)
            found.append(ModelAtHand(name, "hub cache", size, folder, holds(used)))
    return found
