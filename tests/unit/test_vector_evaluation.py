"""Evaluation on analogies and judged pairs. The expected values are gensim 4.4.0's (scipy 1.17 for the correlations), on
the space of vector_space.py and the files written here."""

from __future__ import annotations

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.vector_space import space
from tokenspace import KeyedVectors
from tokenspace.errors import FileError
from tokenspace.vectors.keyed_vectors.correlation import Correlation, pearson, ranks, spearman

QUESTIONS = """: one
king man queen woman
king man Paris paris
paris rome London doctor
: two
king unheard man woman
four words only

nurse doctor woman man
"""
PAIRS = """# judged
king\tqueen\t8.5
man\twoman\t7
paris\trome\t7
king\tnurse\t1.5
king\tunheard\t3
broken line
doctor\tnurse\tnine
London\tRome\t6
"""


def lower(sections: list[dict[str, Any]]) -> dict[str, tuple[list[str], list[str]]]:
    return {
        s["section"]: ([" ".join(q).lower() for q in s["correct"]], [" ".join(q).lower() for q in s["incorrect"]])
        for s in sections
    }


ANALOGIES = [
    ({}, 0.5, ["paris rome london doctor"], ["king man queen woman", "king man paris paris"], []),
    (
        {"case_insensitive": False},
        0.5,
        ["paris rome london doctor"],
        ["king man queen woman", "king man paris paris"],
        [],
    ),
    (
        {"dummy4unknown": True},
        0.4,
        ["paris rome london doctor"],
        ["king man queen woman", "king man paris paris"],
        ["king unheard man woman"],
    ),
]


@pytest.mark.parametrize(("options", "score", "correct", "incorrect", "unknown"), ANALOGIES)
def test_analogies(
    tmp_path: Path,
    options: Any,
    score: float,
    correct: list[str],
    incorrect: list[str],
    unknown: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "questions.txt"
    path.write_text(QUESTIONS)
    caplog.set_level("INFO")
    found, sections = space().evaluate_word_analogies(path, **options)
    assert "two: 100.0% (1/1)" in caplog.text or unknown
    assert found == score
    solved = "nurse doctor woman man"
    assert lower(sections) == {
        "one": (correct, incorrect),
        "two": ([solved], unknown),
        "Total accuracy": ([*correct, solved], [*incorrect, *unknown]),
    }
    words = sections[0]["incorrect"][0]
    assert words == tuple(
        ["king", "man", "queen", "woman"] if "case_insensitive" in options else ["KING", "MAN", "QUEEN", "WOMAN"]
    )


def test_analogies_within_the_first_words(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt.gz"
    path.write_bytes(gzip.compress(QUESTIONS.encode()))
    score, sections = space().evaluate_word_analogies(path, restrict_vocab=6)
    assert score == 0.5
    assert lower(sections)["one"] == (["king man queen woman"], ["king man paris paris"])
    assert lower(sections)["two"] == ([], [])
    assert space().evaluate_word_analogies(path, restrict_vocab=None)[0] == 0.5
    assert space().evaluate_word_analogies(path, restrict_vocab=1)[0] == 0.0


@pytest.mark.parametrize("threads", [1, 3])
def test_many_analogies_are_what_single_queries_say(tmp_path: Path, threads: int) -> None:
    import tokenspace as ts

    random = np.random.default_rng(3)
    words = [f"{'W' if i % 3 == 0 else 'w'}{i // 2}" for i in range(400)]
    words = list(dict.fromkeys(words))
    rows = random.normal(size=(len(words), 5))
    vectors = ts.KeyedVectors(5)
    vectors.add_vectors(words, rows)
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.upper(), word)
    asked = [[words[i] for i in random.integers(len(words), size=4)] for _ in range(300)]
    for i, (a, b, c, _) in enumerate(asked):
        if i % 2:  # half of the questions get an answer that is right
            a, b, c = a.upper(), b.upper(), c.upper()
            hits = [key.upper() for key, _ in vectors.most_similar([first[b], first[c]], [first[a]], topn=5)]
            asked[i][3] = next((hit for hit in hits if hit not in {a, b, c}), "w1")
    path = tmp_path / "questions.txt"
    path.write_text(": all\n" + "\n".join(" ".join(question) for question in asked))
    _, sections = vectors.evaluate_word_analogies(path, threads=threads)
    correct = []
    for question in asked:
        a, b, c, expected = (word.upper() for word in question)
        hits = vectors.most_similar([first[b], first[c]], [first[a]], topn=5)
        answers = [key.upper() for key, _ in hits]
        answer = next((hit for hit in answers if hit not in {a, b, c}), answers[-1])
        if answer == expected:
            correct.append((a, b, c, expected))
    assert sections[0]["correct"] == correct
    assert 100 < len(correct) < 300


def test_what_is_no_analogy_file(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("king man queen woman\n")
    with pytest.raises(ValueError, match=r"questions\.txt:1\] expected a section header"):
        space().evaluate_word_analogies(path)
    path.write_text(": empty\n")
    with pytest.raises(ValueError, match="no such line"):
        space().evaluate_word_analogies(path)
    path.write_bytes(b": bad\nking m\xff a b\n")
    with pytest.raises(ValueError, match="utf-8"):
        space().evaluate_word_analogies(path)
    with pytest.raises(FileError):
        space().evaluate_word_analogies(tmp_path / "absent")


PAIR_CASES = [
    ({}, (0.18083798610283291, 0.7710111080994825), (0.30779350562554625, 0.614384002810333), 16.666666666666664),
    (
        {"case_insensitive": False},
        (-0.048402099975075524, 0.9515979000249244),
        (0.316227766016838, 0.683772233983162),
        33.33333333333333,
    ),
    (
        {"dummy4unknown": True},
        (0.3376086259667736, 0.5128273064763199),
        (0.28988551782622424, 0.5773517870348748),
        16.666666666666664,
    ),
    ({"restrict_vocab": 7}, (1.0, 1.0), (1.0, math.nan), 66.66666666666666),
]


@pytest.mark.parametrize(("options", "linear", "by_rank", "unknown"), PAIR_CASES)
def test_pairs(
    tmp_path: Path, options: Any, linear: Any, by_rank: Any, unknown: float, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS)
    caplog.set_level("INFO")
    first, second, share = space().evaluate_word_pairs(path, **options)
    assert tuple(first) == pytest.approx(linear, abs=1e-6)
    assert tuple(second) == pytest.approx(by_rank, abs=1e-6, nan_ok=True)
    assert share == pytest.approx(unknown)
    assert f"Pearson {linear[0]:.4f}" in caplog.text


def test_pairs_without_a_known_word(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("king,queen,1\nking,man,2\nman,queen,0\n")
    with pytest.raises(ValueError, match="delimiter"):
        space().evaluate_word_pairs(path)
    assert space().evaluate_word_pairs(path, delimiter=",")[2] == 0


# scipy.stats.pearsonr(x, y) and spearmanr(x, y), scipy 1.17.1
CORRELATIONS = [
    ([1, 2, 3], [1, 2, 4], (0.9819805060619655, 0.12103771832367739), (1.0, 0.0)),
    (
        [1, 2, 2, 4, 5, 6, 7, 7],
        [3, 1, 4, 1, 5, 9, 2, 6],
        (0.44309953017798803, 0.27152925469632533),
        (0.41818949850025144, 0.30251600332547207),
    ),
]


@pytest.mark.parametrize(("x", "y", "linear", "by_rank"), CORRELATIONS)
def test_correlations(x: Any, y: Any, linear: Any, by_rank: Any) -> None:
    assert tuple(pearson(x, y)) == pytest.approx(linear, rel=1e-10)
    assert tuple(spearman(x, y)) == pytest.approx(by_rank, rel=1e-10, abs=1e-12)


def test_a_correlation_behaves_like_scipys() -> None:
    found = pearson([1, 2, 3, 5, 4], [2, 1, 4, 3, 5])
    statistic, pvalue = found
    assert (found[0], found[1]) == (statistic, pvalue) == (found.statistic, found.pvalue)
    assert found.correlation == statistic
    assert len(found) == 2
    low, high = found.confidence_interval()
    assert -1 < low < statistic < high < 1
    assert Correlation(0.5, 0.1, 3).confidence_interval() == (-1.0, 1.0)
    assert math.isnan(pearson([1, 2, 3], [1, 1, 1]).statistic)
    assert math.isnan(pearson([1], [1]).statistic)
    assert math.isnan(spearman([1, math.nan, 2], [1, 2, 3]).statistic)
    assert ranks([3, 1, 3, 2]).tolist() == [3.5, 1, 3.5, 2]
    assert pearson(range(100), range(100)).pvalue == 0
    x = np.arange(100.0)  # far out in the tail, where 1 - (1 - p) would be zero
    assert pearson(x, x + 30 * np.sin(x * x)).pvalue == pytest.approx(2.417503454464541e-27, rel=1e-6)


def test_keys_that_are_no_text_answer_nothing(tmp_path: Path) -> None:
    vectors = KeyedVectors(3)
    rows = [[9, 9, 9], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1]]
    vectors.add_vectors([5, "king", "man", "woman", "queen"], np.array(rows, dtype=np.float32))
    path = tmp_path / "questions"
    path.write_text(": s\nman king woman queen\n")
    assert vectors.evaluate_word_analogies(path)[0] == 1.0
