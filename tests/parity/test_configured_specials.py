"""Special tokens that only tokenizer_config.json asks for: the same ids and type ids as transformers, texts and pairs.

transformers reads each folder too when it is installed; the ids derived by hand hold in any case.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import require

pytestmark = pytest.mark.parity

VOCAB = {"a": 0, "b": 1, "ab": 2, "Ġ": 3, "Ġa": 4, "<s>": 5, "</s>": 6, "<unk>": 7, "<mask>": 8, "<pad>": 9}
MERGES = "#version: 0.2\na b\nĠ a\n"
ROLES = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
SWITCHES = list(itertools.product((None, False, True), repeat=2))


def switched(add_bos: bool | None, add_eos: bool | None) -> dict[str, bool]:
    stated = {"add_bos_token": add_bos, "add_eos_token": add_eos}
    return {key: value for key, value in stated.items() if value is not None}


def folder_of(folder: Path, config: dict[str, Any], **files: bytes) -> Path:
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def reference_of(folder: Path) -> Any:
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    return transformers.AutoTokenizer.from_pretrained(str(folder))


def assert_same(folder: Path, texts: list[str]) -> None:
    ours, theirs = ts.Tokenizer.from_pretrained(folder), reference_of(folder)
    for arguments in [(text,) for text in texts] + list(itertools.product(texts, repeat=2)):
        expected = theirs(*arguments, return_token_type_ids=True, return_special_tokens_mask=True)
        received = ours(*arguments, return_token_type_ids=True, return_special_tokens_mask=True)
        assert received["input_ids"] == expected["input_ids"], arguments
        assert received["token_type_ids"] == expected["token_type_ids"], arguments
        assert received["special_tokens_mask"] == expected["special_tokens_mask"], arguments


@pytest.mark.parametrize(("add_bos", "add_eos"), SWITCHES)
def test_vocab_and_merges(add_bos: bool | None, add_eos: bool | None, tmp_path: Path) -> None:
    config = {"tokenizer_class": "GPT2Tokenizer", **ROLES, **switched(add_bos, add_eos)}
    folder = folder_of(tmp_path, config, vocab__json=json.dumps(VOCAB).encode(), merges__txt=MERGES.encode())
    tokenizer = ts.Tokenizer.from_pretrained(folder)
    before, after = [5] * bool(add_bos), [6] * bool(add_eos)
    assert tokenizer.encode("ab a").ids == [*before, 2, 4, *after]
    assert tokenizer.encode("ab a", add_special_tokens=False).ids == [2, 4]
    pair = tokenizer.encode("ab", "a")
    assert pair.ids == [*before, 2, *after, *before, 0, *after]
    assert pair.type_ids == [0] * (len(pair) // 2) + [1] * (len(pair) // 2)
    assert_same(folder, ["ab a", "b", ""])


@pytest.mark.parametrize("family", ["RobertaTokenizer", "BartTokenizerFast", "LongformerTokenizer"])
def test_like_roberta(family: str, tmp_path: Path) -> None:
    marks = {"cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>", "pad_token": "<pad>"}
    config = {"tokenizer_class": family, **ROLES, **marks}
    folder = folder_of(tmp_path, config, vocab__json=json.dumps(VOCAB).encode(), merges__txt=MERGES.encode())
    tokenizer = ts.Tokenizer.from_pretrained(folder)
    assert tokenizer.encode("ab a").ids == [5, 2, 4, 6]
    assert tokenizer.encode("ab", "a").ids == [5, 2, 6, 6, 0, 6]
    assert_same(folder, ["ab a", "b"])


def test_a_role_without_a_token_adds_nothing(tmp_path: Path) -> None:
    config = {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "bos_token": None, "unk_token": "<unk>"}
    folder = folder_of(tmp_path, config, vocab__json=json.dumps(VOCAB).encode(), merges__txt=MERGES.encode())
    assert ts.Tokenizer.from_pretrained(folder).encode("ab").ids == [2]


@pytest.mark.parametrize("add_bos", [None, False, True])
def test_tokenizer_json_states_its_own(add_bos: bool | None, tmp_path: Path) -> None:
    """A complete file is not added to, whatever the configuration says: transformers 5 does the same."""
    model = {"type": "BPE", "vocab": VOCAB, "merges": ["a b", "Ġ a"], "unk_token": "<unk>"}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    document = {"version": "1.0", "added_tokens": [], "pre_tokenizer": byte_level, "model": model}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", **ROLES, **switched(add_bos, None)}
    folder = folder_of(tmp_path, config, tokenizer__json=json.dumps(document).encode())
    assert ts.Tokenizer.from_pretrained(folder).encode("ab a").ids == [2, 4]
    assert_same(folder, ["ab a", "b"])


@pytest.mark.parametrize(("add_bos", "add_eos"), SWITCHES)
def test_llama2(add_bos: bool | None, add_eos: bool | None, tmp_path: Path) -> None:
    config = {"tokenizer_class": "LlamaTokenizer", **ROLES, "legacy": True, **switched(add_bos, add_eos)}
    model = require("tokenizers/llama2/tokenizer.model").read_bytes()
    folder = folder_of(tmp_path, config, tokenizer__model=model)
    tokenizer = ts.Tokenizer.from_pretrained(folder)
    before, after = [1] * bool(add_bos), [2] * bool(add_eos)
    assert tokenizer.encode("Subject:").ids == [*before, 3323, 622, 29901, *after]
    assert tokenizer.encode("a text", "another one").ids == [*before, 263, 1426, *after, *before, 1790, 697, *after]
    if add_bos and add_eos:
        if find_spec("google") is None or find_spec("google.protobuf") is None:
            pytest.skip("protobuf is not installed: transformers cannot read a .model (the ids by hand were checked)")
        assert_same(folder, ["a text", "another one", ""])


def test_clip_pairs(tmp_path: Path) -> None:
    """vocab.json + merges.txt of CLIP: <|startoftext|> A <|endoftext|><|endoftext|> B <|endoftext|>, one segment."""
    simple = gzip.decompress(require("tokenizers/clip/bpe_simple_vocab_16e6.txt.gz").read_bytes()).decode()
    merges = simple.split("\n")[1 : 49152 - 256 - 2 + 1]
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(byte) for byte in printable] + [chr(256 + n) for n in range(256 - len(printable))]
    tokens = letters + [letter + "</w>" for letter in letters] + ["".join(merge.split()) for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    config = {"tokenizer_class": "CLIPTokenizer", "bos_token": "<|startoftext|>", "model_max_length": 77}
    config |= dict.fromkeys(("eos_token", "unk_token", "pad_token"), "<|endoftext|>")
    vocab = json.dumps({token: number for number, token in enumerate(tokens)}).encode()
    folder = folder_of(tmp_path, config, vocab__json=vocab, merges__txt="\n".join(["#version", *merges]).encode())
    tokenizer = ts.Tokenizer.from_pretrained(folder)
    puppy = [320, 6829, 1629, 530, 518, 2583]
    assert tokenizer.encode("a puppy playing in the snow").ids == [49406, *puppy, 49407]
    pair = tokenizer.encode("a puppy playing in the snow", "A Puppy")
    assert pair.ids == [49406, *puppy, 49407, 49407, 320, 6829, 49407]
    assert set(pair.type_ids) == {0}
    assert pair.sequence_ids == [None, *[0] * 6, None, None, 1, 1, None]
    # The file of merges alone is the same tokenizer.
    alone = ts.Tokenizer.from_pretrained(require("tokenizers/clip"))
    assert alone.encode("a puppy playing in the snow").ids == [49406, *puppy, 49407]
    assert_same(folder, ["a puppy playing in the snow", "Naïve 🎵 I'LL  12", ""])
