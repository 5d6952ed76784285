"""Ids as pasted: every way of writing a list gives the list, and what is no id is named with its place."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenspace as ts
from tokenspace.errors import LimitError
from tokenspace.tokenizers.id_lists import describe_ids, parse_ids, round_trip

IDS = st.lists(st.integers(0, (1 << 32) - 1), max_size=40)


@given(IDS, st.sampled_from([", ", ",", " ", "\n", ";", "\t", "，", "、", " , \r\n", "\u3000"]))
def test_any_separator(ids: list[int], separator: str) -> None:
    placed, others = parse_ids(separator.join(map(str, ids)))
    assert [one.id for one in placed] == ids
    assert not others


@given(st.lists(IDS, max_size=5), st.sampled_from([None, 2]))
def test_nested_json_and_python(rows: list[list[int]], indent: int | None) -> None:
    flat = [id for row in rows for id in row]
    for text in (json.dumps(rows, indent=indent), repr(rows), f"tensor({rows})", f"array({rows}, dtype=uint32)",
                 json.dumps({"input_ids": rows}), json.dumps([[str(id) for id in row] for row in rows])):  # fmt: skip
        placed, others = parse_ids(text)
        assert [one.id for one in placed] == flat
        assert not others
        assert all(text[one.start : one.end] == str(one.id) for one in placed)


@given(st.text(max_size=200))
def test_any_text_is_read_in_order_and_within_its_places(text: str) -> None:
    placed, others = parse_ids(text)
    places = sorted([(one.start, one.end) for one in placed] + [(one.start, one.end) for one in others])
    assert all(begin < end for begin, end in places)
    assert all(first[1] <= second[0] for first, second in pairwise(places))
    assert all(0 <= one.id < 1 << 32 for one in placed)
    for one in placed:
        assert int(text[one.start : one.end]) == one.id


def test_what_is_no_id_is_named() -> None:
    _, others = parse_ids("1 -2 3.5 abc 4294967296 99999999999999999999999 1e5 0x1F ١٢")
    assert [(one.text, one.reason) for one in others] == [
        ("-2", "negative"),
        ("3.5", "not whole"),
        ("abc", "not a number"),
        ("4294967296", "too large"),
        ("99999999999999999999999", "too large"),
        ("1e5", "not whole"),
        ("0x1F", "not a number"),
        ("١٢", "not a number"),
    ]
    assert parse_ids("4294967295")[0][0].id == (1 << 32) - 1
    assert len(parse_ids("x" * 5000)[1][0].text) == 40


def test_too_many_ids_are_refused() -> None:
    with pytest.raises(LimitError, match="at most 10 ids"):
        parse_ids("1 " * 11, limit=10)
    assert len(parse_ids("1 " * 10, limit=10)[0]) == 10


def test_what_each_id_is() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    music = tok.encode("🎵", add_special_tokens=False).ids
    rows = describe_ids(tok, [*music, tok.eos_token_id or 0, 4_000_000_000])
    assert b"".join(row.data or b"" for row in rows[: len(music)]) == "🎵".encode()
    assert len(music) == 1 or all(row.text is None for row in rows[: len(music)])
    assert (rows[-2].special, rows[-2].token) == (True, tok.eos_token)
    assert (rows[-1].token, rows[-1].data, rows[-1].text) == (None, None, None)


def test_round_trip_says_what_changes() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    ids = tok.encode("token alignment 对齐", add_special_tokens=False).ids
    assert round_trip(tok, ids).change == "none"
    other = tok.encodings("tokenization", 2)[1].ids
    found = round_trip(tok, [*ids, *other])
    assert (found.change, found.at) == ("segmentation", len(ids))
    music = tok.encode("🎵🎶", add_special_tokens=False).ids
    assert round_trip(tok, music[:1]).change == "partial character"
    assert round_trip(tok, [*ids, 4_000_000_000]).change == "unknown id"
    pieces = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    broken = pieces.encode("[SEP] ,", add_special_tokens=False).ids
    assert round_trip(pieces, [*broken, *pieces.encode("a  b", add_special_tokens=False).ids]).change in (
        "none",
        "text",
    )
    assert round_trip(tok, []).change == "none"
