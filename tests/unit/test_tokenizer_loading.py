"""Loading by content, folders, configuration, saving, pickling, the compiled cache."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tokenspace.errors import ArgumentError, FormatError, NotFoundError
from tokenspace.tokenizers import compiled_cache
from tokenspace.tokenizers.formats import detect
from tokenspace.tokenizers.tiktoken_names import ENCODINGS, KNOWN_SHA256, PATTERNS

from ..data import require

VOCAB_TXT = b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nworld\n##s\n"
TIKTOKEN = b"".join(base64.b64encode(bytes([i])) + b" %d\n" % i for i in range(256)) + b"aGU= 256\n"


def word_level(**changes: Any) -> bytes:
    value = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "a": 1, "b": 2}, "unk_token": "<unk>"},
    }
    return json.dumps(value | changes).encode()


def test_detection() -> None:
    assert detect(word_level(), "x") == "tokenizer.json"
    assert detect(b'{"a": 0, "b": 1}', "x") == "vocab.json"
    assert detect(b'{"config": {}, "vocab": [{"token_bytes": "AA=="}]}', "x") == "tekken"
    assert detect(VOCAB_TXT, "x") == "vocab.txt"
    assert detect(TIKTOKEN, "x") == "tiktoken"
    assert detect(b"#version: 0.2\na b\n", "x") == "merges.txt"
    assert detect(b'"bpe_simple_vocab_16e6.txt#version: 0.2\n', "x") == "clip"
    for junk in (b"", b"\xff\xfe\x00", b"a word and more\n"):
        with pytest.raises(FormatError):
            detect(junk, "x")


def test_tiktoken_pattern_is_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(TIKTOKEN)
    with pytest.raises(ArgumentError, match="cl100k"):
        ts.Tokenizer.from_file(path)
    with pytest.raises(ArgumentError, match="one of"):
        ts.Tokenizer.from_file(path, pattern="cl200k")
    tok = ts.Tokenizer.from_file(path, pattern="cl100k", special_tokens={"<x>": 300})
    assert tok.encode("he<x>").ids == [256, 300]
    assert ts.Tokenizer.from_file(path, pattern="gpt2", special_tokens=["<y>"]).encode("<y>").ids == [257]
    assert ts.Tokenizer.from_file(path, pattern=r"\S|\s", special_tokens=[]).encode("he").ids == [104, 101]
    llama = ts.Tokenizer.from_file(path, pattern="llama3")
    assert llama.token_to_id("<|begin_of_text|>") == 257
    assert llama.token_to_id("<|eot_id|>") == 266
    assert len(llama) == 257 + 256


def test_well_known_files() -> None:
    assert KNOWN_SHA256[ENCODINGS["o200k_base"].files[0][1]] == "o200k_base"
    tok = ts.Tokenizer.from_file(require("tokenizers/cl100k_base/cl100k_base.tiktoken"))
    assert tok.encode("hello world<|endoftext|>").ids == [15339, 1917, 100257]
    assert tok.token_to_id("<|endofprompt|>") == 100276
    assert set(PATTERNS) >= {"gpt2", "r50k", "p50k", "cl100k", "o200k", "llama3", "qwen2", "deepseek", "kimi", "tekken"}


def test_folder_rules_and_config(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_bytes(VOCAB_TXT)
    (tmp_path / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "do_lower_case": False,
                "model_max_length": 12,
                "chat_template": [{"name": "default", "template": "d"}, {"name": "rag", "template": "r"}],
                "cls_token": {"content": "[CLS]", "special": True},
                "additional_special_tokens": ["<extra>"],
            }
        )
    )
    tok = ts.Tokenizer.from_pretrained(tmp_path)
    assert tok.tokenize("hello Worlds worlds") == ["hello", "[UNK]", "world", "##s"]
    assert (tok.model_max_length, tok.cls_token_id, tok.chat_template) == (12, 2, {"default": "d", "rag": "r"})
    assert tok("hello", truncation=True)["token_type_ids"] == [0, 0, 0]
    assert tok.token_to_id("<extra>") == 8
    assert tok.encode("<extra>", add_special_tokens=False).ids == [8]
    (tmp_path / "tokenizer.json").write_bytes(word_level())
    assert ts.Tokenizer.from_pretrained(tmp_path).format == "tokenizer.json"
    (tmp_path / "chat_template.jinja").write_text("file")
    assert ts.Tokenizer.from_pretrained(tmp_path).chat_template == "file"
    with pytest.raises(NotFoundError):
        ts.Tokenizer.from_pretrained(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="tokenizer file"):
        ts.Tokenizer.from_pretrained(tmp_path / "empty")
    with pytest.raises(ArgumentError):
        ts.Tokenizer.from_file(tmp_path)


def test_vocab_and_merges(tmp_path: Path) -> None:
    (tmp_path / "vocab.json").write_text(json.dumps({"a": 0, "b": 1, "ab": 2, "Ġ": 3, "<s>": 4}))
    with pytest.raises(NotFoundError, match=r"merges\.txt"):
        ts.Tokenizer.from_file(tmp_path / "vocab.json")
    (tmp_path / "merges.txt").write_text("#version: 0.2\na b\n")
    assert ts.Tokenizer.from_file(tmp_path / "vocab.json").encode("ab a").ids == [2, 3, 0]
    assert ts.Tokenizer.from_file(tmp_path / "merges.txt").encode("ab").ids == [2]
    (tmp_path / "special_tokens_map.json").write_text('{"bos_token": "<s>"}')
    tok = ts.Tokenizer.from_pretrained(tmp_path)
    assert (tok.bos_token_id, tok.encode("<s>ab").ids) == (4, [4, 2])


def test_bytes_gzip_and_text() -> None:
    assert ts.Tokenizer.from_bytes(gzip.compress(word_level())).encode("a b c").ids == [1, 2, 0]
    assert ts.Tokenizer.from_str(word_level().decode()).vocab["b"] == 2
    with pytest.raises(FormatError):
        ts.Tokenizer.from_bytes(gzip.compress(word_level())[:-20])
    with pytest.raises(FormatError):
        ts.Tokenizer.from_str("{")
    with pytest.raises(ArgumentError, match="options"):
        ts.Tokenizer.from_bytes(word_level(), lowercase=True)


def test_save_and_reload(tmp_path: Path) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    assert tok.add_tokens(["newtoken"]) == 1
    tok.set_truncation(9)
    tok.chat_template = {"default": "d", "other": "o"}
    tok.save(tmp_path / "one.json")
    tok.save(tmp_path / "folder")
    for path in (tmp_path / "one.json", tmp_path / "folder"):
        again = ts.Tokenizer.from_pretrained(path)
        assert again.encode("a newtoken", add_special_tokens=False).ids == [tok.token_to_id("a"), len(tok) - 1]
        assert again.truncation == tok.truncation
    assert ts.Tokenizer.from_pretrained(tmp_path / "folder").chat_template == {"default": "d", "other": "o"}
    assert not list(tmp_path.rglob("*.tmp"))


def test_pickle() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    tok.pad_token = "<pad>"
    tok.set_padding(length=4)
    again = pickle.loads(pickle.dumps(tok))
    assert again.encode("hi <pad>").ids == tok.encode("hi <pad>").ids
    assert (again.pad_token_id, again.padding, again.name) == (tok.pad_token_id, tok.padding, tok.name)


def test_special_tokens() -> None:
    tok = ts.Tokenizer.from_str(word_level().decode())
    assert tok.pad_token is None
    assert tok.add_special_tokens({"pad_token": "<pad>", "extra_special_tokens": ["<e>"]}) == 2
    assert (tok.pad_token_id, tok.all_special_tokens, tok.all_special_ids) == (3, ["<pad>", "<e>"], [3, 4])
    assert tok.decode([1, 3, 2]) == "a b"
    tok.eos_token = "<eos>"
    assert tok.eos_token_id == 5
    assert tok.convert_tokens_to_ids(["a", "<eos>"]) == [1, 5]
    assert tok.convert_ids_to_tokens([1, 5], skip_special_tokens=True) == ["a"]
    with pytest.raises(ArgumentError):
        tok.add_special_tokens({"nonsense": "x"})
    rows = list(tok.vocab.rows())
    assert [(row.id, row.token) for row in rows[:2]] == [(0, "<unk>"), (1, "a")]
    assert len(tok.vocab) == len(tok) == 6


def test_builtin_rules() -> None:
    assert ts.Tokenizer.from_pretrained("rules").encode("Hello, world! 123").tokens == ["Hello", "world", "123"]
    assert ts.Tokenizer.from_pretrained("whitespace").encode("the world, x").word_ids == [0, 1, 2]
    assert ts.Tokenizer.from_pretrained("char").kind == "char"
    assert bytes(ts.Tokenizer.from_pretrained("byte").encode("é").ids) == "é".encode()


def test_compiled_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENSPACE_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("TOKENSPACE_NO_CACHE", raising=False)
    words = {f"word{i}": i for i in range(5000)}
    data = word_level(model={"type": "WordLevel", "vocab": words, "unk_token": "word0"})
    loads = [threading.Thread(target=ts.Tokenizer.from_bytes, args=(data,)) for _ in range(4)]
    for thread in loads:
        thread.start()
    for thread in loads:
        thread.join()
    files = list(compiled_cache.cache_folder().iterdir())
    assert [path.suffix for path in files] == [".tsc"]
    assert ts.Tokenizer.from_bytes(data).encode("word7 word9").ids == [7, 9]
    for damage in (b"", b"x" * 100, files[0].read_bytes()[:-100]):
        files[0].write_bytes(damage)
        assert ts.Tokenizer.from_bytes(data).encode("word7 word9").ids == [7, 9]
    files[0].unlink()
    monkeypatch.setenv("TOKENSPACE_NO_CACHE", "1")
    ts.Tokenizer.from_bytes(data)
    assert not files[0].exists()


def test_chinese_words_through_a_segmenter() -> None:
    pytest.importorskip("jieba")
    tok = ts.Tokenizer.from_pretrained("rules", segmenter="jieba")
    text = "我们在学习Python，很好 ok"
    e = tok.encode(text)
    pieces = [text[begin:end] for begin, end in e.offsets]
    assert "".join(pieces) == text.replace("，", "").replace(" ", "")
    assert "我们" in pieces
    assert "学习" in pieces
    assert tok.encode_to_list(text) == e.ids == tok.encode_batch([text])[0].tolist()
    assert tok.count(text) == len(e)
    with pytest.raises(ArgumentError):
        ts.Tokenizer.from_pretrained("rules", segmenter="nothing")
