"""The tensors of a model, from one file or from several that an index lists."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, NotFoundError, message
from ...io.safetensors_file import TensorInfo
from ...types import Ids
from .float_values import FloatArray, as_float32

__all__ = ["Shard", "TensorInfo", "Weights"]

_GATHERED_BYTES = 16 << 20


class Shard(Protocol):
    """One file of tensors."""

    @property
    def tensors(self) -> Mapping[str, TensorInfo]:
        """What it holds."""
        ...

    def array(self, name: str) -> npt.NDArray[Any]:
        """A tensor as it is stored; bfloat16 as uint16."""
        ...

    def rows(self, name: str, ids: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Some rows of it, as they are stored; the ids are within its first axis."""
        ...


class Weights:
    """Named tensors. Nothing is read but headers until a tensor is asked for.

    Args:
        operation: what errors begin with.
        homes: tensor name -> name of its shard.
        open_shard: gives the shard of a name; called once a shard.

    Raises:
        of all methods with a name: NotFoundError: no such tensor. UnsupportedError: a type that is not read (float8).
        FormatError, FileError: a damaged or missing file.
    """

    def __init__(self, operation: str, homes: Mapping[str, str], open_shard: Callable[[str], Shard]) -> None:
        self._operation = operation
        self._homes = dict(homes)
        self._open_shard = open_shard
        self._shards: dict[str, Shard] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tensors, in the order of the file or of the index."""
        return tuple(self._homes)

    def __contains__(self, name: object) -> bool:
        return name in self._homes

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)

    def check(self) -> None:
        """Open every shard and compare them with the index.

        Raises:
            FormatError: a tensor that is not in the shard the index names, or in two. NotFoundError: a missing shard.
        """
        found: dict[str, str] = {}
        shards = dict.fromkeys(self._homes.values())
        for shard in shards:
            for name in self._shard(shard).tensors:
                if name in found:
                    received = f"it in {found[name]} and in {shard}"
                    raise FormatError(message(self._operation, f"{name!r} in one shard", received))
                found[name] = shard
        for name, shard in self._homes.items():
            if found.get(name) != shard:
                received = f"it in {found[name]}" if name in found else "no such tensor there"
                raise FormatError(message(self._operation, f"{name!r} in {shard}, as the index says", received))

    def info(self, name: str) -> TensorInfo:
        """Name, type, shape and size of a tensor."""
        shard = self._shard_of(name)
        tensor = shard.tensors.get(name)
        if tensor is None:
            expected = f"{name!r} in {self._homes[name]}, as the index says"
            raise FormatError(message(self._operation, expected, "no such tensor there"))
        return tensor

    def raw(self, name: str) -> npt.NDArray[Any]:
        """The numbers as they are stored, a read-only view of the mapped file; bfloat16 as uint16, its bits.

        The view may begin at an address that is no multiple of its numbers' size.
        """
        self.info(name)
        return self._shard_of(name).array(name)

    def float32(self, name: str) -> FloatArray:
        """The numbers as float32: a view where they are stored so, else a new array."""
        return as_float32(self.raw(name), self.info(name))

    def rows(self, name: str, ids: Ids) -> FloatArray:
        """Rows of a tensor of two or more axes as float32, ``(len(ids), ...)``; only these are read.

        Raises:
            ArgumentError: an id outside the first axis, or a tensor of fewer axes.
        """
        tensor = self.info(name)
        wanted = np.asarray(ids)
        if wanted.ndim != 1 or (wanted.size and wanted.dtype.kind not in "iu"):
            received = f"{wanted.dtype} of shape {wanted.shape}"
            raise ArgumentError(message(f"rows of {name!r}", "a list of whole numbers", received))
        if len(tensor.shape) < 2:
            raise ArgumentError(message(f"rows of {name!r}", "a tensor of two or more axes", f"shape {tensor.shape}"))
        count = tensor.shape[0]
        if wanted.size and not (int(wanted.min()) >= 0 and int(wanted.max()) < count):
            outside = int(wanted.max()) if int(wanted.max()) >= count else int(wanted.min())
            raise ArgumentError(message(f"rows of {name!r}", f"ids of 0 to {count - 1}", str(outside)))
        wanted = wanted.astype(np.int64, copy=False)
        out = np.empty((len(wanted), *tensor.shape[1:]), np.float32)
        shard = self._shard_of(name)
        step = max(1, _GATHERED_BYTES * count // max(1, tensor.nbytes))
        for start in range(0, len(wanted), step):
            part = slice(start, start + step)
            out[part] = as_float32(shard.rows(name, wanted[part]), tensor)
        return out

    def _shard(self, shard: str) -> Shard:
        if shard not in self._shards:
            self._shards[shard] = self._open_shard(shard)
        return self._shards[shard]

    def _shard_of(self, name: str) -> Shard:
        if name not in self._homes:
            near = difflib.get_close_matches(name, self._homes, 3) or list(self._homes)[:3]
            received = f"{len(self._homes)} tensors without it, such as {', '.join(near) or 'none'}"
            raise NotFoundError(message(self._operation, f"a tensor {name!r}", received))
        return self._shard(self._homes[name])


def first_names(names: Iterable[str], count: int = 8) -> str:
    """A few names for a message."""
    listed = list(names)
    return ", ".join(listed[:count]) + (f" and {len(listed) - count} more" if len(listed) > count else "")
