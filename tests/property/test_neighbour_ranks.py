"""Ranks of given rows in the core against sorting: equal scores by row, a row left out, any number of queries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.errors import ArgumentError


@st.composite
def questions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    n, d, q, m = draw(st.integers(1, 60)), draw(st.integers(1, 9)), draw(st.integers(1, 40)), draw(st.integers(0, 5))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    # Few different numbers: products are exact and many are equal.
    rows = random.integers(-2, 3, (n, d)).astype(np.float32)
    candidates = random.integers(-1, n, (q, m))
    out = random.integers(-1, n, q) if draw(st.booleans()) else None
    return rows, random.integers(-2, 3, (q, d)).astype(np.float32), candidates, out


@given(questions(), st.sampled_from(["dot", "l2"]), st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_ranks_are_those_of_sorting(question: tuple, metric: str, threads: int) -> None:
    rows, queries, candidates, out = question
    found = _core.knn_ranks(rows, queries, candidates, metric=metric, left_out=out, threads=threads)
    assert found.shape == candidates.shape
    for q, query in enumerate(queries):
        scores = -rows @ query if metric == "dot" else ((rows - query) ** 2).sum(axis=1)
        order = np.argsort(scores, kind="stable").tolist()
        for i, row in enumerate(candidates[q].tolist()):
            if row < 0:
                assert found[q, i] == -1
                continue
            left_out = -1 if out is None else out[q]
            assert found[q, i] == sum(other != left_out for other in order[: order.index(row)])


def test_ranks_agree_with_the_search() -> None:
    rows = np.random.default_rng(2).normal(size=(700, 33)).astype(np.float32)
    near, _ = _core.knn_search(rows, rows[:90], 20, metric="l2")
    assert (_core.knn_ranks(rows, rows[:90], near, metric="l2") == np.arange(20)).all()


def test_ranks_refuse_rows_that_are_not_there() -> None:
    rows = np.eye(3, dtype=np.float32)
    for candidates, out in (([[3]], None), ([[-2]], None), ([[0]], [5]), ([[0], [1]], None), ([[0]], [0, 1])):
        with pytest.raises(ArgumentError):
            _core.knn_ranks(rows, rows[:1], np.array(candidates), left_out=None if out is None else np.array(out))
