"""Configurations whose text may not be cut at spaces, and offsets of tokens that swallow the white space of the next one."""

from __future__ import annotations

import json

import pytest

import tokenspace as ts
from tokenspace.reference.byte_level import CHARACTER_TO_BYTE

SPACE = "\u2581"
NEWLINE = 256  # behind the 256 bytes


def tokenizer(**parts: object) -> ts.Tokenizer:
    """A tokenizer of these components; what is not given is null."""
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        **parts,
    }
    return ts.Tokenizer.from_bytes(json.dumps(document).encode(), name="tokenizer.json")


def bpe(vocabulary: list[str], merges: list[str], **options: object) -> dict[str, object]:
    ids = {token: number for number, token in enumerate(vocabulary)}
    return {"type": "BPE", "vocab": ids, "merges": merges, "unk_token": "?", **options}


def added(content: str, number: int, **options: bool) -> dict[str, object]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    return {"id": number, "content": content, **flags, **options}


def test_ignore_merges_looks_up_the_whole_text_not_its_words() -> None:
    tok = tokenizer(model=bpe(["?", " ", "a", "b", "ab", " b"], [], ignore_merges=True))
    # "ab" is a token but no merge makes it: only a text that is exactly "ab" gives it.
    assert tok.encode("ab").ids == [4]
    assert tok.encode("ab b").ids == [2, 3, 1, 3]
    assert tok.encode_batch(["ab b", "ab", "b b"]).to_list() == [[2, 3, 1, 3], [4], [3, 1, 3]]
    assert tok.count("ab b") == 4


@pytest.mark.parametrize(
    ("pattern", "words"),
    [(r"\s+", 1), (" +", 1), (" {2,}", 2), (r"\s{2,}", 2)],
)
def test_spaces_that_become_metaspaces_split_nothing_at_white_space(pattern: str, words: int) -> None:
    tok = tokenizer(
        normalizer={"type": "Replace", "pattern": {"Regex": pattern}, "content": SPACE},
        pre_tokenizer={"type": "WhitespaceSplit"},
        model={
            "type": "WordLevel",
            "vocab": {"?": 0, f"a{SPACE}b": 1, f"a{SPACE}b{SPACE}c": 2, "c": 3},
            "unk_token": "?",
        },
    )
    text = "a  b c"
    assert len(tok.encode(text)) == words
    assert tok.encode_batch([text, "c"]).to_list() == [tok.encode(text).ids, [3]]
    assert tok.encode(text).ids == ([2] if words == 1 else [1, 3])


def newline_swallower() -> ts.Tokenizer:
    """Bytes, and an added newline that takes the white space behind it."""
    alphabet = sorted(CHARACTER_TO_BYTE)
    return tokenizer(
        model=bpe(alphabet, []),
        pre_tokenizer={"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True},
        added_tokens=[added("\n", NEWLINE, rstrip=True)],
    )


@pytest.mark.parametrize("letters", ["", "é", "🎵x"])
def test_offsets_of_tokens_that_swallow_each_others_white_space(letters: str) -> None:
    tok = newline_swallower()
    text = f"{letters}\n\n {letters} \n"
    one = tok.encode(text)
    start = len(letters)
    # Every newline takes all the white space behind it, also what the newline before has taken.
    newlines = [span for span, number in zip(one.offsets, one.ids, strict=True) if number == NEWLINE]
    end = start + 3 if letters else len(text)
    assert newlines[:2] == [(start, end), (start + 1, end)]
    batch = tok.encode_batch([text, text], offsets="chars")
    assert batch.spans is not None
    for row in (0, 1):
        begin, end = batch.row_offsets[row : row + 2]
        assert [tuple(span) for span in batch.spans[begin:end].tolist()] == one.offsets


def test_many_newlines_that_swallow_the_rest_are_linear() -> None:
    tok = newline_swallower()
    count = 1_000_000  # a cursor that walked back and forth would take 10^12 steps
    spans = tok.encode_batch(["é" + "\n" * count], offsets="chars").spans
    assert spans is not None
    assert spans[-3:].tolist() == [[count - 2, count + 1], [count - 1, count + 1], [count, count + 1]]
