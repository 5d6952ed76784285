"""Vectors in fewer bytes: float16, int8 between the smallest and largest value of each dimension, or a bit a dimension.

The numbers are those of sentence-transformers 6.2, util/quantization.py.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray

__all__ = ["PRECISIONS", "Precision", "check_precision", "quantization_ranges", "quantize_embeddings"]

Precision: TypeAlias = Literal["float32", "float16", "int8", "uint8", "binary", "ubinary"]
PRECISIONS: tuple[Precision, ...] = ("float32", "float16", "int8", "uint8", "binary", "ubinary")


def check_precision(precision: str, ranges: FloatArray | None) -> None:
    """Raises:
    ArgumentError: none of `PRECISIONS`, or ``ranges`` with one that takes none.
    """
    if precision not in PRECISIONS:
        raise ArgumentError(message("encode", f"precision among {', '.join(PRECISIONS)}", repr(precision)))
    if ranges is not None and precision not in ("int8", "uint8"):
        raise ArgumentError(message("encode", "ranges with precision int8 or uint8 alone", f"precision {precision!r}"))


def quantization_ranges(vectors: FloatArray) -> FloatArray:
    """The smallest and the largest value of each dimension, float32 (2, d), for `quantize_embeddings`.

    Raises:
        ArgumentError: fewer than two vectors.
    """
    if vectors.ndim != 2 or len(vectors) < 2:
        raise ArgumentError(
            message(
                "quantize",
                "at least two vectors to take the range of each dimension from",
                f"shape {np.shape(vectors)}",
                "ranges of representative vectors: quantization_ranges(vectors)",
            )
        )
    return np.stack([vectors.min(axis=0), vectors.max(axis=0)]).astype(np.float32)


def quantize_embeddings(
    embeddings: FloatArray,
    precision: Precision,
    ranges: FloatArray | None = None,
    calibration_embeddings: FloatArray | None = None,
) -> npt.NDArray[Any]:
    """Vectors as smaller numbers.

    Args:
        embeddings: float32 (n, d), or (d) for one.
        precision: "float32" and "float16": the nearest such number. "int8" (-128 ... 127) and "uint8" (0 ... 255): the 256
            steps between the smallest and largest value of each dimension; what lies outside is the nearest end. "binary"
            and "ubinary": 1 where the value is above 0, eight dimensions a byte, the first in the highest bit, as int8 less
            128 and as uint8.
        ranges: float32 (2, d), those smallest and largest values, for int8 and uint8.
        calibration_embeddings: (m, d), vectors to take ``ranges`` from; None: from ``embeddings`` themselves.

    Returns:
        (n, d), or (n, ceil(d / 8)) for binary and ubinary.

    Raises:
        ArgumentError: another precision, ranges of another shape, or ranges to be taken from fewer than two vectors.
    """
    if precision not in PRECISIONS:
        raise ArgumentError(message("quantize", f"precision among {', '.join(PRECISIONS)}", repr(precision)))
    if precision in ("float32", "float16"):
        with np.errstate(over="ignore"):
            narrow: npt.NDArray[Any] = embeddings.astype(np.float16 if precision == "float16" else np.float32)
        return narrow
    if precision in ("binary", "ubinary"):
        packed = np.packbits(embeddings > 0, axis=-1)
        return packed if precision == "ubinary" else (packed - 128).astype(np.int8)
    if embeddings.ndim == 2 and len(embeddings) == 0:
        return np.zeros(embeddings.shape, dtype=precision)
    if ranges is None:
        ranges = quantization_ranges(embeddings if calibration_embeddings is None else calibration_embeddings)
    ranges = np.asarray(ranges, dtype=np.float32)
    if ranges.shape != (2, embeddings.shape[-1]):
        raise ArgumentError(message("quantize", f"ranges of shape {(2, embeddings.shape[-1])}", f"{ranges.shape}"))
    steps = (ranges[1] - ranges[0]) / 255
    steps = np.where(steps == 0, 1, steps)
    values: npt.NDArray[Any] = np.clip(np.floor((embeddings - ranges[0]) / steps), 0, 255)
    return values.astype(np.uint8) if precision == "uint8" else (values - 128).astype(np.int8)
