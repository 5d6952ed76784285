"""Exact search and the transportation problem in plain Python: what the core's kernels must agree with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

Vector = Sequence[float]


def score(row: Vector, query: Vector, metric: str, norm: float | None = None) -> float:
    """The product of two vectors, over the row's norm where it is given, or ("l2") their Euclidean distance."""
    if metric == "l2":
        return math.sqrt(math.fsum((x - y) ** 2 for x, y in zip(row, query, strict=True)))
    product = math.fsum(x * y for x, y in zip(row, query, strict=True))
    if norm is None:
        return product
    return product / norm if norm else math.nan


def search(
    rows: Sequence[Vector],
    query: Vector,
    k: int,
    metric: str = "dot",
    norms: Sequence[float] | None = None,
    begin: int = 0,
    end: int | None = None,
    excluded: Sequence[int] = (),
) -> list[tuple[int, float]]:
    """The best ``k`` rows of [begin, end) with their scores: larger products, or smaller distances, first; equal ones by
    row; NaN after every number."""
    scored = []
    for row in range(begin, len(rows) if end is None else end):
        if row not in excluded:
            scored.append((row, score(rows[row], query, metric, None if norms is None else norms[row])))
    sign = 1 if metric == "l2" else -1
    scored.sort(key=lambda pair: (math.isnan(pair[1]), 0.0 if math.isnan(pair[1]) else sign * pair[1], pair[0]))
    return scored[:k]


def earth_mover(supply: Sequence[int], demand: Sequence[int], costs: Sequence[Sequence[float]]) -> float:
    """The least cost of moving whole units from ``supply`` to ``demand``, by trying every assignment of units: for a few
    units only."""
    sources = [i for i, amount in enumerate(supply) for _ in range(amount)]
    targets = [j for j, amount in enumerate(demand) for _ in range(amount)]
    if len(sources) != len(targets) or len(sources) > 8:
        raise ValueError("expected equal sums of at most 8 units")
    return min(
        math.fsum(costs[i][j] for i, j in zip(sources, order, strict=True)) for order in set(permutations(targets))
    )
