"""Cutting an embedding matrix to a pruned vocabulary: safetensors in, safetensors out, row by row."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, FileError, FormatError, NotFoundError, message
from ...types import PathLike

if TYPE_CHECKING:
    from ...io.safetensors_file import Header
    from ...types import IntArray

__all__ = ["CutTensor", "cut_embeddings"]

_OPERATION = "cut_embeddings"
_INDEX = "model.safetensors.index.json"
_CHUNK_BYTES = 16 << 20


@dataclass(frozen=True)
class CutTensor:
    """One tensor that lost rows: its name, the file written, its shapes before and after."""

    name: str
    file: str
    before: tuple[int, ...]
    after: tuple[int, ...]


def cut_embeddings(
    path_in: PathLike, path_out: PathLike, id_map: IntArray | Sequence[int], names: Iterable[str] | None = None
) -> list[CutTensor]:
    """Copies a model, keeping of its embedding matrices the rows of the entries that were kept.

    path_in: a .safetensors file, a model.safetensors.index.json, or a folder with either. path_out: a file when
        ``path_in`` is one, else a folder (made when missing); shards keep their names.
    id_map: old id -> new id or -1, as ``prune`` gives it. Row i of the result is the row of the old id mapped to i.
    names: the tensors to cut; they may have more rows than the map (padding, which is dropped). None: every tensor whose
        first dimension is the length of the map (embedding, lm_head, their biases). A model whose matrix is padded has
        none, and needs names.

    All other tensors, their types (bfloat16 and the others as their bytes) and the metadata are copied as they are. Memory
    is a few tens of MB whatever the size; each file appears whole or not at all, an index last.

    Raises ArgumentError for a map that is no map, names that are not there, or when no tensor fits; FormatError for
    damaged files, NotFoundError for missing ones.
    """
    import numpy as np

    old_ids = _rows(np.asarray(id_map))
    files, index = _files(Path(path_in))
    headers = {file: _header(file) for file in files}
    wanted = None if names is None else set(names)
    chosen = {
        name: file
        for file, header in headers.items()
        for name, tensor in header.tensors.items()
        if _is_wanted(name, tensor.shape, len(id_map), wanted)
    }
    if wanted is not None and wanted - set(chosen):
        raise ArgumentError(
            message(_OPERATION, "names of tensors of the model", ", ".join(sorted(wanted - set(chosen))))
        )
    if not chosen:
        raise ArgumentError(
            message(_OPERATION, f"a tensor of {len(id_map)} rows", "none", f"names=, such as {_largest(headers)}")
        )
    target = Path(path_out)
    single = index is None and len(files) == 1 and not Path(path_in).is_dir()
    cut: list[CutTensor] = []
    total = 0
    for file in files:
        out = target if single else target / file.name
        if out.resolve() == file.resolve():
            raise ArgumentError(message(_OPERATION, "another path to write to", str(out)))
        size, done = _copy(file, out, headers[file], {name for name, home in chosen.items() if home == file}, old_ids)
        total += size
        cut += done
    if index is not None:
        from ..files import store_bytes

        index = {**index, "metadata": {**index.get("metadata", {}), "total_size": total}}
        store_bytes(target / _INDEX, (json.dumps(index, indent=2) + "\n").encode("utf-8"))
    return cut


def _rows(id_map: Any) -> Any:
    """Old ids in order of their new ones."""
    import numpy as np

    kept = np.flatnonzero(id_map >= 0) if id_map.ndim == 1 and id_map.dtype.kind in "iu" else None
    if kept is None or not len(kept):
        raise ArgumentError(
            message(_OPERATION, "an id map of integers with ids kept", f"{id_map.dtype} {id_map.shape}")
        )
    new = id_map[kept]
    order = np.argsort(new, kind="stable")
    if not np.array_equal(new[order], np.arange(len(kept))):
        raise ArgumentError(message(_OPERATION, f"new ids 0 to {len(kept) - 1}, each once", "others"))
    return kept[order]


def _files(path: Path) -> tuple[list[Path], dict[str, Any] | None]:
    if path.is_dir():
        if (path / _INDEX).is_file():
            path = path / _INDEX
        else:
            found = sorted(path.glob("*.safetensors"))
            if not found:
                raise NotFoundError(message(_OPERATION, "safetensors files", f"none in {path}"))
            return found, None
    if not path.is_file():
        raise NotFoundError(message(_OPERATION, "a file or folder", f"nothing at {path}"))
    if path.suffix != ".json":
        return [path], None
    try:
        index = json.loads(path.read_bytes())
        shards = sorted(set(index["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(message(f"read {path}", "an index with a weight_map", repr(error))) from error
    for shard in shards:
        if Path(shard).name != shard or not (path.parent / shard).is_file():
            raise NotFoundError(message(f"read {path}", "the shards beside it", shard))
    return [path.parent / shard for shard in shards], index


def _header(path: Path) -> Header:
    """What the file says of itself, checked against its size."""
    from ...io.safetensors_file import header_bytes, parse_header

    operation = f"read {path}"
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            text = file.read(header_bytes(operation, file.read(8), size))
    except FileError:
        raise
    except OSError as error:
        raise FileError(message(operation, "a readable file", error.strerror or str(error))) from error
    return parse_header(operation, text, size)


def _is_wanted(name: str, shape: tuple[int, ...], rows: int, wanted: set[str] | None) -> bool:
    if wanted is None:
        return bool(shape) and shape[0] == rows
    if name in wanted and (not shape or shape[0] < rows):
        raise ArgumentError(message(_OPERATION, f"{name} with at least {rows} rows", f"shape {list(shape)}"))
    return name in wanted


def _largest(headers: dict[Path, Header]) -> str:
    shapes = {name: list(t.shape) for header in headers.values() for name, t in header.tensors.items()}
    best = max(shapes, key=lambda name: shapes[name][0] if shapes[name] else 0, default="")
    return f"{best} {shapes.get(best)}"


def _copy(file: Path, out: Path, header: Header, cut: set[str], old_ids: Any) -> tuple[int, list[CutTensor]]:
    """Writes one file; (bytes of its tensors, what was cut)."""
    from ...io.writers import atomic_writer

    written: dict[str, Any] = {"__metadata__": header.metadata} if header.metadata else {}
    done: list[CutTensor] = []
    at = 0
    for name, tensor in header.tensors.items():
        shape, size = tensor.shape, tensor.nbytes
        if name in cut:
            if size % shape[0]:
                raise FormatError(message(f"read {file}", f"rows of whole bytes in {name}", f"{size} of {list(shape)}"))
            size = size // shape[0] * len(old_ids)
            shape = (len(old_ids), *shape[1:])
            done.append(CutTensor(name, str(out), tensor.shape, shape))
        written[name] = {"dtype": tensor.dtype, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(message(f"write {out}", "a folder to write to", error.strerror or str(error))) from error
    with atomic_writer(out, "wb") as target, file.open("rb") as source:
        target.write(struct.pack("<Q", len(text)) + text)
        for name, tensor in header.tensors.items():
            if name in cut:
                _write_rows(source, target, tensor.begin, tensor.nbytes // tensor.shape[0], old_ids)
            else:
                _write_bytes(source, target, tensor.begin, tensor.nbytes)
    return at, done


def _write_bytes(source: Any, target: Any, at: int, size: int) -> None:
    source.seek(at)
    while size > 0:
        chunk = source.read(min(size, _CHUNK_BYTES))
        target.write(chunk)
        size -= len(chunk)


def _write_rows(source: Any, target: Any, at: int, row_bytes: int, old_ids: Any) -> None:
    """Rows in the order asked for; neighbours are read together."""
    import numpy as np

    if row_bytes == 0:
        return
    breaks = np.flatnonzero(np.diff(old_ids) != 1) + 1
    for run in np.split(old_ids, breaks):
        _write_bytes(source, target, at + int(run[0]) * row_bytes, len(run) * row_bytes)
