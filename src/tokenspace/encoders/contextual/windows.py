"""Rows of ids that fit a model's window, for texts that may be longer than it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, LimitError, message

if TYPE_CHECKING:
    from ...tokenizers.encoding import Encoding

__all__ = ["Window", "whole_row", "window_bounds", "windows_over"]


@dataclass(frozen=True)
class Window:
    """A row of an engine.

    ids, type_ids: of the row. take: positions of the row whose vectors are kept. put: the text's tokens they belong to.
    """

    ids: npt.NDArray[np.uint32]
    type_ids: npt.NDArray[np.uint8]
    take: npt.NDArray[np.int64]
    put: npt.NDArray[np.int64]


def window_bounds(n: int, room: int, overlap: int) -> list[tuple[int, int]]:
    """(begin, end) of windows of ``room`` tokens over ``n``, evenly spread, neighbours sharing ``overlap`` or more.

    One window (0, n) when all fit.
    """
    if n <= room:
        return [(0, n)]
    count = -(-(n - overlap) // (room - overlap))
    return [((n - room) * index // (count - 1), (n - room) * index // (count - 1) + room) for index in range(count)]


def whole_row(encoding: Encoding) -> Window:
    """An encoding as one row, every token kept."""
    every = np.arange(len(encoding))
    return Window(encoding.ids_array, np.asarray(encoding.type_ids, dtype=np.uint8), every, every)


def windows_over(encoding: Encoding, limit: int, overlap: int | None = None) -> list[Window]:
    """Rows of at most ``limit`` tokens over a text that has more, the special tokens around it in each of them.

    A token's vector is taken from the window in which it is farthest from an edge: the middle of what two windows share is
    where one's tokens end and the other's begin.

    Args:
        encoding: of the whole text, special tokens included.
        overlap: tokens that neighbours share at least; None: a quarter of the window.

    Raises:
        ArgumentError: a pair, an overlap that is not below the window. LimitError: no room beside the special tokens.
    """
    if encoding.n_sequences > 1:
        received = f"a pair of {len(encoding)} tokens"
        raise ArgumentError(message("encode", "one text to cut into windows", received, 'on_truncate="error"'))
    ids, types = encoding.ids_array, np.asarray(encoding.type_ids, dtype=np.uint8)
    special = np.asarray(encoding.special_tokens_mask, dtype=bool)
    content = np.nonzero(~special)[0]
    room = limit - int(special.sum())
    if room < 1:
        raise LimitError(message("encode", f"room for text in {limit} tokens", f"{int(special.sum())} special tokens"))
    shared = room // 4 if overlap is None else overlap
    if not 0 <= shared < room:
        raise ArgumentError(message("encode", f"an overlap from 0 to {room - 1}", str(shared)))
    before, after = np.nonzero(special)[0], np.nonzero(special)[0]
    before, after = before[before < content[0]], after[after > content[-1]]
    bounds = window_bounds(len(content), room, shared)
    windows = []
    for index, (begin, end) in enumerate(bounds):
        first = 0 if index == 0 else (begin + bounds[index - 1][1] + 1) // 2
        last = len(content) if index == len(bounds) - 1 else (bounds[index + 1][0] + end + 1) // 2
        row = np.concatenate([before, content[begin:end], after])
        put = content[first:last]
        take = np.arange(first - begin, last - begin) + len(before)
        if index == 0:
            put, take = np.concatenate([before, put]), np.concatenate([np.arange(len(before)), take])
        if index == len(bounds) - 1:
            put, take = np.concatenate([put, after]), np.concatenate([take, np.arange(len(row) - len(after), len(row))])
        windows.append(Window(ids[row], types[row], take, put))
    return windows
