"""Tags of documents as rows of a matrix: whole numbers are their own rows, other tags stand behind them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, LimitError, message
from ..corpora.source import SentencesError

__all__ = ["TagIndex"]

logger = logging.getLogger(__name__)

_MOST_ROWS = 2**31 - 1


class TagIndex:
    """The tags met so far. Attributes:

    highest: the largest tag that is a whole number; -1 without. Rows 0..highest are theirs, met or not, as in gensim.
    names: row behind ``highest`` of each other tag, in the order they were first met.
    word_counts, doc_counts: tag -> words of its documents, documents.
    """

    def __init__(self, highest: int = -1, names: Iterable[Any] = ()) -> None:
        if not isinstance(highest, int) or not -1 <= highest < _MOST_ROWS:
            raise ArgumentError(message("Doc2Vec", f"a highest tag from -1 to {_MOST_ROWS - 1}", repr(highest)[:60]))
        self.highest = highest
        self.names: dict[Any, int] = {name: number for number, name in enumerate(names)}
        self.word_counts: dict[Any, int] = {}
        self.doc_counts: dict[Any, int] = {}

    def __len__(self) -> int:
        return self.highest + 1 + len(self.names)

    def meet(self, tags: Iterable[Any], words: int) -> None:
        """Count a document with these tags.

        Raises:
            SentencesError: (a TypeError) tags that cannot be counted. LimitError: whole numbers below 0 or 2**31 and above.
        """
        for tag in tags:
            if isinstance(tag, (int, np.integer)):
                tag = int(tag)
                if not 0 <= tag < _MOST_ROWS:
                    raise LimitError(
                        message(
                            "Doc2Vec", "whole-number tags from 0 to 2**31 - 2, rows of a matrix", str(tag), "str tags"
                        )
                    )
                self.highest = max(self.highest, tag)
            else:
                try:
                    self.names.setdefault(tag, len(self.names))
                except TypeError:
                    received = f"a {type(tag).__name__}"
                    raise SentencesError(message("Doc2Vec", "tags that are str or int", received)) from None
            self.word_counts[tag] = self.word_counts.get(tag, 0) + words
            self.doc_counts[tag] = self.doc_counts.get(tag, 0) + 1

    def warn_of_gaps(self, documents: int) -> None:
        """A whole number far above the number of documents makes a matrix with rows nobody has."""
        unused = self.highest + 1 - sum(isinstance(tag, int) for tag in self.doc_counts)
        if self.highest >= max(documents, 1) and unused > 0:
            logger.warning(
                "the highest whole-number tag is %d of %d documents: %d rows of the matrix are nobody's; try str tags",
                self.highest,
                documents,
                unused,
            )

    def row(self, tag: Any) -> int:
        """The row of a tag, -1 for one that was not met."""
        if isinstance(tag, (int, np.integer)):
            return int(tag) if 0 <= tag <= self.highest else -1
        number = self.names.get(tag, -1)
        return self.highest + 1 + number if number >= 0 else -1

    def keys(self) -> list[Any]:
        """The tag of each row."""
        return [*range(self.highest + 1), *self.names]

    def counts(self, of: dict[Any, int]) -> npt.NDArray[np.int64]:
        """``word_counts`` or ``doc_counts`` by row."""
        out = np.zeros(len(self), dtype=np.int64)
        for tag, count in of.items():
            out[self.row(tag)] = count
        return out
