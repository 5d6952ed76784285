"""Writing word2vec's text and binary formats, byte for byte as gensim writes them, and GloVe's text."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, FileError, UnsupportedError, message
from ...io.writers import atomic_writer
from ...progress import ProgressLike, Reporter
from ...types import PathLike

if TYPE_CHECKING:
    from ..keyed_vectors.storage import VectorStorage

__all__ = ["float_rows", "write_glove", "write_word2vec"]

_BLOCK_BYTES = 8 << 20


def float_rows(kv: VectorStorage, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """The rows as float32, whatever they are stored as."""
    out = kv.vectors[rows].astype(np.float32, copy=False)
    return out if kv.scales is None else out * kv.scales[rows, None]


def _order(kv: VectorStorage, sort_attr: str) -> npt.NDArray[np.int64]:
    """Row numbers, the largest value of the attribute first; rows of equal value stay in order."""
    # Not those of key_to_index: whole-number tags of documents are rows without standing there.
    rows = np.array([row for row, key in enumerate(kv.index_to_key) if key is not None], dtype=np.int64)
    values = kv.expandos.get(sort_attr)
    if values is None:
        return rows
    given = values[rows]
    if given.dtype.kind in "iu":
        given = given.astype(np.int64)
    elif given.dtype.kind != "f":
        return np.array(sorted(rows, key=lambda row: -values[row]), dtype=np.int64)
    return np.asarray(rows[np.argsort(-given, kind="stable")])


def _check_keys(keys: list[str], binary: bool) -> None:
    """Keys that a reader could not find again.

    Raises:
        UnsupportedError: a key with a line feed, with a blank in the binary format, or that is not text.
    """
    held = "".join(keys)
    try:
        held.encode()
    except UnicodeEncodeError:
        bad = "a lone surrogate"
    else:
        bad = "a line feed" if "\n" in held else "a blank" if binary and " " in held else ""
    if bad:
        where = {"a line feed": "\n", "a blank": " "}.get(bad)
        key = next((key for key in keys if where and where in key), keys[0])
        form = "word2vec's binary format" if binary else "lines of text"
        raise UnsupportedError(
            message("save_word2vec_format", f"keys that {form} can hold", f"{bad}, as in {key!r}", "save()")
        )


@contextmanager
def _output(path: PathLike, append: bool) -> Iterator[Any]:
    if not append:
        with atomic_writer(path, "wb") as file:
            yield file
        return
    try:
        with open(path, "ab") as raw:
            if str(path).endswith(".gz"):
                with gzip.GzipFile(fileobj=raw, mode="ab") as packed:
                    yield packed
            else:
                yield raw
    except OSError as error:
        raise FileError(f"[save_word2vec_format] {path}: {error.strerror}") from error


def write_word2vec(
    kv: VectorStorage,
    path: PathLike,
    *,
    fvocab: PathLike | None = None,
    binary: bool = False,
    total_vec: int | None = None,
    write_header: bool = True,
    prefix: str = "",
    append: bool = False,
    sort_attr: str = "count",
    threads: int = 0,
    progress: ProgressLike = None,
) -> None:
    """Write vectors in word2vec's format; the file appears whole or not at all.

    Numbers are written in the fewest digits that give the same float32 again. float16 and int8 vectors are written as
    the float32 they stand for.

    Args:
        fvocab: also write a line "key value-of-sort_attr" for each key there.
        total_vec: the number of rows the header tells, where more are appended later.
        write_header: without it the text is GloVe's.
        prefix: put before every key.
        append: add to the file that is there instead of writing a new one (not atomic).
        sort_attr: the rows are written in descending order of this attribute, in their own order where it is missing.

    Raises:
        UnsupportedError: a key the format cannot hold. ArgumentError: ``fvocab`` without such an attribute. FileError:
        the file cannot be written.
    """
    if sort_attr not in kv.expandos:
        if fvocab is not None:
            known = ", ".join(kv.expandos) or "none"
            raise ArgumentError(message("save_word2vec_format", f"the attribute {sort_attr!r} for fvocab", known))
        if sort_attr != "count":
            warnings.warn(f"there is no attribute {sort_attr!r}: rows are written in their own order", stacklevel=2)
    order = _order(kv, sort_attr)
    keys = [str(kv.index_to_key[row]) for row in order]
    _check_keys([prefix, *keys], binary)
    if fvocab is not None:
        values = kv.expandos[sort_attr]
        with _output(fvocab, append) as file:
            for key, row in zip(keys, order, strict=True):
                file.write(f"{prefix}{key} {values[row]}\n".encode())
    step = max(1, _BLOCK_BYTES // max(1, 4 * kv.vector_size))
    with _output(path, append) as file, Reporter("save vectors", len(keys), "rows", progress) as report:
        if write_header:
            file.write(f"{len(keys) if total_vec is None else total_vec} {kv.vector_size}\n".encode())
        for start in range(0, len(keys), step):
            part = slice(start, start + step)
            rows = np.ascontiguousarray(float_rows(kv, order[part]))
            file.write(_core.format_vector_rows(keys[part], rows, prefix, binary, threads))
            report.advance(len(rows))


def write_glove(kv: VectorStorage, path: PathLike, **options: Any) -> None:
    """GloVe's text: `write_word2vec` without header."""
    write_word2vec(kv, path, write_header=False, **options)
