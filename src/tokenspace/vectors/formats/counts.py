"""Word counts beside vectors: word2vec's files do not hold them."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, KeyEncodingError, message
from ...types import PathLike
from .byte_feed import open_feed

__all__ = ["made_up_counts", "read_counts"]

_DIGITS = 18  # of a count: all such numbers fit 64 bits


def read_counts(path: PathLike, unicode_errors: str = "strict") -> dict[str, int]:
    """word -> count of a file with a line "word count" each, as word2vec's ``-save-vocab`` writes it.

    Raises:
        FormatError: a line that is not a word and a number. KeyEncodingError: (a UnicodeDecodeError) a word that is not
        UTF-8.
    """
    counts: dict[str, int] = {}
    with open_feed(path) as feed:
        for number, line in enumerate(feed.lines(), 1):
            operation = f"read counts, {path}, line {number}"
            try:
                word, _, count = line.decode("utf-8", unicode_errors).strip().rpartition(" ")
            except UnicodeDecodeError as error:
                remedy = "unicode_errors='replace' or 'ignore'"
                raise KeyEncodingError(message(operation, "a word in utf-8", repr(line[:40]), remedy), error) from None
            if not word or not count.isdecimal() or len(count) > _DIGITS:
                shown = repr(line[:60].decode("utf-8", "replace"))
                raise FormatError(message(operation, f"a word and a count of at most {_DIGITS} digits", shown))
            counts[word] = int(count)
    return counts


def made_up_counts(words: list[str], rows: int, counts: dict[str, int] | None, name: str) -> npt.NDArray[np.int64]:
    """The attribute "count": from ``counts`` (0 for words that are not there, with a warning), or made up in descending
    order, which says no more than that the files are sorted by frequency as a rule."""
    if counts is None:
        return np.arange(rows, rows - len(words), -1, dtype=np.int64)
    missing = [word for word in words if word not in counts]
    if missing:
        warnings.warn(f"{name}: {len(missing)} words have no count, such as {missing[0]!r}; they get 0", stacklevel=2)
    return np.array([counts.get(word, 0) for word in words], dtype=np.int64)
