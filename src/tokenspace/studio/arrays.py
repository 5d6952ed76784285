"""Arrays of numbers inside JSON: base64 of little-endian values."""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .contracts import Contract

__all__ = ["PackedArray", "pack", "unpack"]

Dtype = Literal["i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"]
_NARROWER = {"f2": "f4", "i8": "i4", "u8": "u4", "b1": "u1"}


class PackedArray(Contract):
    """An array: ``data`` is base64 of its values, little-endian, last axis fastest."""

    dtype: Dtype
    shape: list[int]
    data: str


def pack(values: npt.ArrayLike, dtype: Dtype | None = None) -> PackedArray:
    """``values`` as they go over the wire.

    Args:
        values: any array of numbers.
        dtype: the type on the wire; None keeps that of the array where JavaScript has it: 64-bit integers become 32-bit ones,
            float16 becomes float32.

    Raises:
        OverflowError: integers that do not fit the type.
    """
    array: npt.NDArray[Any] = np.asarray(values)
    kind = f"{array.dtype.kind}{array.dtype.itemsize}"
    target = np.dtype(dtype or _NARROWER.get(kind, kind))
    if target.kind in "iu" and array.dtype.kind in "iu" and array.size:
        bounds = np.iinfo(target)
        if int(array.min()) < bounds.min or int(array.max()) > bounds.max:
            raise OverflowError(f"values from {array.min()} to {array.max()} do not fit {target}")
    packed = np.ascontiguousarray(array, dtype=target.newbyteorder("<"))
    name: Any = f"{target.kind}{target.itemsize}"
    return PackedArray(dtype=name, shape=list(array.shape), data=base64.b64encode(packed.tobytes()).decode("ascii"))


def unpack(packed: PackedArray) -> npt.NDArray[Any]:
    """The array of `pack`.

    Raises:
        ValueError: data that is not base64, or not of the shape.
    """
    raw = base64.b64decode(packed.data, validate=True)
    return np.frombuffer(raw, np.dtype(packed.dtype).newbyteorder("<")).reshape(packed.shape)
