"""Rows of a table in fewer bits."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray

__all__ = ["RowPrecision", "quantize_rows"]

RowPrecision: TypeAlias = Literal["float32", "float16", "int8"]


def quantize_rows(rows: FloatArray, precision: RowPrecision) -> tuple[npt.NDArray[Any], FloatArray | None]:
    """(rows, factors): rows in ``precision``, and for int8 the float32 number by which each row is to be multiplied.

    int8 rows use -127 to 127, each with its own largest number: the error is at most 1/254 of it.

    Raises:
        ArgumentError: another precision.
    """
    if precision == "float32":
        return np.ascontiguousarray(rows, np.float32), None
    if precision == "float16":
        return rows.astype(np.float16), None
    if precision != "int8":
        raise ArgumentError(message("static encoder", "precision float32, float16 or int8", repr(precision)))
    factors: FloatArray = np.abs(rows).max(axis=1).astype(np.float32) / np.float32(127)
    scaled = rows / np.where(factors > 0, factors, 1)[:, None]
    return np.clip(np.rint(scaled), -127, 127).astype(np.int8), factors
