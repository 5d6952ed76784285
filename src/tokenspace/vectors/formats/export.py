"""Vectors for other programs: tables of text, NumPy's archives, the Embedding Projector. Written, not read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, UnsupportedError, message
from ...io.atomic_folder import atomic_folder
from ...io.writers import atomic_writer
from ...progress import ProgressLike, Reporter
from ...types import PathLike
from .word2vec_write import float_rows

if TYPE_CHECKING:
    from ..keyed_vectors.storage import VectorStorage

__all__ = ["write_export"]

_STEP = 4096
_Block = tuple[list[Any], npt.NDArray[np.float32]]


def _blocks(kv: VectorStorage, rows: npt.NDArray[np.int64], normalize: bool, report: Reporter) -> Iterator[_Block]:
    for start in range(0, len(rows), _STEP):
        part = rows[start : start + _STEP]
        values = float_rows(kv, part)
        if normalize:
            lengths = np.linalg.norm(values, axis=1, keepdims=True)
            values = np.divide(values, np.where(lengths == 0, 1, lengths), dtype=np.float32)
        yield [kv.index_to_key[row] for row in part], values
        report.advance(len(part))


def _cell(key: Any) -> str:
    """A key as a cell of a table: tabs and line feeds are what ends one."""
    text = str(key)
    if "\t" in text or "\n" in text or "\r" in text:
        raise UnsupportedError(message("export", "keys without tabs and line feeds", repr(text), "jsonl"))
    return text


def _lines(values: npt.NDArray[np.float32], separator: str) -> list[str]:
    """The numbers of each row in their shortest form."""
    native: Any = _core.format_vector_rows
    text: str = native([""] * len(values), np.ascontiguousarray(values), "", False).decode("ascii")
    return [line[1:].replace(" ", separator) for line in text.splitlines()]


def _json(key: Any, numbers: str) -> str:
    key = key.item() if isinstance(key, np.generic) else key
    if "n" in numbers:  # nan, inf: JSON has neither
        numbers = ", ".join("null" if "n" in number else number for number in numbers.split(", "))
    return f'{{"key": {json.dumps(key)}, "vector": [{numbers}]}}\n'


def _projector(blocks: Iterable[_Block], vectors: IO[Any], metadata: IO[Any]) -> None:
    for keys, values in blocks:
        vectors.writelines(line + "\n" for line in _lines(values, "\t"))
        metadata.writelines(_cell(key) + "\n" for key in keys)


def write_export(
    kv: VectorStorage,
    path: PathLike,
    to: str,
    *,
    keys: Iterable[Any] = (),
    normalize: bool = False,
    progress: ProgressLike = None,
) -> int:
    """Write the vectors; the number of rows written.

    Args:
        to: "tsv" (key, tab, numbers), "jsonl" ({"key", "vector"} a line), "npz" (arrays "vectors", float32, and
            "keys"), or "projector" (a folder with vectors.tsv and metadata.tsv).
        keys: only these; all when there are none.
        normalize: to length one; zero vectors stay.

    Raises:
        KeyError: an unknown key. UnsupportedError: a key that a table cannot hold. FileError.
    """
    chosen = list(keys)
    rows = np.array([kv.get_index(key) for key in chosen] if chosen else range(len(kv)), dtype=np.int64)
    with Reporter("export", len(rows), "rows", progress) as report:
        blocks = _blocks(kv, rows, normalize, report)
        if to == "projector":
            with (
                atomic_folder(path) as folder,
                open(folder / "vectors.tsv", "w", encoding="utf-8", newline="") as vectors,
                open(folder / "metadata.tsv", "w", encoding="utf-8", newline="") as metadata,
            ):
                _projector(blocks, vectors, metadata)
        elif to == "npz":
            found = list(blocks)
            matrix = np.concatenate([values for _, values in found]) if found else np.zeros((0, kv.vector_size))
            names = np.array([str(key) for part, _ in found for key in part], dtype=np.str_)
            with atomic_writer(path, "wb") as file:
                np.savez(file, vectors=matrix.astype(np.float32, copy=False), keys=names)
        elif to in ("tsv", "jsonl"):
            with atomic_writer(path) as file:
                for part, values in blocks:
                    for key, numbers in zip(part, _lines(values, ", " if to == "jsonl" else "\t"), strict=True):
                        file.write(_json(key, numbers) if to == "jsonl" else f"{_cell(key)}\t{numbers}\n")
        else:
            raise ArgumentError(message("export", "tsv, jsonl, npz or projector", repr(to)))
    return len(rows)
