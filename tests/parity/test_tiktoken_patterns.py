"""Patterns of one's own with .tiktoken files: what the pattern does not match is dropped, as tiktoken drops it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import tokenspace as ts

pytestmark = pytest.mark.parity

PATTERNS = [
    r"\p{L}+",
    r"\p{L}+|\p{N}{1,3}",
    r"(?i)[a-z]+| ?\d",
    r"\w+|[^\w\s]+",
    r"\S+",
    r"[xa]",
    r" ?\p{L}++|\s+(?!\S)|\s",
    r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
]
TEXTS = [
    "",
    "abc 123 def!",
    "  x\n\n y ",
    "naïve 你好, 世界 12345",
    "<|end|>a b<|end|>",
    "...---...",
    "\u00a0a\u3000b\r\n",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_only_matches_are_encoded(pattern: str, tmp_path: Path) -> None:
    tiktoken = pytest.importorskip("tiktoken", reason="tiktoken is not installed")
    ranks = {bytes([byte]): byte for byte in range(256)}
    for token in (b"ab", b"abc", b" a", b"\xe4\xbd", b"\xe4\xbd\xa0", b"12"):
        ranks[token] = len(ranks)
    path = tmp_path / "small.tiktoken"
    path.write_bytes(b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items()))
    special = {"<|end|>": len(ranks)}
    theirs = tiktoken.Encoding("small", pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)
    ours = ts.Tokenizer.from_file(path, pattern=pattern, special_tokens=special)
    saved = ts.Tokenizer.from_str(ours.to_json())
    for text in TEXTS:
        expected = theirs.encode(text, allowed_special="all")
        assert ours.encode(text).ids == expected, repr(text)
        assert saved.encode(text).ids == expected, repr(text)
        assert ours.encode_batch([text]).ids.tolist() == expected, repr(text)
        assert ours.count(text) == len(expected)
