"""Whether merges follow from the order of the entries alone, as .tiktoken and SentencePiece BPE take them.

There, two neighbours join whenever their joined text is an entry, the best entry first. A list of merges says more: which
two parts make an entry. Both give the same tokens for every text exactly when each entry, spelled from its smallest
symbols by the better entries only, ends as the two parts of its own merge, and merges come in the order of the entries:
inside a stretch of text that no merge crosses, merging goes on as if the stretch stood alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from typing import TypeVar

__all__ = ["OrderError", "check_rank_order", "spelled_by"]

T = TypeVar("T", str, bytes)


class OrderError(Exception):
    """The first entry whose merge the order does not give; the text says how."""


def spelled_by(text: T, ranks: Mapping[T, int]) -> list[T]:
    """What merging by the ranks before that of ``text`` leaves of it: the best pair first, of equal ones the leftmost."""
    limit, size = ranks[text], len(text)
    ends = list(range(1, size + 1))  # where the part that begins here ends; 0: it was joined to the one before
    before = list(range(-1, size - 1))  # where the part before the one that begins here begins
    waiting = [(rank, i, i + 2) for i in range(size - 1) if (rank := ranks.get(text[i : i + 2], limit)) < limit]
    heapify(waiting)
    left = size
    while left > 2 and waiting:
        _, at, end = heappop(waiting)
        middle = ends[at]
        if not middle or middle == size or ends[middle] != end:
            continue  # one of the two has been joined to another meanwhile
        ends[at], ends[middle] = end, 0
        left -= 1
        neighbours = [(before[at], end)] if at else []
        if end < size:
            before[end] = at
            neighbours.append((at, ends[end]))
        for first, last in neighbours:
            if (rank := ranks.get(text[first:last], limit)) < limit:
                heappush(waiting, (rank, first, last))
    parts, at = [], 0
    while at < size:
        parts.append(text[at : ends[at]])
        at = ends[at]
    return parts


def check_rank_order(
    ranks: Mapping[T, int], merges: Iterable[tuple[T, T]], whole_entries: bool, symbols: Iterable[T]
) -> list[tuple[T, T]]:
    """The merge that makes each entry, in order; raises OrderError at the first entry that the two ways spell differently.

    ranks: entry -> its place in the order. merges: pairs in order. whole_entries: entries no merge makes are found all
    the same when a whole piece equals one (``ignore_merges``); .tiktoken has them too. symbols: entries that are there
    without a merge.
    """
    order = {pair: number for number, pair in enumerate(merges)}  # of a repeated pair the last counts
    made = {left + right for left, right in order}
    single = set(symbols)
    last, last_text = -1, None
    used: list[tuple[T, T]] = []
    for text in sorted(ranks, key=ranks.__getitem__):
        if text in single:
            continue
        parts = spelled_by(text, ranks)
        if len(parts) == 2 and (parts[0], parts[1]) in order:
            number = order[parts[0], parts[1]]
            if number < last:
                raise OrderError(f"the merge of {text!r} comes before that of {last_text!r}, its entry behind")
            last, last_text = number, text
            used.append((parts[0], parts[1]))
        elif text in made or len(parts) == 2:
            raise OrderError(f"the order of the entries spells {text!r} as {parts!r}, which is no merge")
        elif not whole_entries:
            raise OrderError(f"{text!r} is made by no merge")
    return used
