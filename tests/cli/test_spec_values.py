"""``tokenspace compare`` shows, in the terminal's form and as JSON, every value that references verified beforehand.

Values of tokenizers whose vocabulary is not among the shared files are listed as skipped tests, with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data import require
from tests.unit.test_spec_values import BERT, LLAMA_IDS, LLAMA_TEXT, TEST_TEXT


def shown(ts: Any, text: str, tokenizer: Path, *more: str) -> tuple[dict[str, Any], list[str]]:
    """One tokenizer's row of the JSON, and the lines the terminal's form prints for it, colour left out."""
    arguments = ["compare", text, "-t", str(tokenizer), *more]
    document = ts(*arguments, "--json")
    assert document.code == 0, document.err
    (row,) = document.json["tokenizers"]
    human = ts(*arguments, "--no-properties", "--ids", "--color", "never")
    lines = human.out.rstrip("\n").split("\n")
    assert lines[0].startswith(f"{tokenizer}  {row['n_tokens']} tokens")
    assert [int(part) for part in lines[2].split()] == row["ids"]
    return row, lines


def test_bert_uncased_on_the_test_text(ts) -> None:
    row, lines = shown(ts, TEST_TEXT, require("tokenizers/bert-base-uncased"))
    assert " ".join(row["tokens"]) == BERT
    assert lines[1] == BERT
    assert (row["n_tokens"], row["n_unknown"], row["properties"]["vocab_size"]) == (41, 2, 30_522)
    assert [row["tokens"][place] for place, kind in enumerate(row["kinds"]) if kind == "unknown"] == ["[UNK]"] * 2
    assert row["properties"]["special_tokens"]["added_on_encode"] == ["[CLS]", "[SEP]"]


@pytest.mark.parametrize("file", ["gpt2/tokenizer.json", "gpt2/r50k_base.tiktoken"])
@pytest.mark.parametrize(
    ("text", "ids", "line"),
    [
        ("🎵", [8582, 236, 113], "<0xF0><0x9F> <0x8E> <0xB5>=🎵"),
        ("鸟", [165, 116, 253], "<0xE9> <0xB8> <0x9F>=鸟"),
        ("\t\t", [197, 197], "⇥ ⇥"),
        ("hello", [31373], "hello"),
        ("Hello", [15496], "Hello"),
        ("HELLO", [13909, 3069, 46], "HE LL O"),
        ("3000", [23924], "3000"),
        ("3100", [18, 3064], "3 100"),
        ("3500", [2327, 405], "35 00"),
        ("4500", [2231, 405], "45 00"),
        ("870", [46951], "870"),
        ("871", [23, 4869], "8 71"),
        ("381", [36626], "381"),
    ],
)
def test_gpt2(ts, file: str, text: str, ids: list[int], line: str) -> None:
    row, lines = shown(ts, text, require(f"tokenizers/{file}"))
    assert row["ids"] == ids
    assert lines[1] == line


def test_gpt2_on_the_test_text(ts) -> None:
    row, lines = shown(ts, TEST_TEXT, require("tokenizers/gpt2"))
    note, bird = row["ids"].index(8582), row["tokens"].index("Ġé")
    assert row["ids"][note : note + 3] == [8582, 236, 113]
    # Behind a space the bird's first byte is one token with it; the other two stay.
    assert row["ids"][bird + 1 : bird + 3] == [116, 253]
    assert "⇥ ⇥" in lines[1]
    assert "<0xF0><0x9F> <0x8E> <0xB5>=🎵" in lines[1]
    assert {place for start, end in row["offsets"] for place in range(start, end)} == set(range(len(TEST_TEXT)))


def test_gpt2_trailing_space_is_a_token_of_its_own(ts) -> None:
    row, lines = shown(ts, "once upon a ", require("tokenizers/gpt2"))
    assert (row["ids"][-1], row["tokens"][-1], row["offsets"][-1]) == (220, "Ġ", [11, 12])
    assert lines[1] == "once ·upon ·a ·"


def test_llama2(ts) -> None:
    model = require("tokenizers/llama2/tokenizer.model")
    row, lines = shown(ts, LLAMA_TEXT, model)
    assert row["ids"] == LLAMA_IDS
    assert lines[1].startswith("·Write ·an ·email ·apolog izing ·to ·Sarah")
    row, lines = shown(ts, "Subject:", model)
    assert row["ids"] == [3323, 622, 29901]
    assert lines[1] == "·Sub ject :"
    # decode(3323), decode(622), decode([3323, 622]) and decode(29901)
    spelled = ts("decode", "-t", model, "--ids", "3323", "--ids", "622", "--ids", "3323 622", "--ids", "29901").out
    assert spelled.splitlines() == ["Sub", "ject", "Subject", ":"]


def test_llama2_with_bos(ts, tmp_path: Path) -> None:
    """The model alone adds nothing, as in its library; the configuration beside it asks for <s>."""
    (tmp_path / "tokenizer.model").write_bytes(require("tokenizers/llama2/tokenizer.model").read_bytes())
    config = {"add_bos_token": True, "add_eos_token": False, "bos_token": "<s>", "eos_token": "</s>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    row, lines = shown(ts, LLAMA_TEXT, tmp_path)
    assert row["ids"] == [1, *LLAMA_IDS]
    assert lines[1].startswith("<s> ·Write")
    assert shown(ts, LLAMA_TEXT, tmp_path, "--no-special")[0]["ids"] == LLAMA_IDS


def test_qwen(ts) -> None:
    row, lines = shown(ts, "Hi, 你好~", require("tokenizers/qwen"))
    assert row["ids"] == [13048, 11, 220, 108386, 93]
    assert row["tokens"] == ["Hi", ",", "Ġ", "ä½łå¥½", "~"]
    assert lines[1] == "Hi , · 你好 ~"


def test_clip(ts) -> None:
    row, lines = shown(ts, "a puppy playing in the snow", require("tokenizers/clip"))
    assert row["ids"] == [49406, 320, 6829, 1629, 530, 518, 2583, 49407]
    assert row["tokens"][1:-1] == ["a</w>", "puppy</w>", "playing</w>", "in</w>", "the</w>", "snow</w>"]
    assert lines[1].split()[:: row["n_tokens"] - 1] == ["<|startoftext|>", "<|endoftext|>"]


def test_all_side_by_side(ts) -> None:
    """The comparison itself (T13): the same text, one block a tokenizer, six colours in turn, properties in one table."""
    names = ["bert-base-uncased", "gpt2", "llama2", "qwen", "cl100k_base", "gpt-neox-20b", "albert-base", "clip"]
    folders = [str(require(f"tokenizers/{name}")) for name in names]
    chosen = [part for folder in folders for part in ("-t", folder)]
    rows = ts("compare", TEST_TEXT, *chosen, "--json").json["tokenizers"]
    assert [row["name"] for row in rows] == folders
    out = ts("compare", TEST_TEXT, *chosen, "--color", "always").out
    for colour in ("102;194;165", "252;141;98", "141;160;203", "231;138;195", "166;216;84", "255;217;47"):
        assert f"48;2;{colour}m" in out
    table = out[out.rindex("vocabulary") :]
    for row in rows:
        assert f"{row['properties']['vocab_size']:,}" in table


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        ("Phi-3: <|assistant|> is 32001", "microsoft/Phi-3-mini-4k-instruct"),
        ("BERT cased: 28,996 entries", "bert-base-cased"),
        ("FLAN-T5: 32,100 entries", "google/flan-t5-small"),
    ],
)
def test_value_of_a_vocabulary_that_is_not_here(value: str, missing: str) -> None:
    pytest.skip(f"{value}: the shared data holds no file of {missing}")
