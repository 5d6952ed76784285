"""``tokenspace train vectors``: models, corpora, outputs, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import KeyedVectors, Word2Vec

TEXT = "the cat sat on the mat\nthe dog sat on the log\n" * 60


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return path


def test_as_the_python_call(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.kv"
    options = ["--sg", "--vector-size", "8", "--negative", "3", "--window", "2", "--seed", "5", "--epochs", "2"]
    result = ts("train", "vectors", text, *options, "--threads", "1", "-o", out)
    assert result.code == 0, result.err
    assert result.out.startswith("word2vec: 7 words of 8 numbers from 720 words of text in ")
    model = Word2Vec(corpus_file=text, sg=1, vector_size=8, negative=3, window=2, seed=5, epochs=2, workers=1)
    kv = KeyedVectors.load(out)
    assert kv.index_to_key == model.wv.index_to_key
    np.testing.assert_array_equal(kv.vectors, model.wv.vectors)


@pytest.mark.parametrize("name", ["v.safetensors", "v.bin", "v.txt"])
def test_outputs(ts: Any, text: Path, tmp_path: Path, name: str) -> None:
    result = ts("train", "vectors", text, "--vector-size", "4", "-o", tmp_path / name, "--json")
    assert result.code == 0, result.err
    assert result.json["sentences"] == 120
    assert result.json["words"] == len(KeyedVectors.from_pretrained(tmp_path / name)) == 7


def test_fasttext_keeps_its_ngrams(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.kv"
    result = ts("train", "vectors", text, "--model", "fasttext", "--bucket", "100", "--vector-size", "4", "-o", out)
    assert result.code == 0, result.err
    assert ts("similar", "catlike", "-m", out, "-n", "2").code == 0


def test_tables_tokens_and_several_files(ts: Any, text: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"body": "The CAT, the dog!"}) + "\n" for _ in range(20)))
    out = tmp_path / "a.kv"
    options = ["--column", "body", "--tokenize", "simple", "--min-count", "1", "--vector-size", "4"]
    assert ts("train", "vectors", rows, *options, "-o", out).code == 0
    assert sorted(KeyedVectors.load(out).index_to_key) == ["cat", "dog", "the"]
    out = tmp_path / "b.kv"
    result = ts("train", "vectors", text, text, "-o", out, "--vector-size", "4", "--json")
    assert result.json["sentences"] == 240
    out = tmp_path / "c.kv"
    assert ts("train", "vectors", text, "-t", "tokenspace/byte", "-o", out, "--vector-size", "4").code == 0
    assert len(KeyedVectors.load(out)) > 7


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (2, ["-o", "x.kv"]),
        (2, ["TEXT"]),
        (2, ["TEXT", "-o", "x.odd"]),
        (2, ["TEXT", "-o", "TEXT", "--to", "tokenspace"]),
        (2, ["-", "-o", "x.kv"]),
        (2, ["TEXT", "--min-n", "2", "-o", "x.kv"]),
        (2, ["TEXT", "--model", "fasttext", "--dm", "1", "-o", "x.kv"]),
        (2, ["TEXT", "--model", "nonsense", "-o", "x.kv"]),
        (2, ["TEXT", "--vector-size", "0", "-o", "x.kv"]),
        (3, ["TEXT", "-o", "no/such/x.kv"]),
        (4, ["missing.txt", "-o", "x.kv"]),
        (3, ["BAD", "-o", "x.kv"]),
    ],
)
def test_wrong_input(ts: Any, text: Path, code: int, arguments: list[str]) -> None:
    bad = text.with_name("bad.txt")
    bad.write_bytes(b"fine words\nna\xefve\n" * 10)
    result = ts("train", "vectors", *[{"TEXT": str(text), "BAD": str(bad)}.get(word, word) for word in arguments])
    assert (result.code, result.out) == (code, ""), result.err
    assert "Traceback" not in result.err
    assert not Path("x.kv").exists()


def test_no_word_is_left(ts: Any, text: Path) -> None:
    result = ts("train", "vectors", text, "--min-count", "1000", "-o", "x.kv")
    assert result.code != 0
    assert "min_count" in result.err
    assert not Path("x.kv").exists()


def test_vectors_of_byte_level_tokens_speak_chinese(ts: Any, tmp_path: Path) -> None:
    text, tokenizer, out = tmp_path / "zh.txt", tmp_path / "tokenizer.json", tmp_path / "v.txt"
    text.write_text("历史 like 我们\n他们 like 中文\n" * 30, encoding="utf-8")
    assert ts("train", "tokenizer", text, "--vocab-size", "400", "-o", tokenizer).code == 0
    result = ts("train", "vectors", text, "--tokenizer", tokenizer, "--vector-size", "8", "-o", out)
    assert result.code == 0, result.err
    found = ts("similar", "历史", "-m", out, "-n", "50", "--json")
    words = [row["key"] for row in found.json["neighbours"]]
    assert {"▁like", "▁我们", "他们"} <= set(words)
    assert not any(set(word) & set("äåæçèéĠ") for word in words)
    unknown = ts("similar", "like", "-m", out)
    assert unknown.code == 4
    assert "try '▁like'" in unknown.err


def test_chinese_is_cut_into_words(ts: Any, tmp_path: Path) -> None:
    from tokenspace.vectors.corpora.cut_words import learn_word_cutter

    lines = ["我们学习历史，他们学习中文。", "他们喜欢历史，我们喜欢中文！", "Die Bücher sind alt"] * 20
    text, out = tmp_path / "zh.txt", tmp_path / "v.safetensors"
    text.write_bytes("\r\n".join([*lines, ""]).encode("gb18030"))
    options = ["--encoding", "gb18030", "--tokenize", "words", "--vector-size", "8", "-o", out]
    result = ts("train", "vectors", text, *options)
    assert result.code == 0, result.err
    cutter = learn_word_cutter(lines)
    assert set(KeyedVectors.load(out).index_to_key) == {word for line in lines for word in cutter(line)}
    assert "bücher" in KeyedVectors.load(out)
    guessed = ts("train", "vectors", text, "--tokenize", "words", "-o", tmp_path / "w.safetensors")
    assert guessed.code == 3
    assert "--encoding gb18030, or --errors replace" in guessed.err
