"""Writing tokenizers: every format round-trips through our own loader, or refuses with what it cannot say."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tokenspace.errors import ArgumentError, UnsupportedError
from tokenspace.tokenizers.export.rank_order import OrderError, check_rank_order, spelled_by
from tokenspace.tokenizers.export.sentencepiece_model import Piece, sentencepiece_model
from tokenspace.tokenizers.export.tiktoken import tiktoken_settings
from tokenspace.tokenizers.export.vocab_txt import vocab_txt_settings
from tokenspace.tokenizers.export.write import export_files

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def texts(count: int = 300) -> list[str]:
    rng = random.Random(5)
    alphabet = "  abcdeéñ\n\t.,'1239日本語한ไ👩‍🏳️\u0301\u2581ABC"
    made = ["".join(rng.choice(alphabet) for _ in range(rng.randint(0, 40))) for _ in range(count)]
    return [*made, "Hello world, it's 2024.", "the quick  brown fox", " lead", "trail "]


def same(one: ts.Tokenizer, other: ts.Tokenizer, ids_only: bool = False) -> None:
    """``ids_only``: the two formats have conventions of their own for offsets and decoded text."""
    for text in texts():
        a = one.encode(text, add_special_tokens=False, special_tokens="as_text")
        b = other.encode(text, add_special_tokens=False, special_tokens="as_text")
        assert list(a.ids) == list(b.ids), text
        if not ids_only:
            assert list(a.offsets) == list(b.offsets), text
            assert one.decode(a.ids) == other.decode(b.ids), text


def bpe(vocab: list[str], merges: list[tuple[str, str]], **rest: Any) -> ts.Tokenizer:
    model = {"type": "BPE", "vocab": {token: id for id, token in enumerate(vocab)}, "merges": merges}
    model |= rest.pop("model", {})
    return ts.Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], "model": model, **rest}))


def spaced(**model: Any) -> ts.Tokenizer:
    """A small SentencePiece-kind BPE."""
    vocab = ["<unk>", "<s>", "</s>", *BYTES, *"▁theabflrsvz", "th", "the", "▁the"]
    return bpe(
        vocab,
        [("t", "h"), ("th", "e"), ("▁", "the")],
        added_tokens=[
            {"id": i, "content": t, "special": True, "normalized": False, "single_word": False, "lstrip": False}
            | {"rstrip": False}
            for i, t in enumerate(["<unk>", "<s>", "</s>"])
        ],
        normalizer={
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": "▁"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
            ],
        },
        decoder={
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        model={"unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True, **model},
    )


def test_entries_are_spelled_by_the_better_ones_leftmost_first() -> None:
    """Against the rule written down plainly, on vocabularies drawn at random."""

    def plainly(text: str, ranks: dict[str, int]) -> list[str]:
        parts, limit = list(text), ranks[text]
        while len(parts) > 2:
            rank, at = min((ranks.get(parts[i] + parts[i + 1], limit), i) for i in range(len(parts) - 1))
            if rank >= limit:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return parts

    rng = random.Random(1)
    for _ in range(300):
        words = sorted({"".join(rng.choices("ab", k=rng.randint(1, 9))) for _ in range(rng.randint(2, 40))})
        rng.shuffle(words)
        ranks = {word: rank for rank, word in enumerate(words)}
        for word in words:
            assert spelled_by(word, ranks) == plainly(word, ranks)


def test_tokens_as_long_as_the_text_are_written() -> None:
    tok = ts.Tokenizer.train(["a" * 200_000], "bpe", 300)
    assert max(map(len, tok.vocab)) > 10_000
    files = export_files(tok, "tiktoken")  # with an effort of the square of a length it takes hours
    assert len(files["tokenizer.tiktoken"].splitlines()) == len(tok)


def test_tiktoken(tmp_path: Path) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    [path] = tok.save(tmp_path / "own.tiktoken")
    again = ts.Tokenizer.from_file(path, **tiktoken_settings(tok))
    assert again.format == "tiktoken"
    same(tok, again)
    again.save(tmp_path / "again.tiktoken")
    assert (tmp_path / "again.tiktoken").read_bytes() == Path(path).read_bytes()


def test_vocab_txt(tmp_path: Path) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    [path] = tok.save(tmp_path / "vocab.txt")
    same(tok, ts.Tokenizer.from_file(path, **vocab_txt_settings(tok)))
    paths = tok.save(tmp_path / "folder", format="vocab.txt")
    assert sorted(Path(p).name for p in paths) == ["tokenizer_config.json", "vocab.txt"]
    opened = ts.Tokenizer.from_pretrained(tmp_path / "folder")
    assert opened.format == "vocab.txt"
    same(tok, opened)
    assert list(opened.encode("one", "two").ids) == list(tok.encode("one", "two").ids)


def test_vocab_and_merges(tmp_path: Path) -> None:
    alphabet = list(json.loads(ts.Tokenizer.from_pretrained("tokenspace/byte").to_json())["model"]["vocab"])
    merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n")]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
    tok = bpe([*alphabet, *(a + b for a, b in merges)], merges, pre_tokenizer=level, decoder=level)
    tok.add_special_tokens(["<|end|>"])
    paths = tok.save(tmp_path / "gpt", format="vocab.json")
    assert [Path(p).name for p in paths] == ["vocab.json", "merges.txt", "tokenizer_config.json"]
    opened = ts.Tokenizer.from_pretrained(tmp_path / "gpt")
    same(tok, opened)
    assert opened.encode_to_list("in<|end|>") == tok.encode_to_list("in<|end|>")
    [vocab, merges_txt] = tok.save(tmp_path / "x" / "vocab.json")
    assert Path(merges_txt).read_text(encoding="utf-8").splitlines()[1] == "t h"
    same(tok, ts.Tokenizer.from_file(vocab))


def test_sentencepiece_unigram(tmp_path: Path) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/unigram")
    [path] = tok.save(tmp_path / "own.model")
    same(tok, ts.Tokenizer.from_file(path))
    stated = ts.Tokenizer.from_str(tok.to_json())
    stated.save(tmp_path / "stated.model")
    # With the first file: tokenizer.json looks its character map up by cluster.
    same(tok, ts.Tokenizer.from_file(tmp_path / "stated.model"))
    tok.add_special_tokens(["<pad>", "<mask>"])
    tok.save(tmp_path / "more.model")
    more = ts.Tokenizer.from_file(tmp_path / "more.model")
    assert more.token_to_id("<mask>") == tok.token_to_id("<mask>") == len(tok) - 1
    tok.add_tokens(["plain"])
    with pytest.raises(UnsupportedError, match=r"special.*'plain'"):
        tok.save(tmp_path / "no.model")
    assert not (tmp_path / "no.model").exists()


def test_sentencepiece_bpe(tmp_path: Path) -> None:
    tok = spaced()
    tok.save(tmp_path / "own.model")
    again = ts.Tokenizer.from_file(tmp_path / "own.model")
    same(tok, again, ids_only=True)
    assert again.token_to_id("▁the") == tok.token_to_id("▁the")
    assert again.decode(again.encode("the a\nthe").ids) == "the a\nthe"


def test_refusals_say_what_is_not_expressible(tmp_path: Path) -> None:
    bytes_ = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    wordpiece = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    cases = [
        (wordpiece, "tiktoken", "a BPE model, received WordPiece"),
        (bytes_, "sentencepiece", "Metaspace, received Split"),
        (bytes_, "vocab.json", "GPT-2's pattern"),
        (bytes_, "vocab.txt", "a WordPiece model, received BPE"),
        (spaced(unk_token=None), "sentencepiece", "without one"),
        (spaced(dropout=0.1), "sentencepiece", "without dropout"),
        (ts.Tokenizer.from_pretrained("tokenspace/char"), "sentencepiece", "received WordLevel"),
    ]
    for tok, format, what in cases:
        with pytest.raises(UnsupportedError, match=what):
            tok.save(tmp_path / "out", format=format)
    with pytest.raises(ArgumentError, match="tekken"):
        bytes_.save(tmp_path / "out", format="tekken")
    assert not (tmp_path / "out").exists()


def test_a_merge_that_ranks_do_not_give_is_refused() -> None:
    ranks = {"a": 0, "b": 1, "c": 2, "bc": 3, "ab": 4, "abc": 5}
    used = check_rank_order(ranks, [("b", "c"), ("a", "b"), ("a", "bc")], False, "abc")
    assert used == [("b", "c"), ("a", "b"), ("a", "bc")]
    with pytest.raises(OrderError, match="no merge"):
        check_rank_order(ranks, [("b", "c"), ("a", "b"), ("ab", "c")], False, "abc")
    with pytest.raises(OrderError, match="comes before"):
        check_rank_order(ranks, [("a", "b"), ("b", "c"), ("a", "bc")], False, "abc")
    with pytest.raises(OrderError, match="by no merge"):
        check_rank_order({"a": 0, "b": 1, "aaa": 2}, [], False, "ab")
    assert check_rank_order({"a": 0, "b": 1, "aaa": 2}, [], True, "ab") == []


@pytest.mark.parametrize("kind", ["unigram", "bpe", "char", "word"])
def test_models_from_pieces(kind: Any) -> None:
    pieces: list[Piece] = [("<unk>", 0, "unknown"), ("<s>", 0, "control"), ("▁", -3, "normal"), ("a", -4, "normal")]
    pieces += [("▁a", -1, "normal"), ("<x>", 0, "user_defined"), ("zz", 0, "unused")]
    tok = ts.Tokenizer.from_bytes(sentencepiece_model(pieces, kind, "identity"))
    expected = {"unigram": [4, 4, 5], "bpe": [4, 4, 5], "char": [2, 3, 2, 3, 5], "word": [4, 0]}
    assert list(tok.encode("a a<x>").ids) == expected[kind]


def test_pieces_that_contradict_each_other() -> None:
    unk: Piece = ("<unk>", 0, "unknown")
    cases: list[tuple[list[Piece], dict[str, Any], str]] = [
        ([("a", 0, "normal")], {}, "unknown piece"),
        ([unk, ("a", 0, "normal"), ("a", 0, "normal")], {}, "distinct"),
        ([unk, ("", 0, "normal")], {}, "empty"),
        ([unk, ("<0x00>", 0, "byte")], {}, "byte"),
        ([unk, ("a", 0, "normal")], {"byte_fallback": True}, "256"),
        ([unk, ("a", 0, "normal")], {"bos_id": 1}, "bos_id=1 of a control piece"),
        ([unk, ("a", 0, "normal")], {"eos_id": 9}, "2 pieces"),
        ([unk, ("a", 0, "odd")], {}, r"'odd' \(piece 1\)"),  # type: ignore[list-item]
        ([unk], {"model_type": "bert"}, "model_type"),
    ]
    for pieces, options, what in cases:
        with pytest.raises(ArgumentError, match=what):
            sentencepiece_model(pieces, **{"model_type": "unigram", "normalizer": "identity", **options})
