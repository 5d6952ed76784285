"""Every shared vocabulary over every shared text, and the golden files that came with them."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.data import read_text, require
from tests.parity.check import compare, first_difference
from tests.parity.families import BY_NAME, FAMILIES, Family

pytestmark = pytest.mark.parity
TEXTS = ["text/en-prose.txt.gz", "text/en-docs.txt.gz", "text/zh.txt.gz", "text/multilingual.txt.gz"]
# Every STEP-th line with all fields. 1 compares everything everywhere (about an hour).
STEP = int(os.environ.get("TOKENSPACE_CORPUS_STEP", "160"))
GOLDEN = [
    ("gpt2", "tokenizers.{}_tokens_gpt2"),
    ("gpt-neox", "tokenizers.{}_tokens_gpt_neox"),
    ("cl100k", "tiktoken.{}_tokens_cl100k_base"),
    ("llama2", "sentencepiece.{}_tokens_llama2"),
    ("clip", "tokenizers.{}_tokens_clip_base"),
    ("albert", "computed/albert-base.spm.{}_tokens"),
    ("barthez", "computed/barthez.hf.{}_tokens"),
    ("barthez-spm", "computed/barthez.spm.{}_tokens"),
    ("bert-uncased", "computed/bert-base-uncased.hf.{}_tokens"),
    ("spm-bpe", "computed/spm-bpe-en-hi-te.spm.{}_tokens"),
    ("spm-ja", "computed/test_ja_model.spm.{}_tokens"),
    ("spm-en", "computed/test_model.spm.{}_tokens"),
]


def both(family: Family) -> tuple[Any, Any]:
    pytest.importorskip(family.library, reason=f"the reference {family.library} is not installed")
    if not family.path.exists():
        pytest.skip(f"shared data not found: {family.path.name} (set TOKENSPACE_DATA)")
    return family.ours(), family.theirs()


def numbers(line: str) -> list[int]:
    return [int(part) for part in line.replace(",", " ").split()]


@pytest.mark.slow
@pytest.mark.parametrize("relative", TEXTS, ids=lambda name: name.split("/")[1].split(".")[0])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_texts(family: Family, relative: str) -> None:
    tokenizer, oracle = both(family)
    lines = read_text(relative).split("\n")
    found = []
    for index in range(0, len(lines), STEP):
        found += [f"line {index + 1}: {difference}" for difference in compare(tokenizer, oracle, lines[index])]
        assert len(found) < 10, "\n".join(found)
    # Long texts, where state could leak from one piece to the next: the whole file in blocks of 500 lines.
    for start in range(0, len(lines), 500 * max(1, STEP // 4)):
        block = "\n".join(lines[start : start + 500])
        found += [
            f"lines from {start + 1}: {difference}" for difference in compare(tokenizer, oracle, block, fast=True)
        ]
    assert not found, "\n".join(found[:10])


@pytest.mark.parametrize(("name", "pattern"), GOLDEN, ids=[name for name, _ in GOLDEN])
@pytest.mark.parametrize("which", ["small", "utf8"])
def test_golden(name: str, pattern: str, which: str) -> None:
    family = BY_NAME[name]
    if not family.path.exists():
        pytest.skip(f"shared data not found: {family.path.name} (set TOKENSPACE_DATA)")
    path = require(f"tokenizers/golden/{which}_input.txt").parent / (pattern.format(which) + ".txt")
    if not path.exists():
        pytest.skip(f"no golden file {path.name}")
    tokenizer = family.ours()
    tokenizer.no_truncation()
    tokenizer.no_padding()
    text = read_text(f"tokenizers/golden/{which}_input.txt")
    if which == "small":
        texts = [line.replace("\\n", "\n").replace("\\s", " ").replace("\\x", "") for line in text.split("\n") if line]
        expected = [numbers(line) for line in path.read_text().splitlines()]
    else:
        texts = [text]
        expected = [numbers(path.read_text())]
    for row, (line, ids) in enumerate(zip(texts, expected, strict=True)):
        ours = list(tokenizer.encode(line, add_special_tokens=False).ids)
        assert ours == ids, f"row {row}: {first_difference(ours, ids)}"
