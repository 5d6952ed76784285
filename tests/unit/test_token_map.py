"""Positions of a text, and the tokens of a text as arrays: windows, groups, lines, disagreements."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import tokenspace as ts
from tokenspace.errors import ArgumentError, SpecialTokenError
from tokenspace.tokenizers.disagreement import Disagreement, cuts
from tokenspace.tokenizers.positions import Positions
from tokenspace.tokenizers.token_map import TokenMap

TOKENIZERS = (
    "tokenspace/bpe",
    "tokenspace/unigram",
    "tokenspace/wordpiece",
    "tokenspace/word",
    "tokenspace/char",
    "byte",
)
PIECES = st.sampled_from(
    ["token", "ization", " ", "  ", "\n", "\r\n", "\t", "人工智能", "é", "e\u0301", "👩🏽\u200d🔬", "😀", "ß", "ﬁ", "\x00", "\u200b",
     "नमस्ते", "مرحبا", "<s>", "[CLS]", "<|endoftext|>", "don't", "3.14", "\ufeff"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=16).map("".join), st.text(max_size=40))


@cache
def tokenizer(name: str) -> ts.Tokenizer:
    return ts.Tokenizer.from_pretrained(name)


@given(st.text(max_size=30))
@example("a\ud83d\ude00b")
@example("né😀!\n\n😀")
def test_positions_are_those_of_python_javascript_and_bytes(text: str) -> None:
    places = Positions(text)
    assert len(places.text) == len(text)
    for at in range(len(text) + 1):
        head = places.text[:at]
        assert int(places.utf16(at)) == len(head.encode("utf-16-le")) // 2
        assert int(places.bytes(at)) == len(head.encode())
        assert int(places.chars_of_utf16(places.utf16(at))) == at
    assert places.utf16_length == int(places.utf16(len(text)))
    assert places.byte_length == int(places.bytes(len(text)))
    assert [places.text[at - 1] for at in places.line_starts.tolist()[1:]] == ["\n"] * text.count("\n")


def test_a_place_inside_a_pair_is_its_characters() -> None:
    assert Positions("a😀b").chars_of_utf16([0, 1, 2, 3, 4, 99, -1]).tolist() == [0, 1, 1, 2, 3, 3, 0]


@given(TEXTS, st.sampled_from(TOKENIZERS), st.booleans(), st.integers(1, 9))
def test_windows_put_together_are_the_whole_encoding(text: str, name: str, added: bool, step: int) -> None:
    map = TokenMap(tokenizer(name), text, added)
    encoding = tokenizer(name).encode(map.positions.text, add_special_tokens=added)
    assert map.ids.tolist() == encoding.ids
    own = slice(map.head, len(map) - map.tail)
    assert [*zip(map.starts.tolist(), map.ends.tolist(), strict=True)][own] == encoding.offsets[own]
    size, seen = len(map.positions), []
    for start in range(0, max(size, 1), step):
        first, last = map.window(start, min(size, start + step))
        seen += [at for at in range(first, last) if at >= len(seen)]
        # What a window leaves out covers nothing of it.
        for at in [*range(map.head, first), *range(last, len(map) - map.tail)]:
            assert map.ends[at] <= start or map.starts[at] >= start + step or map.starts[at] == map.ends[at]
    assert seen == list(range(len(map)))


@pytest.mark.parametrize("name", TOKENIZERS)
def test_tokens_of_the_template_stand_at_the_ends(name: str) -> None:
    map = TokenMap(tokenizer(name), "Hello [CLS] world")
    mask = tokenizer(name).encode("Hello [CLS] world").special_tokens_mask
    assert (map.head, map.tail) == ((1, 1) if name.endswith("wordpiece") else (0, 0)) == (mask[0], mask[-1])
    assert map.of_text == len(map) - sum(mask)
    empty = TokenMap(tokenizer(name), "")
    assert empty.window(0, 0) == (0, len(empty))
    assert empty.of_text == 0
    assert empty.summary()["bytes_per_token"] is None


def test_tokens_that_share_a_character_are_a_group() -> None:
    bpe = TokenMap(tokenizer("tokenspace/bpe"), "a👩b")
    assert [bpe.kind(int(id)) for id in bpe.ids] == ["text", *["partial"] * (len(bpe) - 2), "text"]
    assert {bpe.group(at) for at in range(1, len(bpe) - 1)} == {(1, len(bpe) - 1)}
    assert bpe.group(0) == (0, 1)
    unigram = TokenMap(tokenizer("tokenspace/unigram"), "x👩👩")
    kinds = [unigram.kind(int(id)) for id in unigram.ids]
    first = kinds.index("byte")
    assert kinds[first:] == ["byte"] * 8
    assert [unigram.group(first + at) for at in (0, 3, 4, 7)] == [(first, first + 4)] * 2 + [(first + 4, first + 8)] * 2


def test_the_token_at_a_place() -> None:
    map = TokenMap(tokenizer("tokenspace/wordpiece"), "He there")
    assert [map.at(place) for place in (0, 1, 2, 3, 7, 8, -1)] == [1, 1, None, 2, 2, None, None]
    with pytest.raises(ArgumentError):
        map.window(3, 99)


def test_special_tokens_in_the_text_follow_the_policy() -> None:
    bpe, text = tokenizer("tokenspace/bpe"), "a<|endoftext|>b"
    assert "special" in {TokenMap(bpe, text, special_tokens="allow").kind(int(id)) for id in bpe.encode(text).ids}
    plain = TokenMap(bpe, text, special_tokens="as_text")
    assert {plain.kind(int(id)) for id in plain.ids} == {"text"}
    with pytest.raises(SpecialTokenError):
        TokenMap(bpe, text, special_tokens="error")


def test_summary_counts_what_is_there() -> None:
    text = "the cat sat\non the mat the\n\nend"
    map = TokenMap(tokenizer("tokenspace/word"), text)
    summary = map.summary()
    assert (summary["tokens"], summary["words"], summary["characters"], summary["distinct"]) == (8, 8, len(text), 6)
    assert summary["tokens_per_word"] == 1.0
    assert [(line.line, line.tokens, line.start) for line in map.longest_lines(2)] == [(2, 4, 12), (1, 3, 0)]
    assert len(map.places_of(int(map.ids[0]))) == 3
    assert TokenMap(tokenizer("tokenspace/char"), "人工智能正在改变世界").summary()["tokens_per_word"] is None


@given(TEXTS, st.lists(st.sampled_from(TOKENIZERS), min_size=2, max_size=3))
def test_disagreements_hold_every_cut_that_is_not_shared(text: str, names: list[str]) -> None:
    places = Positions(text)
    maps = [TokenMap(tokenizer(name), places) for name in names]
    found = Disagreement(maps)
    sets = [set(cuts(map).tolist()) for map in maps]
    single = set.union(*sets) - set.intersection(*sets)
    inside = set()
    for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True):
        assert {start, end} <= set.intersection(*sets)
        within = {cut for cut in single if start < cut < end}
        assert within
        inside |= within
    assert inside == single
    assert (found.shared, found.cuts) == (len(set.intersection(*sets)), len(set.union(*sets)))
    whole = found.window(0, len(places))
    assert whole == (0, len(found))


def test_white_space_left_out_is_no_disagreement() -> None:
    maps = [TokenMap(tokenizer(name), "the old house ") for name in ("tokenspace/wordpiece", "tokenspace/word")]
    assert len(Disagreement(maps)) == 0
    text = "unbelievable"
    different = Disagreement([TokenMap(tokenizer(name), text) for name in ("tokenspace/char", "tokenspace/bpe")])
    assert len(different) > 0
    assert different.window(0, 1) == (0, 1)
    with pytest.raises(ArgumentError):
        Disagreement([])
