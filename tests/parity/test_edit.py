"""Pruned and extended public vocabularies: what was promised, and the reference opens them with the same ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tokenspace as ts
from tests.data import read_text, require
from tokenspace.tokenizers.edit import Pruned, extend, extend_entries, prune

pytestmark = pytest.mark.parity
NAMES = [
    "gpt2/tokenizer.json",
    "cl100k_base/cl100k_base.tiktoken",
    "llama2/tokenizer.model",
    "albert-base/spiece.model",
    "barthez/tokenizer.json",
    "bert-base-uncased/tokenizer.json",
]


def load(name: str) -> ts.Tokenizer:
    tok = ts.Tokenizer.from_pretrained(require(f"tokenizers/{name}"))
    tok.no_truncation()
    tok.no_padding()
    return tok


def corpus() -> list[str]:
    return read_text("text/multilingual.txt.gz").splitlines()[::60][:400]


def check_reference(tok: ts.Tokenizer, folder: Path) -> None:
    if tok.format == "sentencepiece":
        spm = pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
        tok.save(folder / "out.model")
        theirs = spm.SentencePieceProcessor(model_file=str(folder / "out.model"))
        for text in corpus():
            assert theirs.encode(text) == tok.encode_to_list(text, add_special_tokens=False), text
        return
    tokenizers = pytest.importorskip("tokenizers", reason="the reference tokenizers is not installed")
    tok.save(folder / "out.json")
    reference = tokenizers.Tokenizer.from_file(str(folder / "out.json"))
    for text in corpus():
        assert reference.encode(text).ids == tok.encode_to_list(text), text


@pytest.mark.parametrize("name", NAMES)
def test_prune(name: str, tmp_path: Path) -> None:
    tok = load(name)
    pruned: Pruned = prune(tok, corpus())
    assert pruned.dropped > 0
    assert pruned.unseen == 0
    for text in corpus():
        before = np.array(tok.encode_to_list(text), np.int64)
        assert pruned.id_map[before].tolist() == pruned.tokenizer.encode_to_list(text), text
    check_reference(pruned.tokenizer, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_extend(name: str, tmp_path: Path) -> None:
    tok = load(name)
    kind = tok._core.model_kind
    if kind == "BPE":
        result = extend(tok, corpus()[::2], n=200)
        assert len(result.new_ids) == 200
    else:
        entries = ["tokenspace", "##spaces"] if kind == "WordPiece" else [("▁tokenspace", -9.0), ("spaces", -9.5)]
        result = extend_entries(tok, entries)
    assert result.keeps_old_text
    first = tok._core.id_bound
    for text in corpus():
        after = result.tokenizer.encode_to_list(text)
        if max(after, default=0) < first:
            assert after == tok.encode_to_list(text), text
    check_reference(result.tokenizer, tmp_path)
