"""Replays: the twins end where the tokenizer ends, on every format, and their steps follow from one another."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

import tokenspace as ts
from tests.data import require
from tokenspace.tokenizers.replay import Replay, replay
from tokenspace.tokenizers.token_map import TokenMap
from tokenspace.tokenizers.vocabulary_ranks import VocabularyRanks

TEXT = (
    "Hello  wörld, it's unbelievable! 人工智能正在👩🏽\u200d🔬 naïve café\n\ttokenization 12345 'ﬁ' <s> résumé's "
    "антидизестаблишментарианизм\nمرحبا नमस्ते  e\u0301"
)
FILES = (
    "albert-base/spiece.model", "barthez/tokenizer.json", "bert-base-chinese/vocab.txt", "cl100k_base/cl100k_base.tiktoken",
    "gpt-neox-20b/20B_tokenizer.json", "gpt2/tokenizer.json", "llama2/tokenizer.model", "qwen/qwen.tiktoken",
    "sentencepiece-test/test_ja_model.model", "spm-bpe-en-hi-te/spiece.model",
)  # fmt: skip


@cache
def embedded(name: str) -> ts.Tokenizer:
    return ts.Tokenizer.from_pretrained(name)


def replays(tokenizer: ts.Tokenizer, text: str) -> list[Replay]:
    map, ranks = TokenMap(tokenizer, text), VocabularyRanks(tokenizer)
    found = [replay(map, index, ranks) for index in range(len(map))]
    for index, one in enumerate(found):
        assert one.first <= index < one.last
        assert one.tokens == [tokenizer.id_to_token(int(id)) for id in map.ids[one.first : one.last]]
    return found


@pytest.mark.parametrize("name", ["bpe", "unigram", "wordpiece"])
def test_embedded_tokenizers_agree_with_their_replay(name: str) -> None:
    for one in replays(embedded(f"tokenspace/{name}"), TEXT):
        assert (one.agrees, one.too_long) == (True, False), one


@pytest.mark.parametrize("file", FILES)
def test_tokenizers_of_other_makers_agree_with_their_replay(file: str) -> None:
    for one in replays(ts.Tokenizer.from_file(require(f"tokenizers/{file}")), TEXT):
        assert (one.agrees, one.too_long) == (True, False), one


# Patterns with a look ahead cut the spaces before a word elsewhere than those before the end of a part of the text.
LINES = "def f(x):\n    return x+1\n\n\nclass A:\r\n\r\n\r\n  six  \n\ty  \r\n五。\n\n　　天地玄黄\n"


@pytest.mark.parametrize(
    "file",
    [
        "cl100k_base/cl100k_base.tiktoken",
        "gpt-neox-20b/20B_tokenizer.json",
        "gpt2/tokenizer.json",
        "qwen/qwen.tiktoken",
    ],
)
def test_words_between_line_ends_and_indents_are_replayed_by_themselves(file: str) -> None:
    found = replays(ts.Tokenizer.from_file(require(f"tokenizers/{file}")), LINES)
    assert all(one.agrees for one in found)
    readable = ["".join(one.readable.get(token, token) for token in one.tokens) for one in found]
    assert [one for one in readable if len(one.split()) > 1] == []
    assert any("return" in one for one in readable)


def test_spelled_bytes_in_a_text_are_no_bytes() -> None:
    for one in replays(embedded("tokenspace/unigram"), "a <0x0A> b \U00013000"):
        assert one.agrees, one


def test_merges_follow_from_one_another() -> None:
    tokenizer = embedded("tokenspace/bpe")
    ranks = VocabularyRanks(tokenizer)
    found = replays(tokenizer, "unbelievable")[0]
    assert found.piece == "unbelievable" == "".join(found.symbols)
    symbols = found.symbols
    for merge in found.merges:
        assert symbols[merge.position : merge.position + 2] == [merge.left, merge.right]
        assert ranks.pairs[merge.left, merge.right] == merge.rank
        # No pair that could merge has a lower rank: that is the rule.
        assert merge.rank == min(ranks.pairs[pair] for pair in pairwise(symbols) if pair in ranks.pairs)
        symbols = [*symbols[: merge.position], merge.merged, *symbols[merge.position + 2 :]]
        assert symbols == merge.symbols
    assert symbols == found.tokens


def test_ranks_are_those_of_the_file() -> None:
    gpt2 = VocabularyRanks(ts.Tokenizer.from_file(require("tokenizers/gpt2/tokenizer.json")))
    assert gpt2.pairs["Ġ", "t"] == 0 == gpt2.rank("Ġt")
    tiktoken = VocabularyRanks(ts.Tokenizer.from_file(require("tokenizers/cl100k_base/cl100k_base.tiktoken")))
    assert tiktoken.pairs["Ġ", "the"] == tiktoken.rank("Ġthe") == 279
    llama = VocabularyRanks(ts.Tokenizer.from_file(require("tokenizers/llama2/tokenizer.model")))
    assert llama.pairs["▁", "t"] == 0
    assert llama.score("▁t") is None


def test_wordpiece_takes_the_longest_piece_first() -> None:
    found = replays(embedded("tokenspace/wordpiece"), "unbelievable")[1]
    lengths: list[int] = []
    for lookup in found.lookups:
        if lookup.found:
            lengths = []
        else:
            assert not lengths or lookup.end == lengths[-1] - 1
            lengths.append(lookup.end)
    assert [lookup.piece for lookup in found.lookups if lookup.found] == found.tokens


def test_unigram_arrivals_hold_the_best_path_and_its_rivals() -> None:
    found = replays(embedded("tokenspace/unigram"), "unbelievable")[0]
    assert found.ways[0].pieces == found.tokens
    assert [way.score for way in found.ways] == sorted((way.score for way in found.ways), reverse=True)
    assert found.arrivals[-1].candidates[0].total == pytest.approx(found.ways[0].score)
    assert [arrival.end for arrival in found.arrivals] == list(range(1, len(found.piece) + 1))


@pytest.mark.parametrize(
    ("name", "text", "index", "method"),
    [
        ("tokenspace/wordpiece", "Hi", 0, "special"),
        ("tokenspace/bpe", "a<|endoftext|>", 1, "special"),
        ("tokenspace/word", "the house zzqx", 2, "lookup"),
        ("byte", "Hi", 1, "lookup"),
    ],
)
def test_tokens_without_steps(name: str, text: str, index: int, method: str) -> None:
    assert replays(embedded(name), text)[index].method == method


def test_long_pieces_are_refused_and_long_texts_are_not() -> None:
    tokenizer = embedded("tokenspace/bpe")
    map = TokenMap(tokenizer, "abc" * 400)
    assert replay(map, len(map) // 2).too_long
    long = TokenMap(tokenizer, "lorem ipsum 人工智能 " * 20_000)
    assert replay(long, len(long) // 2).agrees
    with pytest.raises(IndexError):
        replay(long, len(long))
