"""Which merges make an entry: what has to stay when the entry stays."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .sentencepiece_pieces import FilePiece

__all__ = ["Makers", "makers_of_merges", "makers_of_pieces"]

Rank = Callable[[str, str], int | None]


class Makers:
    """entry -> every entry that merging it from its symbols passes through.

    The merges that make an entry inside a text are those that make it alone, since none of them crosses its ends.
    """

    def __init__(self, rank: Rank, also: Mapping[str, list[tuple[str, str]]] | None = None) -> None:
        self._rank = rank
        # Where symbols are not single characters (prefix, suffix), every way to make an entry counts.
        self._also = also

    def needed(self, entry: str) -> set[str]:
        """Parts and intermediate entries, ``entry`` left out; empty when no merges make it."""
        if self._also is not None:
            found: set[str] = set()
            open_entries = [entry]
            while open_entries:
                for pair in self._also.get(open_entries.pop(), ()):
                    open_entries += [part for part in pair if part not in found]
                    found |= set(pair)
            return found - {entry}
        parts = list(entry)
        made = set(parts)
        ranks = [self._rank(left, right) for left, right in itertools.pairwise(parts)]
        while any(rank is not None for rank in ranks):
            best = min(rank for rank in ranks if rank is not None)
            at = ranks.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            made.add(parts[at])
            del ranks[at]
            for i in (at - 1, at):
                if 0 <= i < len(ranks):
                    ranks[i] = self._rank(parts[i], parts[i + 1])
        return made - {entry} if len(parts) == 1 else set()


def makers_of_merges(model: Mapping[str, Any]) -> Makers:
    """Of a BPE model of tokenizer.json."""
    order = {(left, right): number for number, (left, right) in enumerate(model["merges"])}
    prefix = model.get("continuing_subword_prefix") or ""
    if not prefix and not model.get("end_of_word_suffix"):
        return Makers(lambda left, right: order.get((left, right)))
    ways: dict[str, list[tuple[str, str]]] = {}
    for left, right in order:
        ways.setdefault(left + right.removeprefix(prefix), []).append((left, right))
    return Makers(lambda left, right: None, ways)


def makers_of_pieces(pieces: Iterable[FilePiece]) -> Makers:
    """Of a SentencePiece BPE model: any two pieces that spell one join, the highest score first."""
    usable = [piece for piece in pieces if piece.kind in ("normal", "user_defined", "unused")]
    places = {score: place for place, score in enumerate(sorted({piece.score for piece in usable}, reverse=True))}
    order = {piece.text: places[piece.score] for piece in usable}
    return Makers(lambda left, right: order.get(left + right))
