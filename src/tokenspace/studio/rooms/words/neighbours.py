"""Neighbours of words."""

from __future__ import annotations

from time import perf_counter

from .contracts import NeighboursAnswer, NeighboursRequest, NeighbourView
from .spaces import Scored, Space

__all__ = ["neighbours_of", "scored"]


def scored(space: Space, found: Scored) -> list[NeighbourView]:
    """Rows with their scores, as the page shows them."""
    return [NeighbourView(word=space.view(row), score=score) for row, score in found]


def neighbours_of(space: Space, question: NeighboursRequest) -> NeighboursAnswer:
    """``most_similar`` of the API, when all words are known."""
    positive, unknown = space.find_all(question.positive)
    negative, also_unknown = space.find_all(question.negative)
    unknown += [one for one in also_unknown if one not in unknown]
    refs = [*question.positive, *question.negative]
    began = perf_counter()
    found: Scored = []
    if refs and not unknown:
        handles = [one.handle for one in positive], [one.handle for one in negative]
        found = space.neighbours(*handles, question.topn, question.among)
    return NeighboursAnswer(
        asked=[one.view for one in (*positive, *negative)],
        unknown=unknown,
        forms=space.forms(refs[0]) if len(refs) == 1 else [],
        neighbours=scored(space, found),
        milliseconds=1000 * (perf_counter() - began),
    )
