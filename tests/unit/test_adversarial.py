"""Inputs that made tokenizers quadratic or crash them: time must grow with the size, results must stay defined."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.data import DATA
from tests.parity.families import FAMILIES, Family
from tests.patience import patience

SMALL, LARGE = 125_000, 1_000_000
# Eight times the input may take this many times as long; quadratic would be 64.
ALLOWED = 20
# Below this a ratio says nothing.
FLOOR = 0.02
SHAPES: dict[str, Callable[[int], str]] = {
    "one letter": lambda n: "a" * n,
    "spaces": lambda n: " " * n,
    "newline pairs": lambda n: "a\n" * (n // 2),
    "newlines": lambda n: "\n" * n,
    "digits": lambda n: "0" * n,
    "punctuation": lambda n: "^" * n,
    "combining marks": lambda n: "a" + "\u0301" * (n // 10),
    "mixed marks": lambda n: "a" + "\u0301\u0323" * (n // 20),
    "no white space": lambda n: "abcdefghij\u4e2d\u00e9xyz" * (n // 15),
    "NUL": lambda n: "\x00" * n,
    "emoji joined": lambda n: "\U0001f469\u200d" * (n // 8),
    "one han": lambda n: "\u4e2d" * (n // 3),
    "apostrophes": lambda n: "'" * n,
    "metaspace": lambda n: "\u2581" * (n // 3),
    "half specials": lambda n: "<|endof" * (n // 7),
}
EMBEDDED = [family for family in FAMILIES if family.name.startswith("embedded")]


def timed(call: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def check_linear(tokenizer: Any, shape: str) -> None:
    make = SHAPES[shape]
    small, large = make(SMALL), make(LARGE)
    tokenizer.count(make(1000))
    for name, call in {
        "count": lambda text: tokenizer.count(text),
        "encode": lambda text: tokenizer.encode(text).ids,
        "batch with offsets": lambda text: tokenizer.encode_batch([text], offsets="chars"),
    }.items():
        short = max(timed(lambda call=call: call(small)), FLOOR)
        long = timed(lambda call=call: call(large))
        assert long < ALLOWED * short, (
            f"{name} of {shape}: {short:.3f} s for {len(small)}, {long:.3f} s for {len(large)}"
        )


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", EMBEDDED, ids=lambda family: family.name)
def test_time_grows_with_the_input(family: Family, shape: str) -> None:
    check_linear(family.ours(), shape)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["gpt2", "cl100k", "bert-uncased", "llama2", "albert", "barthez", "clip"])
def test_time_grows_with_the_input_shared(name: str, shape: str) -> None:
    family = next(family for family in FAMILIES if family.name == name)
    if not family.path.exists():
        pytest.skip(f"shared data not found: {DATA / family.name} (set TOKENSPACE_DATA)")
    tokenizer = family.ours()
    tokenizer.no_truncation()
    tokenizer.no_padding()
    check_linear(tokenizer, shape)


@pytest.mark.slow
@pytest.mark.parametrize("family", EMBEDDED, ids=lambda family: family.name)
def test_ten_megabytes_without_white_space(family: Family) -> None:
    text = "lorem\u4e2dipsum\u00e9dolor7" * 500_000
    tokenizer = family.ours()
    start = time.perf_counter()
    count = tokenizer.count(text)
    assert count > 0
    assert time.perf_counter() - start < patience(60)


@pytest.mark.parametrize("family", EMBEDDED, ids=lambda family: family.name)
@pytest.mark.parametrize("text", ["", "\x00", "a\x00b", "\x00" * 100, "\ufeff", "\U0010ffff", "\ufffe", " ", "\n"])
def test_small_and_odd(family: Family, text: str) -> None:
    tokenizer = family.ours()
    encoding = tokenizer.encode(text)
    assert all(0 <= begin <= end <= len(text) for begin, end in encoding.offsets)
    assert tokenizer.count(text) == len(encoding.ids)


@pytest.mark.parametrize("family", EMBEDDED, ids=lambda family: family.name)
@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d\ude00", "x\udc80" * 50])
def test_lone_surrogates_become_replacement_characters(family: Family, text: str) -> None:
    tokenizer = family.ours()
    # Each by itself: offsets stay those of the text given. (tokenspace.compat.tiktoken joins pairs, as tiktoken does.)
    clean = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert list(tokenizer.encode(text).ids) == list(tokenizer.encode(clean).ids)
