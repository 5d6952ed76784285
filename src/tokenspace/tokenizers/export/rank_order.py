"""Whether merges follow from the order of the entries alone, as .tiktoken and SentencePiece BPE take them.

There, two neighbours join whenever their joined text is an entry, the best entry first. A list of merges says more: which
two parts make an entry. Both give the same tokens for every text exactly when each entry, spelled from its smallest
symbols by the better entries only, ends as the two parts of its own merge, and merges come in the order of the entries:
inside a stretch of text that no merge crosses, merging goes on as if the stretch stood alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

__all__ = ["OrderError", "check_rank_order"]

T = TypeVar("T", str, bytes)


class OrderError(Exception):
    """The first entry whose merge the order does not give; the text says how."""


def _parts(text: T, ranks: Mapping[T, int]) -> list[T]:
    """What merging by the ranks before that of ``text`` leaves of it."""
    limit = ranks[text]
    parts = [text[i : i + 1] for i in range(len(text))]
    joined = [ranks.get(text[i : i + 2], limit) for i in range(len(text) - 1)]  # rank of parts[i] + parts[i + 1]
    while len(parts) > 2 and (best := min(joined)) < limit:
        at = joined.index(best)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
        del joined[at]
        for i in (at - 1, at):
            if 0 <= i < len(joined):
                joined[i] = ranks.get(parts[i] + parts[i + 1], limit)
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
        parts = _parts(text, ranks)
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
