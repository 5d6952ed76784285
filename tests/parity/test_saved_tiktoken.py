"""A .tiktoken file saved as tokenizer.json is the same tokenizer for tokenizers 0.23.3: ids, offsets and text."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import read_text, require

pytestmark = pytest.mark.parity

FILES = ["cl100k_base/cl100k_base.tiktoken", "gpt2/r50k_base.tiktoken", "qwen/qwen.tiktoken"]
TEXTS = ["en-prose.txt.gz", "en-docs.txt.gz", "zh.txt.gz", "multilingual.txt.gz"]
AWKWARD = [
    "",
    " ",
    "Hello, 世界! <|endoftext|> 12345  \n\n x\t\t",
    "<|endoftext|><|endoftext|>",
    "I'LL we're o'clock\r\n\r\n  \t",
    "🎵 鸟 नमस्ते e\u0301\u200d👩\u200d🚀",
]


def saved(tokenizer: ts.Tokenizer, folder: Path) -> Any:
    reference = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    tokenizer.save(folder / "tokenizer.json")
    return reference.Tokenizer.from_file(str(folder / "tokenizer.json"))


def assert_same(tokenizer: ts.Tokenizer, reference: Any, text: str) -> None:
    ours, theirs = tokenizer.encode(text), reference.encode(text)
    assert ours.ids == theirs.ids, repr(text[:80])
    assert ours.offsets == theirs.offsets, repr(text[:80])
    for skip in (True, False):
        assert tokenizer.decode(ours.ids, skip_special_tokens=skip) == reference.decode(
            theirs.ids, skip_special_tokens=skip
        )


@pytest.mark.parametrize("file", FILES)
def test_the_reference_reads_it(file: str, tmp_path: Path) -> None:
    tokenizer = ts.Tokenizer.from_file(require(f"tokenizers/{file}"))
    reference = saved(tokenizer, tmp_path)
    again = ts.Tokenizer.from_file(tmp_path / "tokenizer.json")
    assert reference.get_vocab_size() == len(again) == len(tokenizer)
    for token in tokenizer.all_special_tokens:
        assert reference.token_to_id(token) == again.token_to_id(token) == tokenizer.token_to_id(token)
    for text in AWKWARD:
        assert_same(tokenizer, reference, text)
    for name in TEXTS:
        # A slice of each corpus, cut into pieces of different lengths: ends of texts are where patterns differ.
        text = read_text(f"text/{name}")[:120_000]
        at, size = 0, 1
        while at < len(text):
            assert_same(tokenizer, reference, text[at : at + size])
            at, size = at + size, size * 3 % 9973 + 1


@pytest.mark.parametrize(
    "special", [{"<a>": 300}, {"<a>": 256, "<b>": 258}, {"<a>": 256, "<b>": 257}, {"<b>": 256, "<a>": 1000}]
)
def test_ids_of_special_tokens_with_gaps_stay(special: dict[str, int], tmp_path: Path) -> None:
    """tokenizer.json states the ids of added tokens, but its reader numbers them again unless the model has them."""
    ranks = b"".join(base64.b64encode(bytes([byte])) + b" %d\n" % byte for byte in range(256))
    tokenizer = ts.Tokenizer.from_bytes(ranks, pattern="cl100k", special_tokens=special)
    reference = saved(tokenizer, tmp_path)
    again = ts.Tokenizer.from_file(tmp_path / "tokenizer.json")
    for token, number in special.items():
        assert reference.token_to_id(token) == again.token_to_id(token) == number
    text = "x".join(special) + "y"
    assert_same(tokenizer, reference, text)
    assert again.encode(text).ids == tokenizer.encode(text).ids
