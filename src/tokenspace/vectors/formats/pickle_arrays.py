"""NumPy arrays of a pickle, made from their bytes with every number checked."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ARRAY_MAKERS", "ArrayRecord", "DtypeRecord"]

_KINDS = "biufO"


class DtypeRecord:
    """A type of numbers; its byte order comes with its state."""

    def __init__(self, code: Any) -> None:
        if not isinstance(code, str) or len(code) > 4 or not code.lstrip("<>|=").isalnum():
            raise TypeError(f"the type {code!r}"[:60])
        self.dtype: np.dtype[Any] = np.dtype(code)
        if self.dtype.kind not in _KINDS:
            raise TypeError(f"an array of the type {code!r}")

    def build(self, state: Any) -> None:
        """(version, byte order, subarray, names, fields, size, alignment, flags)."""
        if not isinstance(state, tuple) or len(state) < 5 or any(part is not None for part in state[2:5]):
            raise TypeError("an array of records")
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])


def _text(value: Any) -> Any:
    return value.decode("ascii") if isinstance(value, bytes) else value


def _dtype(code: Any, *_: Any) -> DtypeRecord:
    return DtypeRecord(_text(code))


class ArrayRecord:
    """An array; empty until its state is there."""

    def __init__(self) -> None:
        self.value: npt.NDArray[Any] = np.zeros(0, np.float32)

    def build(self, state: Any) -> None:
        """(version, shape, type, Fortran order, bytes or a list of objects)."""
        _, shape, dtype, fortran, raw = state
        self.value = array_of(raw, dtype, shape, "F" if fortran else "C")


def array_of(raw: Any, dtype: Any, shape: Any, order: str) -> npt.NDArray[Any]:
    """The array of these bytes."""
    if not isinstance(dtype, DtypeRecord) or not isinstance(shape, tuple) or len(shape) > 8:
        raise TypeError("an array without type and shape")
    if not all(type(size) is int and 0 <= size < 1 << 48 for size in shape):
        raise ValueError(f"an array of shape {shape}"[:60])
    count = math.prod(shape)
    if dtype.dtype.kind == "O":
        if not isinstance(raw, list) or len(raw) != count:
            raise ValueError("an array of objects without them")
        objects: npt.NDArray[Any] = np.empty(count, dtype=object)
        objects[:] = raw
        return objects.reshape(shape, order="F" if order == "F" else "C")
    if isinstance(raw, str):  # Python 2 wrote bytes as text
        raw = raw.encode("latin-1")
    if not isinstance(raw, bytes) or len(raw) != count * dtype.dtype.itemsize:
        raise ValueError(f"an array of shape {shape} in other than its bytes"[:80])
    array: npt.NDArray[Any] = np.frombuffer(raw, dtype.dtype).reshape(shape, order="F" if order == "F" else "C")
    return array.astype(dtype.dtype.newbyteorder("="), copy=True)


def _reconstruct(*_: Any) -> ArrayRecord:
    return ArrayRecord()


def _from_buffer(raw: Any, dtype: Any, shape: Any, order: Any = "C") -> ArrayRecord:
    made = ArrayRecord()
    made.value = array_of(raw, dtype, shape, order)
    return made


def _scalar(dtype: Any, raw: Any = None) -> Any:
    value = array_of(raw, dtype, (1,), "C")[0]
    return value.item() if isinstance(value, np.generic) else value


ARRAY_MAKERS: dict[tuple[str, str], Callable[..., Any]] = {("numpy", "dtype"): _dtype}
for _core_name in ("numpy.core", "numpy._core"):
    ARRAY_MAKERS[(f"{_core_name}.multiarray", "_reconstruct")] = _reconstruct
    ARRAY_MAKERS[(f"{_core_name}.multiarray", "scalar")] = _scalar
    ARRAY_MAKERS[(f"{_core_name}.numeric", "_frombuffer")] = _from_buffer
