"""Values that were verified against reference libraries before this package existed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.data import require

TEST_TEXT = '\nEnglish and CAPITALIZATION\n🎵 鸟\nshow_tokens False None elif == >= else: two tabs:"\t\t" Three tabs: "\t\t\t"\n12.0*50=600\n'
BERT = (
    '[CLS] english and capital ##ization [UNK] [UNK] show _ token ##s false none eli ##f = = > = else : two tab ##s : " " '
    'three tab ##s : " " 12 . 0 * 50 = 600 [SEP]'
)
LLAMA_TEXT = "Write an email apologizing to Sarah for the tragic gardening mishap. Explain how it happened."
LLAMA_IDS = [14350, 385, 4876, 27746, 5281, 304, 19235, 363, 278, 25305, 293, 16423, 292, 286, 728, 481, 29889, 12027, 7420, 920, 372, 9559, 29889]  # fmt: skip
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def load(relative: str, **options: Any) -> Any:
    import tokenspace

    return tokenspace.Tokenizer.from_file(str(require(f"tokenizers/{relative}")), **options)


@pytest.mark.parametrize("file", ["bert-base-uncased/tokenizer.json", "bert-base-uncased/vocab.txt"])
def test_bert_uncased(file: str) -> None:
    tokenizer = load(file)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    assert " ".join(tokenizer.encode(TEST_TEXT).tokens) == BERT


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("🎵", [8582, 236, 113]),
        ("鸟", [165, 116, 253]),
        ("\t\t", [197, 197]),
        ("hello", [31373]),
        ("Hello", [15496]),
        ("HELLO", [13909, 3069, 46]),
        ("3000", [23924]),
        ("3100", [18, 3064]),
        ("3500", [2327, 405]),
        ("4500", [2231, 405]),
        ("870", [46951]),
        ("871", [23, 4869]),
        ("381", [36626]),
    ],
)
@pytest.mark.parametrize("file", ["gpt2/tokenizer.json", "gpt2/r50k_base.tiktoken"])
def test_gpt2(file: str, text: str, ids: list[int]) -> None:
    from tests.parity.oracles import R50K

    tokenizer = load(file, pattern=R50K) if file.endswith(".tiktoken") else load(file)
    assert list(tokenizer.encode(text).ids) == ids


def test_gpt2_bytes_and_trailing_space() -> None:
    tokenizer = load("gpt2/tokenizer.json")
    assert [tokenizer.id_to_bytes(i) for i in (8582, 236, 113)] == [b"\xf0\x9f", b"\x8e", b"\xb5"]
    ids = tokenizer.encode("once upon a ").ids
    assert tokenizer.id_to_bytes(ids[-1]) == b" "


def test_llama2() -> None:
    tokenizer = load("llama2/tokenizer.model")
    assert list(tokenizer.encode(LLAMA_TEXT, add_special_tokens=False).ids) == LLAMA_IDS
    assert tokenizer.token_to_id("<s>") == 1
    assert tokenizer.decode([3323]) == "Sub"
    assert tokenizer.decode([622]) == "ject"
    assert tokenizer.decode([3323, 622]) == "Subject"
    assert tokenizer.decode([29901]) == ":"


def test_qwen() -> None:
    tokenizer = load("qwen/qwen.tiktoken", pattern=QWEN2)
    encoding = tokenizer.encode("Hi, 你好~")
    assert list(encoding.ids) == [13048, 11, 220, 108386, 93]
    assert [tokenizer.id_to_bytes(i) for i in encoding.ids] == [b"Hi", b",", b" ", "你好".encode(), b"~"]


def test_rules_tokenizer() -> None:
    import tokenspace

    text = "Hello, world! 123"
    for name, words in {"rules": ["Hello", "world", "123"], "whitespace": ["Hello,", "world!", "123"]}.items():
        # Words outside the vocabulary are <unk>; their offsets still say which words they were.
        offsets = tokenspace.Tokenizer.from_pretrained(name).encode(text).offsets
        assert [text[begin:end] for begin, end in offsets] == words


def test_byte_tokenizer_is_lossless() -> None:
    import tokenspace

    tokenizer = tokenspace.Tokenizer.from_pretrained("tokenspace/byte")
    for text in (TEST_TEXT, "\x00", "é中🎵"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
