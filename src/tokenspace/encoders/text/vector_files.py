"""Files of vectors, written part by part: .npy, .safetensors, .parquet, .jsonl, or a folder of .safetensors shards.

========================  ==============================================================================================
.npy                      the matrix alone, (n, d)
.safetensors              "embeddings" (n, d); "ids": int64 (n), or the UTF-8 of all ids as bytes with "ids.offsets", int64
                          (n + 1); "ranges" (2, d) of int8 and uint8; texts: what made it, as JSON under "tokenspace"
.parquet                  a row a text: "id", "text" when kept, "embedding" (list of fixed length)
.jsonl, .jsonl.gz         an object a line with the same keys
a folder                  shard-00000.safetensors, ... as above, and index.json with their rows
========================  ==============================================================================================
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, UnsupportedError, message
from ...io.safetensors_file import header_text
from ...io.writers import atomic_writer

__all__ = ["FORMAT", "Part", "Table", "format_of", "plain_numbers", "replace_shards", "write_file", "write_shards"]

Ids = Sequence["str | int"]
_SUFFIXES = {".npy": "npy", ".safetensors": "safetensors", ".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl",
             ".ndjson": "jsonl"}  # fmt: skip
FORMAT = "tokenspace.embeddings"
_INDEX = "index.json"
_TYPES = {"float32": "F32", "float16": "F16", "int8": "I8", "uint8": "U8"}


@dataclass(frozen=True)
class Part:
    """Some successive rows: vectors (rows, d), their ids and texts where there are any."""

    vectors: npt.NDArray[Any]
    ids: Ids | None = None
    texts: Sequence[str] | None = None


@dataclass(frozen=True)
class Table:
    """All rows of one file, part by part, as often as they are asked for.

    rows, width: n and the columns of the matrix. dtype: NumPy's name. ids: "none", "int" or "str". id_bytes: of all ids in
    UTF-8. texts: whether the parts have them. about: what made the vectors, as JSON values.
    """

    parts: Callable[[], Iterator[Part]]
    rows: int
    width: int
    dtype: str
    ids: str = "none"
    id_bytes: int = 0
    texts: bool = False
    ranges: npt.NDArray[np.float32] | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


def format_of(path: str) -> str:
    """The format a path stands for: by its ending; a folder for a path without one, or with a ``/`` at its end.

    Raises:
        ArgumentError: an ending that is not known.
    """
    name = path.removesuffix(".gz")
    suffix = Path(name).suffix.lower()
    if path.endswith("/") or (not suffix and name == path) or (suffix not in _SUFFIXES and Path(path).is_dir()):
        return "shards"
    if suffix not in _SUFFIXES or (name != path and _SUFFIXES[suffix] != "jsonl"):
        known = ", ".join((*_SUFFIXES, ".jsonl.gz"))
        raise ArgumentError(message(f"save {path}", f"a name ending in {known}, or a folder", repr(Path(path).name)))
    return _SUFFIXES[suffix]


def write_file(path: Path, format: str, table: Table) -> None:
    """Write all rows to one file, atomically.

    Raises:
        UnsupportedError: pyarrow is missing. FileError: the file cannot be written.
    """
    with atomic_writer(path, "w" if format == "jsonl" else "wb") as file:
        {"npy": _npy, "safetensors": _safetensors, "parquet": _parquet, "jsonl": _jsonl}[format](file, table)


def write_shards(folder: Path, table: Table, rows_per_shard: int) -> None:
    """Shards of ``rows_per_shard`` rows, as safetensors files, and index.json, into a folder that is there."""
    shards = []
    for number, part in enumerate(_regrouped(table.parts(), rows_per_shard)):
        name = f"shard-{number:05}.safetensors"
        id_bytes = sum(len(_encoded(id)) for id in part.ids) if table.ids == "str" and part.ids is not None else 0
        one = Table(
            lambda part=part: iter([part]),  # type: ignore[misc]
            len(part.vectors), table.width, table.dtype, table.ids, id_bytes, False, table.ranges, table.about,
        )  # fmt: skip
        write_file(folder / name, "safetensors", one)
        shards.append({"file": name, "rows": len(part.vectors)})
    index = {"rows": table.rows, "dimension": table.width, "dtype": table.dtype, "shards": shards, **table.about}
    with atomic_writer(folder / _INDEX) as file:
        file.write(json.dumps(index, ensure_ascii=False, indent=1) + "\n")


def replace_shards(made: Path, folder: Path) -> None:
    """Move shards into a folder that is there, index.json last; those of an older index that are no more are removed."""
    older: set[str] = set()
    with suppress(OSError, ValueError, KeyError, TypeError):
        index = json.loads((folder / _INDEX).read_bytes())
        if index["format"] == FORMAT:
            older = {str(shard["file"]) for shard in index["shards"]}
    names = sorted(path.name for path in made.iterdir() if path.name != _INDEX)
    for name in (*names, _INDEX):
        os.replace(made / name, folder / name)
    for name in older - set(names):
        if re.fullmatch(r"shard-[0-9]+\.safetensors", name):
            (folder / name).unlink(missing_ok=True)


def _npy(file: IO[Any], table: Table) -> None:
    header = {"descr": np.dtype(table.dtype).str, "fortran_order": False, "shape": (table.rows, table.width)}
    np.lib.format.write_array_header_1_0(file, header)
    _write_vectors(file, table)


def _safetensors(file: IO[Any], table: Table) -> None:
    # Larger numbers first, so that each array begins at a multiple of its numbers' size.
    cells = table.rows * table.width
    infos: dict[str, tuple[str, tuple[int, ...], int]] = {}
    if table.ids == "int":
        infos["ids"] = ("I64", (table.rows,), 8 * table.rows)
    elif table.ids == "str":
        infos["ids.offsets"] = ("I64", (table.rows + 1,), 8 * (table.rows + 1))
    if table.ranges is not None:
        infos["ranges"] = ("F32", table.ranges.shape, table.ranges.nbytes)
    shape = (table.rows, table.width)
    infos["embeddings"] = (_TYPES[table.dtype], shape, cells * np.dtype(table.dtype).itemsize)
    if table.ids == "str":
        infos["ids"] = ("U8", (table.id_bytes,), table.id_bytes)
    file.write(header_text(infos, {"tokenspace": json.dumps(table.about, ensure_ascii=False, sort_keys=True)}))
    if table.ids == "int":
        for part in table.parts():
            file.write(np.asarray(part.ids, dtype="<i8").tobytes())
    elif table.ids == "str":
        file.write(np.zeros(1, dtype="<i8").tobytes())
        end = 0
        for part in table.parts():
            ends = end + np.cumsum([len(_encoded(id)) for id in part.ids or ()], dtype=np.int64)
            end = int(ends[-1]) if len(ends) else end
            file.write(ends.astype("<i8").tobytes())
    if table.ranges is not None:
        file.write(table.ranges.astype("<f4").tobytes())
    _write_vectors(file, table)
    if table.ids == "str":
        for part in table.parts():
            file.write(b"".join(map(_encoded, part.ids or ())))


def _parquet(file: IO[Any], table: Table) -> None:
    pa, pq = _arrow()
    value = pa.from_numpy_dtype(np.dtype(table.dtype))
    fields = [("id", pa.int64() if table.ids == "int" else pa.string())] if table.ids != "none" else []
    fields += [("text", pa.string())] if table.texts else []
    fields.append(("embedding", pa.list_(value, table.width)))
    about = dict(table.about)
    if table.ranges is not None:
        about["ranges"] = table.ranges.tolist()
    schema = pa.schema(fields).with_metadata({"tokenspace": json.dumps(about, ensure_ascii=False, sort_keys=True)})
    # Numbers of vectors hardly repeat: a dictionary of them costs time and saves nothing.
    with pq.ParquetWriter(file, schema, use_dictionary=["id"] if table.ids == "str" else False) as writer:
        for part in table.parts():
            columns = []
            if table.ids == "int":
                columns.append(pa.array(part.ids, pa.int64()))
            elif table.ids == "str":
                columns.append(pa.array([str(id) for id in part.ids or ()], pa.string()))
            if table.texts:
                columns.append(pa.array(part.texts, pa.string()))
            flat = pa.array(np.ascontiguousarray(part.vectors).reshape(-1), value)
            columns.append(pa.FixedSizeListArray.from_arrays(flat, table.width))
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            message("save", "pyarrow for Parquet", "none", "pip install 'tokenspace[data]', or .safetensors")
        ) from error
    return pa, pq


def _jsonl(file: IO[Any], table: Table) -> None:
    for part in table.parts():
        for row, vector in enumerate(part.vectors):
            record: dict[str, Any] = {} if part.ids is None else {"id": part.ids[row]}
            if part.texts is not None:
                record["text"] = part.texts[row]
            file.write(json.dumps({**record, "embedding": plain_numbers(vector)}, ensure_ascii=False) + "\n")


def plain_numbers(vector: npt.NDArray[Any]) -> list[Any]:
    """Numbers for JSON: the shortest digits that give the same float32 (or float16) again."""
    return [float(str(value)) for value in vector] if vector.dtype.kind == "f" else list(vector.tolist())


def _write_vectors(file: IO[Any], table: Table) -> None:
    for part in table.parts():
        little = part.vectors.astype(part.vectors.dtype.newbyteorder("<"), copy=False)
        file.write(np.ascontiguousarray(little).data)


def _encoded(id: str | int) -> bytes:
    return str(id).encode("utf-8", "surrogatepass")


def _regrouped(parts: Iterable[Part], rows: int) -> Iterator[Part]:
    """The same rows in parts of ``rows``, the last one shorter; one empty part where there are none."""
    held: list[Part] = []
    count = 0
    given = False
    for part in parts:
        begin = 0
        while begin < len(part.vectors):
            end = min(len(part.vectors), begin + rows - count)
            ids = None if part.ids is None else part.ids[begin:end]
            held.append(Part(part.vectors[begin:end], ids))
            count += end - begin
            begin = end
            if count == rows:
                yield _one(held)
                held, count, given = [], 0, True
    if held or not given:
        yield _one(held) if held else Part(np.zeros((0, 0), np.float32), [])


def _one(parts: list[Part]) -> Part:
    ids = None if parts[0].ids is None else [id for part in parts for id in part.ids or ()]
    return Part(np.concatenate([part.vectors for part in parts]), ids)
