"""tiktoken's calls: names and cache as tiktoken resolves them, and its methods; parity when tiktoken is installed."""

from __future__ import annotations

import base64
import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tokenspace.compat import tiktoken as ours
from tokenspace.errors import FormatError, NotFoundError
from tokenspace.tokenizers import tiktoken_files, tiktoken_names

from ..data import require
from .hub_server import Hub, serving

RANKS = {bytes([i]): i for i in range(256)} | {b"he": 256, b"hel": 257, b" w": 258, b"\n\n": 259}
LINES = b"".join(base64.b64encode(k) + b" %d\n" % v for k, v in RANKS.items())
SPECIAL = {"<|endoftext|>": 260, "<|a|>": 261, "<|a|>b": 262}


@pytest.fixture
def enc() -> ours.Encoding:
    return ours.Encoding("tiny", pat_str=r" ?\w+|\s+|.", mergeable_ranks=RANKS, special_tokens=SPECIAL)


def test_methods(enc: ours.Encoding) -> None:
    assert enc.encode("hello w") == [257, 108, 111, 258]
    assert enc.encode_ordinary("<|a|>") == list(b"<|a|>")
    with pytest.raises(ValueError, match="disallowed special token"):
        enc.encode("x<|endoftext|>")
    assert enc.encode("x<|endoftext|>", allowed_special="all") == [120, 260]
    assert enc.encode("<|a|><|endoftext|>", allowed_special={"<|a|>"}, disallowed_special=())[0] == 261
    assert enc.encode_to_numpy("hello").tolist() == [257, 108, 111]
    assert enc.encode_batch(["hello", "w"], num_threads=2) == [[257, 108, 111], [119]]
    assert enc.encode_single_token("hel") == 257
    assert enc.encode_single_token("<|a|>") == 261
    with pytest.raises(KeyError):
        enc.encode_single_token("nope")
    assert enc.decode([257, 108, 111]) == "hello"
    assert enc.decode([0xFF]) == "\ufffd"
    with pytest.raises(KeyError):
        enc.decode_bytes([9999])
    assert enc.decode_with_offsets([257, 0xC3, 0xA9, 108]) == ("helél", [0, 3, 3, 4])
    assert enc.decode_tokens_bytes([256, 260]) == [b"he", b"<|endoftext|>"]
    assert (enc.n_vocab, enc.eot_token, enc.is_special_token(260)) == (263, 260, True)
    assert enc.token_byte_values() == sorted(RANKS)
    assert enc.encode("\ud83d\ude00") == list("😀".encode())
    stable, completions = enc.encode_with_unstable("x h")
    assert b"x h".startswith(enc.decode_bytes(stable))
    assert all(enc.decode_bytes(stable + rest).startswith(b"x h") for rest in completions)
    again = pickle.loads(pickle.dumps(enc))
    assert again.encode("hello<|a|>", allowed_special="all") == enc.encode("hello<|a|>", allowed_special="all")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A file server in the place of the public one, with a tiny cl100k_base."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(ours, "_loaded", {})
    with serving(Hub({})) as server:
        server.plain["cl100k_base.tiktoken"] = LINES
        known = tiktoken_names.ENCODINGS["cl100k_base"]
        moved = ((f"{server.url}/cl100k_base.tiktoken", hashlib.sha256(LINES).hexdigest()),)
        monkeypatch.setitem(tiktoken_names.ENCODINGS, "cl100k_base", replace(known, files=moved))
        yield server


def test_download_cache_and_hash(files: Hub) -> None:
    tok = ts.Tokenizer.from_pretrained("cl100k_base")
    assert tok.encode("hel").ids == [257]
    assert ts.Tokenizer.from_pretrained("gpt-4").token_to_id("<|endofprompt|>") == 100276
    assert len(files.log) == 1
    path = tiktoken_files.cache_path(f"{files.url}/cl100k_base.tiktoken")
    assert path is not None
    assert path.name == hashlib.sha1(f"{files.url}/cl100k_base.tiktoken".encode()).hexdigest()
    path.write_bytes(b"damaged")
    assert ours.get_encoding("cl100k_base").encode("hel") == [257]
    assert path.read_bytes() == LINES
    assert ours.encoding_for_model("gpt-4") is ours.get_encoding("cl100k_base")
    assert pickle.loads(pickle.dumps(ours.get_encoding("cl100k_base"))) is ours.get_encoding("cl100k_base")


def test_offline_says_what_to_put_where(files: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiktoken_files.cache_path(f"{files.url}/cl100k_base.tiktoken")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(NotFoundError, match=str(path)):
        ts.Tokenizer.from_pretrained("cl100k_base")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with pytest.raises(NotFoundError, match=str(path)):
        ts.Tokenizer.from_pretrained("cl100k_base", local_files_only=True)
    files.plain.clear()
    with pytest.raises(NotFoundError, match=str(path)):
        ts.Tokenizer.from_pretrained("cl100k_base")
    files.plain["cl100k_base.tiktoken"] = b"other"
    with pytest.raises(FormatError, match="sha256"):
        ts.Tokenizer.from_pretrained("cl100k_base")


def test_names() -> None:
    assert ours.encoding_name_for_model("gpt-4o-2024-05-13") == "o200k_base"
    assert ours.encoding_name_for_model("text-davinci-edit-001") == "p50k_edit"
    assert ours.encoding_name_for_model("gpt-oss-120b") == "o200k_harmony"
    with pytest.raises(KeyError):
        ours.encoding_name_for_model("nothing")
    with pytest.raises(ValueError, match="Unknown encoding"):
        ours.get_encoding("nothing")
    assert "gpt2" in ours.list_encoding_names()


def test_data_gym() -> None:
    table = {byte: char for char, byte in tiktoken_files._data_gym_bytes().items()}
    first = [bytes([b]) for b in tiktoken_files._data_gym_bytes().values()]
    spell = lambda data: "".join(table[b] for b in data)  # noqa: E731
    vocab = {spell(token): i for i, token in enumerate([*first, b" w"])}
    import json

    lines = tiktoken_files._from_data_gym(
        f"#version: 0.2\n{spell(b' ')} w\n".encode(), json.dumps(vocab | {"<|endoftext|>": 257}).encode()
    )
    assert lines.endswith(base64.b64encode(b" w") + b" 256\n")
    with pytest.raises(FormatError):
        tiktoken_files._from_data_gym(b"#version\n", json.dumps(vocab).encode())


@pytest.mark.parity
def test_parity() -> None:
    tiktoken = pytest.importorskip("tiktoken")
    lines = require("tokenizers/gpt2/r50k_base.tiktoken").read_bytes()
    arguments: dict[str, Any] = {
        "pat_str": tiktoken_names.PATTERNS["r50k"],
        "mergeable_ranks": {base64.b64decode(k): int(v) for k, v in (row.split() for row in lines.splitlines())},
        "special_tokens": {"<|endoftext|>": 50256},
    }
    a, b = ours.Encoding("x", **arguments), tiktoken.Encoding("x", **arguments)
    for text in ("hello fanta", "we'll go \n\n ", "日本語の文", "a<|endoftext|>b", "x" * 300, "  \t\n", ""):
        assert a.encode(text, disallowed_special=()) == b.encode(text, disallowed_special=())
        assert a.encode(text, allowed_special="all") == b.encode(text, allowed_special="all")
        ids = b.encode_ordinary(text)
        assert a.decode_with_offsets(ids) == b.decode_with_offsets(ids)
        data = text.encode()[:-1] + b"\xff"
        assert a._encode_bytes(data) == b._encode_bytes(data)
    for text in ("hello fanta", "we'll ", "a \n"):
        x, y = a.encode_with_unstable(text), b.encode_with_unstable(text)
        assert (x[0], sorted(x[1])) == (y[0], sorted(map(list, y[1])))
