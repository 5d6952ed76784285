"""Classification in fastText's manner: learning, lines, measures, errors."""

from __future__ import annotations

import math
import random
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data import require
from tests.patience import patience
from tests.unit.test_interrupt import seconds_to_stop
from tokenspace import FastTextClassifier, _core
from tokenspace.errors import ArgumentError, NotFoundError

WORDS = {
    "fruit": ["apple", "pear", "ripe", "sweet"],
    "tool": ["saw", "hammer", "rusty", "heavy"],
    "sky": ["star", "moon", "bright", "far"],
}


def lines(count: int = 300, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    out = []
    for _ in range(count):
        label = draw.choice(list(WORDS))
        out.append(f"__label__{label} " + " ".join(draw.choices(WORDS[label], k=4)))
    return out


def train(given: Any = None, **changed: Any) -> FastTextClassifier:
    options: dict[str, Any] = {"dim": 8, "lr": 0.5, "thread": 1, **changed}
    return FastTextClassifier.train(lines() if given is None else given, **options)


@pytest.mark.parametrize("loss", ["softmax", "ns", "hs", "ova"])
@pytest.mark.parametrize("features", [{}, {"wordNgrams": 2, "bucket": 1000}, {"minn": 2, "maxn": 3, "bucket": 1000}])
def test_every_loss_learns(loss: str, features: dict[str, int]) -> None:
    model = train(loss=loss, **features)
    assert model.test(lines(100, seed=2)) == (100, 1.0, 1.0)
    labels, p = model.predict("ripe pear", k=3)
    assert labels[0] == "__label__fruit"
    assert p[0] > 0.8
    assert (np.diff(p) <= 0).all()
    if loss in ("softmax", "hs"):
        assert float(p.sum()) == pytest.approx(1, abs=1e-5)


def test_one_thread_gives_the_same_bits() -> None:
    first, second, other = train(seed=3), train(seed=3), train(seed=4)
    assert np.array_equal(first.get_input_matrix(), second.get_input_matrix())
    assert np.array_equal(first.get_output_matrix(), second.get_output_matrix())
    assert not np.array_equal(first.get_input_matrix(), other.get_input_matrix())
    # Encoded anew in each pass: the same.
    again = train(seed=3, memory_budget=0)
    assert np.array_equal(first.get_input_matrix(), again.get_input_matrix())
    assert train(thread=2).test(lines(100, seed=2))[1] == 1.0


def test_words_and_labels_by_falling_count(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("__label__b x y\n__label__a x\n__label__a z __label__b x", encoding="utf-8")
    model = FastTextClassifier.train(path, dim=2, thread=1, epoch=1)
    assert model.get_words(include_freq=True)[0] == ["x", "</s>", "y", "z"]
    assert model.get_words(include_freq=True)[1].tolist() == [3, 2, 1, 1]
    assert model.get_labels(include_freq=True)[0] == ["__label__b", "__label__a"]
    assert model.get_word_id("x") == 0
    assert model.get_word_id("__label__a") == -1
    assert model.get_label_id("__label__a") == 1
    assert "x" in model
    assert "unknown" not in model
    assert model.get_line("x __label__a new __label__new") == (["x", "new", "</s>"], ["__label__a"])
    pruned = FastTextClassifier.train(path, dim=2, thread=1, epoch=1, minCount=2)
    assert pruned.words == ["x", "</s>"]


def test_rarely_seen_and_unknown_words() -> None:
    model = train()
    labels, _p = model.predict(["", "unknown words", "ripe"], k=2)
    assert [len(found) for found in labels] == [2, 2, 2]  # the line end is a word of every line
    assert model.predict("ripe", threshold=0.99999)[0] == ()
    assert model.get_word_vector("unknown").tolist() == [0.0] * 8
    assert np.array_equal(model["ripe"], model.get_input_matrix()[model.get_word_id("ripe")])


def test_several_labels_a_line() -> None:
    both = [
        f"__label__{a} __label__{b} {WORDS[a][0]} {WORDS[b][0]}" for a, b in [("fruit", "tool"), ("tool", "sky")] * 60
    ]
    model = train(both, loss="ova", lr=0.5)
    labels, _p = model.predict("apple saw", k=-1, threshold=0.5)
    assert set(labels) == {"__label__fruit", "__label__tool"}
    measured = model.test_label(both, k=2)
    assert measured["__label__fruit"] == {"precision": 1.0, "recall": 1.0, "f1score": 1.0}
    assert model.test(["no label here", ""])[0] == 0
    assert math.isnan(model.test(["no label here"])[1])


def test_measures_by_hand() -> None:
    model = train()
    wrong = [
        "__label__tool ripe apple",
        "__label__fruit ripe apple",
        "__label__fruit rusty saw",
        "__label__sky bright star",
    ]
    assert model.test(wrong) == (4, 0.5, 0.5)
    assert model.test(wrong, k=3) == (4, pytest.approx(4 / 12), 1.0)
    by_label = model.test_label(wrong)
    assert by_label["__label__fruit"] == {"precision": 0.5, "recall": 0.5, "f1score": 0.5}
    assert by_label["__label__tool"] == {"precision": 0.0, "recall": 0.0, "f1score": 0.0}


def test_pretrained_vectors(tmp_path: Path) -> None:
    path = tmp_path / "words.vec"
    path.write_text("2 3\nripe 1 2 3\nextra 4 5 6\n", encoding="utf-8")
    model = train(dim=3, epoch=0, pretrainedVectors=path)
    assert model["ripe"].tolist() == [1, 2, 3]
    assert model["extra"].tolist() == [4, 5, 6]
    with pytest.raises(ArgumentError, match="dim=5"):
        train(dim=5, pretrainedVectors=path)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"loss": "mse"}, "loss"), ({"lr": 0.0}, "lr"), ({"lr": float("nan")}, "lr"), ({"dim": 0}, "dim"), ({"epoch": -1}, "epoch"),
        ({"wordNgrams": 2, "bucket": 0}, "bucket"), ({"minn": 2, "maxn": 3, "bucket": 0}, "bucket"), ({"label": ""}, "prefix"),
        ({"label": "__other__"}, "no labels"), ({"minCount": 10_000}, "no words"), ({"lr": 1e30, "epoch": 30}, "smaller lr"),
    ],
)  # fmt: skip
def test_wrong_arguments(changed: dict[str, Any], match: str) -> None:
    with pytest.raises(ArgumentError, match=match):
        train(**changed)


def test_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        FastTextClassifier.train(tmp_path / "nothing.txt")
    with pytest.raises(ArgumentError, match="several times"):
        FastTextClassifier.train(iter(lines()))
    with pytest.raises(ArgumentError, match="str"):
        FastTextClassifier.train([1, 2])  # type: ignore[list-item]
    with pytest.raises(ArgumentError, match="no words"):
        FastTextClassifier.train([])
    model = train()
    with pytest.raises(ValueError, match="one line at a time"):
        model.predict("two\nlines")
    with pytest.raises(ValueError, match="k of at least 1"):
        model.predict("ripe", k=0)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf__label__a caf\xe9 x\r\n__label__b y\0z\x0bw\n")
    model = FastTextClassifier.train(path, dim=2, thread=1)
    assert set(model.words) == {"caf\ufffd", "x", "y", "z", "w", "</s>"}
    assert model.labels == ["__label__a", "__label__b"]
    model.predict("\ud800 ripe")


def test_questions_as_well_as_fasttext() -> None:
    """fastText 0.9.2, same arguments: 0.898 (lr=0.5, epoch=10, wordNgrams=2, one thread, coarse classes)."""
    folder = require("benchmarks/qc/train.txt").parent

    def read(name: str) -> list[str]:
        rows = (folder / name).read_text(encoding="latin-1").splitlines()
        return [f"__label__{row.split(':')[0]} {row.split(' ', 1)[1].lower()}" for row in rows]

    model = FastTextClassifier.train(read("train.txt"), lr=0.5, epoch=10, wordNgrams=2, bucket=200_000, thread=1)
    assert model.test(read("test.txt"))[1] >= 0.885


TEXT = b"__label__a hello world\n__label__b foo bar\n"


def dictionary(text: bytes = TEXT) -> _core.FastTextDictionary:
    out = _core.FastTextDictionary(minn=2, maxn=3, bucket=50, word_ngrams=2, label="__label__")
    out.count(text)
    out.finish(1, 1)
    return out


def core(words: _core.FastTextDictionary, loss: int = 3, dtype: Any = np.float32) -> Any:
    matrices = np.zeros((words.rows, 4), dtype), np.zeros((words.label_count, 4), dtype)
    native: Any = _core.FastTextClassifierCore
    return native(words, *matrices, loss, 2, 0.1, 2, 1, 1)


def test_lines_of_another_dictionary_are_refused() -> None:
    # Their ids and labels are rows the matrices do not have.
    other = dictionary(b"".join(b"__label__%d word%d\n" % (n, n) for n in range(5000)))
    foreign = other.read_lines(b"".join(b"__label__%d word%d\n" % (n, n) for n in range(5000)))
    own = dictionary()
    model = core(own)
    with pytest.raises(ArgumentError, match="read_lines"):
        model.train(foreign, 0, 0, _core.TrainControl())
    with pytest.raises(ArgumentError, match="read_lines"):
        model.predict_lines(foreign, 1, 0.0, 1)
    with pytest.raises(ArgumentError, match="read_lines"):
        own.line_rows(foreign, 0)
    assert model.train(own.read_lines(TEXT), 0, 0, _core.TrainControl())[1] == 2


@pytest.mark.parametrize("change", ["add", "finish"])
def test_a_dictionary_that_has_changed_no_longer_fits_its_classifier(change: str) -> None:
    words = dictionary()
    model, lines_before = core(words), words.read_lines(TEXT)
    if change == "add":
        words.add(b"late", 5, False)
    else:
        words.count(b"".join(b"word%d " % n for n in range(5000)))
        words.finish(1, 1)
    for given in (lines_before, words.read_lines(b"late word3\n")):
        with pytest.raises(ArgumentError):
            model.train(given, 0, 0, _core.TrainControl())
    with pytest.raises(ArgumentError):
        model.predict_texts(["late"], 1, 0.0, 1)


def test_matrices_of_another_type_are_refused_not_copied() -> None:
    with pytest.raises(TypeError):
        core(dictionary(), dtype=np.float64)


def test_a_tree_over_labels_without_counts_takes_no_quadratic_memory() -> None:
    # Counts come from a file: zeros make the tree as deep as there are labels.
    words = _core.FastTextDictionary(minn=0, maxn=0, bucket=0, word_ngrams=1, label="__label__")
    words.add(b"word", 1, False)
    for n in range(60_000):
        words.add(b"__label__%d" % n, 0, True)
    words.finish(0, 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    model = core(words, loss=1)
    _, found, _ = model.predict_texts(["word"], 1, 0.0, 1)
    assert len(found) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 18  # KiB; the paths would be 14 GB


@pytest.mark.usefixtures("without_collection")
def test_ctrl_c_ends_a_long_prediction() -> None:
    model = train([f"__label__{n} word{n} other" for n in range(3000)], dim=64, epoch=1)
    texts = ["other word7 word8"] * 200_000
    seconds = seconds_to_stop(lambda: model.predict(texts), delay=0.5)
    assert seconds is None or seconds < patience(5)
