"""Arrays in memory as a shard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...io.safetensors_file import TensorInfo

__all__ = ["ArrayShard"]

_NAMES = {"float32": "F32", "float16": "F16", "float64": "F64", "uint16": "BF16"}


class ArrayShard:
    """Matrices that were made, not read. uint16 holds the bits of bfloat16."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._arrays = dict(arrays)
        self.tensors: dict[str, TensorInfo] = {
            name: TensorInfo(name, _NAMES[array.dtype.name], array.shape, array.nbytes, 0)
            for name, array in self._arrays.items()
        }

    def array(self, name: str) -> npt.NDArray[Any]:
        """The array itself."""
        return self._arrays[name]

    def rows(self, name: str, ids: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """A copy of some rows."""
        taken: npt.NDArray[Any] = self._arrays[name][ids]
        return taken
