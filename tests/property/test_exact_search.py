"""The native search and the transportation solver against their plain-Python twins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.encoders.model_files.float_values import bfloat16_bits
from tokenspace.reference import exact_search

SMALL = st.integers(-3, 3).map(float)
ODD = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0, -2.0])


@st.composite
def spaces(draw: st.DrawFn, values: st.SearchStrategy[float] = SMALL) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.integers(1, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    palette = np.array(draw(st.lists(values, min_size=1, max_size=7)), dtype=np.float32)
    rows = random.choice(palette, size=(draw(st.integers(0, 60)), size))
    queries = random.integers(-3, 4, size=(draw(st.sampled_from([1, 2, 4, 5, 17, 33])), size)).astype(np.float32)
    return rows.astype(np.float32), queries


@settings(max_examples=150, deadline=None)
@given(
    spaces(),
    st.sampled_from(["dot", "cosine", "l2"]),
    st.sampled_from(["float32", "float16", "float64", "int8", "bfloat16"]),
    st.integers(0, 70),
    st.data(),
)
def test_search(space: tuple[np.ndarray, np.ndarray], metric: str, dtype: str, k: int, data: st.DataObject) -> None:
    # Whole numbers: every sum is exact, so that equal scores are equal in both, and ties must come by row.
    rows, queries = space
    begin = data.draw(st.integers(0, len(rows)))
    end = data.draw(st.integers(begin, len(rows)))
    excluded = data.draw(st.lists(st.integers(0, 60), max_size=4))
    scales = np.full(len(rows), 0.5, np.float32) if dtype == "int8" else None
    meant = rows * 0.5 if dtype == "int8" else rows
    norms = np.array([np.float32(math.sqrt(sum(float(x) ** 2 for x in row))) for row in meant], dtype=np.float32)
    stored = bfloat16_bits(rows) if dtype == "bfloat16" else rows.astype(dtype)
    np.testing.assert_allclose(_core.knn_norms(stored, scales=scales), norms, rtol=1e-6)
    found, scores = _core.knn_search(
        stored,
        queries,
        k,
        metric="l2" if metric == "l2" else "dot",
        begin=begin,
        end=end,
        norms=norms if metric == "cosine" else None,
        scales=scales,
        excluded=np.array(excluded * len(queries), dtype=np.int64),
        excluded_offsets=np.arange(len(queries) + 1, dtype=np.int64) * len(excluded),
        threads=data.draw(st.sampled_from([1, 3])),
    )
    for query, got, values in zip(queries, found, scores, strict=True):
        expected = exact_search.search(
            meant.tolist(),
            query.tolist(),
            k,
            metric,
            norms.tolist() if metric == "cosine" else None,
            begin,
            end,
            excluded,
        )
        left_out = len(got) - len(expected)
        if metric != "cosine":  # a quotient may round to an equal one
            assert got.tolist()[: len(expected)] == [row for row, _ in expected]
        np.testing.assert_allclose(values[: len(expected)], [score for _, score in expected], rtol=1e-5)
        assert got.tolist()[len(expected) :] == [-1] * left_out


@settings(max_examples=100, deadline=None)
@given(spaces(ODD), st.sampled_from(["dot", "l2"]))
def test_numbers_come_before_nan(space: tuple[np.ndarray, np.ndarray], metric: str) -> None:
    rows, queries = space
    found, scores = _core.knn_search(rows, queries, len(rows), metric=metric)
    assert all(sorted(got) == list(range(len(rows))) for got in found.tolist())
    for got, values in zip(found, scores, strict=True):
        nan = np.isnan(values)
        assert not nan[: (~nan).sum()].any()
        assert got[nan].tolist() == sorted(got[nan].tolist())
        worse = values[~nan] if metric == "l2" else -values[~nan]
        assert (worse[1:] >= worse[:-1]).all()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_earth_mover(data: st.DataObject) -> None:
    total = data.draw(st.integers(1, 6))

    def parts() -> list[int]:
        cuts = sorted(data.draw(st.sets(st.integers(1, total), max_size=total)) | {total})
        return [high - low for low, high in zip([0, *cuts], cuts, strict=False)]

    supply, demand = parts(), parts()
    cost = st.integers(-2, 5).map(float) | st.floats(0, 3)
    costs = [[data.draw(cost) for _ in demand] for _ in supply]
    found, sources, targets, amounts = _core.earth_mover(
        np.array(supply, np.int64), np.array(demand, np.int64), np.array(costs)
    )
    assert found == pytest.approx(exact_search.earth_mover(supply, demand, costs), abs=1e-9)
    moved = np.zeros((len(supply), len(demand)))
    np.add.at(moved, (sources, targets), amounts)
    assert moved.sum(axis=1).tolist() == supply
    assert moved.sum(axis=0).tolist() == demand
    assert (moved * np.array(costs)).sum() == pytest.approx(found, abs=1e-9)
