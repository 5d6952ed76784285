"""Vectors as lines of text: word2vec's (a header "rows columns", fastText's .vec too) and GloVe's (no header)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, FormatError, TruncatedFileError, message
from ...io.streams import codec_name
from ...progress import ProgressLike, Reporter
from ...types import PathLike
from . import byte_feed
from .byte_feed import ByteFeed, Bytes, open_feed
from .counts import made_up_counts
from .rows import Rows, float_type, keyed_vectors

if TYPE_CHECKING:
    from ..keyed_vectors import KeyedVectors

__all__ = [
    "Header",
    "asked_rows",
    "class_of",
    "is_header",
    "no_header_dimension",
    "read_glove",
    "read_header",
    "read_word2vec_text",
]

Header = tuple[int, int]
_LARGEST = 1 << 40
# A word may hold blanks, so that its line seems to hold more values: the shortest of some lines says how many there are.
_LINES_LOOKED_AT = 100


def _numbers(line: bytes) -> list[int]:
    fields = line.split()
    return [int(field) for field in fields] if all(field.isdigit() and len(field) < 20 for field in fields) else []


def is_number(field: bytes) -> bool:
    """Whether the bytes are a value as text files of vectors have them."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def is_header(line: bytes) -> bool:
    """Whether the line is two whole numbers and nothing else."""
    return len(_numbers(line)) == 2


def read_header(feed: ByteFeed, name: str) -> Header:
    """(rows, columns) of the first line, which is left behind.

    Raises:
        FormatError: the first line is not two numbers, or they cannot be meant.
    """
    line = feed.line()
    numbers = _numbers(line)
    if len(numbers) != 2 or numbers[1] == 0 or max(numbers) > _LARGEST:
        shown = repr(line[:60].decode("utf-8", "replace")) if line else "an empty file"
        remedy = "no_header=True for a file without (GloVe)"
        raise FormatError(
            message(f"read vectors, {name}", "a first line with the numbers of rows and columns", shown, remedy)
        )
    feed.advance(len(line))
    return numbers[0], numbers[1]


def no_header_dimension(block: Bytes, name: str) -> int:
    """The number of values on a line, from the first lines of a file without header.

    Raises:
        FormatError: no line with a word and a value.
    """
    _, _, size = _core.count_vector_rows(block, _LINES_LOOKED_AT)
    lines = [line for line in bytes(block[:size]).split(b"\n") if line.strip()]
    found = [_core.count_vector_values(np.frombuffer(line, np.uint8)) for line in lines]
    if not found or min(found) == 0:
        shown = repr(lines[found.index(0)][:60].decode("utf-8", "replace")) if found else "an empty file"
        raise FormatError(message(f"read vectors, {name}", "lines of a word and its values", shown))
    if found[0] < min(found[1:], default=0) and is_number(lines[0].split()[0]):
        # Numbers alone, and fewer than anywhere else: a header that cannot be meant, not a word with its values.
        expected = f"lines of a word and {min(found[1:])} values"
        remedy = "the numbers of rows and columns there, or no such line"
        shown = repr(lines[0][:60].decode("utf-8", "replace"))
        raise FormatError(message(f"read vectors, {name}, line 1", expected, shown, remedy))
    return int(min(found))


def _whole_lines(feed: ByteFeed, name: str) -> Bytes:
    """The window, cut after its last line feed unless the file ends in it."""
    window = feed.window()
    if len(window) < byte_feed.WINDOW:
        return window
    for tail in (1 << 16, byte_feed.WINDOW):
        cut = bytes(window[-tail:]).rfind(b"\n")
        if cut >= 0:
            return window[: len(window) - min(tail, len(window)) + cut + 1]
    raise FormatError(
        message(f"read vectors, {name}", f"lines of at most {byte_feed.WINDOW >> 20} MiB", "a longer one")
    )


def _check_room(name: str, rows: int, columns: int, size: int) -> None:
    """Before memory is asked for: every value takes two bytes of its line at least."""
    if rows * columns * 2 > size:
        raise FormatError(
            message(f"read vectors, {name}", f"{columns} values on each of {rows} lines", f"{size} bytes for all")
        )


class _Reading:
    """The rows of one file from the position of its feed."""

    def __init__(self, feed: ByteFeed, name: str, columns: int, lines_before: int, datatype: npt.DTypeLike) -> None:
        self.feed, self.name, self.columns = feed, name, columns
        self.line = 1 + lines_before
        self.datatype = float_type(datatype)
        # The core reads floats and doubles; halves are made from doubles, as NumPy makes them from text.
        self.parsed_type = np.dtype(np.float32 if self.datatype == np.float32 else np.float64)

    def read(self, limit: int, encoding: str, errors: str, threads: int, progress: ProgressLike) -> Rows:
        """At most ``limit`` rows."""
        whole, capacity = self.feed.whole, 0
        if whole is not None:
            capacity, _, size = _core.count_vector_rows(whole, limit)
            _check_room(self.name, capacity, self.columns, size)
        rows = Rows(self.name, self.columns, capacity, self.datatype)
        with Reporter("load vectors", self.feed.size, "bytes", progress) as report:
            while len(rows.words) < limit:
                block = _whole_lines(self.feed, self.name)
                if not len(block):
                    break
                count, lines, size = _core.count_vector_rows(block, limit - len(rows.words))
                _check_room(self.name, count, self.columns, size)
                room = rows.room(count)
                target = room if room.dtype == self.parsed_type else np.empty(room.shape, self.parsed_type)
                parsed = _core.parse_vector_text(block[:size], target, self.line, encoding, errors, threads)
                if target is not room:
                    with np.errstate(over="ignore"):
                        room[:] = target
                del room, target
                rows.took(parsed, encoding, errors)
                del block
                self.feed.advance(size)
                self.line += lines
                report.update(self.feed.consumed())
        return rows


def asked_rows(limit: int | None) -> int:
    """Rows to read at most; a number that no file has for all of them."""
    if limit is not None and limit < 0:
        raise ArgumentError(message("read vectors", "limit >= 0", str(limit)))
    return limit or _LARGEST  # 0 means all, as in gensim


def read_word2vec_text(
    path: PathLike,
    *,
    cls: type[Any] | None = None,
    counts: dict[str, int] | None = None,
    encoding: str = "utf8",
    unicode_errors: str = "strict",
    limit: int | None = None,
    datatype: npt.DTypeLike = np.float32,
    no_header: bool = False,
    threads: int = 0,
    progress: ProgressLike = None,
) -> KeyedVectors:
    """A file of lines "word v1 ... vd", with a first line "rows columns" unless ``no_header``.

    The values are the last ``columns`` fields of a line; blanks before them belong to the word. Lines of white space
    are passed over. Values are rounded as NumPy rounds the same text.

    Args:
        path: plain, or packed by gzip, bzip2, xz or zstd, whatever its name.
        counts: word -> count for the attribute "count"; without them the first word gets the number of rows, the next
            one less, and so on, as gensim makes them up.
        encoding, unicode_errors: of the words; as of `bytes.decode`.
        limit: rows to read at most.
        datatype: float16, float32 or float64.

    Raises:
        FormatError: (a ValueError) a header that is none, a line that is not a word with so many numbers (it is named).
        TruncatedFileError: (an EOFError) fewer rows than the header says. KeyEncodingError: (a UnicodeDecodeError) a
        word that is not in ``encoding``. NotFoundError, FileError: the file is not there or cannot be read.
    """
    codec, name = codec_name(encoding), str(path)
    with open_feed(path) as feed:
        asked = asked_rows(limit)
        if no_header:
            claimed, columns = None, no_header_dimension(feed.window(), name)
        else:
            claimed, columns = read_header(feed, name)
        reading = _Reading(feed, name, columns, int(not no_header), datatype)
        rows = reading.read(asked if claimed is None else min(asked, claimed), codec, unicode_errors, threads, progress)
        if claimed is not None:
            _check_claim(feed, name, claimed, asked, len(rows.words))
    kv = keyed_vectors(class_of(cls), name, rows.words, rows.matrix(), not_finite=rows.not_finite)
    kv.expandos["count"] = made_up_counts(kv.index_to_key, len(rows.words), counts, name)
    return kv


def read_glove(path: PathLike, **options: Any) -> KeyedVectors:
    """GloVe's text: `read_word2vec_text` with ``no_header=True``. The number of columns is that of the shortest of the
    first 100 lines, since words of the published files hold blanks."""
    return read_word2vec_text(path, no_header=True, **options)


def class_of(cls: type[Any] | None) -> type[KeyedVectors]:
    """The class to make: `KeyedVectors` unless another is given."""
    if cls is not None:
        return cls
    from ..keyed_vectors import KeyedVectors

    return KeyedVectors


def _check_claim(feed: ByteFeed, name: str, claimed: int, asked: int, found: int) -> None:
    if found < min(claimed, asked):
        raise TruncatedFileError(
            message(f"read vectors, {name}", f"{claimed} rows, as its first line says", f"unexpected end after {found}")
        )
    if claimed <= asked and bytes(feed.window(1 << 16)).strip():
        warnings.warn(f"{name}: its first line says {claimed} rows; what follows them was not read", stacklevel=3)
