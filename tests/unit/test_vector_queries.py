"""Queries. Numbers marked "gensim" were computed with gensim 4.4.0 on the space of vector_space.py: the call is the one
tested, on ``KeyedVectors(6)`` after ``add_vectors(WORDS, matrix())``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.vector_space import matrix, space
from tokenspace.errors import ArgumentError


def near(pairs: list[tuple[str, float]]) -> list[tuple[str, Any]]:
    return [(key, pytest.approx(score, abs=2e-6)) for key, score in pairs]


# -- most_similar (gensim) --------------------------------------------------------------------------------------------

MOST_SIMILAR = [
    (("king",), {"topn": 3}, [("queen", 0.597873), ("rome", 0.334747), ("Paris", 0.325505)]),
    (
        (),
        {"positive": ["king", "woman"], "negative": ["man"], "topn": 3},
        [("queen", 0.965232), ("nurse", 0.326584), ("rome", 0.018651)],
    ),
    (
        (),
        {"positive": [("king", 2.0), "woman"], "negative": [("man", -0.5)], "topn": 2},
        [("queen", 0.880061), ("nurse", 0.293151)],
    ),
    # A vector given as an array is not scaled to length one, and excludes nothing.
    (
        ([matrix()[0], "woman"],),
        {"topn": 3},
        [("queen", 0.905108), ("king", 0.788382), ("rome", 0.264604)],
    ),
    (
        ("king",),
        {"topn": 3, "restrict_vocab": 4, "clip_start": 5},
        [("queen", 0.597873), ("woman", 0.125133), ("man", -0.514195)],
    ),
    (
        ("king",),
        {"topn": 3, "clip_start": 4, "clip_end": 8},
        [("Paris", 0.325505), ("London", -0.04855), ("paris", -0.177061)],
    ),
    ((0,), {"topn": 2}, [("queen", 0.597873), ("rome", 0.334747)]),
]


@pytest.mark.parametrize(("args", "options", "expected"), MOST_SIMILAR)
def test_most_similar(args: Any, options: Any, expected: Any) -> None:
    assert space().most_similar(*args, **options) == near(expected)


def test_topn_none_gives_all_scores_and_less_than_one_none() -> None:
    vectors = space()
    scores = vectors.most_similar("king", topn=None)
    assert scores.shape == (11,)
    assert scores[:4].tolist() == pytest.approx([1.0, 0.597873, -0.514195, 0.125133], abs=2e-6)
    assert vectors.most_similar("king", topn=None, clip_start=2, clip_end=4).tolist() == pytest.approx(
        [-0.514195, 0.125133], abs=2e-6
    )
    assert vectors.most_similar("king", topn=0) == []
    assert vectors.most_similar("king", topn=-3) == []
    assert len(vectors.most_similar("king", topn=100)) == 10


def test_most_similar_by_key_and_vector() -> None:
    vectors = space()
    expected = near([("queen", 0.597873), ("rome", 0.334747)])
    assert vectors.similar_by_key("king", 2) == expected
    assert vectors.similar_by_word("king", 2) == expected
    assert vectors.similar_by_vector(matrix()[0], 3) == [("king", pytest.approx(1.0)), *expected]
    assert vectors.similar_by_vector(list(matrix()[0]), 1)[0][0] == "king"
    assert vectors.similar_by_word("king", 5, restrict_vocab=2) == expected[:1]


def test_what_most_similar_refuses() -> None:
    vectors = space()
    with pytest.raises(KeyError, match="'unheard'"):
        vectors.most_similar("unheard")
    with pytest.raises(KeyError):
        vectors.most_similar(positive=["king"], negative=["unheard"])
    with pytest.raises(ValueError, match="at least one key"):
        vectors.most_similar([])
    with pytest.raises(ValueError, match="a vector of 6 numbers"):
        vectors.most_similar(np.ones(5))
    with pytest.raises(TypeError):
        vectors.most_similar("king", topn=2.5)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="pairs of one with a weight"):
        vectors.most_similar([("king", 1.0, 2.0)])


def test_an_indexer_answers_instead() -> None:
    class Indexer:
        def most_similar(self, vector: np.ndarray, topn: int) -> list[tuple[str, float]]:
            assert np.linalg.norm(vector) == pytest.approx(1.0)
            return [("asked", float(topn))]

    assert space().most_similar("king", topn=7, indexer=Indexer()) == [("asked", 7.0)]


def test_zero_vectors_and_nan_come_last_and_equal_ones_by_row() -> None:
    vectors = ts.KeyedVectors(2)
    vectors.add_vectors(list("abcdef"), np.array([[0, 0], [1, 0], [np.nan, 1], [2, 0], [-1, 0], [3, 0]]))
    found = vectors.most_similar(np.array([1.0, 0.0]), topn=6)
    assert [key for key, _ in found] == ["b", "d", "f", "e", "a", "c"]
    assert [score for _, score in found[:4]] == [1, 1, 1, -1]
    assert all(math.isnan(score) for _, score in found[4:])
    assert [key for key, _ in vectors.most_similar(np.zeros(2), topn=2)] == ["b", "d"]
    assert vectors.similarity("a", "b") == 0
    assert math.isnan(vectors.distances("a")[1])


# -- batches ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("queries", [1, 3, 40])
def test_a_batch_is_the_same_as_single_queries(queries: int) -> None:
    random = np.random.default_rng(queries)
    vectors = ts.KeyedVectors(17)
    vectors.add_vectors([f"w{i}" for i in range(300)], random.normal(size=(300, 17)))
    keys = [f"w{i}" for i in random.integers(300, size=queries)]
    for found, key in zip(vectors.most_similar_batch(keys, topn=5), keys, strict=True):
        assert found == near(vectors.most_similar(key, topn=5))
    matrix = random.normal(size=(queries, 17))
    for found, row in zip(vectors.most_similar_batch(matrix, topn=5, restrict_vocab=100), matrix, strict=True):
        assert found == near(vectors.similar_by_vector(row, 5, restrict_vocab=100))


def test_a_batch_takes_combinations() -> None:
    vectors = space()
    asked = [{"positive": ["king", "woman"], "negative": ["man"]}, ["king", "queen"], matrix()[3], "man"]
    found = vectors.most_similar_batch(asked, topn=2)
    assert found[0] == near([("queen", 0.965232), ("nurse", 0.326584)])
    assert found[1] == near(vectors.most_similar(["king", "queen"], topn=2))
    assert found[2][0] == ("woman", pytest.approx(1.0))
    assert found[3] == near(vectors.most_similar("man", topn=2))
    assert vectors.most_similar_batch([]) == []


def test_search_by_metric_with_rows_left_out() -> None:
    vectors = space()
    rows, scores = vectors.search(matrix()[0], 3, metric="l2", exclude=[[0]])
    distances = np.linalg.norm(matrix() - matrix()[0], axis=1)
    assert rows[0].tolist() == np.argsort(distances)[1:4].tolist()
    np.testing.assert_allclose(scores[0], np.sort(distances)[1:4], rtol=1e-5)
    allowed = np.zeros(11, dtype=bool)
    allowed[[3, 7]] = True
    rows, scores = vectors.search(matrix()[:2], 3, metric="dot", allowed=allowed)
    assert rows.shape == (2, 3)
    assert {*rows[0, :2].tolist()} == {3, 7}
    assert rows[0, 2] == -1
    assert math.isnan(scores[0, 2])
    with pytest.raises(ArgumentError, match="metric"):
        vectors.search(matrix(), metric="euclid")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="vectors of 6 numbers"):
        vectors.search(np.ones((2, 5)))
    with pytest.raises(ArgumentError, match="complex128"):
        vectors.search(np.ones((2, 6), complex))
    with pytest.raises(ArgumentError, match="k=-1"):
        vectors.search(matrix(), -1)


# -- the others (gensim) ----------------------------------------------------------------------------------------------


def test_cosmul() -> None:
    vectors = space()
    expected = near([("queen", 4.607667), ("nurse", 1.129788), ("rome", 0.520289)])
    assert vectors.most_similar_cosmul(["king", "woman"], ["man"], topn=3) == [
        (key, pytest.approx(score.expected, rel=1e-5)) for key, score in expected
    ]
    assert [key for key, _ in vectors.most_similar_cosmul([matrix()[0]], ["man"], topn=2)] == ["queen", "king"]
    assert vectors.most_similar_cosmul("king", topn=None).shape == (11,)
    assert vectors.most_similar_cosmul("king", topn=0) == []
    # Other than in gensim, which ignores the one and cannot do the other:
    assert [k for k, _ in vectors.most_similar_cosmul(["king", "woman"], ["man"], restrict_vocab=5)] == [
        "queen",
        "prince",
    ]
    assert vectors.most_similar_cosmul([0, 3], [2], topn=1)[0][0] == "queen"
    with pytest.raises(ValueError, match="positive"):
        vectors.most_similar_cosmul([], ["man"])
    with pytest.raises(KeyError):
        vectors.most_similar_cosmul("unheard")


def test_similarities_and_distances() -> None:
    vectors = space()
    assert vectors.similarity("king", "queen") == pytest.approx(0.597873, abs=2e-6)
    assert vectors.distance("king", "queen") == pytest.approx(0.402127, abs=2e-6)
    assert vectors.n_similarity(["king", "man"], ["queen", "woman", "unheard"]) == pytest.approx(-0.303661, abs=2e-6)
    assert vectors.n_similarity(["unheard"], ["king"]) == 0
    assert vectors.n_similarity(["king"], ["man"]) == vectors.similarity("king", "man")  # to the bit, as in gensim
    assert vectors.distances("king", ["queen", "man"]).tolist() == pytest.approx([0.402127, 1.514195], abs=2e-6)
    assert vectors.distances(matrix()[8] * 3)[:3].tolist() == pytest.approx([0.665253, 1.024873, 0.662136], abs=2e-6)
    cosines = ts.KeyedVectors.cosine_similarities(matrix()[0], matrix()[:3])
    assert cosines.tolist() == pytest.approx([1.0, 0.597873, -0.514195], abs=2e-6)
    with pytest.raises(ZeroDivisionError):
        vectors.n_similarity([], ["king"])
    with pytest.raises(ValueError, match="empty"):
        vectors.n_similarity(["king"], [])
    with pytest.raises(KeyError):
        vectors.similarity("king", "unheard")
    with pytest.raises(KeyError):
        vectors.distances("king", ["unheard"])


def test_order_among_keys() -> None:
    vectors = space()
    assert vectors.closer_than("king", "queen") == []
    assert vectors.rank("king", "queen") == 1
    assert vectors.closer_than("king", "Paris") == ["queen", "rome"]
    assert vectors.rank("king", "Paris") == 3
    assert vectors.rank("king", "king") == 1
    assert vectors.most_similar_to_given("king", ["man", "queen", "rome"]) == "queen"
    assert vectors.relative_cosine_similarity("king", "man", 3) == pytest.approx(-0.4087, abs=1e-5)
    with pytest.raises(ValueError, match="choose"):
        vectors.most_similar_to_given("king", [])
    with pytest.raises(ValueError, match="neighbours"):
        vectors.relative_cosine_similarity("king", "man", 0)


def test_centrality(caplog: pytest.LogCaptureFixture) -> None:
    vectors = space()
    ranked = vectors.rank_by_centrality(["king", "queen", "rome", "man"])
    assert [(key, score) for score, key in ranked] == near(
        [("rome", 0.815937), ("king", 0.702384), ("queen", 0.436089), ("man", 0.065031)]
    )
    ranked = vectors.rank_by_centrality(["king", "queen", "rome"], use_norm=False)
    assert [key for _, key in ranked] == ["rome", "queen", "king"]
    assert ranked[0][0] == pytest.approx(4.790652, abs=1e-5)
    assert vectors.doesnt_match(["king", "queen", "rome", "unheard"]) == "rome"
    assert "unheard" in caplog.text
    with pytest.raises(ValueError, match="at least one key"):
        vectors.doesnt_match(["unheard"])


def test_mean_vector() -> None:
    vectors = space()
    mean = vectors.get_mean_vector(["king", "queen", "unheard"])
    expected = [0.090722, 0.494161, 0.528749, -0.340893, -0.282855, 0.265934]
    assert mean.tolist() == pytest.approx(expected, abs=2e-6)
    mean = vectors.get_mean_vector(["king", matrix()[1]], weights=[1, -3], pre_normalize=False, post_normalize=True)
    expected = [-0.190985, -0.679049, -0.118251, 0.530535, 0.240569, -0.386125]
    assert mean.tolist() == pytest.approx(expected, abs=2e-6)
    assert vectors.get_mean_vector(["unheard"]).tolist() == [0] * 6
    with pytest.raises(ValueError, match="2 weights"):
        vectors.get_mean_vector(["king", "man"], weights=[1])
    with pytest.raises(ValueError, match="at least one"):
        vectors.get_mean_vector([])
    with pytest.raises(KeyError):
        vectors.get_mean_vector(["king", "unheard"], ignore_missing=False)


def test_word_movers_distance() -> None:
    vectors = space()
    first = ["king", "queen", "king"]
    assert vectors.wmdistance(first, ["man", "woman", "rome", "unheard"]) == pytest.approx(1.188496, abs=2e-6)
    other = ["king", "woman", "rome", "rome"]
    assert vectors.wmdistance(first, other, norm=False) == pytest.approx(3.767485, abs=2e-6)
    assert vectors.wmdistance(["king"], ["king", "king"]) == 0.0
    assert vectors.wmdistance(first, first[::-1]) == 0.0
    assert vectors.wmdistance(["unheard"], first) == math.inf
    assert vectors.wmdistance([], first) == math.inf
    moves = vectors.wmd_moves(first, other, norm=False)
    assert sum(move.share * move.distance for move in moves) == pytest.approx(3.767485, abs=2e-6)
    assert sum(move.share for move in moves) == pytest.approx(1)
    twins = ts.KeyedVectors(2)
    twins.add_vectors(["a", "b"], np.ones((2, 2)))
    assert twins.wmdistance(["a"], ["b"]) == math.inf  # as in gensim


# -- ours -------------------------------------------------------------------------------------------------------------


def test_bias_along_a_direction() -> None:
    vectors = space()
    leans = vectors.bias(["king", "queen", "doctor"], "man", "woman", topn=2)
    line = vectors.get_vector("woman", norm=True) - vectors.get_vector("man", norm=True)
    line /= np.linalg.norm(line)
    for lean in leans:
        assert lean.projection == pytest.approx(float(vectors.get_vector(lean.key, norm=True) @ line), abs=1e-5)
        assert lean.neighbours == near(vectors.most_similar([lean.key, "woman"], ["man"], topn=2))
    assert [lean.projection for lean in leans] == sorted(lean.projection for lean in leans)
    assert vectors.bias("king", [("man", "woman"), ("king", "queen")])[0].key == "king"
    with pytest.raises(ValueError, match="different vectors"):
        vectors.direction("man", "man")
    with pytest.raises(ValueError, match="pairs"):
        vectors.direction([])


def test_alignment_undoes_a_rotation() -> None:
    random = np.random.default_rng(0)
    rotation = np.linalg.qr(random.normal(size=(8, 8)))[0]
    here, there = ts.KeyedVectors(8), ts.KeyedVectors(8)
    rows = random.normal(size=(40, 8))
    here.add_vectors([f"w{i}" for i in range(40)], rows)
    there.add_vectors([f"m{i}" for i in range(40)], rows @ rotation)
    aligned = here.align(there, [(f"w{i}", f"m{i}") for i in range(12)])
    np.testing.assert_allclose(aligned.rotation, rotation, atol=1e-5)
    np.testing.assert_allclose(aligned.vectors.vectors, there.vectors, atol=1e-5)
    assert aligned.cosine == pytest.approx(1.0)
    assert there.similar_by_vector(aligned.vectors["w30"], 1)[0][0] == "m30"
    np.testing.assert_array_equal(here.vectors, rows.astype(np.float32))
    with pytest.raises(ValueError, match="anchors"):
        here.align(there)
    with pytest.raises(ValueError, match="size 8"):
        here.align(ts.KeyedVectors(3))


def test_a_word_map_shows_the_plane_of_largest_variance(tmp_path) -> None:
    vectors = ts.KeyedVectors(4)
    rows = np.array([[-2, 0, 1, 5], [0, 1, 1, 5], [0, -1, 1, 5], [2, 0, 1, 5.0]])
    vectors.add_vectors(["a", "<b>", "c", "d"], rows)
    found = vectors.word_map(["a", "<b>", "c", "d"], normalize=False)
    np.testing.assert_allclose(np.abs(found.coordinates), np.abs(rows[:, :2]), atol=1e-6)
    assert found.explained == pytest.approx((0.8, 0.2))
    again = vectors.word_map({"left": ["a"], "others": ["<b>", "c", "d"]}, normalize=False)
    np.testing.assert_array_equal(again.coordinates, found.coordinates)
    for name in ("map.svg", "map.html"):
        again.save(tmp_path / name)
        text = (tmp_path / name).read_text("utf-8")
        assert "&lt;b&gt;" in text
        assert "<b>" not in text
        assert "others" in text
    with pytest.raises(ValueError, match=r"\.svg, \.html or \.png"):
        found.save(tmp_path / "map.jpg")
    with pytest.raises(ValueError, match="at least two words"):
        vectors.word_map(["a"])
    assert len(vectors.word_map().words) == 4
