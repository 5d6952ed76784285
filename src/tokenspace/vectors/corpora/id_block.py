"""Sentences as ids: what the trainers work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]

_WORDS = 1 << 20  # of a block, at least, unless the corpus ends


@dataclass(frozen=True, slots=True)
class IdBlock:
    """Some sentences of a corpus, in order.

    Attributes:
        ids: (n,) int32, words outside the vocabulary left out.
        offsets: (sentences + 1,) int64; sentence i is ``ids[offsets[i]:offsets[i + 1]]`` and may be empty.
        raw_words: words of these sentences, unknown ones included.
        sentences: how many.
        tags: of documents: the tags of each sentence; None without.
    """

    ids: Ids
    offsets: Offsets
    raw_words: int
    sentences: int
    tags: Sequence[Sequence[Any]] | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return int(self.ids.nbytes + self.offsets.nbytes)


def joined(blocks: Sequence[IdBlock]) -> IdBlock:
    """Blocks without tags, one after another, as one."""
    if len(blocks) == 1:
        return blocks[0]
    starts = np.cumsum([0, *(len(block.ids) for block in blocks)])
    offsets = [block.offsets[:-1] + start for block, start in zip(blocks, starts, strict=False)]
    return IdBlock(
        np.concatenate([block.ids for block in blocks]),
        np.concatenate([*offsets, starts[-1:]]).astype(np.int64, copy=False),
        sum(block.raw_words for block in blocks),
        sum(block.sentences for block in blocks),
    )


def packed(pieces: Iterable[IdBlock]) -> Iterator[IdBlock]:
    """The same sentences in blocks of at least a million words, the last one aside."""
    waiting: list[IdBlock] = []
    words = 0
    for piece in pieces:
        waiting.append(piece)
        words += piece.raw_words
        if words >= _WORDS:
            yield joined(waiting)
            waiting, words = [], 0
    if waiting:
        yield joined(waiting)
