"""Named arrays and texts in one safetensors file: written atomically, read by mapping, every claim checked.

The layout is that of the safetensors format (8 bytes with the length of the header, a JSON header, the arrays), so any
of its readers opens the file. The first array begins at a multiple of 64 bytes.
"""

from __future__ import annotations

import json
import mmap as mmap_module
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import (
    ArgumentError,
    FileError,
    FormatError,
    NotFoundError,
    TruncatedFileError,
    UnsupportedError,
    message,
)
from ..progress import ProgressLike, Reporter
from ..types import PathLike
from .writers import atomic_writer

__all__ = [
    "Header",
    "SafetensorsFile",
    "TensorInfo",
    "header_bytes",
    "header_text",
    "is_safetensors",
    "parse_header",
    "read_tensors",
    "tensor_dtype",
    "unique_object",
    "write_tensors",
]

Tensors = dict[str, npt.NDArray[Any]]
_DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}
# Numbers that NumPy does not have, as the bits they are stored in.
_AS_BITS = {"BF16": "<u2"}
# Bits a number of the types that are listed but not read.
_UNREAD_BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "C64": 64,
}  # fmt: skip
_ALIGN = 64
_MAX_HEADER = 100 << 20  # the format's own limit
_MAX_AXES = 32  # of an array of NumPy 1
_MAX_BYTES = 1 << 62
_PIECE = 16 << 20


@dataclass(frozen=True)
class TensorInfo:
    """One tensor of a file, as its header says.

    name: its name.
    dtype: its type by the format's own name: "F32", "BF16", "I8", ...
    shape: its axes.
    nbytes: bytes it takes.
    begin: the byte of the file where it begins.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int
    begin: int

    @property
    def size(self) -> int:
        """How many numbers."""
        count = 1
        for axis in self.shape:
            count *= axis
        return count


@dataclass(frozen=True)
class Header:
    """What a file says of itself: its tensors in the order of their bytes, its texts, and how long it has to be."""

    tensors: dict[str, TensorInfo]
    metadata: dict[str, str]
    file_bytes: int


def is_safetensors(head: bytes) -> bool:
    """Whether a file that begins so may be one: a header length, then a JSON object."""
    return len(head) >= 9 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= _MAX_HEADER


def write_tensors(
    path: PathLike,
    tensors: Mapping[str, npt.NDArray[Any]],
    metadata: Mapping[str, str],
    progress: ProgressLike = None,
    *,
    dtypes: Mapping[str, str] | None = None,
) -> None:
    """Write the arrays in the order given. Nothing is copied but pieces of 16 MB of arrays that are not contiguous.

    Args:
        dtypes: the format's type of arrays that hold only the bits of their numbers: ``{"name": "BF16"}`` for uint16.

    Raises:
        UnsupportedError: an array of a type the format does not have. FileError: the file cannot be written.
    """
    infos: dict[str, tuple[str, tuple[int, ...], int]] = {}
    for name, array in tensors.items():
        dtype = _NAMES.get(array.dtype.newbyteorder("<"))
        given = (dtypes or {}).get(name)
        if given is not None:
            if given not in _AS_BITS or np.dtype(_AS_BITS[given]) != array.dtype.newbyteorder("<"):
                raise ArgumentError(message(f"save {path}", f"{name!r} as uint16 of BF16", f"{array.dtype} of {given}"))
            dtype = given
        if dtype is None:
            raise UnsupportedError(message(f"save {path}", f"{name!r} of numbers of 8 to 64 bits", str(array.dtype)))
        infos[name] = (dtype, array.shape, array.nbytes)
    text, position = header_text(infos, metadata), sum(nbytes for _, _, nbytes in infos.values())
    with atomic_writer(path, "wb") as file, Reporter("save", position, "bytes", progress) as report:
        file.write(text)
        for array in tensors.values():
            flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
            step = _PIECE // array.itemsize
            for start in range(0, array.size, step):
                piece = np.asarray(flat[start : start + step]).astype(array.dtype.newbyteorder("<"), copy=False)
                file.write(np.ascontiguousarray(piece).data)
                report.advance(piece.nbytes)


def header_text(infos: Mapping[str, tuple[str, tuple[int, ...], int]], metadata: Mapping[str, str]) -> bytes:
    """The beginning of a file: its length and the header, padded so that the first array is aligned.

    Args:
        infos: name -> (the format's own name of the type, shape, bytes), in the order of their bytes behind it.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    position = 0
    for name, (dtype, shape, nbytes) in infos.items():
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [position, position + nbytes]}
        position += nbytes
    text = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % _ALIGN)
    return len(text).to_bytes(8, "little") + text


# -- the header ------------------------------------------------------------------------------------------------------


def header_bytes(operation: str, head: bytes, file_bytes: int) -> int:
    """The length of the JSON header of a file of ``file_bytes`` bytes that begins with ``head`` (8 or more).

    Raises:
        FormatError: no safetensors file. TruncatedFileError: the header is longer than the file.
    """
    if head[:8] == b"version ":
        remedy = "git lfs pull, or another download"
        raise FormatError(message(operation, "a safetensors file", "a pointer of Git LFS, or another text", remedy))
    if len(head) < 8:
        raise TruncatedFileError(message(operation, "a safetensors file", f"{len(head)} bytes"))
    size = int.from_bytes(head[:8], "little")
    if not 2 <= size <= _MAX_HEADER:
        raise FormatError(message(operation, f"a safetensors header of 2 to {_MAX_HEADER} bytes", f"one of {size}"))
    if size > file_bytes - 8:
        received = f"one of {size} bytes in {file_bytes}"
        raise TruncatedFileError(message(operation, "a header within the file", received, "another download"))
    return size


def unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For ``json.loads``: an object in which no name comes twice (ValueError)."""
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice!r} twice")
    return made


def parse_header(operation: str, text: bytes, file_bytes: int | None) -> Header:
    """The header whose JSON is ``text``. As the format demands, the tensors fill the file: no overlap, no hole.

    Args:
        file_bytes: the length of the file; None: not known, so it is not compared.

    Raises:
        FormatError: it is damaged. TruncatedFileError: the tensors reach beyond the end of the file.
    """
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=unique_object)
    except (ValueError, RecursionError) as error:
        raise FormatError(message(operation, "a JSON header", str(error)[:100])) from None
    if not isinstance(header, dict):
        raise FormatError(message(operation, "a JSON object as header", type(header).__name__))
    metadata = header.pop("__metadata__", None)
    metadata = {} if metadata is None else metadata
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FormatError(message(operation, "metadata of texts", repr(metadata)[:100]))
    data_begin = 8 + len(text)
    tensors = [_tensor_info(operation, name, entry, data_begin) for name, entry in header.items()]
    # Empty tensors lie before the one that begins where they do.
    tensors.sort(key=lambda tensor: (tensor.begin, tensor.nbytes))
    end = data_begin
    for tensor in tensors:
        if tensor.begin != end:
            what = (
                "overlaps the one before it" if tensor.begin < end else f"leaves a hole of {tensor.begin - end} bytes"
            )
            raise FormatError(message(operation, "tensors one after the other", f"{tensor.name!r}, which {what}"))
        end += tensor.nbytes
    if file_bytes is not None and end > file_bytes:
        lost = next(tensor.name for tensor in tensors if tensor.begin + tensor.nbytes > file_bytes)
        expected = f"{end} bytes, as its header says"
        received = f"{file_bytes} (cut off at {lost!r})"
        raise TruncatedFileError(message(operation, expected, received, "another download"))
    if file_bytes is not None and end < file_bytes:
        raise FormatError(message(operation, f"{end} bytes, as its header says", f"{file_bytes}"))
    return Header({tensor.name: tensor for tensor in tensors}, metadata, end)


def _sizes(values: Any) -> list[int] | None:
    """The value if it is a list of sizes or places."""
    right = isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 60 for value in values)
    return values if right else None


def _tensor_info(operation: str, name: str, entry: Any, data_begin: int) -> TensorInfo:
    fields = entry if isinstance(entry, dict) else {}
    shape, offsets, dtype = _sizes(fields.get("shape")), _sizes(fields.get("data_offsets")), fields.get("dtype")
    if shape is None or len(shape) > _MAX_AXES or offsets is None or len(offsets) != 2 or not isinstance(dtype, str):
        raise FormatError(message(operation, f"{name!r} with dtype, shape and data_offsets", repr(entry)[:100]))
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError(message(operation, "names that are text", ascii(name)[:100])) from None
    begin, end = offsets
    info = TensorInfo(name, dtype, tuple(shape), end - begin, data_begin + begin)
    bits = _UNREAD_BITS.get(dtype) or 8 * np.dtype(_DTYPES.get(dtype) or _AS_BITS.get(dtype) or "V0").itemsize
    extent = 1  # Python's integers: no overflow
    for axis in shape:
        extent *= axis or 1
    # A type that is not known here may take any number of bytes: it is listed, not read.
    if end < begin or extent * bits > 8 * _MAX_BYTES or (bits and 8 * info.nbytes != info.size * bits):
        received = f"bytes {begin} to {end} for shape {shape} of {dtype}"
        raise FormatError(message(operation, f"{name!r} of as many bytes as its shape takes", received))
    return info


# -- the arrays ------------------------------------------------------------------------------------------------------


def tensor_dtype(operation: str, tensor: TensorInfo) -> np.dtype[Any]:
    """The NumPy type a tensor is read as; bfloat16 as uint16, its bits.

    Raises:
        UnsupportedError: a type that is listed but not read (float8, float6, float4, complex, unknown ones).
    """
    code = _DTYPES.get(tensor.dtype) or _AS_BITS.get(tensor.dtype)
    if code is None:
        known = ", ".join((*_DTYPES, *_AS_BITS))
        raise UnsupportedError(message(operation, f"{tensor.name!r} of a type among {known}", repr(tensor.dtype)))
    return np.dtype(code)


class SafetensorsFile:
    """One file, mapped: opening costs the header, arrays are read by the operating system as they are looked at.

    The file must not be shortened while it is open, as with every mapped file.

    Attributes:
        path: where it is.
        tensors: name -> `TensorInfo`, in the order of their bytes.
        metadata: the file's texts.

    Raises:
        NotFoundError, FileError: the file is not there or cannot be read. FormatError: it is damaged, or no safetensors
        file; TruncatedFileError: it is shorter than its header says.
    """

    def __init__(self, path: PathLike) -> None:
        self.path = Path(path)
        self._operation = f"load {path}"
        if not os.path.exists(path):
            raise NotFoundError(message(self._operation, "a file", "nothing by this name"))
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                mapped = mmap_module.mmap(file.fileno(), 0, access=mmap_module.ACCESS_READ) if size else b""
        except OSError as error:
            raise FileError(f"[load] {path}: {error.strerror}") from error
        self._data = np.frombuffer(mapped, np.uint8)
        length = header_bytes(self._operation, bytes(self._data[:8]), size)
        header = parse_header(self._operation, bytes(self._data[8 : 8 + length]), size)
        self.tensors = header.tensors
        self.metadata = header.metadata

    def array(self, name: str) -> npt.NDArray[Any]:
        """A read-only view of the mapped file; bfloat16 as uint16. It may begin at any address.

        Raises:
            KeyError: no such tensor. UnsupportedError: a type NumPy does not have (float8 and others).
        """
        tensor = self.tensors[name]
        dtype = tensor_dtype(self._operation, tensor)
        # Other writers may not align arrays; NumPy reads those too, only slower.
        data = self._data[tensor.begin : tensor.begin + tensor.nbytes]
        array: npt.NDArray[Any] = np.frombuffer(data, dtype).reshape(tensor.shape)
        return array


def read_tensors(path: PathLike, mmap: bool = False) -> tuple[Tensors, dict[str, str]]:
    """(arrays by name, metadata). With ``mmap`` the arrays are read-only views of the mapped file, which the operating
    system reads as they are looked at; else they are copies.

    Raises:
        as `SafetensorsFile`; UnsupportedError: an array of a type NumPy does not have (bfloat16, float8).
    """
    file = SafetensorsFile(path)
    tensors: Tensors = {}
    for name, tensor in file.tensors.items():
        if tensor.dtype in _AS_BITS:  # the array alone would not say what its bits mean
            expected = f"{name!r} of a type among {', '.join(_DTYPES)}"
            raise UnsupportedError(message(f"load {path}", expected, repr(tensor.dtype)))
        array = file.array(name)
        tensors[name] = array if mmap else array.copy()
    return tensors, file.metadata
