"""Analogies on a plane."""

from __future__ import annotations

import numpy as np

from ....pictures.parallelogram import Parallelogram, parallelogram
from .contracts import AnalogyAnswer, AnalogyRequest, Candidate, UnknownWord, WordView
from .spaces import Scored, Space

__all__ = ["analogy_of"]


def analogy_of(space: Space, question: AnalogyRequest) -> AnalogyAnswer:
    """a - b + c by ``most_similar`` or ``most_similar_cosmul`` of the API, drawn by `parallelogram`."""
    refs = (question.a, question.b, question.c)
    found = [space.find(ref) for ref in refs]
    known = [one for one in found if one is not None]
    if len(known) < len(refs):
        unknown = {ref: space.unknown(ref) for ref, one in zip(refs, found, strict=True) if one is None}
        return _nothing([one.view for one in known], list(unknown.values()))
    a, b, c = (one.handle for one in known)
    best = space.neighbours([a, c], [b], question.topn, question.among, mul=question.method == "mul")
    table = space.table([one for row, _ in best if (one := space.find(row)) is not None])
    vectors = np.array([space.vector(handle) for handle in (a, b, c)], np.float64)
    drawn = parallelogram(vectors[0], vectors[1], vectors[2], table.vectors, plane=question.plane)
    units = np.vstack([_units(vectors), _units(table.vectors.astype(np.float64))])
    target = _units((units[0] - units[1] + units[2])[None])[0]
    cosines, to_target = units @ units[:3].T, units @ target
    return AnalogyAnswer(
        asked=[one.view for one in known],
        unknown=[],
        candidates=_candidates(space, best, drawn, cosines[3:].tolist(), to_target[3:].tolist()),
        corners=[(float(x), float(y)) for x, y in drawn.corners],
        corner_heights=drawn.corner_heights.tolist(),
        origin=(float(drawn.origin[0]), float(drawn.origin[1])),
        asked_target=to_target[:3].tolist(),
        explained=drawn.explained,
    )


def _units(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))


def _candidates(
    space: Space, best: Scored, drawn: Parallelogram, cosines: list[list[float]], to_target: list[float]
) -> list[Candidate]:
    return [
        Candidate(
            word=space.view(row), score=score, cosines=(near[0], near[1], near[2]), target=target, x=float(x), y=float(y),
            height=float(height),
        )
        for (row, score), near, target, (x, y), height in zip(
            best, cosines, to_target, drawn.others, drawn.heights, strict=True
        )
    ]  # fmt: skip


def _nothing(asked: list[WordView], unknown: list[UnknownWord]) -> AnalogyAnswer:
    return AnalogyAnswer(
        asked=asked, unknown=unknown, candidates=[], corners=[], corner_heights=[], origin=(0, 0), asked_target=[],
        explained=0,
    )  # fmt: skip
