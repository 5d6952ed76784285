"""Alignment of token vectors with words and characters, on any text, with an engine that only tells places."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenspace as ts
from tests.unit.place_engine import PlaceEngine
from tokenspace.encoders.contextual.occurrences import find_word
from tokenspace.encoders.contextual.windows import window_bounds
from tokenspace.encoders.contextual.words import given_words, is_unspaced, split_words

TOKENIZERS = ("tokenspace/wordpiece", "tokenspace/bpe", "tokenspace/unigram")
PIECES = st.sampled_from(
    [
        "bank", "Bank", " ", "  ", "\n", "苹果", "我", "公司", "かな", "カタカナ", "ภาษาไทย", "don't", "cafe\u0301", "é", "ß", "İ",
        "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪🇫🇷", "1️⃣", "e\u0301\u0302", "\u0301", "नमस्ते", "مرحبا", "ﬁ", "①", ".", "...", "—", "_x_", "42",
        "\u200d", "\u200b", "\x00", "한국어", "Zürich", "ABC公司", "a\u0300b", "\ufeff", "tokenization", "Ｃafé",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40))


@cache
def encoder(name: str, limit: int | None = None) -> ts.ContextualEncoder:
    tokenizer = ts.Tokenizer.from_pretrained(name)
    return ts.ContextualEncoder.from_parts(
        tokenizer, PlaceEngine(len(tokenizer), limit), layers=(0,), on_truncate="chunk"
    )


@given(TEXTS)
def test_words_are_all_that_is_no_white_space(text: str) -> None:
    spans = split_words(text)
    covered = {at for begin, end in spans for at in range(begin, end)}
    assert all(begin < end for begin, end in spans)
    assert all(spans[i][1] <= spans[i + 1][0] for i in range(len(spans) - 1))
    assert {at for at, char in enumerate(text) if not char.isspace()} <= covered
    assert not any(text[at].isspace() for at in covered)


@given(TEXTS, st.sampled_from(TOKENIZERS))
def test_every_token_belongs_to_the_words_it_touches(text: str, name: str) -> None:
    vectors = encoder(name).encode(text)
    found = vectors.word_vectors()
    assert len(found) + len(found.missing) == len(split_words(text))
    owners: dict[int, list[int]] = {}
    for number, tokens in enumerate(found.tokens):
        assert tokens.tolist() == list(range(tokens[0], tokens[-1] + 1)), "the tokens of a word are neighbours"
        for token in tokens.tolist():
            owners.setdefault(token, []).append(number)
    for token in range(len(vectors)):
        begin, end = vectors.offsets[token].tolist()
        touched = [i for i, (a, b) in enumerate(found.spans) if a < max(end, begin + 1) and b > begin]
        if vectors.special[token]:
            assert token not in owners
        else:
            assert owners.get(token, []) == touched
            assert touched or not text[begin:end].strip(), "a token without a word is white space"
    for number, (begin, end) in enumerate(found.spans):
        reach = vectors.offsets[found.tokens[number]]
        outside = text[int(reach[:, 0].min()) : begin].strip() or text[end : max(end, int(reach[:, 1].max()))].strip()
        assert found.exact[number] == (not outside)


@given(TEXTS, st.sampled_from(TOKENIZERS), st.data())
def test_stretches_have_the_tokens_that_touch_them(text: str, name: str, data: st.DataObject) -> None:
    vectors = encoder(name).encode(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = vectors.tokens_between(start, end)
    expected = [
        token
        for token in range(len(vectors))
        if start < end
        and not vectors.special[token]
        and vectors.offsets[token, 0] < end
        and max(vectors.offsets[token, 1], vectors.offsets[token, 0] + 1) > start
    ]
    assert found.tolist() == expected
    # The tokens of a stretch are those of its characters together.
    singles = {one for at in range(start, end) for one in vectors.tokens_between(at, at + 1).tolist()}
    assert singles == set(expected)
    if start < len(text):
        at = vectors.token_at(start)
        assert at == (vectors.tokens_between(start, start + 1).tolist() or [None])[0]
    if expected:
        np.testing.assert_allclose(
            vectors.span_vectors(start, end)[0], vectors.vectors[0, expected].mean(axis=0), rtol=1e-5
        )
        np.testing.assert_array_equal(vectors.span_vectors(start, end, "last")[0], vectors.vectors[0, expected[-1]])
    elif start < end:
        with pytest.raises(ts.errors.ArgumentError):
            vectors.span_vectors(start, end)


@given(st.integers(0, 400), st.integers(1, 60), st.data())
def test_windows_cover_and_overlap(n: int, room: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, room - 1))
    bounds = window_bounds(n, room, overlap)
    assert bounds[0][0] == 0
    assert bounds[-1][1] == n
    assert all(end - begin <= room for begin, end in bounds)
    if n > room:
        assert all(end - begin == room for begin, end in bounds)
        assert all(b[0] <= a[1] - overlap and b[0] > a[0] for a, b in pairwise(bounds))
        least = -(-(n - overlap) // (room - overlap))
        assert len(bounds) == least, "no more windows than needed"


@given(TEXTS, st.sampled_from(TOKENIZERS), st.integers(4, 12))
def test_over_windows_every_token_has_the_vector_farthest_from_an_edge(text: str, name: str, limit: int) -> None:
    whole = encoder(name).encode(text)
    parts = encoder(name, limit).encode(text)
    assert parts.tokens == whole.tokens
    assert parts.left_out == 0
    if parts.windows == 1:
        np.testing.assert_array_equal(parts.vectors, whole.vectors)
        return
    # PlaceEngine: the id, the place in the row, the length of the row, the sum of the row's ids.
    assert (parts.vectors[0, :, 0] == parts.ids).all(), "each vector is that of its own token"
    assert (parts.vectors[0, :, 2] <= limit).all()
    special = np.nonzero(parts.special)[0]
    lead = int((special < np.nonzero(~parts.special)[0][0]).sum())
    content = np.nonzero(~parts.special)[0]
    room = limit - len(special)
    bounds = window_bounds(len(content), room, room // 4)
    for number, token in enumerate(content):
        place = int(parts.vectors[0, token, 1]) - lead
        used = number - place
        distance = {}
        for begin, end in bounds:
            if begin <= number < end:
                left = number - begin if begin else 10**9
                right = end - 1 - number if end < len(content) else 10**9
                distance[begin] = min(left, right)
        assert distance[used] == max(distance.values())


@given(
    TEXTS,
    st.sampled_from(["bank", "Bank", "苹果", "e", "é", "ไทย", "don't", "a b", "果"]),
    st.sampled_from(["smart", "exact", "ignore"]),
)
def test_found_words_are_the_word(text: str, word: str, case: str) -> None:
    spans = find_word(text, word, case)
    ignore = case == "ignore" or (case == "smart" and word == word.lower())
    for begin, end in spans:
        shown = " ".join(text[begin:end].split())
        assert shown == word or (ignore and shown.lower() == word.lower())
        for at in (begin, end):
            if 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum():
                assert is_unspaced(text[at - 1]) or is_unspaced(text[at])
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(TEXTS)
def test_words_given_in_order_are_found(text: str) -> None:
    spans = split_words(text)
    words = [text[begin:end] for begin, end in spans]
    found = given_words(text, words)
    assert [text[begin:end] for begin, end in found] == words
