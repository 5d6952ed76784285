"""Words on the way from one pole to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....errors import ArgumentError, message
from .contracts import (
    AssociationAnswer,
    AssociationRequest,
    BiasAnswer,
    BiasRequest,
    LeanView,
    Ref,
    UnknownWord,
)
from .spaces import Found, Space

__all__ = ["association_of", "bias_of"]


def bias_of(space: Space, question: BiasRequest) -> BiasAnswer:
    """``direction`` and ``bias`` of the API over the words that are known."""
    words, unknown = space.find_all(question.words)
    start, end, missing = _poles(space, question)
    unknown += [one for one in missing if one not in unknown]
    if not start or not end:
        if missing:
            return BiasAnswer(leans=[], start=[], end=[], pairs=0, agreement=None, unknown=unknown)
        raise ArgumentError(message("bias", "a word at each pole", "an empty pole"))
    # A word may stand in several pairs; it is shown once at its pole.
    rows = [{one.handle: one for one in pole} for pole in (start, end)]
    every = [*words, *rows[0].values(), *rows[1].values()]
    table = space.table(every)
    first, last = len(words), len(words) + len(rows[0])
    poles = list(range(first, last)), list(range(last, len(every)))
    place = [dict(zip(pole, places, strict=True)) for pole, places in zip(rows, poles, strict=True)]
    pairs = []
    if question.by == "pairs":
        pairs = [(place[0][one.handle], place[1][other.handle]) for one, other in zip(start, end, strict=True)]
    leans = table.bias(range(len(every)), pairs, topn=0) if pairs else table.bias(range(len(every)), *poles, topn=0)
    line = table.direction(pairs) if pairs else None
    views = [(int(lean.key), LeanView(word=every[int(lean.key)].view, projection=lean.projection)) for lean in leans]
    return BiasAnswer(
        leans=[view for place, view in views if place < first],
        start=[view for place, view in views if first <= place < last],
        end=[view for place, view in views if place >= last],
        pairs=len(pairs),
        agreement=None
        if line is None
        else float(np.mean([table.direction(one, other) @ line for one, other in pairs])),
        unknown=unknown,
    )


def _poles(space: Space, question: BiasRequest) -> tuple[list[Found], list[Found], list[UnknownWord]]:
    """The known words of the poles; by pairs only those of pairs that are known on both sides."""
    if question.by == "means":
        start, missing = space.find_all(question.start)
        end, also = space.find_all(question.end)
        return start, end, missing + also
    if len(question.start) != len(question.end):
        received = f"{len(question.start)} and {len(question.end)}"
        raise ArgumentError(
            message("bias", "as many words at one pole as at the other", received, "poles by their means")
        )
    unknown: dict[Ref, UnknownWord] = {}
    pairs: list[tuple[Found, Found]] = []
    for refs in zip(question.start, question.end, strict=True):
        one, other = (space.find(ref) for ref in refs)
        if one is not None and other is not None:
            pairs.append((one, other))
        for ref, found in zip(refs, (one, other), strict=True):
            if found is None and ref not in unknown:
                unknown[ref] = space.unknown(ref)
    return [one for one, _ in pairs], [other for _, other in pairs], list(unknown.values())


def association_of(space: Space, question: AssociationRequest) -> AssociationAnswer:
    """``association`` of the API over the words that are known."""
    groups: list[list[Found]] = []
    unknown: list[UnknownWord] = []
    for refs in (question.words, question.others, question.start, question.end):
        found, missing = space.find_all(refs)
        groups.append(found)
        unknown += [one for one in missing if one not in unknown]
    words, others, start, end = groups
    if min(len(words), len(others)) < 2 or not start or not end:
        return AssociationAnswer(effect_size=None, p=None, words=[], others=[], unknown=unknown)
    table = space.table([*words, *others, *start, *end])
    ends = np.cumsum([len(group) for group in groups]).tolist()
    places = [list(range(last - len(group), last)) for group, last in zip(groups, ends, strict=True)]
    answer = table.association(places[0], places[1], places[2], places[3])
    return AssociationAnswer(
        effect_size=answer.effect_size,
        p=answer.p,
        words=_views(words, answer.words),
        others=_views(others, answer.others),
        unknown=unknown,
    )


def _views(found: Sequence[Found], values: Sequence[float]) -> list[LeanView]:
    return [LeanView(word=one.view, projection=value) for one, value in zip(found, values, strict=True)]
