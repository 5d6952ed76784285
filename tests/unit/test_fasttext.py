"""FastText with gensim's interface: vectors of any word, training, saving. Numbers are gensim 4.4.0's where it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import FastText
from tokenspace.vectors.fasttext import FastTextKeyedVectors, save_facebook_model

SENTENCES = [
    ["human", "interface", "computer"], ["survey", "user", "computer", "system", "response", "time"],
    ["eps", "user", "interface", "system"], ["system", "human", "system", "eps"], ["user", "response", "time"],
    ["trees"], ["graph", "trees"], ["graph", "minors", "trees"], ["graph", "minors", "survey"],
]  # fmt: skip


def small(**changed: Any) -> FastText:
    options: dict[str, Any] = {"vector_size": 12, "min_count": 1, "bucket": 100, "workers": 1, "epochs": 5, **changed}
    return FastText(SENTENCES, **options)


def test_first_vectors_are_gensims() -> None:
    # gensim.models.FastText(vector_size=4, min_count=1, bucket=3, seed=1); build_vocab(SENTENCES): wv.vectors_vocab[0],
    # wv.vectors_ngrams[2], wv.vectors[0]
    model = FastText(vector_size=4, min_count=1, bucket=3, seed=1)
    model.build_vocab(SENTENCES)
    assert model.wv.index_to_key[0] == "system"
    rng = np.random.default_rng(1).random((12, 4), dtype=np.float32) * 2 - 1
    assert np.allclose(model.wv.vectors_vocab, rng / 4)
    rng = np.random.default_rng(2).random((3, 4), dtype=np.float32) * 2 - 1
    assert np.allclose(model.wv.vectors_ngrams, rng / 4)
    row = model.wv.key_to_index["system"]
    parts = model.wv.buckets_word[row]
    total = model.wv.vectors_vocab[row] + model.wv.vectors_ngrams[parts].sum(axis=0)
    assert np.allclose(model.wv["system"], total / (len(parts) + 1))


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("hs", [0, 1])
def test_training_and_online_vocabulary(sg: int, hs: int) -> None:
    model = small(sg=sg, hs=hs, negative=0 if hs else 5)
    assert model.wv.vectors.shape == (12, 12)
    assert model.wv.vectors_ngrams.shape == (100, 12)
    more = [["computer", "artificial", "intelligence"], ["artificial", "trees"], ["human", "intelligence"]]
    before = model.wv.vectors_ngrams.copy()
    model.build_vocab(more, update=True)
    assert len(model.wv) == 14
    assert model.wv.vectors.shape == (14, 12)
    assert np.array_equal(before, model.wv.vectors_ngrams)
    model.train(more, total_examples=len(more), epochs=model.epochs)
    assert not np.array_equal(before, model.wv.vectors_ngrams)
    assert len(model.wv.most_similar("artificially", topn=3)) == 3


def test_words_outside_the_vocabulary() -> None:
    model = small()
    wv = model.wv
    assert "night" in wv
    assert "night" not in wv.key_to_index
    assert wv["night"].shape == (12,)
    assert not np.allclose(wv["night"], wv["nights"])
    assert wv.get_vector("night", norm=True) @ wv.get_vector("night", norm=True) == pytest.approx(1)
    assert wv.similarity("night", "night") == pytest.approx(1)
    assert wv.doesnt_match(["system", "systems", "graph"]) in ("system", "systems", "graph")
    assert wv.n_similarity(["night", "system"], ["nights"]) <= 1.0001
    assert wv.get_sentence_vector(["system", "unseen"]).shape == (12,)
    # No n-gram of 3 to 6 characters has room in "<>": a zero vector.
    assert wv[""].tolist() == [0.0] * 12
    assert np.array_equal(wv[["night", "system"]], np.vstack([wv["night"], wv["system"]]))


def test_without_ngrams() -> None:
    for options in ({"bucket": 0}, {"max_n": 2, "min_n": 3}, {"max_n": 0, "min_n": 0}):
        model = small(**options)
        assert model.wv.bucket == 0
        assert "night" not in model.wv
        with pytest.raises(KeyError, match="without ngrams"):
            model.wv["night"]
        assert model.wv.vectors is model.wv.vectors_vocab


def test_same_bits() -> None:
    first, second = small(seed=5, sg=1), small(seed=5, sg=1)
    assert np.array_equal(first.wv.vectors, second.wv.vectors)
    many = [small(seed=5, sg=1, workers=workers, deterministic=True) for workers in (1, 2)]
    assert np.array_equal(many[0].wv.vectors, many[1].wv.vectors)


@pytest.mark.parametrize("sg", [0, 1])
def test_locked_rows_stay(sg: int) -> None:
    model = FastText(vector_size=6, min_count=1, bucket=50, sg=sg, workers=1)
    model.build_vocab(SENTENCES)
    words, ngrams = model.wv.vectors_vocab.copy(), model.wv.vectors_ngrams.copy()
    model.wv.vectors_ngrams_lockf = np.zeros(1, np.float32)
    model.train(SENTENCES, total_examples=9, epochs=5)
    assert np.array_equal(model.wv.vectors_ngrams, ngrams)
    assert not np.array_equal(model.wv.vectors_vocab, words)
    words = model.wv.vectors_vocab.copy()
    model.wv.vectors_vocab_lockf = np.zeros(1, np.float32)
    model.train(SENTENCES, total_examples=9, epochs=5)
    assert np.array_equal(model.wv.vectors_vocab, words)


@pytest.mark.parametrize("sg", [0, 1])
def test_learns_who_stands_with_whom(sg: int) -> None:
    rng = np.random.default_rng(0)
    groups = [[f"{c}{i}" for i in range(8)] for c in ("alpha", "gamma", "omega")]
    sentences = [list(rng.choice(groups[rng.integers(3)], 8)) for _ in range(600)]
    model = FastText(
        sentences, sg=sg, vector_size=20, min_count=1, bucket=0, max_n=0, epochs=10, workers=1, alpha=0.05, sample=0
    )
    for group in groups:
        nearest = [word for word, _ in model.wv.most_similar(group[0], topn=7)]
        assert len(set(nearest) & set(group)) >= 6


def one_pair(sg: int) -> tuple[FastText, np.ndarray, np.ndarray, np.ndarray]:
    model = FastText(
        vector_size=5,
        min_count=1,
        bucket=20,
        sg=sg,
        window=1,
        sample=0,
        workers=1,
        negative=1,
        alpha=0.1,
        min_alpha=0.1,
    )
    model.build_vocab([["aa", "bb"]])
    model.syn1neg[:] = np.random.default_rng(1).normal(size=(2, 5))
    return model, model.wv.vectors_vocab.copy(), model.wv.vectors_ngrams.copy(), model.syn1neg.copy()


@pytest.mark.parametrize("sg", [0, 1])
def test_one_step_by_hand(sg: int) -> None:
    """A sentence of two words that predict each other; the only noise word besides the centre is the other word."""
    model, words, ngrams, outputs = one_pair(sg)
    model.cum_table = np.array([2**31 - 1, 2**31 - 1], np.uint32)  # noise is always word 0
    model.train([["aa", "bb"]], total_examples=1, epochs=1)
    order = [model.wv.key_to_index["aa"], model.wv.key_to_index["bb"]]
    rows, parts = {}, model.wv.buckets_word
    for word in order:
        rows[word] = [("w", word)] + [("n", int(part)) for part in parts[word]]
    value = {("w", i): words[i].astype(float) for i in range(2)} | {
        ("n", i): ngrams[i].astype(float) for i in range(20)
    }
    # Both bags are put together before the first step and given back after the last one that reaches them.
    # Skip-gram divides by the n-grams alone, CBOW by all rows of the window.
    bags = {word: sum(value[row] for row in rows[word]) / (len(rows[word]) - sg) for word in order}
    first = {word: bag.copy() for word, bag in bags.items()}
    out = outputs.astype(float)
    for centre, context in ((order[0], order[1]), (order[1], order[0])):
        change = np.zeros(5)
        old = out.copy()
        for target, label in [(centre, 1.0)] + ([(0, 0.0)] if centre != 0 else []):
            g = 0.1 * (label - 1 / (1 + np.exp(-bags[context] @ old[target])))
            change += g * old[target]
            out[target] += g * bags[context]
        bags[context] = bags[context] + change
    for word in order:
        for row in rows[word]:
            value[row] = value[row] + bags[word] - first[word]
    assert np.allclose(model.syn1neg, out, atol=1e-5)
    assert np.allclose(model.wv.vectors_vocab, [value["w", i] for i in range(2)], atol=1e-5)
    assert np.allclose(model.wv.vectors_ngrams, [value["n", i] for i in range(20)], atol=1e-5)


def test_saved_vectors(tmp_path: Path) -> None:
    model = small()
    path = tmp_path / "wv"
    model.wv.save(path)
    for mmap in (None, "r"):
        loaded = FastTextKeyedVectors.load(path, mmap=mmap)
        assert loaded.index_to_key == model.wv.index_to_key
        assert np.array_equal(loaded.vectors, model.wv.vectors)
        assert np.array_equal(loaded["unseen"], model.wv["unseen"])
        assert loaded.most_similar("unseen") == model.wv.most_similar("unseen")
    loaded = FastTextKeyedVectors.load(path)
    loaded.adjust_vectors()
    assert np.array_equal(loaded.vectors, model.wv.vectors)


def test_errors() -> None:
    with pytest.raises(NotImplementedError, match="word_ngrams"):
        FastText(word_ngrams=2)
    with pytest.raises(TypeError):
        FastText(x for x in SENTENCES)
    with pytest.raises(RuntimeError):
        FastText(SENTENCES, min_count=10_000)
    with pytest.raises(RuntimeError):
        FastText(min_count=1).build_vocab(SENTENCES, update=True)
    with pytest.raises(ValueError, match="bucket"):
        FastText(bucket=-1)


def test_memory_estimate() -> None:
    model = FastText(vector_size=10, bucket=50, min_count=1)
    model.build_vocab(SENTENCES)
    report = model.estimate_memory()
    assert report["syn0_vocab"] == 480
    assert report["syn1neg"] == 480
    assert report["syn0_ngrams"] == 2000
    assert report["buckets_word"] > 0


@pytest.mark.parametrize("sg", [0, 1])
def test_a_window_wider_than_any_text_trains_as_one_that_holds_it(sg: int) -> None:
    one, other = (small(window=size, shrink_windows=False, sg=sg) for size in (2**31 - 1, 6))
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)


@pytest.mark.parametrize("binary", [False, True])
def test_the_first_words_of_a_file_keep_all_ngrams(tmp_path: Path, binary: bool) -> None:
    model = small()
    path = tmp_path / "model.bin"
    save_facebook_model(model, path) if binary else model.wv.save(path)
    vectors = FastTextKeyedVectors.from_pretrained(path, limit=2)
    assert isinstance(vectors, FastTextKeyedVectors)
    assert vectors.index_to_key == model.wv.index_to_key[:2]
    for word in ("system", "graphics", model.wv.index_to_key[0]):
        np.testing.assert_allclose(vectors[word], FastTextKeyedVectors.from_pretrained(path)[word], atol=1e-6)


def test_mapped_vectors_of_words_and_ngrams_are_those_of_the_file(tmp_path: Path) -> None:
    model = small()
    path = tmp_path / "vectors"
    model.wv.save(path)
    mapped = FastTextKeyedVectors.load(path, mmap="r")
    assert not mapped.vectors_ngrams.flags.writeable
    assert not mapped.vectors.flags.writeable
    for word in ("system", "unheard"):
        np.testing.assert_array_equal(mapped[word], model.wv[word])
