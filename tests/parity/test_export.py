"""Files this package writes, opened by the library of their format: the same ids."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import require
from tests.unit.test_export import spaced, texts
from tokenspace.tokenizers.export.tiktoken import tiktoken_settings
from tokenspace.tokenizers.export.vocab_txt import vocab_txt_settings

pytestmark = pytest.mark.parity


def lines() -> list[str]:
    """Fuzzed text, and the shared corpus when it is there."""
    out = texts(1000)
    path = Path(require("text/multilingual.txt.gz"))
    return out + gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()[::20][:1500]


def ours(tok: ts.Tokenizer, text: str) -> list[int]:
    return tok.encode_to_list(text, add_special_tokens=False, special_tokens="as_text")


def check_sentencepiece(tok: ts.Tokenizer, folder: Path) -> None:
    spm = pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
    tok.save(folder / "out.model")
    theirs = spm.SentencePieceProcessor(model_file=str(folder / "out.model"))
    again = ts.Tokenizer.from_file(folder / "out.model")
    for text in lines():
        ids = theirs.encode(text)
        assert ours(again, text) == ids, text
        assert ours(tok, text) == ids, text
    for id in range(tok.vocab_size):
        assert theirs.id_to_piece(id) == tok.id_to_token(id)


@pytest.mark.parametrize(
    "name", ["llama2/tokenizer.model", "albert-base/spiece.model", "spm-bpe-en-hi-te/spiece.model"]
)
def test_sentencepiece_kept(name: str, tmp_path: Path) -> None:
    check_sentencepiece(ts.Tokenizer.from_file(require(f"tokenizers/{name}")), tmp_path)


def test_sentencepiece_of_a_bpe_pipeline(tmp_path: Path) -> None:
    check_sentencepiece(spaced(), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sentencepiece-test/test_model.model", "barthez/sentencepiece.bpe.model"])
def test_sentencepiece_from_tokenizer_json(name: str, tmp_path: Path) -> None:
    """Model -> tokenizer.json -> model: the same ids as the first file gives in sentencepiece."""
    spm = pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
    path = require(f"tokenizers/{name}")
    stated = ts.Tokenizer.from_str(ts.Tokenizer.from_file(path).to_json())
    stated.save(tmp_path / "again.model")
    first = spm.SentencePieceProcessor(model_file=str(path))
    second = spm.SentencePieceProcessor(model_file=str(tmp_path / "again.model"))
    for text in lines():
        assert first.encode(text) == second.encode(text), text


def check_tiktoken(tok: ts.Tokenizer, folder: Path) -> None:
    tiktoken = pytest.importorskip("tiktoken", reason="the reference tiktoken is not installed")
    from tiktoken.load import load_tiktoken_bpe

    [path] = tok.save(folder / "out.tiktoken")
    settings = tiktoken_settings(tok)
    theirs = tiktoken.Encoding(
        "out",
        pat_str=settings["pattern"],
        mergeable_ranks=load_tiktoken_bpe(path),
        special_tokens=settings["special_tokens"],
    )
    again = ts.Tokenizer.from_file(path, **settings)
    for text in lines():
        assert ours(tok, text) == theirs.encode_ordinary(text) == ours(again, text), text


@pytest.mark.parametrize("source", ["gpt2/tokenizer.json", "cl100k_base/cl100k_base.tiktoken", "tokenspace/bpe"])
def test_tiktoken(source: str, tmp_path: Path) -> None:
    name = source if source.startswith("tokenspace/") else require(f"tokenizers/{source}")
    check_tiktoken(ts.Tokenizer.from_pretrained(name), tmp_path)


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"model": "bpe", "pre_tokenizer": "gpt2"}, check_tiktoken),
        ({"model": "bpe", "pre_tokenizer": "o200k", "special_tokens": ["<|end|>"]}, check_tiktoken),
        ({"model": "superbpe"}, check_tiktoken),
        ({"model": "bpe", "pre_tokenizer": "sentencepiece"}, check_sentencepiece),
        ({"model": "unigram"}, check_sentencepiece),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_trained(options: dict[str, Any], check: Any, tmp_path: Path) -> None:
    check(ts.Tokenizer.train(lines()[1000:], vocab_size=2000, progress=None, **options), tmp_path)


def reference_encodings(path: Path) -> Any:
    tokenizers = pytest.importorskip("tokenizers", reason="the reference tokenizers is not installed")
    return tokenizers.Tokenizer.from_file(str(path))


@pytest.mark.parametrize(
    "source", ["gpt2/r50k_base.tiktoken", "bert-base-uncased/vocab.txt", "tokenspace/bpe", "tokenspace/wordpiece"]
)
def test_tokenizer_json(source: str, tmp_path: Path) -> None:
    name = source if source.startswith("tokenspace/") else require(f"tokenizers/{source}")
    tok = ts.Tokenizer.from_pretrained(name)
    tok.save(tmp_path / "tokenizer.json")
    theirs = reference_encodings(tmp_path / "tokenizer.json")
    for text in lines():
        encoding = tok.encode(text)
        reference = theirs.encode(text)
        assert list(encoding.ids) == reference.ids, text
        assert list(encoding.offsets) == reference.offsets, text


def test_vocab_txt(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="the reference tokenizers is not installed")
    tok = ts.Tokenizer.from_file(require("tokenizers/bert-base-uncased/tokenizer.json"))
    tok.no_padding()
    tok.no_truncation()
    tok.save(tmp_path / "vocab.txt")
    assert (tmp_path / "vocab.txt").read_bytes() == require("tokenizers/bert-base-uncased/vocab.txt").read_bytes()
    settings = vocab_txt_settings(tok)
    theirs = tokenizers.BertWordPieceTokenizer(str(tmp_path / "vocab.txt"), lowercase=settings["lowercase"])
    for text in lines():
        assert list(tok.encode(text, special_tokens="allow").ids) == theirs.encode(text).ids, text


@pytest.mark.parametrize("source", ["gpt2/tokenizer.json", "gpt2/r50k_base.tiktoken"])
def test_vocab_json_and_merges(source: str, tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="the reference tokenizers is not installed")
    tok = ts.Tokenizer.from_pretrained(require(f"tokenizers/{source}"))
    vocab, merges = tok.save(tmp_path / "vocab.json", format="vocab.json")
    theirs = tokenizers.ByteLevelBPETokenizer(vocab, merges)
    for text in lines():
        assert ours(tok, text) == theirs.encode(text).ids, text
    original = json.loads(require("tokenizers/gpt2/tokenizer.json").read_text(encoding="utf-8"))["model"]["merges"]
    assert Path(merges).read_text(encoding="utf-8").splitlines()[1:] == original
