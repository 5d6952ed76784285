"""The core against its plain-Python twins, on random tiny vocabularies and texts."""

from __future__ import annotations

import base64
import json
import random
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity.configs import Configs, charsmap
from tests.parity.oracles import R50K
from tests.parity.runs import near
from tests.parity.strings import Strings
from tokenspace.reference import bpe, byte_level, sentencepiece_normalize, splits, unigram, wordpiece

BARE = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": None,
    "post_processor": None,
    "decoder": None,
}
ASSIGNED = st.characters(exclude_categories=["Cs", "Cn"])
TEXT = st.text(ASSIGNED | st.sampled_from(" \n\t'aAsS09.\u017f"), max_size=80)


def tokenizer(**parts: Any) -> Any:
    import tokenspace

    return tokenspace.Tokenizer.from_str(json.dumps({**BARE, **parts}))


def split_with(pattern: str) -> Any:
    """A tokenizer whose tokens are the pieces: every piece is unknown to Unigram, which shows unknown text as it is."""
    return tokenizer(
        pre_tokenizer={"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False},
        model={"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]], "byte_fallback": False},
    )


def bpe_twin(model: dict[str, Any]) -> bpe.Bpe:
    return bpe.Bpe(
        model["vocab"],
        [tuple(pair) if isinstance(pair, list) else tuple(pair.split(" ")) for pair in model["merges"]],
        model["unk_token"],
        model["fuse_unk"],
        model["byte_fallback"],
        model["ignore_merges"],
        model["continuing_subword_prefix"] or "",
        model["end_of_word_suffix"] or "",
    )


def expected_tokens(model: dict[str, Any], text: str) -> list[str]:
    if model["type"] == "BPE":
        return bpe_twin(model).tokenize(text)
    if model["type"] == "WordPiece":
        limit = model["max_input_chars_per_word"]
        return wordpiece.tokenize(text, model["vocab"], model["unk_token"], model["continuing_subword_prefix"], limit)
    return unigram.Unigram(dict(map(tuple, model["vocab"])), model["vocab"][0][0], model["byte_fallback"]).tokenize(
        text
    )


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kind", ["bpe", "wordpiece", "unigram"])
def test_models(kind: str, seed: int) -> None:
    configs = Configs(seed, kind)
    model = configs.one()["model"]
    if kind == "unigram":
        model["unk_id"] = 0
    ours = tokenizer(model=model)
    strings = Strings(seed, list(configs.tokens))
    for _ in range(40):
        text = near(strings) if strings.rng.random() < 0.8 else strings.one()[:150]
        if text:
            assert ours.encode(text).tokens == expected_tokens(model, text), text


@given(TEXT)
def test_gpt2_split(text: str) -> None:
    assert SPLIT["gpt2"].encode(text).tokens == splits.gpt2(text)


@given(TEXT)
def test_cl100k_split(text: str) -> None:
    assert SPLIT["cl100k"].encode(text).tokens == splits.cl100k(text)


# tiktoken's pattern in Oniguruma's spelling: there \\p{N}{1,3}+ would repeat and $ would match before a newline.
CL100K = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++\z|\s*[\r\n]|\s+(?!\S)|\s"


class Lazy(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        self[key] = split_with({"gpt2": R50K, "cl100k": CL100K}[key])
        return self[key]


SPLIT = Lazy()


@pytest.mark.parametrize("name", ["gpt2", "cl100k"])
def test_splits_in_bulk(name: str) -> None:
    strings = Strings(7)
    twin = {"gpt2": splits.gpt2, "cl100k": splits.cl100k}[name]
    for text in strings.take(3000):
        known = "".join(c for c in text if unicodedata.category(c) != "Cn")
        assert SPLIT[name].encode(known).tokens == twin(known), known


def test_byte_level_alphabet() -> None:
    ours = tokenizer(
        pre_tokenizer={"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        model={"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]], "byte_fallback": False},
    )
    for text in Strings(8).take(500):
        assert "".join(ours.encode(text).tokens) == byte_level.to_characters(text.encode())


@pytest.mark.parametrize("seed", range(40))
def test_rank_merging(seed: int) -> None:
    import tokenspace
    from tests.parity.models import rank_file

    file = rank_file(random.Random(seed))
    ours = tokenspace.Tokenizer.from_bytes(file.content(), name="x.tiktoken", format="tiktoken", pattern=r"[\s\S]+")
    strings = Strings(seed, [token.decode() for token in file.ranks if token.isascii()])
    for text in strings.take(40):
        data = text.encode()[:120].decode("utf-8", "ignore")
        if data:
            assert list(ours.encode(data).ids) == bpe.encode_by_rank(data.encode(), file.ranks)


@pytest.mark.parametrize("flags", [(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)])
def test_sentencepiece_normalizer(flags: tuple[bool, bool, bool]) -> None:
    import tokenspace
    from tests.parity.protobuf import integer, message, single

    dummy, extra, suffix = flags
    blob = base64.b64decode(charsmap())
    pieces = message(1, message(1, b"<unk>") + single(2, 0.0) + integer(3, 2)) + message(
        1, message(1, b"\xe2\x96\x81") + single(2, -1.0)
    )
    spec = message(2, blob) + integer(3, int(dummy)) + integer(4, int(extra)) + integer(5, 1)
    model = pieces + message(2, integer(3, 1) + integer(24, int(suffix))) + message(3, spec)
    ours = tokenspace.Tokenizer.from_bytes(model, name="one.model")
    twin = sentencepiece_normalize.Normalizer(sentencepiece_normalize.CharacterMap(blob), dummy, extra, True, suffix)
    for text in Strings(9).take(1500):
        # One piece and the unknown: the tokens put together are the normalized text.
        assert "".join(ours.encode(text, add_special_tokens=False).tokens) == twin.normalize(text), text


@given(st.text(alphabet="abcd", max_size=12), st.integers(1, 8))
def test_n_best_are_distinct_sorted_and_spell_the_text(text: str, n: int) -> None:
    model = unigram.Unigram({"a": -1.0, "b": -1.5, "c": -2.0, "ab": -2.1, "abc": -2.5, "cd": -3.0, "dd": -1.0})
    found = unigram.n_best(model, text, n)
    assert [score for score, _ in found] == sorted((score for score, _ in found), reverse=True)
    assert len({tuple(pieces) for _, pieces in found}) == len(found)
    assert all("".join(pieces) == text for _, pieces in found)
