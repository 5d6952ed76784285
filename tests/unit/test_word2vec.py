"""Word2Vec as gensim's users know it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.patience import patience
from tokenspace.errors import ArgumentError, CheckpointError, FormatError, NotFoundError, TokenspaceError
from tokenspace.vectors.corpora import SentencesError
from tokenspace.vectors.train import CallbackAny2Vec, ModelStateError, TrainingArgumentError

# The mission's example after simple_preprocess: lower case, words of 2 to 15 letters.
SENTENCES = [
    ["love", "programming", "in", "python"],
    ["python", "is", "versatile", "language"],
    ["machine", "learning", "is", "fascinating"],
    ["deep", "learning", "is", "subset", "of", "machine", "learning"],
    ["natural", "language", "processing", "is", "field", "of", "ai"],
]


def topics(sentences: int = 300, seed: int = 0) -> list[list[str]]:
    """Sentences of two groups of words that never meet."""
    random = np.random.default_rng(seed)
    groups = ["abcdefghij", "ABCDEFGHIJ"]
    return [random.choice(list(groups[i % 2]), random.integers(3, 12)).tolist() for i in range(sentences)]


def small(sentences: Any = None, **options: Any) -> ts.Word2Vec:
    return ts.Word2Vec(sentences, **{"vector_size": 12, "min_count": 1, "workers": 1, "epochs": 2, **options})


def matrices(model: ts.Word2Vec) -> list[Any]:
    return [model.wv.vectors, *(getattr(model, name) for name in ("syn1", "syn1neg") if hasattr(model, name))]


def equal(first: ts.Word2Vec, second: ts.Word2Vec) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(matrices(first), matrices(second), strict=True))


KINDS = [{"sg": sg, "hs": hs, "negative": negative} for sg in (0, 1) for hs, negative in ((0, 5), (1, 0), (1, 3))]


def test_the_small_example_gives_the_known_similarity() -> None:
    model = ts.Word2Vec(SENTENCES, vector_size=100, window=5, min_count=1, sg=1)
    assert model.wv.similarity("python", "language") == pytest.approx(0.1389, abs=5e-4)  # gensim 4.4.0: 0.1389


@pytest.mark.parametrize(("words", "size", "seed", "numbers"), [
    # numpy.random.default_rng(seed) as gensim 4.4.0 uses it: rows 0 and -1 of Word2Vec(vector_size=size, seed=seed,
    # min_count=1) after build_vocab([list of `words` distinct words]).
    (1, 1, 1, [0.18285155, 0.18285155]),
    (3, 2, 7, [0.06251133, 0.12247604]),
])  # fmt: skip
def test_initial_vectors_are_drawn_from_the_whole_matrix(
    words: int, size: int, seed: int, numbers: list[float]
) -> None:
    model = ts.Word2Vec(vector_size=size, seed=seed, min_count=1)
    model.build_vocab([[f"w{i}" for i in range(words)]])
    drawn = (np.random.default_rng(seed).random((words, size), dtype=np.float32) * 2 - 1) / size
    np.testing.assert_array_equal(model.wv.vectors, drawn.astype(np.float32))
    assert not model.syn1neg.any()


@pytest.mark.parametrize("kind", KINDS)
def test_words_that_stand_together_come_together(kind: dict[str, int]) -> None:
    model = small(topics(), epochs=30, alpha=0.05, window=4, sample=0, **kind)
    inside = model.wv.n_similarity(["a", "b"], ["c", "d"])
    across = model.wv.n_similarity(["a", "b"], ["C", "D"])
    assert inside > across + 0.3
    assert all(np.isfinite(matrix).all() for matrix in matrices(model))


@pytest.mark.parametrize("kind", KINDS)
def test_one_worker_gives_the_same_bits_again_and_another_seed_others(kind: dict[str, int]) -> None:
    assert equal(small(topics(), **kind), small(topics(), **kind))
    assert not equal(small(topics(), **kind), small(topics(), seed=2, **kind))


@pytest.mark.parametrize("kind", KINDS)
def test_deterministic_training_is_the_same_for_every_number_of_workers(
    kind: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = topics(2000)
    expected = small(given, deterministic=True, **kind)
    for workers in (2, 3, 5):
        monkeypatch.setattr(ts.Word2Vec, "_threads", lambda self: self.workers)
        assert equal(small(given, deterministic=True, workers=workers, **kind), expected)


def test_file_list_and_iterable_give_the_same_model(tmp_path: Path) -> None:
    given = topics()
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(line) + "\n" for line in given), encoding="utf-8")

    class Lines:
        def __iter__(self) -> Iterator[list[str]]:
            return iter(given)

    expected = small(given)
    assert equal(small(Lines()), expected)
    assert equal(small(corpus_file=str(path)), expected)
    assert expected.corpus_count == 300
    assert expected.corpus_total_words == sum(map(len, given))


def test_wrong_calls_are_told_with_the_classes_gensim_uses() -> None:
    with pytest.raises(TypeError, match="2 times"):
        small((words for words in SENTENCES), epochs=1)
    with pytest.raises(SentencesError):
        small(SENTENCES, corpus_file="x")
    with pytest.raises(RuntimeError, match="first build vocabulary"):
        small(SENTENCES, min_count=100)
    with pytest.raises(RuntimeError):
        small([])
    with pytest.raises(ValueError, match="hs or negative"):
        small(SENTENCES, hs=0, negative=0)
    model = small()
    with pytest.raises(ModelStateError):
        model.train(SENTENCES, total_examples=5, epochs=1)
    with pytest.raises(TypeError):
        model.build_vocab()
    with pytest.raises(RuntimeError, match="update=True"):
        model.build_vocab(SENTENCES, update=True)
    model.build_vocab(SENTENCES)
    with pytest.raises(TrainingArgumentError):
        model.train(SENTENCES, total_examples=5)
    with pytest.raises(TrainingArgumentError):
        model.train(SENTENCES, total_examples=5, epochs=0)
    with pytest.raises(TrainingArgumentError):
        model.train(SENTENCES, epochs=1)
    with pytest.raises(TypeError):
        model.train(total_examples=5, epochs=1)
    for wrong in (
        {"vector_size": 0},
        {"window": 0},
        {"workers": 0},
        {"negative": -1},
        {"alpha": float("nan")},
        {"sample": -1},
    ):
        with pytest.raises(ValueError):
            small(SENTENCES, **wrong)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "given", [[["one"]], [["one"] * 50], [["one"], ["two"]], [[], ["one", "two"], []], [["a", "b"]] * 3]
)
def test_tiny_corpora(given: list[list[str]], kind: dict[str, int]) -> None:
    model = small(given, **kind)
    assert all(np.isfinite(matrix).all() for matrix in matrices(model))


def test_a_sentence_of_any_length_is_trained_wholly() -> None:
    words = np.random.default_rng(0).choice(list("abcdefgh"), 50_000).tolist()
    model = small([words], sample=0, epochs=1)
    assert model.train([words], total_examples=1, epochs=1) == (50_000, 50_000)


def test_huge_learning_rates_stay_finite_enough_to_be_seen() -> None:
    model = small(topics(), alpha=1.0, min_alpha=1.0, sg=1, epochs=5, negative=20, window=10)
    assert np.isfinite(model.wv.vectors).all()


def test_sub_sampling_drops_frequent_words() -> None:
    given = [["the", f"w{i}"] * 3 for i in range(400)]
    model = small(given, sample=1e-3, epochs=1)
    trained, raw = model.train(given, total_examples=400, epochs=1)
    assert raw == 2400
    # gensim 4.4.0: prepare_vocab reports 1338 words left of these 2400 (downsample_total).
    model.scan_vocab(given)
    expected = model.prepare_vocab(dry_run=True)["downsample_total"]
    assert trained == pytest.approx(expected, abs=150)


def test_loss_falls_and_is_the_sum_of_its_epochs() -> None:
    losses: list[float] = []

    class Note(CallbackAny2Vec):
        def on_epoch_end(self, model: Any) -> None:
            losses.append(model.get_latest_training_loss())

    model = small(topics(), epochs=6, alpha=0.1, compute_loss=True, sg=1, sample=0, callbacks=[Note()])
    assert model.get_latest_training_loss() == losses[-1]
    assert np.diff([0.0, *losses]).min() > 0
    assert model.epoch_losses[-1] < 0.9 * model.epoch_losses[0]
    assert small(topics()).get_latest_training_loss() == 0
    # A pair and 5 draws of noise, of which one in 20 is the centre itself; all products are still 0.
    untrained = small(topics(), epochs=1, alpha=1e-9, min_alpha=1e-9, compute_loss=True, sg=1)
    assert untrained.epoch_losses[0] == pytest.approx((1 + 5 * 19 / 20) * np.log(2), rel=0.01)


def test_callbacks_come_in_their_order_and_may_stop_the_training() -> None:
    calls: list[str] = []

    class Note(CallbackAny2Vec):
        def on_train_begin(self, model: Any) -> None:
            calls.append("train begin")

        def on_train_end(self, model: Any) -> None:
            calls.append("train end")

        def on_epoch_begin(self, model: Any) -> None:
            calls.append("begin")

        def on_epoch_end(self, model: Any) -> None:
            calls.append("end")
            if len(calls) > 5:
                raise StopIteration

    small(SENTENCES, callbacks=[Note()])
    assert calls == ["train begin", "begin", "end", "begin", "end", "train end"]
    calls.clear()
    with pytest.raises(StopIteration):
        small(SENTENCES, epochs=100, callbacks=[Note()])
    with pytest.raises(ArgumentError):
        small(SENTENCES, callbacks=["no callback"])


def test_locked_words_keep_their_vectors() -> None:
    model = small()
    model.build_vocab(topics())
    before = model.wv.vectors.copy()
    locks = np.ones(len(model.wv), np.float32)
    locks[3] = 0
    model.wv.vectors_lockf = locks
    for sg in (0, 1):
        model.sg = sg
        model.train(topics(), total_examples=300, epochs=1)
    assert (model.wv.vectors[3] == before[3]).all()
    assert (model.wv.vectors != before).any(axis=1).sum() == len(model.wv) - 1
    model.wv.vectors_lockf = np.ones(5, np.float32)
    with pytest.raises(ArgumentError):
        model.train(topics(), total_examples=300, epochs=1)


@pytest.mark.parametrize("kind", KINDS)
def test_updated_vocabulary_keeps_ids_and_vectors(kind: dict[str, int]) -> None:
    model = small(SENTENCES, **kind)
    before, words = model.wv.vectors.copy(), list(model.wv.index_to_key)
    new = [["graphs", "and", "machine", "learning"]]
    model.build_vocab(new, update=True)
    assert model.wv.index_to_key == [*words, "graphs", "and"]
    assert model.wv.get_vecattr("learning", "count") == 4
    np.testing.assert_array_equal(model.wv.vectors[: len(words)], before)
    drawn = (np.random.default_rng(1).random((len(words) + 2, 12), dtype=np.float32) * 2 - 1) / 12
    np.testing.assert_array_equal(model.wv.vectors[len(words) :], drawn[len(words) :].astype(np.float32))
    model.train(new, total_examples=1, epochs=3)
    assert all(matrix.shape == (len(words) + 2, 12) for matrix in matrices(model))


def test_vocabulary_from_frequencies_and_reset() -> None:
    model = small()
    model.build_vocab_from_freq({"python": 5, "language": 7, "rare": 0}, corpus_count=3)
    assert model.wv.index_to_key == ["language", "python"]
    assert model.corpus_count == 3
    model.train(SENTENCES, total_examples=5, epochs=1)
    other = small()
    other.reset_from(model)
    assert other.wv.index_to_key == model.wv.index_to_key
    assert not other.syn1neg.any()
    with pytest.raises(TokenspaceError):
        small().build_vocab_from_freq({"x": -1})


def test_noise_follows_the_counts() -> None:
    model = small(SENTENCES, ns_exponent=0.75)
    counts = model.wv.expandos["count"].astype(float)
    table = model.cum_table
    assert table is not None
    assert table[-1] == 2**31 - 1
    np.testing.assert_allclose(np.diff(table, prepend=0) / table[-1], counts**0.75 / (counts**0.75).sum(), atol=1e-8)
    for exponent in (0.0, -0.5, 1.0):
        assert np.isfinite(small(SENTENCES, ns_exponent=exponent).wv.vectors).all()


def test_score_and_predict_output_word() -> None:
    tree = small(topics(), hs=1, negative=0, sg=1, epochs=20, alpha=0.05)
    likely, unlikely = tree.score([["a", "b", "c"], ["a", "B", "c"]])
    assert 0 > likely > unlikely
    with pytest.raises(RuntimeError):
        tree.predict_output_word(["a"])
    model = small(topics(), epochs=40, alpha=0.05, sample=0)
    found = model.predict_output_word(["a", "b", "unknown"], topn=5)
    assert found is not None
    assert len(found) == 5
    assert all(word.islower() for word, _ in found)
    everything = model.predict_output_word(["a"], topn=None)
    assert everything is not None
    assert sum(p for _, p in everything) == pytest.approx(1, abs=1e-4)
    assert model.predict_output_word(["unknown"]) is None
    with pytest.raises(RuntimeError):
        model.score([["a"]])


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_model_goes_on_as_if_it_had_not_been_saved(kind: dict[str, int], tmp_path: Path) -> None:
    model = small(topics(), comment="of a test", **kind)
    model.save(tmp_path / "word2vec.model")
    loaded = ts.Word2Vec.load(tmp_path / "word2vec.model")
    assert equal(loaded, model)
    assert str(loaded) == str(model)
    assert loaded.comment == "of a test"
    assert loaded.wv.index_to_key == model.wv.index_to_key
    for each in (model, loaded):
        each.build_vocab([["new", "words", "a"]], update=True)
        each.train(topics(seed=1), total_examples=300, epochs=2)
    assert equal(loaded, model)
    vectors = ts.KeyedVectors.load(tmp_path / "word2vec.model")
    assert len(vectors) == 20


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model"
    small(topics()).save(path)
    data = path.read_bytes()
    random = np.random.default_rng(0)
    for size in (0, 1, 9, 100, 1000, len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises((FormatError, TokenspaceError)):
            ts.Word2Vec.load(path)
    for _ in range(100):
        spoilt = bytearray(data)
        spoilt[int(random.integers(0, 2500))] = int(random.integers(0, 256))
        path.write_bytes(bytes(spoilt))
        try:
            model = ts.Word2Vec.load(path)
            model.train(topics(20), total_examples=20, epochs=1)
        except TokenspaceError:
            pass
    with pytest.raises(NotFoundError):
        ts.Word2Vec.load(tmp_path / "nothing")
    ts.KeyedVectors(3).save(path)
    with pytest.raises(FormatError):
        ts.Word2Vec.load(path)


@pytest.mark.parametrize("options", [{}, {"deterministic": True, "workers": 2}, {"sg": 1, "hs": 1, "negative": 0}])
def test_an_interrupted_training_goes_on_exactly(options: dict[str, Any], tmp_path: Path) -> None:
    expected = small(topics(), epochs=5, compute_loss=True, **options)

    class Stop(CallbackAny2Vec):
        epochs = 0

        def on_epoch_begin(self, model: Any) -> None:
            self.epochs += 1
            if self.epochs == 4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small(topics(), epochs=5, compute_loss=True, checkpoint_dir=tmp_path, callbacks=[Stop()], **options)
    begun: list[int] = []

    class Count(CallbackAny2Vec):
        def on_epoch_begin(self, model: Any) -> None:
            begun.append(1)

    resumed = small(
        topics(), epochs=5, compute_loss=True, checkpoint_dir=tmp_path, callbacks=[Count()], **options
    )  # fmt: skip
    assert len(begun) == 2
    assert equal(resumed, expected)
    assert resumed.epoch_losses == expected.epoch_losses
    assert resumed.get_latest_training_loss() == expected.get_latest_training_loss()
    with pytest.raises(CheckpointError):
        small(topics(), epochs=6, compute_loss=True, checkpoint_dir=tmp_path, **options)


def test_progress_tells_words_and_loss() -> None:
    events: list[Any] = []
    small(topics(), epochs=3, compute_loss=True, progress=events.append)
    last = [event for event in events if event.stage == "train"][-1]
    assert last.done == last.total == 3 * sum(map(len, topics()))
    assert last.unit == "words"
    assert last.values["loss"] > 0
    assert last.to_dict()["loss"] == last.values["loss"]


def test_errors_of_the_sentences_reach_the_caller() -> None:
    class Failing:
        walks = 0

        def __iter__(self) -> Iterator[list[str]]:
            self.walks += 1
            yield ["one", "two"]
            if self.walks > 2:
                raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        small(Failing(), epochs=4)


@pytest.mark.usefixtures("without_collection")
def test_ctrl_c_ends_a_long_training_soon() -> None:
    import _thread

    given = [np.random.default_rng(0).choice([f"w{i}" for i in range(500)], 40_000).tolist()]
    model = small(vector_size=300, window=50, negative=50, sg=1, sample=0, epochs=1000)
    model.build_vocab(given)
    asked: list[float] = []

    def interrupt() -> None:
        asked.append(time.monotonic())
        _thread.interrupt_main()

    timer = threading.Timer(1.0, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.train(given, total_examples=1, epochs=1000)
    assert time.monotonic() - asked[0] < patience(5)  # one second on a machine that does nothing else
    assert np.isfinite(model.wv.vectors).all()


def test_another_corpus_than_announced_is_told(caplog: pytest.LogCaptureFixture) -> None:
    model = small()
    model.build_vocab(SENTENCES)
    with caplog.at_level(logging.WARNING):
        model.train(SENTENCES, total_examples=7, epochs=1)
    assert "expected total_examples=7" in caplog.text


def test_explain_shows_pairs_noise_tree_and_one_step() -> None:
    shown = ts.explain_word2vec("Thou shalt not make a machine in the likeness of a human mind", window=2, centre="not")
    window = shown.windows[2]
    assert [(pair.input, pair.output, pair.target) for pair in window.pairs] == [
        ("not", "thou", 1),
        ("not", "shalt", 1),
        ("not", "make", 1),
        ("not", "a", 1),
    ]
    assert all(pair.target == 0 and pair.input == "not" and pair.output != "not" for pair in window.noise_pairs)
    assert shown.vocabulary[0] == ("a", 2)
    assert sum(word.probability for word in shown.noise) == pytest.approx(1)
    assert shown.step is not None
    assert shown.step.outputs[0] == "not"
    assert shown.step.loss_after < shown.step.loss_before
    assert shown.softmax is not None
    assert sum(shown.softmax.after) == pytest.approx(1)
    codes = {path.word: "".join(map(str, path.code)) for path in shown.tree}
    assert len(set(codes.values())) == len(codes) == 12
    assert sum(2.0 ** -len(code) for code in codes.values()) == pytest.approx(1)
    assert len(codes["a"]) == min(map(len, codes.values()))
    text = shown.to_text()
    assert "(not, thou) (not, shalt) (not, make) (not, a)" in text
    assert shown.to_dict()["windows"][2]["pairs"][0] == {"input": "not", "output": "thou", "target": 1}


@pytest.mark.parametrize("kind", [*KINDS, {"sg": 0, "cbow_mean": 0}])
def test_explain_steps_of_every_kind_and_of_a_trained_model(kind: dict[str, int]) -> None:
    shown = ts.explain_word2vec([["a", "b", "c", "a"], ["d"]], window=3, **kind)
    assert shown.step is not None
    step = shown.step
    assert np.shape(step.scores) == (len(step.inputs), len(step.outputs)) == np.shape(step.gradients)
    model = small(topics(), **{"negative": 5, **kind})
    before = [matrix.copy() for matrix in matrices(model)]
    of_model = ts.explain_word2vec([["a", "b", "never seen", "c"]], model=model, centre=1)
    assert of_model.windows[1].context == ("a", "c")
    assert of_model.step is not None
    assert all(np.array_equal(a, b) for a, b in zip(before, matrices(model), strict=True))


def test_explain_refuses_what_it_cannot_show() -> None:
    for wrong in ("", [], [[]], 5, "x " * 20_000):
        with pytest.raises(TokenspaceError):
            ts.explain_word2vec(wrong)
    for options in ({"window": 0}, {"negative": 0}, {"centre": "missing"}, {"centre": 99}):
        with pytest.raises(ArgumentError):
            ts.explain_word2vec("some words", **options)
    alone = ts.explain_word2vec("alone")
    assert alone.step is None
    assert "alone" in alone.to_text()


def test_a_saved_fasttext_model_goes_on_as_if_it_had_not_been_saved(tmp_path: Path) -> None:
    model = ts.FastText(topics(), vector_size=9, min_count=1, bucket=50, workers=1, epochs=1)
    model.save(tmp_path / "model")
    loaded = ts.FastText.load(tmp_path / "model")
    for each in (model, loaded):
        each.train(topics(seed=1), total_examples=300, epochs=2)
    assert (loaded.wv["never seen"] == model.wv["never seen"]).all()
    assert equal(loaded, model)
    with pytest.raises(FormatError, match=r"FastText\.load"):
        ts.Word2Vec.load(tmp_path / "model")


@pytest.mark.parametrize(
    "changed",
    [
        {"window": 2**40},
        {"window": None},
        {"negative": 2**40},
        {"seed": -1},
        {"seed": "x"},
        {"alpha": "x"},
        {"epochs": 1.5},
    ],
)
def test_a_number_out_of_its_range_is_named(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(changed))):
        ts.Word2Vec([["a", "b"]], **{"vector_size": 2, "min_count": 1, **changed})


def test_a_matrix_that_cannot_be_trained_says_why() -> None:
    model = ts.Word2Vec([["a", "b"]], vector_size=2, min_count=1)
    model.wv.vectors = np.zeros((2, 2))
    with pytest.raises(ArgumentError, match="received a matrix of float64; try"):
        model.train([["a", "b"]], total_examples=1, epochs=1)


def test_a_mapped_model_refuses_new_words_before_anything_changes(tmp_path: Path) -> None:
    ts.Word2Vec([["a", "b"]], vector_size=2, min_count=1).save(tmp_path / "model")
    model = ts.Word2Vec.load(tmp_path / "model", mmap="r")
    with pytest.raises(TokenspaceError, match="may be changed"):
        model.build_vocab([["new", "a"]], update=True)
    assert len(model.wv) == 2
    assert model.wv.most_similar("a")


@pytest.mark.parametrize("totals", [{"total_examples": -5}, {"total_words": -1}])
def test_totals_below_zero_would_raise_the_learning_rate(totals: dict[str, int]) -> None:
    model = ts.Word2Vec([["a", "b"]], vector_size=2, min_count=1)
    with pytest.raises(TrainingArgumentError, match="totals"):
        model.train([["a", "b"]], epochs=1, **totals)
