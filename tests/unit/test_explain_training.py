"""The story of a training: the twin learns what the core learns, and the steps are those worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tokenspace as ts
from tokenspace import _core
from tokenspace.errors import ArgumentError, FormatError, LimitError
from tokenspace.reference import bpe_train

CLASSIC = " ".join(["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3)

words_of_a_corpus = st.dictionaries(
    st.text("abcé<", min_size=1, max_size=9), st.integers(1, 5), min_size=1, max_size=10
)


@settings(max_examples=200, deadline=None)
@given(
    words=words_of_a_corpus,
    size=st.integers(2, 40),
    prefix=st.sampled_from(["", "##"]),
    suffix=st.sampled_from(["", "</w>"]),
    special=st.sampled_from([[], ["<x>", "a"]]),
    limit=st.sampled_from([None, 2, 3]),
    coverage=st.sampled_from([1.0, 0.9, 0.6]),
    initial=st.sampled_from(["", "az"]),
    longest=st.sampled_from([None, 2, 3, 4, 6]),
    least=st.integers(0, 3),
)
def test_the_twin_merges_as_the_core(
    words: dict[str, int],
    size: int,
    prefix: str,
    suffix: str,
    special: list[str],
    limit: int | None,
    coverage: float,
    initial: str,
    longest: int | None,
    least: int,
) -> None:
    counted = list(words.items())
    alphabet = bpe_train.choose_alphabet(counted, initial, limit, coverage)
    vocabulary, rounds = bpe_train.train(
        counted,
        size,
        None,
        special,
        alphabet,
        prefix,
        suffix,
        coverage < 1,
        max_token_length=longest,
        min_frequency=least,
    )
    vocab, merges = _core.train_bpe(
        _core.WordCounts([(text.encode(), count) for text, count in counted]),
        _core.TrainControl(),
        vocab_size=size,
        min_frequency=least,
        special_tokens=special,
        limit_alphabet=limit,
        character_coverage=coverage,
        initial_alphabet=list(initial),
        continuing_subword_prefix=prefix or None,
        end_of_word_suffix=suffix or None,
        max_token_length=longest,
    )  # type: ignore[misc]
    assert vocabulary == list(vocab)
    assert [(r.left, r.right, r.count) for r in rounds] == [(vocab[a], vocab[b], count) for a, b, _, count in merges]


def test_the_classic_example() -> None:
    """Sennrich's words with their counts, as every introduction to BPE walks through them."""
    story = ts.explain_training(
        CLASSIC, pre_tokenizer="whitespace_split", end_of_word_suffix="</w>", special_tokens=[], steps=10
    )
    assert [(word.text, word.count) for word in story.words] == [("newest", 6), ("low", 5), ("widest", 3), ("lower", 2)]
    assert story.words[1].tokens == ("l", "o", "w</w>")
    assert story.alphabet == ("d", "e", "i", "l", "n", "o", "r", "s", "t", "w", "r</w>", "t</w>", "w</w>")
    steps: Any = story.steps
    assert [(step.pair.left, step.pair.right, step.pair.count) for step in steps] == [
        ("e", "s", 9),
        ("es", "t</w>", 9),
        ("l", "o", 7),
        ("e", "w", 6),
        ("n", "ew", 6),
        ("new", "est</w>", 6),
        ("lo", "w</w>", 5),
        ("d", "est</w>", 3),
        ("i", "dest</w>", 3),
        ("w", "idest</w>", 3),
    ]
    first = steps[0]
    # e+s and s+t</w> both stand nine times; the ids decide.
    assert [(pair.left, pair.right, pair.count) for pair in first.pairs[:4]] == [
        ("e", "s", 9), ("s", "t</w>", 9), ("w", "e", 8), ("l", "o", 7),
    ]  # fmt: skip
    assert (first.ties, first.left_id, first.right_id, first.token_id, first.is_new) == (1, 1, 7, 13, True)
    assert first.reason == "9 times, tied with 1 other pair; the smallest ids win: 1, 7"
    assert first.vocabulary_size == 14
    assert [story.words[place].text for place in first.changed] == ["newest", "widest"]
    assert first.words[2].tokens == ("w", "i", "d", "es", "t</w>")
    assert steps[2].reason == "most frequent: 7 times"
    assert not story.finished


def test_low_lowing_lowest() -> None:
    story = ts.explain_training("low lowing lowest", pre_tokenizer="whitespace", initial_alphabet=[])
    steps: Any = story.steps
    assert [step.token for step in steps] == ["lo", "low", "es", "in", "lowes", "lowin", "lowest", "lowing"]
    assert story.finished
    assert steps[-1].words[0].tokens == ("low",)


def test_byte_level_keeps_the_space() -> None:
    story = ts.explain_training("low lowing lowest")
    assert len(story.alphabet) == 256
    assert [step.token for step in story.steps[:3]] == ["lo", "low", "Ġlow"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("bpe", {}),
        ("bpe", {"pre_tokenizer": "o200k", "tie_breaking": "bytes"}),
        ("bpe", {"pre_tokenizer": "whitespace", "min_frequency": 2, "character_coverage": 0.98}),
        ("bpe", {"pre_tokenizer": "metaspace", "max_token_length": 5}),
        ("superbpe", {"transition": 0.95}),
    ],
)
def test_the_story_ends_where_the_training_ends(model: str, options: dict[str, Any]) -> None:
    text = "the cat sat on the mat, and the rat sat on the cat; über 12345 Größen! " * 3
    trained = ts.Tokenizer.train([text], model=model, vocab_size=300, special_tokens=["<|end|>"], **options)
    story = ts.explain_training(text, model, 1000, 300, special_tokens=["<|end|>"], **options)
    expected = [tuple(pair) for pair in json.loads(trained.to_json())["model"]["merges"]]
    assert [(step.pair.left, step.pair.right) for step in story.steps] == expected  # type: ignore[union-attr]
    assert story.steps[-1].vocabulary_size == trained.vocab_size
    assert story.finished


def test_wordpiece_has_the_trained_vocabulary() -> None:
    trained = ts.Tokenizer.train([CLASSIC], model="wordpiece", vocab_size=32)
    story = ts.explain_training(CLASSIC, "wordpiece", 100, 32)
    learnt = [*story.special_tokens, *story.alphabet, *(step.token for step in story.steps if step.is_new)]  # type: ignore[union-attr]
    assert learnt == sorted(trained.get_vocab(), key=trained.get_vocab().__getitem__)


def test_sentencepiece_bpe_has_the_trained_pieces() -> None:
    trained = ts.Tokenizer.train([CLASSIC], pre_tokenizer="sentencepiece", vocab_size=280)
    story = ts.explain_training(CLASSIC, "bpe", 100, 280, pre_tokenizer="sentencepiece")
    learnt = {*story.special_tokens, *story.alphabet, *(step.token for step in story.steps)}  # type: ignore[union-attr]
    assert learnt == set(trained.get_vocab())


def test_unigram_has_the_trained_pieces() -> None:
    text = "low lower lowest new newer newest wide wider widest slow slower slowest " * 4
    trained = ts.Tokenizer.train([text], model="unigram", vocab_size=24, byte_fallback=False)
    story = ts.explain_training(text, "unigram", 100, 24, byte_fallback=False)
    gone = {one.piece for step in story.steps for one in step.pruned}  # type: ignore[union-attr]
    rare = {piece for step in story.steps for piece in step.rare}  # type: ignore[union-attr]
    assert {*story.special_tokens, *story.alphabet} - gone - rare == set(trained.get_vocab())
    assert story.finished
    losses = [[one.loss for one in step.pruned if one.loss is not None] for step in story.steps]  # type: ignore[union-attr]
    assert all(row == sorted(row) for row in losses)
    for step in story.steps:
        assert all("".join(word.tokens) == word.text for word in step.words)
        assert step.log_likelihoods[0] < step.log_likelihoods[-1]  # type: ignore[union-attr]


@pytest.mark.parametrize("model", ["bpe", "wordpiece", "unigram", "superbpe"])
def test_as_data_and_as_text(model: str) -> None:
    story = ts.explain_training(CLASSIC + " 世界 \x1b[31m", model, 3)
    data = json.loads(json.dumps(story.to_dict()))
    assert data["model"] == model
    assert {step["kind"] for step in data["steps"]} == {"prune" if model == "unigram" else "merge"}
    assert data["steps"][0]["words"][0]["count"] >= 1
    plain = story.to_text()
    assert "\x1b" not in plain
    assert "\x1b[" in story.to_text(color=True)
    narrow = story.to_text(columns=60)
    assert all(len(line) <= 60 for line in narrow.splitlines() if line.startswith("     ")), narrow


def test_the_text_of_a_step() -> None:
    story = ts.explain_training(CLASSIC, pre_tokenizer="whitespace_split", end_of_word_suffix="</w>", steps=1)
    assert story.to_text().splitlines()[3:] == [
        "  1  e + s → es  id 13; 9 times, tied with 1 other pair; the smallest ids win: 1, 7",
        "     n e w es t</w> ×6   w i d es t</w> ×3",
        "     next: s+t</w> 9, w+e 8, l+o 7, e+w 6, n+e 6, o+w</w> 5, … 3 more",
        "",
        "… the training goes on",
    ]


def test_what_is_refused() -> None:
    with pytest.raises(ArgumentError, match="model="):
        ts.explain_training("a", "word")
    with pytest.raises(ArgumentError, match="steps="):
        ts.explain_training("a", steps=0)
    with pytest.raises(FormatError, match="expected text"):
        ts.explain_training([])
    with pytest.raises(LimitError, match="100,000"):
        ts.explain_training([f"{number:x}" for number in range(40_000)], pre_tokenizer="none")
