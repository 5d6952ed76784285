"""The core's mean of token rows, and its steps of training, against their twins in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.static.engine import StaticEngine
from tokenspace.errors import ArgumentError
from tokenspace.reference.token_table import adam_step, mean_of_rows


def batch_of(texts: list[list[int]]) -> TokenBatch:
    ids = np.array([token for text in texts for token in text], np.uint32)
    return TokenBatch(ids, np.cumsum([0, *map(len, texts)], dtype=np.int64))


@st.composite
def cases(draw: st.DrawFn):
    rows = draw(st.integers(1, 30))
    width = draw(st.sampled_from([1, 3, 8, 16, 17, 40, 256, 300]))
    random = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    kind = draw(st.sampled_from(["float32", "float16", "int8"]))
    table = (random.normal(size=(rows, width)) * 30).astype(kind)
    mapping = factors = None
    vocabulary = rows
    if draw(st.booleans()):
        vocabulary = draw(st.integers(1, 60))
        mapping = random.integers(0, rows, vocabulary).astype(np.uint32)
    if draw(st.booleans()):
        factors = random.normal(size=vocabulary).astype(np.float32)
    texts = draw(st.lists(st.lists(st.integers(0, vocabulary - 1), max_size=12), max_size=6))
    dropped = draw(st.none() | st.integers(0, vocabulary - 1))
    return table, factors, mapping, dropped, texts


@settings(max_examples=150, deadline=None)
@given(cases(), st.booleans(), st.integers(0, 3))
def test_means_equal_the_twins(case, normalize, threads):
    table, factors, mapping, dropped, texts = case
    engine = StaticEngine(table, factors=factors, mapping=mapping, dropped=dropped)
    got = engine.pooled(batch_of(texts), normalize=normalize, threads=threads)
    assert got.shape == (len(texts), table.shape[1])
    assert got.dtype == np.float32
    wide = table.astype(float).tolist()
    for row, ids in zip(got, texts, strict=True):
        expected = mean_of_rows(wide, ids, factors, mapping, dropped, normalize)
        np.testing.assert_allclose(row, expected, rtol=1e-4, atol=1e-4)
    rows = engine.token_vectors(batch_of(texts), layers=(0, -1)).vectors
    flat = [token for text in texts for token in text]
    assert rows.shape == (2, len(flat), table.shape[1])
    for row, token in zip(rows[1], flat, strict=True):
        np.testing.assert_allclose(row, mean_of_rows(wide, [token], factors, mapping), rtol=1e-4)


def test_wrong_arguments_are_named():
    rows = np.zeros((4, 3), np.float32)
    engine = StaticEngine(rows)
    for wrong in ([4], [1, 2**32 - 1]):
        for call in (engine.pooled, engine.token_vectors):
            with pytest.raises(ArgumentError, match="ids below 4"):
                call(batch_of([[1], wrong]))
    with pytest.raises(ArgumentError, match="pooling"):
        engine.pooled(batch_of([[1]]), "cls")
    with pytest.raises(ArgumentError, match="layer"):
        engine.token_vectors(batch_of([[1]]), layers=(1,))
    with pytest.raises(ArgumentError, match="attentions"):
        engine.token_vectors(batch_of([[1]]), attentions=True)
    with pytest.raises(ArgumentError, match="below 4 in mapping"):
        StaticEngine(rows, mapping=np.array([0, 4], np.uint32))
    with pytest.raises(ArgumentError, match="4 factors"):
        StaticEngine(rows, factors=np.ones(3, np.float32))
    with pytest.raises(ArgumentError, match="float32"):
        StaticEngine(rows.astype(np.int16))
    table = _core.TokenTable(rows)
    for offsets in ([0, 3], [1, 2], [0, 2, 1, 2], [], [0, -1, 2]):
        with pytest.raises(ArgumentError, match="row_offsets"):
            table.mean(np.array([1, 2], np.uint32), np.array(offsets, np.int64))


def test_a_text_of_a_million_tokens_and_no_texts():
    engine = StaticEngine(np.arange(12, dtype=np.int8).reshape(4, 3), dropped=3)
    long = TokenBatch(np.tile(np.array([0, 1, 3], np.uint32), 400_000), np.array([0, 1_200_000], np.int64))
    np.testing.assert_allclose(engine.pooled(long), [[1.5, 2.5, 3.5]], rtol=1e-5)
    assert engine.pooled(batch_of([])).shape == (0, 3)
    assert engine.pooled(batch_of([[], [3]])).tolist() == [[0, 0, 0]] * 2


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(1, 4), st.integers(1, 40), st.integers(0, 3))
def test_steps_equal_the_twins(seed, steps, width, threads):
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 12))
    rows = random.normal(size=(count, width)).astype(np.float32)
    first, second = np.zeros_like(rows), np.zeros_like(rows)
    twin = [array.astype(float).tolist() for array in (rows, first, second)]
    for step in range(1, steps + 1):
        texts = [random.integers(0, count, random.integers(1, 6)).tolist() for _ in range(random.integers(0, 7))]
        batch = batch_of(texts)
        gradients = random.normal(size=(len(texts), width)).astype(np.float32)
        _core.token_table_step(
            rows, first, second, batch.ids, batch.row_offsets, gradients, step=step, rate=0.05, threads=threads
        )
        adam_step(*twin, texts, gradients.astype(float).tolist(), step, 0.05)
    for got, expected in zip((rows, first, second), twin, strict=True):
        np.testing.assert_allclose(got, expected, rtol=2e-3, atol=2e-5)


def test_steps_refuse_what_does_not_fit():
    rows, ids, offsets = np.zeros((3, 2), np.float32), np.array([0, 2], np.uint32), np.array([0, 2], np.int64)
    moments, gradients = np.zeros_like(rows), np.ones((1, 2), np.float32)
    for changed, words in (
        ({"first": np.zeros((3, 1), np.float32)}, "first moments of shape"),
        ({"second": np.zeros((2, 2), np.float32)}, "second moments of shape"),
        ({"gradients": np.ones((2, 2), np.float32)}, "gradients of shape"),
        ({"ids": np.array([0, 3], np.uint32)}, "ids below 3"),
        ({"row_offsets": np.array([0, 1], np.int64)}, "row_offsets"),
        ({"step": 0}, "step"),
    ):
        given = {"rows": rows, "first": moments, "second": moments.copy(), "ids": ids, "row_offsets": offsets,
                 "gradients": gradients, "step": 1, "rate": 0.1}  # fmt: skip
        with pytest.raises(ArgumentError, match=words):
            _core.token_table_step(**{**given, **changed})
    assert not rows.any()
