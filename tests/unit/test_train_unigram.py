"""The Unigram trainer: equal to its twin, to itself for any threads and word order, resumable, and clear about refusals."""

from __future__ import annotations

import itertools
import math
import random
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patience import patience
from tokenspace import _core
from tokenspace.errors import ArgumentError, FormatError, LimitError
from tokenspace.reference import unigram_seeds, unigram_train

PLAIN = {"split_by_unicode_script": False, "split_by_number": False}  # the twin knows no scripts


def train(words: dict[Any, int], vocab_size: int, control: Any = None, **options: Any) -> Any:
    counts = _core.WordCounts(list(words.items()))
    return _core.train_unigram(counts, control or _core.TrainControl(), vocab_size=vocab_size, **options)


def corpus(seed: int, size: int = 2000, alphabet: str = "etaoinshrdlu") -> dict[str, int]:
    """Words of random syllables, so that pieces recur."""
    rng = random.Random(seed)
    syllables = ["".join(rng.choices(alphabet, k=rng.randint(1, 4))) for _ in range(60)]
    return {"▁" + "".join(rng.choices(syllables, k=rng.randint(1, 5))): rng.randint(1, 500) for _ in range(size)}


def compare_with_twin(words: dict[str, int], share: float, **options: Any) -> None:
    try:
        characters = unigram_seeds.choose_characters(
            words, options.get("character_coverage", 1.0), options.get("required_characters", "")
        )
    except ArgumentError:
        with pytest.raises(ArgumentError, match="at least one character"):
            train(words, 10, **PLAIN, **options)
        return
    segments = unigram_seeds.cut_words(words, set(characters), options.get("split_digits", False))
    seeds = unigram_seeds.find_seeds(segments, options.get("max_piece_length", 16), options.get("seed_size", 10**6))
    size = max(1, len(characters) + int(share * len(seeds)))
    pieces, scores = unigram_train.train(words, size, **options)
    ours = train(words, size, threads=2, **PLAIN, **options)
    assert ours.pieces == pieces
    assert len(pieces) == size
    assert max(abs(a - b) for a, b in zip(ours.scores, scores, strict=True)) < 1e-9


WORDS = st.dictionaries(
    st.text(st.sampled_from("aab▁cd1é漢"), min_size=1, max_size=14), st.integers(1, 10**5), min_size=1, max_size=60
)


@given(
    WORDS,
    st.floats(0, 1),
    st.sampled_from([1, 2, 4, 16]),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([0.5, 0.75, 0.9]),
    st.sampled_from([1.0, 0.9]),
    st.sampled_from(["", "xa", "▁z"]),
    st.sampled_from([10**6, 15]),
    st.booleans(),
    st.sampled_from([0.0, 1.0]),
)
def test_equals_the_twin(
    words: dict[str, int],
    share: float,
    length: int,
    sub_iterations: int,
    shrinking: float,
    coverage: float,
    required: str,
    seed_size: int,
    digits: bool,
    token_cost: float,
) -> None:
    compare_with_twin(
        words,
        share,
        max_piece_length=length,
        sub_iterations=sub_iterations,
        shrinking_factor=shrinking,
        character_coverage=coverage,
        required_characters=required,
        seed_size=seed_size,
        split_digits=digits,
        token_cost=token_cost,
    )


def test_equals_the_twin_over_many_rounds() -> None:
    compare_with_twin(corpus(3, 400), 0.02)
    compare_with_twin(corpus(4, 400, "ab"), 0.05, shrinking_factor=0.9)


def test_twin_yields_its_rounds() -> None:
    rounds = list(unigram_train.training_rounds(corpus(5, 200), 40))
    assert len(rounds) > 2
    assert rounds[-1].pruned == []
    for before, after in itertools.pairwise(rounds[:-1]):
        assert len(after.scores) < len(before.scores)
    pruned = [entry for entry in rounds[1].pruned if entry.loss is not None]
    assert [entry.loss for entry in pruned] == sorted(entry.loss for entry in pruned if entry.loss is not None)
    assert all("".join(entry.instead) == entry.piece for entry in pruned)


@pytest.mark.parametrize("alphabet", ["etaoinshrdlu", "ab", "".join(map(chr, range(0x4E00, 0x4F00)))])
def test_same_bits_for_every_thread_count_and_word_order(alphabet: str) -> None:
    words = corpus(6, 6000, alphabet)
    one = train(words, 500, threads=1)
    items = list(words.items())
    for threads in (2, 3, 8):
        random.Random(threads).shuffle(items)
        other = train(dict(items), 500, threads=threads)
        assert (other.pieces, other.scores, other.rounds) == (one.pieces, one.scores, one.rounds)
        assert other.log_likelihood == one.log_likelihood


def test_scores_are_log_probabilities_in_order() -> None:
    model = train(corpus(7), 300)
    assert len(model.pieces) == len(set(model.pieces)) == 300
    assert model.scores == sorted(model.scores, reverse=True)
    assert 0.8 < sum(map(math.exp, model.scores)) <= 1.0
    assert model.log_likelihood < 0


def test_resuming_after_any_round_changes_nothing() -> None:
    words = corpus(8)
    states: list[Any] = []
    whole = train(words, 200, checkpoint=states.append)
    assert [state.round for state in states] == list(range(1, whole.rounds + 1))
    assert whole.rounds > 2
    for state in (states[0], states[-1]):
        copy = _core.UnigramState(state.round, state.pieces, state.scores)
        again = train(words, 200, resume=copy)
        assert (again.pieces, again.scores) == (whole.pieces, whole.scores)
        assert (again.rounds, again.log_likelihood) == (whole.rounds, whole.log_likelihood)
    with pytest.raises(ArgumentError, match="state of the same words"):
        train(corpus(9), 200, resume=states[0])


def test_error_of_a_checkpoint_reaches_the_caller() -> None:
    def fail(state: Any) -> None:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        train(corpus(8), 200, checkpoint=fail)


def test_cancelling_stops_within_a_second() -> None:
    rng = random.Random(1)
    words = {"".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=400)): 1 for _ in range(8000)}
    control = _core.TrainControl()
    when: list[float] = []

    def cancel() -> None:
        when.append(time.monotonic())
        control.cancel()

    timer = threading.Timer(0.3, cancel)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        train(words, 2000, control)
    assert time.monotonic() - when[0] < patience(1.0)
    assert control.stage in ("seed", "estimate", "prune")


def test_required_and_covered_characters() -> None:
    words = {"▁aaaa": 1000, "▁bbbb": 100, "▁z": 1}
    model = train(words, 5, character_coverage=0.99)
    assert "z" not in model.pieces
    model = train(words, 8, required_characters="q\u0301😀", character_coverage=0.99)
    assert {"q", "\u0301", "😀"} <= set(model.pieces)
    assert "z" not in model.pieces


def test_characters_nobody_needs_keep_distinct_low_scores() -> None:
    model = train({"▁ab": 10, "▁abab": 10}, 9, required_characters="xyz")
    scores = dict(zip(model.pieces, model.scores, strict=True))
    assert len({scores[c] for c in "xyz"}) == 3
    assert max(scores[c] for c in "xyz") - min(model.scores) < 0.001


def test_impossible_sizes_say_what_is_possible() -> None:
    words = {"▁low": 5, "▁lowest": 3, "▁newest": 6}
    with pytest.raises(ArgumentError, match=r"at least 8, one piece for each character, received 3; try"):
        train(words, 3)
    with pytest.raises(ArgumentError, match=r"at most (\d+), all this corpus") as error:
        train(words, 500)
    most = int(str(error.value).split("at most ")[1].split(",")[0])
    assert len(train(words, most).pieces) == most
    assert len(train(words, 8).pieces) == 8


@pytest.mark.parametrize("words", [{}, {"": 5}, {"a": 0}, {"\0": 3}])
def test_empty_corpus(words: dict[str, int]) -> None:
    with pytest.raises(ArgumentError, match="at least one character"):
        train(words, 10)


def test_single_character() -> None:
    model = train({"a": 7}, 1)
    assert model.pieces == ["a"]
    assert train({"aa": 7}, 2).pieces == ["aa", "a"]


def test_huge_counts() -> None:
    words = {word: count * 10**9 + 7 for word, count in corpus(10, 300).items()}
    assert min(words.values()) < 2**32 < max(words.values())
    compare_with_twin(words, 0.1)
    with pytest.raises(LimitError, match=r"2\^54"):
        train({"abc": 2**62}, 4)


def test_ill_formed_words() -> None:
    with pytest.raises(FormatError, match="ill-formed bytes in word 1"):
        train({b"abc": 1, b"a\xff": 1}, 4)


@pytest.mark.parametrize("text", ["a" * 3_000_000, "ab" * 1_000_000])
def test_a_word_of_megabytes_of_one_character(text: str) -> None:
    begin = time.monotonic()
    model = train({text: 1}, 6)
    assert time.monotonic() - begin < patience(30)
    assert len(model.pieces) == 6


def test_a_word_of_megabytes_without_spaces() -> None:
    rng = random.Random(2)
    words = ["".join(rng.choices("abcdefgh", k=rng.randint(2, 6))) for _ in range(300)]
    text = "".join(rng.choices(words, k=400_000))
    model = train({text: 1}, 1000)
    assert sum(piece in words for piece in model.pieces) > 150


def test_forward_probabilities_of_long_words_are_scaled_without_changing_digits() -> None:
    # 4000 characters at 2^-5 each leave the range of doubles 19 times over: the likelihood must be the word's all the same.
    rng = random.Random(3)
    letters = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=4000))
    whole = train({letters: 10}, 26, max_piece_length=1)
    parts = train({letters[i : i + 10]: 10 for i in range(0, 4000, 10)}, 26, max_piece_length=1)
    assert whole.pieces == parts.pieces
    assert whole.scores == pytest.approx(parts.scores, abs=1e-9)
    assert whole.log_likelihood == pytest.approx(parts.log_likelihood, rel=1e-12)


RULES = [
    ({}, {"ab1", "a漢", "b▁"}),
    ({"split_by_unicode_script": False}, {"b▁"}),
    ({"split_by_number": False}, {"a漢", "b▁"}),
    ({"split_digits": True}, {"11", "ab1", "a漢"}),
    ({"split_by_whitespace": False}, {"ab1", "a漢"}),
    ({"whitespace_as_suffix": True}, {"▁a", "ab1"}),
    ({"allow_whitespace_only": True}, {"ab1", "a漢", "b▁"}),
]


@pytest.mark.parametrize(("rules", "absent"), RULES)
def test_piece_rules(rules: dict[str, bool], absent: set[str]) -> None:
    words = {"▁ab1漢": 5, "ab▁": 4, "▁ab▁ab": 6, "11a漢かカ": 3, "▁▁▁": 9, "e\u0301a": 2, "漢字かな": 2, "11": 5}
    with pytest.raises(ArgumentError) as error:
        train(words, 10_000, **rules)
    most = int(str(error.value).split("at most ")[1].split(",")[0])
    pieces = set(train(words, most, **rules).pieces)
    assert not pieces & absent
    assert ("▁▁" in pieces) == bool(rules.get("allow_whitespace_only"))
    assert ("ab▁" in pieces) == bool(rules.get("whitespace_as_suffix"))
    assert ("11" in pieces) == (not rules.get("split_digits"))
    assert "漢字かな" in pieces  # one script for this purpose
    assert "e\u0301a" in pieces  # an inherited mark joins


@pytest.mark.parametrize(
    "option",
    [
        {"vocab_size": 0},
        {"seed_size": 0},
        {"shrinking_factor": 1.0},
        {"token_cost": -1.0},
        {"sub_iterations": 0},
        {"max_piece_length": 256},
        {"character_coverage": 0.0},
    ],
)
def test_options_out_of_range(option: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(option))):
        train({"abc": 3}, **{"vocab_size": 3, **option})
