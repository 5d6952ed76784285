"""`explain_word2vec` after some passes of training, and with words cut by a tokenizer."""

from __future__ import annotations

import pytest

import tokenspace as ts
from tokenspace import explain_word2vec
from tokenspace.errors import ArgumentError, LimitError

TEXT = "the quick brown fox jumps over the lazy dog\nthe dog sleeps while the fox runs"


@pytest.mark.parametrize(("sg", "hs"), [(1, 0), (0, 0), (1, 1), (0, 1)])
def test_the_loss_falls_and_nothing_else_that_is_shown_changes(sg: int, hs: int) -> None:
    fresh = explain_word2vec(TEXT, sg=sg, hs=hs, centre="fox")
    trained = explain_word2vec(TEXT, sg=sg, hs=hs, centre="fox", passes=60, alpha=0.1)
    assert fresh.losses == ()
    assert len(trained.losses) == 60
    assert sum(trained.losses[-10:]) < 0.85 * sum(trained.losses[:10])
    assert (trained.windows, trained.noise, trained.tree) == (fresh.windows, fresh.noise, fresh.tree)
    assert fresh.step is not None
    assert trained.step is not None
    assert {score for row in fresh.step.scores for score in row} == {0.0}
    assert trained.step.loss_before < fresh.step.loss_before
    assert trained.step.loss_after < trained.step.loss_before


def test_a_pass_more_begins_where_the_passes_before_it_ended() -> None:
    assert explain_word2vec(TEXT, passes=7).losses == explain_word2vec(TEXT, passes=9).losses[:7]


def test_passes_are_bounded() -> None:
    with pytest.raises(ArgumentError, match="passes from 0"):
        explain_word2vec(TEXT, passes=-1)
    with pytest.raises(LimitError, match="200000 windows"):
        explain_word2vec(TEXT, passes=100_000)


def test_a_tokenizer_cuts_writing_without_spaces() -> None:
    text = "我们在学习自然语言，我们在学习处理语言。"
    unigram = ts.Tokenizer.from_pretrained("tokenspace/unigram")
    words = [window.centre for window in explain_word2vec(text, tokenizer=unigram).windows]
    assert "".join(words) == text.replace("，", "").replace("。", "")
    assert words.count("我们") == words.count("语言") == 2
    letters = [window.centre for window in explain_word2vec("Ab 甲", tokenizer=list).windows]
    assert letters == ["a", "b", "甲"]
