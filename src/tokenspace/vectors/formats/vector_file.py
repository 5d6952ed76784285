"""Our own file of vectors: the matrix, the keys and their attributes in one safetensors file. See docs/formats/vectors.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, UnsupportedError, message
from ...io.safetensors_file import Tensors, read_tensors, write_tensors
from ...progress import ProgressLike
from ...types import PathLike
from .word2vec_text import class_of

if TYPE_CHECKING:
    from ..keyed_vectors import KeyedVectors
    from ..keyed_vectors.storage import VectorStorage

__all__ = ["StoredVectors", "pack_keys", "read_vector_file", "read_vectors", "unpack_keys", "write_vectors"]

FORMAT, VERSION = "tokenspace.vectors", "1"
_ATTRIBUTE, _JSON_ATTRIBUTE = "attribute.", "attribute-json."
_OWN = frozenset(("vectors", "scales", "keys", "keys.ends", "keys.numbers"))
_TYPES = (np.float32, np.float16, np.float64, np.int8)


def pack_keys(keys: list[Any]) -> Tensors:
    """Keys as arrays: their UTF-8 bytes one after the other, where each ends, and, unless all are text, which are
    numbers written in decimal.

    Raises:
        UnsupportedError: keys that are neither text nor whole numbers.
    """
    kinds = np.zeros(len(keys), np.uint8)
    texts = []
    for row, key in enumerate(keys):
        if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
            kinds[row] = 1
        elif not isinstance(key, str):
            raise UnsupportedError(message("save", "keys of text or whole numbers", repr(key)))
        texts.append(str(key).encode("utf-8", "surrogatepass"))
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64) if texts else np.zeros(0, np.int64)
    packed: Tensors = {"keys": np.frombuffer(b"".join(texts), np.uint8), "keys.ends": ends}
    if kinds.any():
        packed["keys.numbers"] = kinds
    return packed


def unpack_keys(tensors: Mapping[str, npt.NDArray[Any]], operation: str) -> list[Any]:
    """The keys `pack_keys` packed.

    Raises:
        FormatError: arrays that are not those of keys.
    """
    blob, ends, numbers = tensors.get("keys"), tensors.get("keys.ends"), tensors.get("keys.numbers")
    if blob is None or ends is None or blob.dtype != np.uint8 or ends.dtype != np.int64 or blob.ndim + ends.ndim != 2:
        raise FormatError(message(operation, "keys and where they end", "none, or others"))
    if numbers is not None and (numbers.shape != ends.shape or numbers.dtype != np.uint8):
        raise FormatError(message(operation, f"{len(ends)} kinds of keys", f"an array of shape {numbers.shape}"))
    starts = np.concatenate((np.zeros(1, np.int64), ends))
    if (np.diff(starts) < 0).any() or starts[-1] != len(blob):
        raise FormatError(message(operation, "ends of keys in ascending order", "others"))
    data = blob.tobytes()
    bounds = starts.tolist()
    try:
        keys: list[Any] = [data[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise(bounds)]
        if numbers is not None:
            for row in np.flatnonzero(numbers):
                if len(keys[row]) > 20:
                    raise FormatError(message(operation, "numbers of at most 20 digits as keys", keys[row][:30]))
                keys[row] = int(keys[row])
    except ValueError as error:
        raise FormatError(message(operation, "keys in UTF-8, numbers in decimal", str(error)[:100])) from None
    return keys


def _pack_attributes(kv: VectorStorage) -> Tensors:
    packed: Tensors = {}
    for name, values in kv.expandos.items():
        if values.dtype.kind in "iufb" and values.dtype.itemsize <= 8:
            packed[_ATTRIBUTE + name] = values
            continue
        try:
            text = json.dumps([value.item() if isinstance(value, np.generic) else value for value in values])
        except (TypeError, ValueError) as error:
            raise UnsupportedError(
                message("save", f"numbers, texts or JSON values in attribute {name!r}", str(error))
            ) from error
        packed[_JSON_ATTRIBUTE + name] = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    return packed


def _unpack_attribute(name: str, array: npt.NDArray[Any], rows: int, operation: str) -> npt.NDArray[Any]:
    if name.startswith(_JSON_ATTRIBUTE):
        try:
            values = json.loads(array.tobytes().decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            raise FormatError(message(operation, f"JSON in {name!r}", str(error)[:100])) from None
        if isinstance(values, list) and len(values) == rows:
            out = np.empty(rows, dtype=object)
            out[:] = values
            return out
    elif array.shape == (rows,):
        return array
    raise FormatError(message(operation, f"{rows} values in {name!r}", f"an array of shape {array.shape}"))


def write_vectors(
    kv: VectorStorage,
    path: PathLike,
    *,
    metadata: Mapping[str, str] | None = None,
    more: Mapping[str, npt.NDArray[Any]] | None = None,
    progress: ProgressLike = None,
) -> None:
    """Write the vectors as they are stored (float32, float16, float64 or int8 with scales), keys and attributes.

    Args:
        metadata: further texts for the header. more: further arrays, for models that keep more than their vectors.

    Raises:
        UnsupportedError: a key or attribute the format cannot hold. FileError: the file cannot be written.
    """
    tensors: Tensors = {"vectors": kv.vectors}
    if kv.scales is not None:
        tensors["scales"] = kv.scales
    tensors |= pack_keys(kv.index_to_key)
    tensors |= _pack_attributes(kv)
    tensors |= more or {}
    head = {"format": FORMAT, "version": VERSION, "kind": type(kv).__name__, **(metadata or {})}
    write_tensors(path, tensors, head, progress)


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """What a file holds: the vectors, the texts of its header, and the arrays a model keeps beside its vectors."""

    vectors: KeyedVectors
    metadata: dict[str, str]
    more: Tensors


def read_vectors(path: PathLike, *, cls: type[Any] | None = None, mmap: bool = False) -> KeyedVectors:
    """The vectors of a file that `write_vectors` wrote; see `read_vector_file`."""
    return read_vector_file(path, cls=cls, mmap=mmap).vectors


def read_vector_file(path: PathLike, *, cls: type[Any] | None = None, mmap: bool = False) -> StoredVectors:
    """Everything of a file that `write_vectors` wrote.

    Args:
        mmap: map the matrix instead of reading it: opening costs no more than the keys, pages are read when a query
            looks at them, processes share them, and the matrix is read-only. It may be larger than memory.

    Raises:
        FormatError: a damaged file, or one that is not of vectors. UnsupportedError: a later version. See
        `safetensors_file.read_tensors` for the others.
    """
    tensors, metadata = read_tensors(path, mmap=True)
    operation = f"load {path}"
    if metadata.get("format") != FORMAT or "vectors" not in tensors:
        what = metadata.get("format") or "arrays " + ", ".join(list(tensors)[:5])
        raise FormatError(message(operation, "a file that KeyedVectors.save wrote", f"safetensors with {what}"[:200]))
    if metadata.get("version") != VERSION:
        raise UnsupportedError(
            message(operation, f"version {VERSION}", repr(metadata.get("version")), "a newer tokenspace")
        )
    vectors, scales = tensors["vectors"], tensors.get("scales")
    keys = unpack_keys(tensors, operation)
    if vectors.ndim != 2 or vectors.dtype not in _TYPES or len(keys) != len(vectors):
        received = f"{vectors.dtype} of shape {vectors.shape}"
        raise FormatError(message(operation, f"a matrix of {len(keys)} rows", received))
    if (scales is not None) != (vectors.dtype == np.int8) or (
        scales is not None and (scales.shape != (len(keys),) or scales.dtype != np.float32)
    ):
        raise FormatError(message(operation, "scales for int8 vectors, one a row", "others"))
    kv = class_of(cls)(vectors.shape[1], dtype=vectors.dtype)
    rows = dict(zip(keys, range(len(keys)), strict=True))
    if len(rows) != len(keys):
        raise FormatError(message(operation, "keys that differ", f"{len(keys) - len(rows)} of them come again"))
    kv.index_to_key, kv.key_to_index, kv.next_index = keys, rows, len(keys)
    kv.vectors = vectors if mmap else vectors.copy()
    kv.scales = None if scales is None else scales.copy()
    more: Tensors = {}
    for name, array in tensors.items():
        for prefix in (_ATTRIBUTE, _JSON_ATTRIBUTE):
            if name.startswith(prefix):
                values = _unpack_attribute(name, array, len(keys), operation)
                kv.expandos[name.removeprefix(prefix)] = values if values.dtype == object else values.copy()
                break
        else:
            if name not in _OWN:
                more[name] = array if mmap else array.copy()
    return StoredVectors(kv, metadata, more)
