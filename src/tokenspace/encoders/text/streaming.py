"""Vectors of more texts than memory holds, written to a file, and going on after a kill at any moment.

Finished parts of some thousand rows are kept beside the file, in ``NAME.parts``, with the settings and a digest of the
texts they were made of, until the file is complete: it appears whole, and its bytes are the same however often the work was
stopped. For the vectors of torch, whose last digits depend on the rows beside them, parts begin at fixed rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, CheckpointError, FileError, message
from ...io.atomic_folder import atomic_folder, sync
from ...io.checkpoint import Checkpoint, remove_checkpoint
from ...io.exclusive import Exclusive
from ...progress import ProgressLike, Reporter
from ...types import PathLike
from .pipeline import Plan, checked
from .quantize import Precision, quantization_ranges, quantize_embeddings
from .report import TruncationWarning
from .vector_files import FORMAT, Part, Table, format_of, replace_shards, write_file, write_shards

if TYPE_CHECKING:
    from .encoder import TextEncoder

__all__ = ["WrittenFile", "encode_to_file"]

_ROWS = 1024
_STATIC_ROWS = 16384
_PART_CHARS = 32 << 20
# Parts in one checkpoint folder, which is listed whenever one is saved.
_GROUP = 256
_INT64 = range(-(1 << 63), 1 << 63)


@dataclass(frozen=True)
class WrittenFile:
    """What was written.

    path, format: where and as what. rows, dimension, dtype: of the matrix. truncated: texts that lost something;
    first_truncated: the row of the first, from 0; longest: tokens of the longest text. resumed: rows that were there from
    an earlier run. max_length: the bound in tokens.
    """

    path: str
    format: str
    rows: int
    dimension: int
    dtype: str
    truncated: int
    first_truncated: int | None
    longest: int
    max_length: int | None
    resumed: int


@dataclass(frozen=True)
class _Made:
    """A part that is stored: what is remembered of it."""

    rows: int
    id_bytes: int
    ids: str
    truncated: int
    first: int | None
    longest: int


def encode_to_file(
    encoder: TextEncoder,
    source: Any,
    path: PathLike,
    *,
    column: str | None = None,
    id_column: str | None = None,
    keep_texts: bool = False,
    precision: Precision = "float32",
    ranges: npt.NDArray[np.float32] | None = None,
    resume: bool = True,
    rows_per_part: int | None = None,
    rows_per_shard: int = 100_000,
    progress: ProgressLike = None,
    **options: Any,
) -> WrittenFile:
    """Vectors of a large input, written as they come, see `vector_files` for the formats.

    Args:
        source: a file of texts (lines, JSONL, CSV, TSV, Parquet, compressed or not), or an iterable of texts or of (id,
            text). It is read from its beginning when the work is resumed.
        path: where to; the ending is the format, a path without one is a folder of shards.
        column, id_column: of a table; the column "text", and row numbers from 1, by default.
        keep_texts: the text in each row, in Parquet and JSON Lines.
        precision, ranges: see `quantize_embeddings`; without ``ranges`` int8 and uint8 take those of the first part, and
            the file holds them. .npy has no place for them.
        resume: go on from the parts an earlier call left; False: begin anew. An exception, too, leaves what is finished.
        rows_per_part: rows that are written, and lost by a kill, at a time; None: 16,384 of static encoders, 1,024 of others.
        rows_per_shard: of a folder of shards.
        progress: see `tokenspace.progress`; counts texts.
        options: prompt, prompt_name, batch_size, normalize, dimensions, max_length, on_truncate, threads of `encode`.

    Raises:
        CheckpointError: the parts that are there were made with other settings or of other texts. ArgumentError: options
            that contradict each other, a text that is no str. FormatError, NotFoundError: of the source. FileError: the
            disk is full, the file cannot be written, or another process is writing it. LimitError: as for `encode`.
    """
    format = format_of(os.fspath(path))
    target = Path(os.path.realpath(path))
    _check_place(target, format, path)
    _check(format, keep_texts, precision, ranges, rows_per_part, rows_per_shard, path)
    plan = encoder._plan_of("encode_to_file", options)
    size = rows_per_part or (_STATIC_ROWS if encoder.engine == "static" else _ROWS)
    parts = target.with_name(target.name + ".parts")
    held = Exclusive(f"write {path}", parts)
    try:
        work = _Work(encoder, plan, target, parts, precision, ranges, keep_texts, size, resume)
        records, total = _records(source, column, id_column)
        made: list[_Made] = []
        resumed = done = 0
        with Reporter("embed", total, "texts", progress) as report:
            for number, (ids, texts) in enumerate(_parts(records, size)):
                kept = work.kept(number, ids, texts)
                if kept is None:
                    kept = work.make(number, ids, texts, done, report)
                else:
                    resumed += kept.rows
                made.append(kept)
                done += kept.rows
                report.update(done)
        work.write(made, format, rows_per_shard)
    finally:
        held.release()
    first = next((part.first for part in made if part.first is not None), None)
    written = WrittenFile(
        os.fspath(path), format, done, work.width, work.dtype, sum(part.truncated for part in made), first,
        max((part.longest for part in made), default=0), plan.max_length, resumed,
    )  # fmt: skip
    if plan.on_truncate == "warn" and written.truncated:
        warnings.warn(
            f"[encode] {written.truncated:,} of {done:,} texts have more than {plan.max_length:,} tokens and were cut, the "
            f"first in row {first}; the longest has {written.longest:,}",
            TruncationWarning,
            stacklevel=2,
        )
    return written


def _check(
    format: str,
    keep_texts: bool,
    precision: str,
    ranges: Any,
    rows_per_part: int | None,
    rows_per_shard: int,
    path: Any,
) -> None:
    if keep_texts and format not in ("parquet", "jsonl"):
        raise ArgumentError(message(f"save {path}", "texts in Parquet or JSON Lines", format))
    if format == "npy" and precision in ("int8", "uint8") and ranges is None:
        raise ArgumentError(
            message(f"save {path}", f"ranges= for {precision}, which .npy has no place for", "none", ".safetensors")
        )
    if (rows_per_part is not None and rows_per_part < 1) or rows_per_shard < 1:
        raise ArgumentError(message(f"save {path}", "parts of at least one row", f"{rows_per_part}, {rows_per_shard}"))


def _check_place(target: Path, format: str, path: Any) -> None:
    """Before hours of work rather than after them."""
    if format == "shards":
        if target.exists() and not target.is_dir():
            raise FileError(f"[write] {path}: expected a folder, received a file")
    elif target.is_dir():
        raise FileError(f"[write] {path}: expected a file, received a folder")
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise FileError(f"[write] {path}: expected a folder that can be written to, received {target.parent}")


class _Work:
    """The parts of one file: made, kept, and put together."""

    def __init__(
        self,
        encoder: TextEncoder,
        plan: Plan,
        target: Path,
        folder: Path,
        precision: Precision,
        ranges: npt.NDArray[np.float32] | None,
        keep_texts: bool,
        size: int,
        resume: bool,
    ) -> None:
        self.encoder, self.plan, self.target = encoder, plan, target
        self.precision, self.ranges, self.keep_texts = precision, ranges, keep_texts
        self.folder = folder
        dimension = plan.dimensions or encoder.describe().dimension or 0
        bits = precision in ("binary", "ubinary")
        self.width = (dimension + 7) // 8 if bits else dimension
        self.dtype = {"binary": "int8", "ubinary": "uint8"}.get(precision, precision)
        self.about = {
            "format": FORMAT,
            "model": encoder.name,
            "encoder": encoder.identity,
            "precision": precision,
            "dimension": dimension,
            "normalized": plan.normalized(encoder.describe().normalize.value),
            "prompt": plan.prompt,
            "max_length": plan.max_length,
            "on_truncate": "cut" if plan.on_truncate in ("warn", "ignore") else plan.on_truncate,
        }
        described = encoder.describe()
        self._settings = {
            **self.about,
            "engine": f"{described.engine} {described.precision}",
            "chunk_overlap": plan.overlap,
            "batch_size": plan.batch_size,
            "rows_per_part": size,
            "ranges": None if ranges is None else hashlib.sha256(np.asarray(ranges, "<f4").tobytes()).hexdigest(),
            "texts": keep_texts,
        }
        del self._settings["model"]  # another path to the same files is the same encoder
        self._groups: dict[int, Checkpoint] = {}
        if not resume:
            self.clear()
        self._group(0)  # refuses parts of other settings before any work

    def _group(self, number: int) -> Checkpoint:
        group = number // _GROUP
        if group not in self._groups:
            self._groups[group] = Checkpoint(self.folder / f"{group:05}", self._settings)
        return self._groups[group]

    def kept(self, number: int, ids: list[Any] | None, texts: list[str]) -> _Made | None:
        """A part an earlier run has stored; None when there is none.

        Raises:
            CheckpointError: it was made of other texts.
        """
        stage = self._group(number).load(f"part{number}")
        if stage is None:
            return None
        if stage.meta["input"] != _digest(ids, texts):
            raise CheckpointError(
                message(
                    f"resume {self.folder}",
                    f"the texts part {number} was made of",
                    "others",
                    "resume=False, which begins anew, or another output",
                )
            )
        if number == 0 and self.ranges is None and "ranges" in stage.files:
            self.ranges = np.frombuffer(stage.files["ranges"].read_bytes(), "<f4").reshape(2, -1)
        return _Made(**stage.meta["made"])

    def make(self, number: int, ids: list[Any] | None, texts: list[str], first: int, report: Reporter) -> _Made:
        """Encode a part and store it."""
        vectors, told = self.encoder._pipeline.many(texts, self.plan, first, lambda n: report.update(first + n))
        files: dict[str, bytes] = {}
        if self.precision in ("int8", "uint8") and self.ranges is None:
            self.ranges = quantization_ranges(vectors)
        if number == 0 and self.ranges is not None:
            files["ranges"] = np.asarray(self.ranges, "<f4").tobytes()
        smaller = quantize_embeddings(vectors, self.precision, self.ranges)
        files["vectors"] = smaller.astype(smaller.dtype.newbyteorder("<"), copy=False).tobytes()
        if ids is not None:
            files["ids"] = json.dumps(ids).encode()
        if self.keep_texts:
            files["texts"] = json.dumps(texts).encode()
        cut = np.flatnonzero(told.truncated)
        made = _Made(
            len(texts),
            0 if ids is None else sum(len(str(id).encode("utf-8", "surrogatepass")) for id in ids),
            _kind(ids),
            len(cut),
            first + int(cut[0]) if len(cut) else None,
            told.longest,
        )
        meta = {"input": _digest(ids, texts), "made": vars(made)}
        self._group(number).save(f"part{number}", files, meta)
        return made

    def write(self, made: list[_Made], format: str, rows_per_shard: int) -> None:
        """All parts as one file (or folder), then the parts go."""
        kinds = {part.ids for part in made}
        table = Table(
            lambda: self._stored(len(made)),
            sum(part.rows for part in made),
            self.width,
            self.dtype,
            "str" if "str" in kinds else "int" if "int" in kinds else "none",
            sum(part.id_bytes for part in made),
            self.keep_texts,
            self.ranges,
            self.about,
        )
        # Within the folder of parts: a kill leaves nothing elsewhere.
        whole = self.folder / f"whole{''.join(self.target.suffixes[-1:])}"
        if format == "shards":
            with atomic_folder(whole) as folder:
                write_shards(folder, table, rows_per_shard)
        else:
            write_file(whole, format, table)
        try:
            if format == "shards" and self.target.exists():
                replace_shards(whole, self.target)
            else:
                os.replace(whole, self.target)
            sync(self.target.parent)
        except OSError as error:
            raise FileError(f"[write] {self.target}: {error.strerror}") from error
        self.clear()

    def _stored(self, count: int) -> Iterator[Part]:
        for number in range(count):
            stage = self._group(number).load(f"part{number}")
            if stage is None:
                raise CheckpointError(f"[resume] {self.folder}: part {number} is damaged; run the command again")
            raw = stage.files["vectors"].read_bytes()
            vectors = np.frombuffer(raw, np.dtype(self.dtype).newbyteorder("<")).reshape(-1, self.width)
            ids = json.loads(stage.files["ids"].read_bytes()) if "ids" in stage.files else None
            texts = json.loads(stage.files["texts"].read_bytes()) if "texts" in stage.files else None
            yield Part(vectors, ids, texts)

    def clear(self) -> None:
        """Remove the parts; what is not ours in their folder stays."""
        for group in sorted(self.folder.glob("[0-9]" * 5)):
            remove_checkpoint(group)
        for left in (*self.folder.glob("whole*"), *self.folder.glob(".whole*.tmp")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
        self._groups.clear()


def _records(
    source: Any, column: str | None, id_column: str | None
) -> tuple[Iterable[tuple[Any, str] | str], int | None]:
    """(texts, or pairs of id and text; how many, where that is known)."""
    if isinstance(source, (str, os.PathLike)):
        from ...io import ReadOptions, expand_inputs, read_records

        options = ReadOptions(column=column, id_column=id_column)
        records = read_records(expand_inputs([os.fspath(source)]), options)
        return ((record.id, record.text) for record in records), None
    if column is not None or id_column is not None:
        raise ArgumentError(message("encode_to_file", "columns of a file", "an iterable, which has none"))
    return source, len(source) if hasattr(source, "__len__") else None


def _parts(records: Iterable[Any], size: int) -> Iterator[tuple[list[Any] | None, list[str]]]:
    """(ids or None, texts) of successive rows: ``size`` of them, or fewer very long ones."""
    ids: list[Any] = []
    texts: list[str] = []
    chars = done = 0
    has_ids: bool | None = None
    for record in records:
        paired = isinstance(record, tuple) and len(record) == 2
        if has_ids is None:
            has_ids = paired
        if paired != has_ids:
            raise ArgumentError(
                message("encode_to_file", "ids for all texts or for none", f"both, at row {done + len(texts)}")
            )
        id, text = record if paired else (None, record)
        (text,) = checked((text,), done + len(texts))
        ids.append(id)
        texts.append(text)
        chars += len(text)
        if len(texts) == size or chars >= _PART_CHARS:
            yield (_plain(ids) if has_ids else None), texts
            done += len(texts)
            ids, texts, chars = [], [], 0
    if texts:
        yield (_plain(ids) if has_ids else None), texts


def _plain(ids: list[Any]) -> list[str | int]:
    """Whole numbers as int, everything else as text."""
    return [int(id) if isinstance(id, (int, np.integer)) and not isinstance(id, bool) else str(id) for id in ids]


def _kind(ids: list[Any] | None) -> str:
    if ids is None:
        return "none"
    return "int" if all(isinstance(id, int) and id in _INT64 for id in ids) else "str"


def _digest(ids: list[Any] | None, texts: list[str]) -> str:
    digest = hashlib.sha256()
    digest.update(json.dumps(ids).encode())
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()
