"""Small model folders made from random numbers, in the layouts that real checkpoints have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tokenspace.encoders.model_files.float_values import bfloat16_bits
from tokenspace.io.safetensors_file import write_tensors

Arrays = Mapping[str, npt.NDArray[Any]]


def bfloat16(shape: tuple[int, ...], seed: int = 0) -> npt.NDArray[np.uint16]:
    """Random numbers as bfloat16."""
    return bfloat16_bits(np.random.default_rng(seed).standard_normal(shape, dtype=np.float32) * 0.05)


def write_model(folder: Path, config: Mapping[str, Any], shards: Mapping[str, Arrays], bf16: bool = True) -> Path:
    """config.json and the shards; with more than one also the index. uint16 arrays are written as BF16."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    homes = {}
    for file, arrays in shards.items():
        halves = {name: "BF16" for name, array in arrays.items() if bf16 and array.dtype == np.uint16}
        write_tensors(folder / file, arrays, {"format": "pt"}, dtypes=halves)
        homes |= dict.fromkeys(arrays, file)
    if len(shards) > 1:
        size = sum(array.nbytes for arrays in shards.values() for array in arrays.values())
        index = {"metadata": {"total_size": size}, "weight_map": homes}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder
