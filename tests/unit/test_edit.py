"""Changing a tokenizer: extend, prune, cut_embeddings, diff, on tokenizers that ship with the package."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.test_export import spaced, texts
from tokenspace.errors import ArgumentError, FormatError, NotFoundError, UnsupportedError
from tokenspace.tokenizers.edit import cut_embeddings, diff, extend, extend_entries, prune
from tokenspace.tokenizers.export.sentencepiece_model import Piece, sentencepiece_model

DOMAIN = [
    "zebrafish larvae express zebrafish genes",
    "the larvae of zebrafish; zebrafish larvae",
    "expressed in larvae, expressing larvae",
] * 5


def sentencepiece_bpe() -> ts.Tokenizer:
    pieces: list[Piece] = [("<unk>", 0, "unknown"), ("<s>", 0, "control"), ("</s>", 0, "control")]
    pieces += [(f"<0x{byte:02X}>", 0, "byte") for byte in range(256)]
    pieces += [("▁l", -0.0, "normal"), ("ar", -1, "normal"), ("▁▁", -1e9, "normal")]
    pieces += [(c, -1e9 - 128 - 64 * i, "normal") for i, c in enumerate("▁abefghilnrsvxz,;")]
    return ts.Tokenizer.from_bytes(sentencepiece_model(pieces, "bpe", "identity", byte_fallback=True), "own.model")


def tiktoken() -> ts.Tokenizer:
    import base64

    ranks = [bytes([byte]) for byte in range(256)] + [b"th", b"the", b" the", b"ra", b"la"]
    data = b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(ranks))
    return ts.Tokenizer.from_bytes(data, "own.tiktoken", pattern="gpt2", special_tokens={"<|end|>": 300})


BPES = {"json": lambda: ts.Tokenizer.from_pretrained("tokenspace/bpe"), "spaced": spaced, "tiktoken": tiktoken}
BPES["sentencepiece"] = sentencepiece_bpe


@pytest.mark.parametrize("kind", BPES)
def test_extend_keeps_ids_and_old_text(kind: str) -> None:
    tok = BPES[kind]()
    bound = tok._core.id_bound
    result = extend(tok, DOMAIN, n=20)
    new = result.tokenizer
    assert 8 <= len(result.new_ids) <= 20
    assert result.new_ids == list(range(bound, bound + len(result.new_ids)))
    assert result.keeps_old_text
    assert all(new.token_to_id(token) == id for token, id in tok.get_vocab().items())
    assert new.added_tokens == tok.added_tokens
    assert new.special_tokens == tok.special_tokens
    assert sum(new.count(text) for text in DOMAIN) < sum(tok.count(text) for text in DOMAIN) * 0.8
    unchanged = 0
    for text in [*texts(), *DOMAIN]:
        before, after = tok.encode_to_list(text), new.encode_to_list(text)
        assert new.decode(after) == tok.decode(before)
        if max(after, default=0) < bound:
            assert before == after, text
            unchanged += 1
    assert unchanged
    again = extend(tok, DOMAIN, n=20).tokenizer
    assert again.get_vocab() == new.get_vocab()


def test_extend_by_merges() -> None:
    tok = tiktoken()
    first = tok._core.id_bound
    by = tok.get_vocab()
    result = extend(tok, merges=[(by["ra"], by["t"]), (first, by["s"]), (by["t"], by["h"])])
    assert result.skipped == ["th"]
    assert result.new_ids == [first, first + 1]
    assert result.tokenizer.encode_to_list("rats<|end|>") == [first + 1, 300]
    assert result.tokenizer.format == "tiktoken"
    with pytest.raises(ArgumentError, match="9999"):
        extend(tok, merges=[(9999, 1)])
    with pytest.raises(ArgumentError, match="neither"):
        extend(tok)
    with pytest.raises(UnsupportedError, match="extend_entries"):
        extend(ts.Tokenizer.from_pretrained("tokenspace/wordpiece"), DOMAIN, n=1)


def test_extend_entries() -> None:
    unigram = ts.Tokenizer.from_pretrained("tokenspace/unigram")
    result = extend_entries(unigram, [("▁zebrafish", -9.0), ("▁the", -3.0)])
    assert result.skipped == ["▁the"]
    assert result.keeps_old_text
    [id] = result.new_ids
    for tok in (
        result.tokenizer,
        extend_entries(ts.Tokenizer.from_str(unigram.to_json()), [("▁zebrafish", -9.0)]).tokenizer,
    ):
        assert id in tok.encode_to_list("a zebrafish")
    for text in texts():
        after = result.tokenizer.encode_to_list(text)
        assert id in after or after == unigram.encode_to_list(text)
    with pytest.raises(ArgumentError, match="scores from"):
        extend_entries(unigram, [("x9", -1e6)])
    with pytest.raises(ArgumentError, match="Unigram"):
        extend_entries(unigram, ["x9"])
    wordpiece = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    wider = extend_entries(wordpiece, ["zebrafish"])
    assert wider.tokenizer.encode("zebrafish").tokens[1:-1] == ["zebrafish"]
    assert wider.keeps_old_text == (not wider.reason)
    gap = {"[UNK]": 0, "a": 1, "##bc": 2}
    narrow = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": gap}
    narrow["max_input_chars_per_word"] = 100
    small = ts.Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], "model": narrow}))
    told = extend_entries(small, ["ab"])
    assert not told.keeps_old_text
    assert "'b'" in told.reason
    assert small.encode("abc").ids != told.tokenizer.encode("abc").ids


@pytest.mark.parametrize("name", ["bpe", "wordpiece", "unigram", "word", "char", "spaced", "tiktoken", "sentencepiece"])
def test_prune_encodes_the_corpus_as_before(name: str) -> None:
    tok = BPES[name]() if name in BPES else ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    corpus = [*DOMAIN, *texts(120)]
    pruned = prune(tok, corpus)
    small = pruned.tokenizer
    assert pruned.id_map.dtype == np.int64
    assert len(pruned.id_map) == tok._core.id_bound
    kept = pruned.id_map[pruned.id_map >= 0]
    assert kept.tolist() == list(range(len(small)))
    assert len(small) + pruned.dropped == len(tok)
    for text in corpus:
        before = np.array(tok.encode_to_list(text), np.int64)
        assert pruned.id_map[before].tolist() == small.encode_to_list(text), text
    for token, id in tok.get_vocab().items():
        assert small.token_to_id(token) == (pruned.id_map[id] if pruned.id_map[id] >= 0 else None)
    assert small.special_tokens == tok.special_tokens
    assert list(small.added_tokens.values()) == list(tok.added_tokens.values())


def test_prune_by_size_and_by_name() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    least = len(prune(tok, keep=["Ġthe"]).tokenizer)
    pruned = prune(tok, DOMAIN, keep=["Ġzebra"] if "Ġzebra" in tok.vocab else ["Ġthe"], vocab_size=least + 8)
    assert len(pruned.tokenizer) <= least + 8
    assert pruned.unseen > 0
    with pytest.raises(ArgumentError, match="have to stay"):
        prune(tok, DOMAIN, vocab_size=10)
    with pytest.raises(ArgumentError, match="neither"):
        prune(tok)
    with pytest.raises(ArgumentError, match="nothing like it"):
        prune(tok, keep=["nothing like it"])


def test_prune_keeps_post_processor_and_padding_right() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    tok.set_padding(pad_token="[PAD]", length=12)
    pruned = prune(tok, ["only these words"])
    before = np.array(tok.encode("only these words").ids)
    assert pruned.id_map[before].tolist() == list(pruned.tokenizer.encode("only these words").ids)


def test_prune_keeps_words_unknown() -> None:
    vocab = ["[UNK]", "a", "abc", "ab", "##cd", "##c", "##d2", "x"]
    model = {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
    }
    model["vocab"] = {token: id for id, token in enumerate(vocab)}
    tok = ts.Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], "model": model}))
    assert tok.encode_to_list("abcd") == [0]
    pruned = prune(tok, ["abcd"], keep=["ab", "##cd"])
    assert pruned.tokenizer.encode_to_list("abcd") == [pruned.id_map[0]]


# ---- embeddings ----
def write_tensors(path: Path, tensors: dict[str, tuple[str, list[int], bytes]]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values()))


def read_tensors(path: Path) -> tuple[dict[str, tuple[str, list[int], bytes]], Any]:
    raw = path.read_bytes()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", None)
    data = raw[8 + length :]
    return {n: (t["dtype"], t["shape"], data[slice(*t["data_offsets"])]) for n, t in header.items()}, metadata


def matrix(rows: int, row_bytes: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(rows * row_bytes)


def test_cut_embeddings(tmp_path: Path) -> None:
    embedding, head, bias, other = matrix(10, 8, 1), matrix(10, 4, 2), matrix(10, 4, 3), matrix(7, 4, 4)
    write_tensors(
        tmp_path / "in.safetensors",
        {
            "embed": ("BF16", [10, 4], embedding),
            "other": ("F32", [7], other),
            "head": ("I8", [10, 4], head),
            "bias": ("F32", [10], bias),
            "scalar": ("F32", [], b"abcd"),
        },
    )
    id_map = np.array([0, -1, 2, 1, -1, -1, 3, -1, -1, 4])
    old = [0, 3, 2, 6, 9]
    cut = cut_embeddings(tmp_path / "in.safetensors", tmp_path / "out" / "m.safetensors", id_map)
    assert {(c.name, c.before, c.after) for c in cut} == {
        ("embed", (10, 4), (5, 4)),
        ("head", (10, 4), (5, 4)),
        ("bias", (10,), (5,)),
    }
    tensors, metadata = read_tensors(tmp_path / "out" / "m.safetensors")
    assert metadata == {"format": "pt"}
    assert tensors["embed"] == ("BF16", [5, 4], b"".join(embedding[8 * i : 8 * i + 8] for i in old))
    assert tensors["head"] == ("I8", [5, 4], b"".join(head[4 * i : 4 * i + 4] for i in old))
    assert tensors["other"] == ("F32", [7], other)
    assert tensors["scalar"] == ("F32", [], b"abcd")
    only = cut_embeddings(tmp_path / "in.safetensors", tmp_path / "b.safetensors", id_map, names=["embed"])
    assert [c.name for c in only] == ["embed"]
    safetensors = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    write_tensors(tmp_path / "f.safetensors", {"e": ("F32", [3, 1], struct.pack("<3f", 1, 2, 3))})
    cut_embeddings(tmp_path / "f.safetensors", tmp_path / "g.safetensors", [1, -1, 0])
    assert safetensors.load_file(tmp_path / "g.safetensors")["e"].tolist() == [[3.0], [1.0]]


def test_cut_embeddings_of_shards(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    write_tensors(source / "a.safetensors", {"embed": ("F16", [4, 2], matrix(4, 4, 1)), "x": ("F32", [1], b"1234")})
    write_tensors(source / "b.safetensors", {"head": ("F16", [6, 2], matrix(6, 4, 2))})
    index = {"metadata": {"total_size": 44}, "weight_map": {"embed": "a.safetensors", "x": "a.safetensors"}}
    index["weight_map"]["head"] = "b.safetensors"
    (source / "model.safetensors.index.json").write_text(json.dumps(index))
    cut = cut_embeddings(source, target, [0, -1, -1, 1], names=["embed", "head"])
    assert [c.after for c in cut] == [(2, 2), (2, 2)]
    written = json.loads((target / "model.safetensors.index.json").read_text())
    assert written == {"metadata": {"total_size": 20}, "weight_map": index["weight_map"]}
    assert read_tensors(target / "b.safetensors")[0]["head"][2] == matrix(6, 4, 2)[:4] + matrix(6, 4, 2)[12:16]


def test_cut_embeddings_refuses(tmp_path: Path) -> None:
    path = tmp_path / "in.safetensors"
    write_tensors(path, {"embed": ("F32", [4], b"x" * 16)})
    out = tmp_path / "out.safetensors"
    for id_map in ([0, 0, -1, -1], [1, 2, -1, -1], [-1, -1, -1, -1], [0.5, 1, 2, 3]):
        with pytest.raises(ArgumentError):
            cut_embeddings(path, out, id_map)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"names=, such as embed \[4\]"):
        cut_embeddings(path, out, [0, 1, -1])
    with pytest.raises(ArgumentError, match="nose"):
        cut_embeddings(path, out, [0, 1, -1, -1], names=["nose"])
    with pytest.raises(ArgumentError, match="another path"):
        cut_embeddings(path, path, [0, 1, -1, -1])
    with pytest.raises(NotFoundError):
        cut_embeddings(tmp_path / "none", out, [0])
    for damage in (b"", b"\xff" * 20, struct.pack("<Q", 2) + b"[]", path.read_bytes()[:-3]):
        (tmp_path / "bad.safetensors").write_bytes(damage)
        with pytest.raises(FormatError):
            cut_embeddings(tmp_path / "bad.safetensors", out, [0, 1, -1, -1])
    assert not out.exists()


# ---- diff ----
def test_diff() -> None:
    a = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    b = extend(a, DOMAIN, n=5).tokenizer
    b.add_special_tokens({"pad_token": "<|pad|>"})
    found = diff(a, b, DOMAIN)
    assert not found.same
    assert not found.only_a
    assert not found.moved
    assert len(found.only_b) == 6
    assert found.merges_only_b is not None
    assert len(found.merges_only_b) == 5
    assert not found.merges_reordered
    assert found.special_only_b == ["<|pad|>"]
    assert found.roles == {"pad_token": (None, "<|pad|>")}
    assert found.corpus is not None
    assert found.corpus.changed == len(DOMAIN)
    assert found.corpus.tokens_b < found.corpus.tokens_a
    value = json.loads(json.dumps(found.to_dict(limit=2)))
    assert value["counts"]["only_b"] == 6
    assert len(value["only_b"]) == 2
    text = found.to_text()
    assert "entries only in b: 6" in text
    assert "bytes per token" in text
    assert "pad_token: none → <|pad|>" in text
    same = diff(a, a, DOMAIN)
    assert same.same
    assert "no difference" in same.to_text()
    other = diff(a, ts.Tokenizer.from_pretrained("tokenspace/wordpiece"))
    assert other.merges_only_a is None
    assert "model" in other.parts
