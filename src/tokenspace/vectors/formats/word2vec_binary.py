"""word2vec's binary format: a line "rows columns", then of each row the word, a space and its float32 numbers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import FormatError, TruncatedFileError, message
from ...io.streams import codec_name
from ...progress import ProgressLike, Reporter
from ...types import PathLike
from . import byte_feed
from .byte_feed import open_feed
from .counts import made_up_counts
from .rows import Rows, float_type, keyed_vectors
from .word2vec_text import asked_rows, class_of, read_header

if TYPE_CHECKING:
    from ..keyed_vectors import KeyedVectors

__all__ = ["read_word2vec_binary"]


def _truncated(name: str, claimed: int, found: int) -> TruncatedFileError:
    expected = f"{claimed} rows, as its first line says"
    return TruncatedFileError(message(f"read vectors, {name}", expected, f"unexpected end after {found}"))


def read_word2vec_binary(
    path: PathLike,
    *,
    cls: type[Any] | None = None,
    counts: dict[str, int] | None = None,
    encoding: str = "utf8",
    unicode_errors: str = "strict",
    limit: int | None = None,
    datatype: npt.DTypeLike = np.float32,
    progress: ProgressLike = None,
) -> KeyedVectors:
    """A file of word2vec, gensim or fastText's converters in the binary format. Line feeds before a word are dropped.

    Arguments and errors: see `word2vec_text.read_word2vec_text`.
    """
    codec, name, dtype = codec_name(encoding), str(path), float_type(datatype)
    with open_feed(path) as feed:
        claimed, columns = read_header(feed, name)
        wanted = min(claimed, asked_rows(limit))
        whole = feed.whole
        if 4 * columns + 1 > byte_feed.WINDOW:
            raise FormatError(
                message(f"read vectors, {name}", f"rows below {byte_feed.WINDOW >> 20} MiB", f"{columns} values")
            )
        if whole is not None and wanted * (4 * columns + 1) > len(whole):
            raise _truncated(name, claimed, len(whole) // (4 * columns + 1))
        rows = Rows(name, columns, wanted if whole is not None else 0)
        with Reporter("load vectors", feed.size, "bytes", progress) as report:
            while len(rows.words) < wanted:
                window = feed.window()
                room = rows.room(min(wanted - len(rows.words), len(window) // (4 * columns + 1)))
                before = len(rows.words)
                used = rows.took(_core.parse_vector_binary(window, room, codec, unicode_errors), codec, unicode_errors)
                if len(rows.words) == before:
                    _refuse_end(len(window), name, claimed, before)
                del window, room
                feed.advance(used)
                report.update(feed.consumed())
        if wanted == claimed and feed.window(1 << 16).tobytes().strip(b"\n"):
            warnings.warn(f"{name}: its first line says {claimed} rows; what follows them was not read", stacklevel=2)
    matrix = rows.matrix().astype(dtype, copy=False)
    kv = keyed_vectors(class_of(cls), name, rows.words, matrix, not_finite=rows.not_finite)
    kv.expandos["count"] = made_up_counts(kv.index_to_key, len(rows.words), counts, name)
    return kv


def _refuse_end(left: int, name: str, claimed: int, found: int) -> None:
    if left >= byte_feed.WINDOW:
        raise FormatError(
            message(f"read vectors, {name}, row {found + 1}", "a word and a space", f"{left >> 20} MiB without a space")
        )
    raise _truncated(name, claimed, found)
