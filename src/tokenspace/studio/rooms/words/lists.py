"""Lists of words: which does not fit, and how alike they are."""

from __future__ import annotations

import numpy as np

from ....encoders.contextual.clusters import average_linkage
from ...arrays import pack
from .contracts import KnownAnswer, KnownRequest, ListRequest, OddAnswer, OddWord, TableAnswer, TableRequest
from .spaces import Space

__all__ = ["known_of", "odd_of", "table_of"]


def known_of(space: Space, question: KnownRequest) -> KnownAnswer:
    """Which words have a row of their own."""
    found = [space.find(ref) for ref in question.words]
    return KnownAnswer(known=[one is not None and one.view.row is not None for one in found])


def odd_of(space: Space, question: ListRequest) -> OddAnswer:
    """``rank_by_centrality`` and ``doesnt_match`` of the API over the words that are known."""
    found, unknown = space.find_all(question.words)
    if not found:
        return OddAnswer(odd=None, words=[], unknown=unknown)
    table = space.table(found)
    ranked = table.rank_by_centrality(range(len(found)))
    words = [OddWord(word=found[int(place)].view, centrality=float(value)) for value, place in ranked]
    return OddAnswer(odd=words[-1].word if len(words) > 2 else None, words=words, unknown=unknown)


def table_of(space: Space, question: TableRequest) -> TableAnswer:
    """``similarities`` of the API, and an order by average linkage."""
    found, unknown = space.find_all(question.words)
    cosines = space.table(found).similarities(range(len(found)))
    return TableAnswer(
        words=[one.view for one in found], cosines=pack(cosines), order=_leaves(1 - cosines), unknown=unknown
    )


def _leaves(distances: np.ndarray) -> list[int]:
    """The leaves of the tree of merges from left to right."""
    groups = {place: [place] for place in range(len(distances))}
    home = list(groups)
    for left, right, _ in average_linkage(distances) if len(distances) > 1 else []:
        one, other = home[left], home[right]
        groups[one] += groups.pop(other)
        for place in groups[one]:
            home[place] = one
    return [place for group in groups.values() for place in group]
