"""What the tokens of a vocabulary are called as words of a vector space."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenspace as ts
from tests.data import require
from tokenspace.reference.byte_level import to_characters
from tokenspace.tokenizers.token_keys import bytes_key, token_keys

from .checkpoints import write_model

CHINESE = [
    "我们在北京的大学学习计算机科学。", "北京是中国的首都，大学很多。", "我们学习中国的历史和计算机科学。", "🙂🙂 大学的历史",
    "the university of Beijing", "他们 在 the university 学习", "首都的大学\t学习\r\n",
] * 8  # fmt: skip


def test_what_stands_for_what() -> None:
    wanted = {
        "你".encode(): "你",
        " 你好".encode(): "▁你好",
        b"  the ": "▁▁the▁",
        "🙂".encode(): "🙂",
        "👩‍👧".encode(): "👩‍👧",
        "🙂".encode()[:3]: "<0xF0><0x9F><0x99>",
        "你".encode()[2:] + "好".encode(): "<0xA0>好",
        b"\xff\xfe": "<0xFF><0xFE>",
        b"\n": "<0x0A>",
        b"\t\x00x": "<0x09><0x00>x",
        "\u3000".encode(): "<0xE3><0x80><0x80>",  # the ideographic space
        b"<0xE4>": "<0x3C>0xE4>",
        b"<0xe4>": "<0xe4>",
        "▁".encode(): "<0xE2><0x96><0x81>",
    }
    assert {data: bytes_key(data) for data in wanted} == wanted


def read_back(key: str) -> bytes:
    parts = re.split("(<0x[0-9A-F]{2}>)", key)
    return b"".join(
        bytes([int(part[3:5], 16)]) if index % 2 else part.replace("▁", " ").encode()
        for index, part in enumerate(parts)
    )


PIECES = st.sampled_from(
    [b" ", b"\n", "你".encode(), "▁".encode(), b"<", b"0x", b"E4>", b"<0x3C>", b"\xe4", b"\xbd", b"\xa0", b"a"]
)


@given(st.one_of(st.binary(max_size=12), st.lists(PIECES, max_size=8).map(b"".join)))
def test_no_two_bytes_have_one_key(data: bytes) -> None:
    key = bytes_key(data)
    assert read_back(key) == data
    assert key.split() == ([key] if key else [])


@pytest.mark.parametrize("name", ["bpe", "byte", "char", "unigram", "wordpiece", "word"])
def test_keys_of_the_embedded(name: str) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    keys = token_keys(tokenizer)
    assert list(keys) == [row.id for row in tokenizer.vocab.rows()]
    assert len(set(keys.values())) == len(keys)
    assert all(key.split() == [key] for key in keys.values())
    ids = tokenizer.encode("他说 hello", add_special_tokens=False).ids
    shown = {
        "bpe": ["他", "说", "▁h", "ello"], "unigram": ["▁", "他", "说", "▁", "hello"], "wordpiece": ["他", "说", "hello"],
        "char": ["他", "说", "▁", "h", "e", "l", "l", "o"], "word": ["<unk>", "hello"],
        "byte": ["<0xE4>", "<0xBB>", "<0x96>", "<0xE8>", "<0xAF>", "<0xB4>", "▁", "h", "e", "l", "l", "o"],
    }  # fmt: skip
    assert [keys[id] for id in ids] == shown[name]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("gpt2", " 中国", ["▁", "中", "<0xE5><0x9B>", "<0xBD>"]),
        ("cl100k_base", " 中国", ["▁", "中国"]),
        ("clip", "naïve 🙂", ["<|startoftext|>", "na", "ï", "ve</w>", "🙂</w>", "<|endoftext|>"]),
        ("llama2", "中🙂", ["▁", "中", "<0xF0>", "<0x9F>", "<0x99>", "<0x82>"]),
        ("bert-base-chinese", "中国", ["[CLS]", "中", "国", "[SEP]"]),
    ],
)
def test_keys_of_published_vocabularies(name: str, text: str, wanted: list[str]) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(require(f"tokenizers/{name}"))
    keys = token_keys(tokenizer)
    assert [keys[id] for id in tokenizer.encode(text).ids] == wanted
    assert len(set(keys.values())) == len(keys) == len(tokenizer)


def byte_level(vocabulary: list[str], added: list[str]) -> ts.Tokenizer:
    """A byte-level BPE of these spellings without merges, with tokens added behind them."""
    table = {token: id for id, token in enumerate(vocabulary)}
    entries = [
        {"id": len(table) + place, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": False}
        for place, content in enumerate(added)
    ]  # fmt: skip
    step = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return ts.Tokenizer.from_str(
        json.dumps(
            {"version": "1.0", "truncation": None, "padding": None, "added_tokens": entries, "normalizer": None,
             "pre_tokenizer": step, "post_processor": None, "decoder": step,
             "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                       "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "vocab": table, "merges": []}}
        )
    )  # fmt: skip


def test_collisions_are_told_apart() -> None:
    you, space, lead = to_characters("你".encode()), to_characters(b" "), to_characters(b"\xe4")
    tokenizer = byte_level([you, space, lead, "a"], ["你", "▁", "<0xE4>", "b c", "é", "你#0"])
    assert token_keys(tokenizer) == {
        0: "你#0#0", 1: "▁#1", 2: "<0xE4>", 3: "a",
        4: "你", 5: "▁", 6: "<0x3C>0xE4>", 7: "b▁c", 8: "é", 9: "你#0",
    }  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer() -> ts.Tokenizer:
    return ts.Tokenizer.train(CHINESE, vocab_size=380)


def test_vectors_of_tokens_are_asked_for_in_chinese(tokenizer: ts.Tokenizer, tmp_path: Path) -> None:
    model = ts.Word2Vec(CHINESE, tokenize=tokenizer, vector_size=8, min_count=1, epochs=1, workers=1)
    keys = token_keys(tokenizer)
    found = {id for text in CHINESE for id in tokenizer.encode(text).ids}
    assert set(model.wv.index_to_key) == {keys[id] for id in found}
    assert {"学习", "▁学习", "首都的大学", "🙂🙂", "<0x09>", "<0x0D><0x0A>"} <= set(model.wv.index_to_key)
    assert model.corpus_total_words == sum(len(tokenizer.encode(text).ids) for text in CHINESE)
    with pytest.raises(KeyError, match="▁university"):
        model.wv.most_similar("university")
    assert model.wv.near_misses("university") == ["▁university"]
    model.wv.save(tmp_path / "own.safetensors")
    model.wv.save_word2vec_format(tmp_path / "vectors.bin", binary=True)
    model.wv.save_word2vec_format(tmp_path / "vectors.txt")
    opened = [
        ts.KeyedVectors.load(tmp_path / "own.safetensors"),
        ts.KeyedVectors.load_word2vec_format(tmp_path / "vectors.bin", binary=True),
        ts.KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt"),
    ]
    for one in opened:
        assert one.index_to_key == model.wv.index_to_key
        assert np.array_equal(one["学习"], model.wv["学习"])


def test_a_matrix_has_the_same_keys(tokenizer: ts.Tokenizer, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((len(tokenizer), 8)).astype(np.float32)
    folder = write_model(
        tmp_path / "model",
        {"vocab_size": len(tokenizer), "hidden_size": 8, "tie_word_embeddings": True},
        {"model.safetensors": {"model.embed_tokens.weight": rows}},
    )
    table: Any = ts.TokenEmbeddings.from_pretrained(folder, tokenizer)
    vectors = table.to_keyed_vectors()
    assert vectors.index_to_key == list(token_keys(tokenizer).values())
    id = tokenizer.encode("学习").ids[0]
    assert np.array_equal(vectors["学习"], rows[id])
    assert table.to_keyed_vectors(ids=[id, 0]).index_to_key[0] == "学习"
    vectors.save_word2vec_format(tmp_path / "m.txt")
    assert ts.KeyedVectors.load_word2vec_format(tmp_path / "m.txt").index_to_key == vectors.index_to_key
