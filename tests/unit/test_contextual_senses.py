"""Occurrences, clusters, senses, what context changes: on vectors made by hand, and on the real model."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pytest

import tokenspace as ts
from tests.data import minilm_folder
from tests.unit.place_engine import PlaceEngine
from tokenspace.encoders.contextual.baseline import PairMean, WordSample
from tokenspace.encoders.contextual.clusters import (
    adjusted_rand,
    average_linkage,
    cluster,
    cut_tree,
    distances_of,
    silhouette,
    silhouettes,
    similarities,
)
from tokenspace.encoders.contextual.occurrences import find_word
from tokenspace.encoders.contextual.senses import Occurrence, Senses
from tokenspace.errors import ArgumentError, NotFoundError

RIVER = [
    "We sat on the bank of the river and fished.",
    "The river overflowed its bank after the storm.",
    "Trees grow along the bank of the stream.",
    "He pulled the boat onto the muddy bank.",
    "Ducks nested on the grassy bank near the water.",
    "She walked along the bank of the Thames at dusk.",
]
MONEY = [
    "She deposited her salary at the bank.",
    "The bank approved my mortgage yesterday.",
    "He robbed a bank and fled with the cash.",
    "The central bank raised interest rates.",
    "You can open a savings account at any bank.",
    "The bank charges a fee for every transfer.",
]


# ---- where a word is ----
@pytest.mark.parametrize(
    ("text", "word", "case", "found"),
    [
        ("A bank, banks, Bank; embankment bank's", "bank", "smart", ["bank", "Bank", "bank"]),
        ("Apple and apple", "Apple", "smart", ["Apple"]),
        ("Apple and apple", "Apple", "ignore", ["Apple", "apple"]),
        ("Apple and apple", "apple", "exact", ["apple"]),
        ("苹果公司的苹果", "苹果", "smart", ["苹果", "苹果"]),
        ("吃apple吧", "apple", "smart", ["apple"]),
        ("ฉันไปธนาคารวันนี้", "ธนาคาร", "smart", ["ธนาคาร"]),
        ("cafe\u0301 cafe", "cafe", "smart", ["cafe"]),
        ("New  York\nNew York", "New York", "smart", ["New  York", "New York"]),
        ("C++ and C", "C++", "smart", ["C++"]),
        ("a.b a+b", "a.b", "smart", ["a.b"]),
        ("aaaa", "aa", "smart", []),
        ("果果果", "果果", "smart", ["果果"]),
    ],
)
def test_occurrences(text: str, word: str, case: str, found: list[str]) -> None:
    assert [text[begin:end] for begin, end in find_word(text, word, case)] == found


def test_no_word_is_no_search() -> None:
    with pytest.raises(ArgumentError):
        find_word("text", "  ")
    with pytest.raises(ArgumentError):
        find_word("text", "a", "upper")


@pytest.mark.parametrize(
    ("text", "word", "columns", "shown"),
    [
        ("a bank", "bank", 10, "a [bank]"),
        ("We sat on the bank of the river.", "bank", 6, "…the [bank] of…"),
        ("We sat on the bank of the river.", "bank", 99, "We sat on the [bank] of the river."),
        ("我每天都吃一个苹果因为它很甜", "苹果", 3, "…吃一个[苹果]因为它…"),
        ("line\none bank\ttwo", "bank", 9, "line one [bank] two"),
        ("unbrokenbefore,bank", "bank", 4, "…ore,[bank]"),
    ],
)
def test_a_window_shows_whole_words(text: str, word: str, columns: int, shown: str) -> None:
    ((start, end),) = find_word(text, word)
    assert Occurrence(0, text, start, end, (word,)).window(columns) == shown


# ---- groups ----
def test_linkage_and_silhouette_are_those_of_other_libraries() -> None:
    hierarchy = pytest.importorskip("scipy.cluster.hierarchy")
    metrics = pytest.importorskip("sklearn.metrics")
    from scipy.spatial.distance import squareform

    rng = np.random.default_rng(0)
    for n in (3, 4, 9, 30, 80):
        vectors = rng.normal(size=(n, 6)) + rng.integers(0, 3, size=(n, 1))
        distances = distances_of(similarities(vectors))
        theirs = hierarchy.linkage(squareform(distances, checks=False), "average")
        ours = average_linkage(distances)
        np.testing.assert_allclose([merge[2] for merge in ours], theirs[:, 2], atol=1e-12)
        for count in range(1, n + 1):
            labels = cut_tree(ours, n, count)
            assert len(set(labels.tolist())) == count
            expected = hierarchy.fcluster(theirs, count, "maxclust")
            assert adjusted_rand(labels, expected) == pytest.approx(1)
            if 2 <= count < n:
                each = metrics.silhouette_samples(distances, expected, metric="precomputed")
                np.testing.assert_allclose(silhouettes(distances, labels), each, atol=1e-12)
                groups = [each[expected == group].mean() for group in set(expected.tolist())]
                assert silhouette(distances, labels) == pytest.approx(np.mean(groups))
        other = rng.integers(0, 4, size=n)
        assert adjusted_rand(labels, other) == pytest.approx(metrics.adjusted_rand_score(labels, other))
        few = cut_tree(ours, n, 2)
        assert adjusted_rand(few, other) == pytest.approx(metrics.adjusted_rand_score(few, other))


def test_equal_distances_end() -> None:
    for n in (2, 5, 40):
        assert len(average_linkage(1 - np.eye(n))) == n - 1
        assert len(average_linkage(np.zeros((n, n)))) == n - 1
    assert cluster(np.ones((6, 6))).count == 1


def test_groups_that_are_there_are_found_and_no_others() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(3, 20))
    truth = np.repeat([0, 1, 2], 8)
    found = cluster(similarities(centres[truth] + 0.2 * rng.normal(size=(24, 20))))
    assert found.count == 3
    assert adjusted_rand(found.labels, truth) == 1
    assert found.labels[0] == 0, "groups are numbered as they appear"
    one = cluster(similarities(rng.normal(size=20) + 0.1 * rng.normal(size=(24, 20))))
    assert (one.count, one.labels.max()) == (1, 0)
    assert cluster(similarities(centres[truth]), count=2).count == 2
    for count in (0, 25):
        with pytest.raises(ArgumentError):
            cluster(similarities(centres[truth]), count=count)
    assert cluster(np.ones((1, 1))).count == 1
    assert cluster(np.ones((2, 2))).count == 1
    assert cluster(np.ones((2, 2)), count=2).labels.tolist() == [0, 1]


def test_one_stray_vector_is_no_sense() -> None:
    rng = np.random.default_rng(5)
    vectors = np.ones(30) + 0.4 * rng.normal(size=(60, 30))
    vectors[7] = -vectors[7]
    assert cluster(similarities(vectors)).count == 1


def test_what_the_control_shows_as_well_is_no_finding() -> None:
    rng = np.random.default_rng(2)
    place = np.repeat([0, 1], 10)
    by_place = rng.normal(size=(2, 20))[place] + 0.1 * rng.normal(size=(20, 20))
    table = similarities(by_place)
    assert cluster(table).count == 2
    assert cluster(table, control=table).count == 1
    assert cluster(table, control=similarities(rng.normal(size=(20, 20)))).count == 2


# ---- means over pairs ----
def test_pair_means_are_those_of_all_pairs_from_different_texts() -> None:
    rng = np.random.default_rng(3)
    texts = [rng.normal(size=(2, n, 5)).astype(np.float32) for n in (3, 1, 0, 4)]
    pairs = PairMean()
    for one in texts:
        pairs.add(one)
    rows = np.concatenate(texts, axis=1)
    owner = np.repeat([0, 1, 2, 3], [3, 1, 0, 4])
    different = owner[:, None] != owner[None, :]
    for layer in range(2):
        assert pairs.means[layer] == pytest.approx(similarities(rows[layer])[different].mean())
    alone = PairMean()
    assert alone.means is None
    alone.add(texts[0])
    assert alone.means is None


def test_a_sample_of_words_is_even_and_repeatable() -> None:
    counts = np.zeros(60)
    for seed in range(300):
        sample = WordSample(10, seed)
        for text in range(20):
            sample.add(np.full((1, 3, 1), 0, np.float32) + np.arange(3 * text, 3 * text + 3)[None, :, None])
        for _, vector in sample._kept:
            counts[int(vector.ravel()[0])] += 1
    assert counts.sum() == 3000
    assert counts.min() > 25
    assert counts.max() < 80


# ---- senses of vectors made by hand ----
def made(labels: list[str | None] | None = None) -> Senses:
    """Eight occurrences: at layer 0 all alike, at layer 1 two senses, at layer 2 noise of one sense."""
    rng = np.random.default_rng(4)
    truth = np.repeat([0, 1], 4)
    centres = np.eye(2, 12)
    layers = np.stack(
        [
            np.ones((8, 12)) + 0.01 * rng.normal(size=(8, 12)),
            centres[truth] + 0.05 * rng.normal(size=(8, 12)),
            np.ones((8, 12)) + 0.1 * rng.normal(size=(8, 12)),
        ]
    ).astype(np.float32)
    names = labels or [None] * 8
    places = [
        Occurrence(i, f"{'river water' if i < 4 else 'money loan'} bank text {i}", 12, 16, ("bank",), names[i])
        for i in range(8)
    ]
    return Senses("bank", places, (0, 1, 2), layers, layers[0], np.array([0.1, 0.2, 0.3]))


def test_the_layer_where_senses_part_is_found() -> None:
    senses = made()
    assert senses.best_layer == 1
    assert senses.clusters().count == 2
    assert sorted(map(sorted, senses.members())) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert {"river", "water"} <= set(senses.words_around()[0])
    assert {"money", "loan"} <= set(senses.words_around()[1])
    row = senses.rows[1]
    table = senses.similarity(1)
    assert row.similarity == pytest.approx(table[~np.eye(8, dtype=bool)].mean())
    assert row.adjusted == pytest.approx(row.similarity - 0.2)
    assert row.same is None
    assert senses.rows[0].to_static == pytest.approx(1)


def test_labels_are_measured() -> None:
    right, wrong = made(["r"] * 4 + ["m"] * 4), made(["r", "m"] * 4)
    assert right.rows[1].agreement == 1
    assert right.rows[1].same > 0.9 > 0.3 > right.rows[1].other
    assert right.rows[1].label_separation > 0.8
    assert wrong.rows[1].label_separation < 0
    assert made(["r"] * 8).rows[1].same is None, "one label compares with nothing"


def test_a_result_is_data_text_html_and_pictures(tmp_path) -> None:
    senses = made(["<r>"] * 4 + ["m"] * 4)
    found = json.loads(json.dumps(senses.to_dict()))
    assert found["best_layer"] == 1
    assert len(found["layers"][1]["table"]) == 8
    assert found["layers"][1]["labels"] == [0] * 4 + [1] * 4
    assert "table" not in senses.to_dict(tables=False)["layers"][0]
    assert "2 clusters at layer 1" in repr(senses)
    assert "cluster 2, 4 occurrences" in str(senses)
    assert "<r>" not in senses._repr_html_()
    for picture in (senses.matrix(), senses.map(), senses.chart(), senses.matrix(2), senses.map(-1)):
        picture.save(tmp_path / "picture.svg")
    with pytest.raises(ArgumentError):
        senses.similarity(7)


# ---- through an encoder ----
@pytest.fixture(scope="module")
def places():
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    return ts.ContextualEncoder.from_parts(tokenizer, PlaceEngine(len(tokenizer), 24))


def test_every_occurrence_has_the_vector_of_its_own_place(places) -> None:
    texts = ["no such thing", "the water and the sea", "the sea " * 20]
    senses = places.senses("sea", texts, layers=[0, 2])
    assert [one.sentence for one in senses.occurrences] == [1, *[2] * 20]
    for number, one in enumerate(senses.occurrences):
        assert one.text[one.start : one.end] == "sea"
        whole = places.encode(one.text, layers=[0, 2], on_truncate="chunk")
        np.testing.assert_array_equal(senses.vectors[:, number], whole.span_vectors(one.start, one.end))
    assert senses.layers == (0, 2)
    hidden = places.senses("sea", texts, layers=[2])
    np.testing.assert_array_equal(hidden.static, senses.vectors[0])
    assert hidden.vectors.shape == (1, 21, 4)
    assert hidden.rows[0].to_static == pytest.approx(1, abs=1e-6)


def test_more_occurrences_than_the_limit_are_drawn(places) -> None:
    texts = [f"the sea {number}" for number in range(50)]
    a, b = (places.senses("sea", texts, limit=10, seed=seed) for seed in (0, 0))
    assert [one.sentence for one in a.occurrences] == [one.sentence for one in b.occurrences]
    assert len(a) == 10
    assert "10 of 50 occurrences" in repr(a)
    assert [one.sentence for one in places.senses("sea", texts, limit=10, seed=1).occurrences] != [
        one.sentence for one in a.occurrences
    ]


def test_what_cannot_be_asked_is_named(places) -> None:
    with pytest.raises(NotFoundError, match="'ocean' in some sentence"):
        places.senses("ocean", ["the sea"])
    with pytest.raises(ArgumentError, match="2 labels"):
        places.senses("sea", ["sea", "sea"], labels=["a"])
    with pytest.raises(ArgumentError, match="a list of texts"):
        places.senses("sea", "the sea")
    with pytest.raises(ArgumentError, match="clusters"):
        places.senses("sea", ["sea", "a sea"], clusters=3)
    with pytest.raises(NotFoundError):
        places.compare("sea", "the sea", "the water")
    with pytest.raises(ArgumentError, match="at least 5 texts"):
        places.context_change(["one", "two"])
    assert len(places.senses("sea", ["the sea"])) == 1
    str(places.senses("sea", ["the sea"]))


def test_another_case_is_tried_only_where_it_helps(places) -> None:
    with pytest.raises(NotFoundError, match='try case "ignore"'):
        places.senses("Sea", ["the sea"])
    with pytest.raises(NotFoundError, match="try another form of the word"):
        places.senses("ocean", ["the sea"])
    with pytest.raises(NotFoundError, match='try case "ignore"'):
        places.compare("Sea", "the Sea", "the sea")


def test_context_change_is_the_mean_over_pairs(places) -> None:
    texts = ["the sea is wide", "a wide sea", "sea of the north", "the end"]
    found = places.context_change(texts, words=["sea", "the", "none"], layers="all")
    assert [one.word for one in found.words] == ["sea", "the"]
    vectors = [places.encode(text, layers="all").word_vectors() for text in texts]
    rows = [one.vectors[:, one.words.index("sea")] for one in vectors if "sea" in one.words]
    expected = similarities(np.stack([row[1] for row in rows]))[~np.eye(3, dtype=bool)].mean()
    assert found.words[0].self_similarity[1] == pytest.approx(expected)
    assert found.words[0].texts == 3
    assert found.adjusted[0] == pytest.approx(found.self_similarity[0] - found.random[0])
    assert "2 words in 4 texts" in repr(found)
    json.dumps(found.to_dict())
    found.chart().to_svg()
    assert "any two words" in str(found)
    assert found.most_changed(topn=1) == found.least_changed()[-1:]


# ---- the real model ----
@pytest.fixture(scope="module")
def minilm():
    return ts.ContextualEncoder(minilm_folder())


def test_a_river_bank_is_no_bank_of_money(minilm) -> None:
    senses = minilm.senses("bank", RIVER + MONEY, labels=["river"] * 6 + ["money"] * 6)
    best = senses.rows[senses.best_layer]
    assert best.same > best.other + 0.08
    assert best.agreement == 1, "the clusters, which know no labels, are the senses"
    table = senses.similarity()
    for number in range(12):
        alike = [table[number, other] for other in range(12) if other != number and (other < 6) == (number < 6)]
        others = [table[number, other] for other in range(12) if (other < 6) != (number < 6)]
        assert np.mean(alike) > np.mean(others) + 0.03, senses.occurrences[number].text
    assert senses.rows[0].agreement == 0, "before any context there is nothing to tell them apart"
    static = [row.to_static for row in senses.rows]
    assert static == sorted(static, reverse=True), "each layer leads further away from the static vector"


def test_one_word_compared_in_two_sentences(minilm) -> None:
    same, other = (minilm.compare("bank", RIVER[0], text) for text in (RIVER[2], MONEY[0]))
    assert same.similarities[4] > other.similarities[4] + 0.05
    assert same.layers == tuple(range(7))
    json.dumps(same.to_dict())
    assert "4: " in repr(same)
    same.chart().to_svg()


def test_context_changes_more_from_layer_to_layer(minilm) -> None:
    found = minilm.context_change(RIVER + MONEY, min_texts=3)
    assert found.self_similarity[0] > found.self_similarity[3] > found.self_similarity[6]
    assert all(own > any_two for own, any_two in zip(found.self_similarity, found.random, strict=True))
    assert found.layers == tuple(range(7))


def test_senses_need_neither_torch_nor_matplotlib() -> None:
    code = (
        "import sys, tokenspace as ts\n"
        f"senses = ts.ContextualEncoder({str(minilm_folder())!r}).senses('bank', {RIVER[:2] + MONEY[:2]!r})\n"
        "senses.picture().to_html()\n"
        "print(sorted({'torch', 'transformers', 'matplotlib', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_many_occurrences_in_one_long_text_take_linear_time(places) -> None:
    text = "the sea is wide " * 20_000
    begin = time.process_time()
    found = places.senses("sea", [text, "a sea"], limit=1000)
    assert len(found) == 1000
    assert "wide" in found.words_around()[0]
    assert time.process_time() - begin < 30


def test_words_around_leave_out_the_word_itself_only_where_it_stands(places) -> None:
    found = places.senses("sea", ["sea sea shore"])
    assert set(found.words_around()[0]) == {"sea", "shore"}
    assert set(places.senses("sea", ["a sea"]).words_around()[0]) == {"a"}


def test_words_and_windows_that_cannot_be_are_named(places) -> None:
    vectors = places.encode("the sea")
    with pytest.raises(ArgumentError, match="not found after"):
        vectors.word_vectors(words=["sea", "the"])
    with pytest.raises(ArgumentError, match="sequence"):
        vectors.word_vectors(sequence=1)
    with pytest.raises(ArgumentError, match="a word"):
        places.senses(b"sea", ["the sea"])
