"""Which files hold a model's tensors: one safetensors file, or the shards of an index."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import FileError, FormatError, message
from ...io.safetensors_file import SafetensorsFile, unique_object

__all__ = ["INDEX_FILE", "SINGLE_FILE", "LocalShard", "inner_path", "read_index"]

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"


class LocalShard(SafetensorsFile):
    """A mapped file as a `Shard`."""

    def rows(self, name: str, ids: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """A copy of some rows."""
        taken: npt.NDArray[Any] = self.array(name)[ids]
        return taken


def inner_path(operation: str, name: object) -> PurePosixPath:
    """A name written in a file of a model as a path inside its folder.

    Raises:
        FormatError: it is no name, or leads out of the folder.
    """
    if isinstance(name, str) and name and "\0" not in name:
        path, windows = PurePosixPath(name), PureWindowsPath(name)
        outside = path.is_absolute() or windows.is_absolute() or windows.drive or ".." in (*path.parts, *windows.parts)
        if path.parts and not outside:
            return path
    raise FormatError(message(operation, "the name of a file in the model's folder", repr(name)[:100]))


def read_index(path: Path) -> dict[str, str]:
    """Tensor name -> shard file, as an index lists them.

    Raises:
        FormatError: no JSON, no ``weight_map``, a tensor listed twice, or a shard outside the folder. FileError: it cannot
        be read.
    """
    operation = f"load {path}"
    try:
        index = json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=unique_object)
    except OSError as error:
        raise FileError(f"[load] {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(message(operation, "an index in JSON", str(error)[:100])) from None
    homes = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(homes, dict) or not homes:
        raise FormatError(message(operation, "an object weight_map: tensor -> shard", repr(homes)[:100]))
    for shard in homes.values():
        if len(inner_path(operation, shard).parts) != 1 or not shard.endswith(".safetensors"):
            raise FormatError(message(operation, "shards beside the index (*.safetensors)", repr(shard)[:100]))
    return homes
