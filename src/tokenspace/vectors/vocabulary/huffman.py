"""Codes of hierarchical softmax; the plain-Python twin is `tokenspace.reference.huffman`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._core import huffman_codes


@dataclass(frozen=True, slots=True)
class HuffmanTree:
    """Paths from the root to every word, flat: those of word i are ``[offsets[i], offsets[i + 1])`` of the others.

    Attributes:
        codes: (n,) uint8; 1 where the step goes to the child with the larger count.
        points: (n,) int32; the inner node where that step is taken, 0 to len(words) - 2; the root is the last.
        offsets: (words + 1,) int64.
    """

    codes: npt.NDArray[np.uint8]
    points: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def depth(self) -> int:
        """Length of the longest path."""
        return int(np.diff(self.offsets).max(initial=0))

    def path(self, word: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
        """(code, points) of one word."""
        part = slice(int(self.offsets[word]), int(self.offsets[word + 1]))
        return self.codes[part], self.points[part]

    def __iter__(self) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]]:
        return (self.path(word) for word in range(len(self)))


def huffman_tree(counts: npt.ArrayLike) -> HuffmanTree:
    """The tree over words with these counts, the same as gensim's ``create_binary_tree``, equal counts included.

    Args:
        counts: (words,) whole numbers, not negative; 0 is taken as 1, which keeps the tree shallow.

    Raises:
        ArgumentError: counts with a sum of 2^64 or more.
    """
    given: Any = np.ascontiguousarray(counts, np.uint64)
    return HuffmanTree(*huffman_codes(given))
