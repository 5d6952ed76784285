"""What a single token stands for, as bytes: ``id_to_bytes`` where the spelling and the bytes differ."""

from __future__ import annotations

import pytest

import tokenspace as ts
from tests.data import require


def test_clip() -> None:
    """``</w>`` is the space behind a word; inside a word a token is its bytes alone; marks around a text are themselves."""
    tokenizer = ts.Tokenizer.from_pretrained(require("tokenizers/clip"))
    encoding = tokenizer.encode("a puppy 🎵 naïve")
    found = dict(zip(encoding.tokens, map(tokenizer.id_to_bytes, encoding.ids), strict=True))
    assert found == {
        "<|startoftext|>": b"<|startoftext|>",
        "a</w>": b"a ",
        "puppy</w>": b"puppy ",
        "ðŁİµ</w>": "🎵 ".encode(),
        "na": b"na",
        "Ã¯": "ï".encode(),
        "ve</w>": b"ve ",
        "<|endoftext|>": b"<|endoftext|>",
    }
    # Entries 0..255 are the bytes inside a word, in the order of the printable alphabet; 256..511 those that end one.
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    order = printable + [byte for byte in range(256) if byte not in printable]
    assert [tokenizer.id_to_bytes(number) for number in range(256)] == [bytes([byte]) for byte in order]
    assert [tokenizer.id_to_bytes(256 + number) for number in range(256)] == [bytes([byte]) + b" " for byte in order]


@pytest.mark.parametrize("name", ["llama2", "albert-base", "barthez"])
def test_a_lone_block_is_a_space(name: str) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(require(f"tokenizers/{name}"))
    block = tokenizer.token_to_id("▁")
    assert block is not None
    assert tokenizer.id_to_bytes(block) == b" "
    # Also where a text begins with it: there decoding drops it, but the token is still a space.
    assert tokenizer.decode([block]) == ""


def test_blocks_and_bytes_of_llama2() -> None:
    tokenizer = ts.Tokenizer.from_pretrained(require("tokenizers/llama2"))
    spelled = {"▁▁": b"  ", "<0x0A>": b"\n", "<0xF0>": b"\xf0", "▁Write": b" Write", "Write": b"Write"}
    assert {token: tokenizer.id_to_bytes(tokenizer.token_to_id(token)) for token in spelled} == spelled
    assert tokenizer.id_to_bytes(len(tokenizer)) is None


def test_the_embedded_unigram() -> None:
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/unigram")
    assert tokenizer.id_to_bytes(tokenizer.token_to_id("▁")) == b" "
