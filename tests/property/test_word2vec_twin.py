"""The word2vec trainer of the core equals its plain-Python twin wherever no random draw decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.reference import huffman
from tokenspace.reference import word2vec as twin


def flat(sentences: list[list[int]]) -> tuple[Any, Any]:
    ids = np.array([word for sentence in sentences for word in sentence], np.int32)
    return ids, np.cumsum([0, *(len(sentence) for sentence in sentences)]).astype(np.int64)


def trained(sentences: list[list[int]], **arguments: Any) -> tuple[int, int, float]:
    trainer = _core.Word2VecTrainer(shrink_windows=False, compute_loss=True, **arguments)
    ids, offsets = flat(sentences)
    return trainer.train(ids, offsets, alpha_begin=0.05, alpha_end=0.05, control=_core.TrainControl())


cases = st.tuples(
    st.lists(st.lists(st.integers(0, 6), max_size=30), max_size=4),
    st.sampled_from([1, 2, 3, 7, 15, 16, 17, 33, 100, 130]),
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
    st.integers(0, 1000),
)


@settings(max_examples=60, deadline=None)
@given(case=cases, negative=st.integers(1, 9), noise=st.integers(0, 6))
def test_negative_sampling_from_one_noise_word(case: Any, negative: int, noise: int) -> None:
    sentences, dim, window, skip_gram, mean, seed = case
    random = np.random.default_rng(seed)
    vectors = random.normal(0, 0.5, (7, dim)).astype(np.float32)
    outputs = random.normal(0, 0.5, (7, dim)).astype(np.float32)
    x, y = vectors.astype(np.float64), outputs.astype(np.float64)
    expected = twin.train(
        sentences, x, y, lambda word: twin.noise_targets(word, [noise] * negative),
        window=window, alpha=0.05, skip_gram=skip_gram, mean=mean,
    )  # fmt: skip
    words, pairs, loss = trained(
        sentences, words=vectors, skip_gram=skip_gram, cbow_mean=mean, window=window, negative=negative,
        negative_rows=outputs, noise=np.eye(7)[noise],
    )  # fmt: skip
    assert words == sum(map(len, sentences))
    contexts = [len(places) for sentence in sentences for _, places in twin.windows(sentence, window)]
    assert pairs == (sum(contexts) if skip_gram else sum(map(bool, contexts)))
    np.testing.assert_allclose(vectors, x, atol=3e-5, rtol=1e-4)
    np.testing.assert_allclose(outputs, y, atol=3e-5, rtol=1e-4)
    assert loss == pytest.approx(expected, rel=1e-4, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(case=cases, negative=st.integers(16, 40), noise=st.integers(0, 6))
def test_windows_of_cbow_share_many_noise_words(case: Any, negative: int, noise: int) -> None:
    sentences, dim, window, _, mean, seed = case
    random = np.random.default_rng(seed)
    vectors = random.normal(0, 0.2, (7, dim)).astype(np.float32)
    outputs = random.normal(0, 0.2, (7, dim)).astype(np.float32)
    x, y = vectors.astype(np.float64), outputs.astype(np.float64)
    windows = [
        (sentence[centre], [sentence[place] for place in places])
        for sentence in sentences
        for centre, places in twin.windows(sentence, window)
        if places
    ]
    steps = [
        step
        for first in range(0, len(windows), 8)
        for step in twin.train_cbow_group(x, y, windows[first : first + 8], [noise] * negative, 0.05, mean)
    ]
    words, pairs, loss = trained(
        sentences, words=vectors, skip_gram=False, cbow_mean=mean, window=window, negative=negative,
        negative_rows=outputs, noise=np.eye(7)[noise],
    )  # fmt: skip
    assert (words, pairs) == (sum(map(len, sentences)), len(windows))
    np.testing.assert_allclose(vectors, x, atol=1e-4, rtol=1e-3)
    np.testing.assert_allclose(outputs, y, atol=1e-4, rtol=1e-3)
    assert loss == pytest.approx(sum(step.loss for step in steps), rel=1e-3, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(case=cases, counts=st.lists(st.integers(1, 50), min_size=7, max_size=7))
def test_hierarchical_softmax(case: Any, counts: list[int]) -> None:
    sentences, dim, window, skip_gram, mean, seed = case
    random = np.random.default_rng(seed)
    vectors = random.normal(0, 0.5, (7, dim)).astype(np.float32)
    nodes = random.normal(0, 0.5, (7, dim)).astype(np.float32)
    x, y = vectors.astype(np.float64), nodes.astype(np.float64)
    leaves = huffman.tree([(str(word), count) for word, count in enumerate(counts)])
    expected = twin.train(
        sentences, x, y, lambda word: twin.path_targets(leaves[word].code, leaves[word].points),
        window=window, alpha=0.05, skip_gram=skip_gram, mean=mean,
    )  # fmt: skip
    codes, points, offsets = _core.huffman_codes(np.array(counts, np.uint64))
    _, _, loss = trained(
        sentences, words=vectors, skip_gram=skip_gram, cbow_mean=mean, window=window, node_rows=nodes,
        codes=codes, points=points, path_offsets=offsets,
    )  # fmt: skip
    np.testing.assert_allclose(vectors, x, atol=3e-5, rtol=1e-4)
    np.testing.assert_allclose(nodes, y, atol=3e-5, rtol=1e-4)
    assert loss == pytest.approx(expected, rel=1e-4, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(case=cases, locks=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=7, max_size=7))
def test_lock_factors_scale_the_changes_of_one_window(case: Any, locks: list[float]) -> None:
    _, dim, window, skip_gram, mean, seed = case
    random = np.random.default_rng(seed)
    sentence = random.integers(1, 7, 2).tolist()
    start = random.normal(0, 0.5, (7, dim)).astype(np.float32)
    changes = []
    for factors in (np.ones(1, np.float32), np.array(locks, np.float32)):
        vectors, outputs = start.copy(), start[::-1].copy()
        trained(
            [[*sentence[:1], 0]], words=vectors, skip_gram=skip_gram, cbow_mean=mean, window=window, negative=3,
            negative_rows=outputs, noise=np.eye(7)[0], lock_factors=factors,
        )  # fmt: skip
        changes.append(vectors - start)
    # The first of the two windows sees equal vectors with and without locks.
    first = 0
    np.testing.assert_allclose(changes[1][first], changes[0][first] * locks[first], atol=1e-6, rtol=1e-3)
