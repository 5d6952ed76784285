"""Fetching a model into the cache, to use it offline later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import NotFoundError, message
from ..hub import HubRepo
from ..hub_progress import downloads_told
from ..progress import ProgressLike

__all__ = ["Pulled", "pull"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What is in the cache now: ``entries`` of the tokenizer, bytes of the ``weights`` (None: not fetched)."""

    name: str
    entries: int
    weights: int | None


def pull(
    name: str, *, revision: str | None = None, weights: bool | None = None, progress: ProgressLike = None
) -> Pulled:
    """Download a tokenizer, and of text encoders the weights and what says how they are used.

    Args:
        name: a hub id, or the name of one of tiktoken's encodings; never a path.
        revision: branch, tag or commit.
        weights: True fetches config.json and safetensors of any model, False of none; None of text encoders, which have a
            modules.json.
        progress: see `tokenspace.progress`; each file is a stage, counted in bytes. Raise in it to stop.

    Raises:
        NotFoundError: no such repository or revision, or the hub is out of reach.
    """
    from ..tokenizers.loading import load_hub, load_tiktoken
    from ..tokenizers.tiktoken_names import ENCODINGS
    from ..tokenizers.tokenizer import Tokenizer

    with downloads_told(progress):
        if name in ENCODINGS:
            load_tiktoken(name)
            return Pulled(name, len(Tokenizer.from_pretrained(name, local_files_only=True)), None)
        load_hub(name, revision, None, None, None)
        # By its place: the name may be that of a folder here.
        folder = HubRepo(name, revision, local_files_only=True).snapshot()
        if folder is None:
            raise NotFoundError(message(f"pull {name!r}", "the repository in the cache", "nothing"))
        entries = len(Tokenizer.from_pretrained(folder))
        without = weights is False or Path(name).exists()  # a folder of that name would be opened instead
        return Pulled(name, entries, None if without else _pull_weights(name, revision, bool(weights)))


def _pull_weights(name: str, revision: str | None, wanted: bool) -> int | None:
    """Fetch the weights of a repository, its modules and their settings.

    Returns:
        Bytes of the weights; None where the repository is no text encoder and weights were not ``wanted``.
    """
    from .model_files import open_model
    from .text.recipe import read_recipe

    files = open_model(name, revision=revision)
    if not wanted and files.path("modules.json") is None:
        return None
    main = files.main_part()  # looks at, and so fetches, config.json; `read_recipe` does so with the modules
    read_recipe(files)
    folders = [""] + [str(entry.get("path") or "") for entry in files.read_json("modules.json") or []]
    main.weights()
    _ = files.identity  # is made of whatever decides about the vectors, so that all of it is here now
    paths = {path for folder in folders for path in files.part(folder).weight_files()}
    return sum(path.stat().st_size for path in paths)
