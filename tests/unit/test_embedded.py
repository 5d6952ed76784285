"""The tokenizers in the wheel: made by our own trainers, the same bytes at every run, small."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from types import ModuleType

import pytest

import tokenspace as ts
from tests.data import DATA, ROOT

ASSETS = ROOT / "src" / "tokenspace" / "assets"
SCRIPT = ROOT / "scripts" / "make_embedded_tokenizers.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_embedded_tokenizers", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", ["bpe", "wordpiece", "unigram", "word", "char"])
def test_two_runs_give_the_same_bytes(script: ModuleType, kind: str) -> None:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), ASSETS / "sample.txt"]
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines(keepends=True)]
    first = script.train(kind, lines, 1000, threads=1)
    assert script.train(kind, lines, 1000, threads=3) == first
    assert script.packed(first) == script.packed(first)


def test_together_they_are_small() -> None:
    assert sum(path.stat().st_size for path in ASSETS.iterdir()) < 3_000_000


@pytest.mark.parametrize(
    ("name", "size"), [("bpe", 32_000), ("wordpiece", 16_000), ("unigram", 16_000), ("word", 24_001), ("char", None)]
)
def test_sizes(name: str, size: int | None) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    assert size is None or tokenizer.vocab_size == size
    assert "\n" in tokenizer.decode(tokenizer.encode("a\tb\n").ids) or name not in ("bpe", "char")


def test_characters_of_white_space_are_known() -> None:
    vocab = json.loads(gzip.decompress((ASSETS / "char.json.gz").read_bytes()))["model"]["vocab"]
    assert {"\n", "\t", " "} <= vocab.keys()


def test_the_stored_files_are_those_the_script_makes() -> None:
    if not (DATA / "README.md").is_file():
        pytest.skip("shared data not found: text (set TOKENSPACE_DATA)")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--data", str(DATA), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
