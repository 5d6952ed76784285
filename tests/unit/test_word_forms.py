"""The tokens one word has in a vocabulary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenspace as ts
from tests.data import require
from tokenspace.errors import ArgumentError

BYTE_LEVEL = {3364: "king", 5822: " king", 15708: "King", 2677: " King", 37286: "KING", 32957: " KING"}


def embedded() -> ts.TokenEmbeddings:
    return ts.TokenEmbeddings.from_pretrained("tokenspace/static")


def test_pieces_that_go_on_a_word_are_forms_of_it() -> None:
    assert [text for _, text in embedded().word_forms("king")] == ["king", "##king"]
    assert embedded().word_forms("kingkong") == []
    with pytest.raises(ArgumentError, match="200"):
        embedded().word_forms("a" * 201)


def test_byte_level_words_have_a_form_behind_a_space() -> None:
    tokenizer = ts.Tokenizer.from_file(require("tokenizers/gpt2/tokenizer.json"))
    table = ts.TokenEmbeddings.random(50257, 2, tokenizer=tokenizer)
    assert dict(table.word_forms("king")) == BYTE_LEVEL
    assert table.word_forms(" king")[0] == (5822, " king")  # the one that was written comes first
    assert dict(table.word_forms(" King")) == BYTE_LEVEL


@given(st.text(max_size=12))
def test_forms_stand_for_the_word(word: str) -> None:
    meant = word.strip().casefold()
    for id, text in embedded().word_forms(word):
        assert id >= 0
        assert text.removeprefix("##").strip().casefold() in (meant, word.casefold())
