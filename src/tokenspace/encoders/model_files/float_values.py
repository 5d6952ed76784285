"""Stored numbers as float32: exact for bfloat16, float16 and whole numbers below 2^24."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import UnsupportedError, message
from ...io.safetensors_file import TensorInfo

__all__ = ["as_float32", "bfloat16_bits"]

FloatArray = npt.NDArray[np.float32]


def as_float32(raw: npt.NDArray[Any], tensor: TensorInfo) -> FloatArray:
    """The numbers of ``raw``, which are some or all of ``tensor``. float32 comes as it is, not copied.

    bfloat16 (uint16 here) is the upper half of a float32, so widening it changes nothing. float64 is rounded to the
    nearest float32.
    """
    if tensor.dtype == "BF16":
        out = np.empty(raw.shape, np.float32)
        bits = out.view(np.uint32)
        bits[...] = raw
        bits <<= 16
        return out
    if raw.dtype.kind not in "fiub":
        raise UnsupportedError(message("load", f"{tensor.name!r} of real numbers", tensor.dtype))
    with np.errstate(
        over="ignore"
    ):  # a float64 beyond float32 becomes infinite, which the reader of the values notices
        return raw.astype(np.float32, copy=False)


def bfloat16_bits(values: npt.ArrayLike) -> npt.NDArray[np.uint16]:
    """The bits of the nearest bfloat16 of each number (ties to even), as every processor rounds; NaN stays NaN."""
    wide = np.ascontiguousarray(values, np.float32)
    bits = wide.view(np.uint32)
    rounded = ((bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
    quiet = ((bits >> 16) | 0x40).astype(np.uint16)
    return np.where(np.isnan(wide), quiet, rounded)
