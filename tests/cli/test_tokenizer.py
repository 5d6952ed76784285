"""``tokenspace tokenizer``: export, add, extend, prune, diff."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

import tokenspace

WORDS = "zebrafish larvae express genes\nthe larvae of zebrafish\n" * 10


def test_export(ts) -> None:
    result = ts("tokenizer", "export", "-t", "tokenspace/bpe", "out.tiktoken")
    assert result.code == 0
    assert result.json["written"] == ["out.tiktoken"]
    again = tokenspace.Tokenizer.from_file("out.tiktoken", **result.json["read_with"])
    assert list(again.encode("hi there").ids) == list(
        tokenspace.Tokenizer.from_pretrained("tokenspace/bpe").encode("hi there").ids
    )
    assert ts("tokenizer", "export", "-t", "tokenspace/wordpiece", "vocab.txt").json["written"] == ["vocab.txt"]
    refused = ts("tokenizer", "export", "-t", "tokenspace/bpe", "out.model")
    assert (refused.code, refused.out) == (3, "")
    assert "Metaspace" in refused.err
    assert not Path("out.model").exists()
    assert ts("tokenizer", "export", "-t", "tokenspace/bpe", "x", "--format", "docx").code == 2


def test_add(ts) -> None:
    result = ts("tokenizer", "add", "-t", "tokenspace/wordpiece", "<u>", "the", "-o", "out", "--special", "--json")
    size = result.json["size_before"]
    assert result.json["ids"]["<u>"] == size
    assert result.json["size"] == size + 1
    assert tokenspace.Tokenizer.from_pretrained("out").token_to_id("<u>") == size


def test_extend_then_diff(ts) -> None:
    Path("words.txt").write_text(WORDS)
    made = ts("tokenizer", "extend", "-t", "tokenspace/bpe", "words.txt", "-n", "4", "-o", "wide.json", "-q")
    assert made.code == 0
    assert len(made.json["new"]) == 4
    found = ts("tokenizer", "diff", "tokenspace/bpe", "wide.json", "words.txt", "-q").json
    assert not found["same"]
    assert found["only_b"] == made.json["new"]
    assert found["corpus"]["tokens_b"] < found["corpus"]["tokens_a"]
    same = ts("tokenizer", "diff", "tokenspace/bpe", "tokenspace/bpe").json
    assert same["same"]
    assert same["corpus"] is None
    assert ts("tokenizer", "extend", "-t", "tokenspace/char", "words.txt", "-n", "4", "-o", "o").code == 3


def test_prune_with_embeddings(ts) -> None:
    Path("words.txt").write_text(WORDS)
    size = len(tokenspace.Tokenizer.from_pretrained("tokenspace/bpe"))
    header = json.dumps({"e": {"dtype": "I16", "shape": [size], "data_offsets": [0, 2 * size]}}).encode()
    rows = np.arange(size, dtype="<u2").tobytes()
    Path("in.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + rows)
    result = ts(
        "tokenizer", "prune", "-t", "tokenspace/bpe", "words.txt", "-o", "small", "--id-map", "map.npy",
        "--embeddings", "in.safetensors", "out.safetensors", "-q",
    )  # fmt: skip
    assert result.code == 0, result.err
    id_map = np.load("map.npy")
    kept = np.flatnonzero(id_map >= 0)
    assert result.json["size"] == len(kept) == len(tokenspace.Tokenizer.from_pretrained("small"))
    assert result.json["tensors"][0]["after"] == [len(kept)]
    assert np.frombuffer(Path("out.safetensors").read_bytes()[-2 * len(kept) :], "<u2").tolist() == kept.tolist()
    assert ts("tokenizer", "prune", "-t", "tokenspace/bpe", "words.txt", "-o", "s", "--vocab-size", "9").code == 2


@pytest.mark.parametrize("name", ["export", "add", "extend", "prune", "diff"])
def test_help(ts, name: str) -> None:
    result = ts("tokenizer", name, "--help")
    assert result.code == 0
    assert name in result.out
