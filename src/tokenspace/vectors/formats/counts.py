"""Word counts beside vectors: word2vec's files do not hold them."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, message
from ...types import PathLike
from .byte_feed import open_feed

__all__ = ["made_up_counts", "read_counts"]


def read_counts(path: PathLike, unicode_errors: str = "strict") -> dict[str, int]:
    """word -> count of a file with a line "word count" each, as word2vec's ``-save-vocab`` writes it.

    Raises:
        FormatError: a line that is not a word and a number.
    """
    counts: dict[str, int] = {}
    with open_feed(path) as feed:
        for number, line in enumerate(feed.lines(), 1):
            word, _, count = line.decode("utf-8", unicode_errors).strip().rpartition(" ")
            if not word or not count.isdecimal():
                shown = repr(line[:60].decode("utf-8", "replace"))
                raise FormatError(message(f"read counts, {path}, line {number}", "a word and a count", shown))
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
