"""`open_model`: the files of a model in a folder, in the hub's cache or on the hub."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ...errors import FileError, FormatError, NotFoundError, UnsupportedError, message
from ...hub import HubRepo, is_hub_id
from ...progress import ProgressLike
from ...types import PathLike
from .shards import INDEX_FILE, SINGLE_FILE, LocalShard, inner_path, read_index
from .snapshot import is_whole
from .weights import Shard, Weights, first_names

__all__ = ["ModelFiles", "open_model"]

_ASSETS = Path(__file__).parent.parent.parent / "assets"
_CONVERSION = (
    "a folder with model.safetensors: in Python, transformers' AutoModel.from_pretrained(...).save_pretrained(...)"
)
# Other forms of weights: how such a file is called, what it is.
_OTHER_WEIGHTS = (
    ("pytorch_model.bin", "a pickle of PyTorch"),
    ("pytorch_model.bin.index.json", "pickles of PyTorch"),
    ("pytorch_model-*.bin", "pickles of PyTorch"),
    ("*.pth", "a pickle of PyTorch"),
    ("*.pt", "a pickle of PyTorch"),
    ("*.ckpt*", "a checkpoint of TensorFlow or Lightning"),
    ("*.gguf", "GGUF"),
    ("*.onnx", "ONNX"),
    ("onnx/*.onnx", "ONNX"),
    ("tf_model.h5", "TensorFlow's HDF5"),
    ("flax_model.msgpack", "Flax's MessagePack"),
    ("openvino_model.xml", "OpenVINO"),
    ("adapter_model.*", "an adapter without its model"),
)


class ModelFiles:
    """The files of one model; made by `open_model`. Files of the hub are fetched when they are asked for.

    Attributes:
        name: as it was given: a path or a hub id.
    """

    def __init__(self, name: str, folder: Path | None, repo: HubRepo | None, inside: str = "") -> None:
        self.name = name
        self._folder = folder
        self._repo = repo
        self._inside = inside
        self._operation = f"load {name!r}" if repo is not None else f"load {name}"
        self._config: dict[str, Any] | None = None
        self._identity: str | None = None

    def __repr__(self) -> str:
        return f"ModelFiles({self.name!r})"

    @property
    def folder(self) -> Path | None:
        """The folder on this machine that was named; None for a model of the hub."""
        return self._folder

    @property
    def config(self) -> dict[str, Any]:
        """config.json.

        Raises:
            NotFoundError: there is none. FormatError: it is no JSON object.
        """
        if self._config is None:
            config = self.read_json("config.json")
            if config is None and self.path("config.json") is None:
                raise NotFoundError(message(self._operation, "config.json", f"none among {self._found()}"))
            if not isinstance(config, dict):
                raise FormatError(message(self._operation, "an object in config.json", type(config).__name__))
            self._config = config
        return self._config

    def path(self, name: str) -> Path | None:
        """Where a file is on this machine, fetched into the hub's cache if need be; None: the model has no such file.

        Args:
            name: its path inside the model's folder, with ``/``.

        Raises:
            FormatError: a name that leads out of the folder. NotFoundError: the hub is out of reach and the cache knows
            nothing of the model.
        """
        inner = inner_path(self._operation, name)
        if self._repo is not None:
            return self._repo.get(str(Path(self._inside, inner).as_posix()))
        assert self._folder is not None
        found = self._folder / inner
        return found if found.is_file() else None

    def read_json(self, name: str) -> Any:
        """What a JSON file holds; None when there is no such file.

        Raises:
            FormatError: it is no JSON. FileError: it cannot be read.
        """
        path = self.path(name)
        if path is None:
            return None
        try:
            return json.loads(path.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            raise FileError(f"[load] {path}: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise FormatError(message(f"load {path}", "JSON", str(error)[:100])) from None

    def part(self, folder: str) -> ModelFiles:
        """The files of a folder inside this one ("1_Pooling"); "" and "." are the model itself."""
        if folder in ("", "."):
            return self
        inner = str(inner_path(self._operation, folder))
        if self._repo is not None:
            return ModelFiles(f"{self.name}/{inner}", None, self._repo, str(Path(self._inside, inner).as_posix()))
        assert self._folder is not None
        return ModelFiles(os.path.join(self.name, inner), self._folder / inner, None)

    def main_part(self) -> ModelFiles:
        """The files of the model itself: these, or those of the first module where an old sentence-transformers folder keeps
        them apart ("0_Transformer")."""
        if self.path("config.json") is not None:
            return self
        modules = self.read_json("modules.json")
        first = modules[0] if isinstance(modules, list) and modules else None
        folder = first.get("path") if isinstance(first, dict) else None
        return self.part(folder) if isinstance(folder, str) else self

    def weights(self, *, ranges: bool = False, progress: ProgressLike = None) -> Weights:
        """The tensors: of model.safetensors if there is one, else of the shards model.safetensors.index.json lists, else
        of the only safetensors file of the folder.

        Args:
            ranges: of files on the hub that are not in its cache only the bytes that are asked for are fetched, and a
                shard is opened when one of its tensors is. Otherwise files are fetched whole, and all shards are compared
                with the index at once.
            progress: of fetching a whole tensor in a range.

        Raises:
            NotFoundError: no weights, or a missing shard. UnsupportedError: weights in another form (PyTorch's pickles,
            GGUF, ONNX), with what to do. FormatError: a damaged file or index; TruncatedFileError: a file that was cut off.
        """
        if ranges and self._repo is not None:
            return self._ranged_weights(self._repo, progress)
        single = self._single_file()
        if single is not None:
            shard = LocalShard(single)
            return Weights(f"load {single}", dict.fromkeys(shard.tensors, single.name), lambda _: shard)
        index = self.path(INDEX_FILE)
        if index is None:
            raise self._no_weights()
        weights = Weights(f"load {index}", read_index(index), lambda name: LocalShard(self._shard(name)))
        weights.check()
        return weights

    def _ranged_weights(self, repo: HubRepo, progress: ProgressLike) -> Weights:
        from .remote_shard import open_ranged

        inside = f"{self._inside}/" if self._inside else ""
        self.path("config.json")  # decides about the commit
        shard = open_ranged(repo, inside + SINGLE_FILE, progress)
        if shard is not None:
            single = shard
            return Weights(self._operation, dict.fromkeys(single.tensors, SINGLE_FILE), lambda _: single)
        index = self.path(INDEX_FILE)
        if index is None:
            raise self._no_weights()

        def opened(name: str) -> Shard:
            found = open_ranged(repo, inside + name, progress)
            if found is None:
                raise self._missing_shard(name)
            return found

        return Weights(self._operation, read_index(index), opened)

    def weight_files(self) -> list[Path]:
        """The files `weights` reads, fetched if need be; an empty list where there are none it could read."""
        single = self._single_file()
        if single is not None:
            return [single]
        index = self.path(INDEX_FILE)
        return [] if index is None else [self._shard(name) for name in sorted(set(read_index(index).values()))]

    @property
    def identity(self) -> str:
        """A digest (SHA-256, hexadecimal) that changes when the weights, the tokenizer, the pooling or the prompts do, and
        is the same for a copy of the files. Weights outside the hub's cache are read for it, once."""
        if self._identity is None:
            from .identity import identity

            self._identity = identity(self)
        return self._identity

    def _single_file(self) -> Path | None:
        single = self.path(SINGLE_FILE)
        if single is None and self._folder is not None and not (self._folder / INDEX_FILE).exists():
            others = [path for path in self._folder.glob("*.safetensors") if not path.name.startswith("adapter_model")]
            single = others[0] if len(others) == 1 else None
        return single

    def _shard(self, name: str) -> Path:
        path = self.path(name)
        if path is None:
            raise self._missing_shard(name)
        return path

    def _missing_shard(self, name: str) -> NotFoundError:
        expected = f"the shard {name} that the index lists"
        return NotFoundError(message(self._operation, expected, "no such file", "another download of it"))

    def _found(self) -> str:
        """The files that are here, for a message."""
        if self._folder is None:
            return "the files of the repository"
        names = sorted(path.name + "/" * path.is_dir() for path in self._folder.iterdir())
        return first_names(names) or "an empty folder"

    def _no_weights(self) -> NotFoundError | UnsupportedError:
        expected = f"{SINGLE_FILE}, or {INDEX_FILE} with its shards"
        for pattern, what in _OTHER_WEIGHTS:
            found = self._first_of(pattern)
            if found is not None:
                return UnsupportedError(message(self._operation, expected, f"only {found}, {what}", _CONVERSION))
        return NotFoundError(message(self._operation, expected, self._found()))

    def _first_of(self, pattern: str) -> str | None:
        if self._folder is not None:
            found = sorted(path.relative_to(self._folder).as_posix() for path in self._folder.glob(pattern))
            return found[0] if found else None
        assert self._repo is not None
        if "*" in pattern:
            return None
        name = str(Path(self._inside, pattern).as_posix())
        return pattern if self._repo.exists(name) else None


def open_model(
    model: PathLike,
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: PathLike | None = None,
    local_files_only: bool | None = None,
) -> ModelFiles:
    """The files of a model, without loading it.

    Args:
        model: a folder with config.json and safetensors files, a hub id, or the name of an embedded model
            ("tokenspace/..."). A folder of that name comes first.
        revision: branch, tag or commit on the hub.
        token: the hub's token; None: that of the environment, False: none.
        cache_dir: the hub's cache; None: where HF_HUB_CACHE says.
        local_files_only: True never asks the network; False asks for the newest commit; None (default) takes files from
            the cache when they are there, asks for nothing when the cache holds the model whole (`snapshot.is_whole`),
            and HF_HUB_OFFLINE is honoured.

    Raises:
        NotFoundError: nothing by this name. FileError: a file where a folder is needed.
    """
    name = os.fspath(model)
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return ModelFiles(name, folder, None)
    if name and folder.is_file():
        holds = (folder.parent / "config.json").is_file()
        remedy = str(folder.parent) if holds else "a folder with config.json and weights"
        raise FileError(message(f"load {name}", "the folder of a model", "a file", remedy))
    if not isinstance(model, str) or name.startswith((".", "/", "~", "\\")) or not is_hub_id(name):
        raise NotFoundError(message(f"load {name}", "the folder of a model or a hub id", "nothing by this name"))
    if name.startswith("tokenspace/"):
        embedded = _ASSETS / name.removeprefix("tokenspace/")
        if not (embedded / "config.json").is_file():
            known = sorted(f"tokenspace/{path.parent.name}" for path in _ASSETS.glob("*/config.json"))
            received = f"another name; embedded are {first_names(known) or 'none'}"
            raise NotFoundError(message(f"load {name!r}", "an embedded model", received))
        return ModelFiles(name, embedded, None)
    repo = HubRepo(name, revision, token, cache_dir, local_files_only)
    if local_files_only is None and is_whole(repo):
        repo.settle()
    return ModelFiles(name, None, repo)
