"""Named arrays and texts in one safetensors file: written atomically, read by mapping, every claim checked.

The layout is that of the safetensors format (8 bytes with the length of the header, a JSON header, the arrays), so any
of its readers opens the file. Arrays begin at multiples of 64 bytes.
"""

from __future__ import annotations

import json
import mmap as mmap_module
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import FileError, FormatError, NotFoundError, UnsupportedError, message
from ...io.writers import atomic_writer
from ...progress import ProgressLike, Reporter
from ...types import PathLike

__all__ = ["is_safetensors", "read_tensors", "write_tensors"]

Tensors = dict[str, npt.NDArray[Any]]
_DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}
_ALIGN = 64
_MAX_HEADER = 100 << 20
_PIECE = 16 << 20


def is_safetensors(head: bytes) -> bool:
    """Whether a file that begins so may be one: a header length, then a JSON object."""
    return len(head) >= 9 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= _MAX_HEADER


def write_tensors(
    path: PathLike, tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str], progress: ProgressLike = None
) -> None:
    """Write the arrays in the order given. Nothing is copied but pieces of 16 MB of arrays that are not contiguous.

    Raises:
        UnsupportedError: an array of a type the format does not have. FileError: the file cannot be written.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    position = 0
    for name, array in tensors.items():
        dtype = _NAMES.get(array.dtype.newbyteorder("<"))
        if dtype is None:
            raise UnsupportedError(message(f"save {path}", f"{name!r} of numbers of 8 to 64 bits", str(array.dtype)))
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [position, position + array.nbytes]}
        position += array.nbytes
    text = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % _ALIGN)
    with atomic_writer(path, "wb") as file, Reporter("save", position, "bytes", progress) as report:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in tensors.values():
            flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
            step = _PIECE // array.itemsize
            for start in range(0, array.size, step):
                piece = np.asarray(flat[start : start + step]).astype(array.dtype.newbyteorder("<"), copy=False)
                file.write(np.ascontiguousarray(piece).data)
                report.advance(piece.nbytes)


def _header(path: PathLike, data: npt.NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    operation = f"load {path}"
    if len(data) < 8:
        raise FormatError(message(operation, "a safetensors file", f"{len(data)} bytes"))
    size = int.from_bytes(bytes(data[:8]), "little")
    if size > min(_MAX_HEADER, len(data) - 8):
        raise FormatError(message(operation, "a header within the file", f"one of {size} bytes in {len(data)}"))
    try:
        header = json.loads(bytes(data[8 : 8 + size]))
    except (ValueError, RecursionError) as error:
        raise FormatError(message(operation, "a JSON header", str(error)[:100])) from None
    if not isinstance(header, dict):
        raise FormatError(message(operation, "a JSON object as header", type(header).__name__))
    return header, 8 + size


def _sizes(values: Any) -> list[int] | None:
    """The value if it is a list of sizes or places."""
    right = isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 60 for value in values)
    return values if right else None


def _tensor(operation: str, name: str, entry: Any, data: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    """The array an entry of the header describes, a view of ``data``."""
    fields = entry if isinstance(entry, dict) else {}
    shape, offsets, dtype_name = _sizes(fields.get("shape")), _sizes(fields.get("data_offsets")), fields.get("dtype")
    if shape is None or len(shape) > 8 or offsets is None or len(offsets) != 2:
        raise FormatError(message(operation, f"{name!r} with dtype, shape and data_offsets", repr(entry)[:100]))
    if not isinstance(dtype_name, str) or dtype_name not in _DTYPES:
        raise UnsupportedError(message(operation, f"{name!r} of a type among {', '.join(_DTYPES)}", repr(dtype_name)))
    dtype = np.dtype(_DTYPES[dtype_name])
    count = 1
    for size in shape:
        count *= size  # Python's integers: no overflow
    begin, end = offsets
    if end - begin != count * dtype.itemsize or end > len(data):
        received = f"bytes {begin} to {end} of {len(data)} for shape {shape}"
        raise FormatError(message(operation, f"{name!r} within the file", received))
    # Other writers may not align arrays; NumPy reads those too, only slower.
    array: npt.NDArray[Any] = np.frombuffer(data[begin:end], dtype).reshape(shape)
    return array


def read_tensors(path: PathLike, mmap: bool = False) -> tuple[Tensors, dict[str, str]]:
    """(arrays by name, metadata). With ``mmap`` the arrays are read-only views of the mapped file, which the operating
    system reads as they are looked at; else they are copies.

    Raises:
        NotFoundError, FileError: the file is not there or cannot be read. FormatError: it is damaged, or no
        safetensors file. UnsupportedError: an array of a type NumPy does not have (bfloat16, float8).
    """
    if not os.path.exists(path):
        raise NotFoundError(message(f"load {path}", "a file", "nothing by this name"))
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            mapped = mmap_module.mmap(file.fileno(), 0, access=mmap_module.ACCESS_READ) if size else b""
    except OSError as error:
        raise FileError(f"[load] {path}: {error.strerror}") from error
    data = np.frombuffer(mapped, np.uint8)
    header, begin = _header(path, data)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FormatError(message(f"load {path}", "metadata of texts", repr(metadata)[:100]))
    operation = f"load {Path(path).name}"
    tensors = {name: _tensor(operation, name, entry, data[begin:]) for name, entry in header.items()}
    return (tensors if mmap else {name: array.copy() for name, array in tensors.items()}), metadata
