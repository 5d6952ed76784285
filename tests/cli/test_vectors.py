"""``similar``, ``analogy`` and ``vectors``: results, forms, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace.vectors.keyed_vectors import KeyedVectors

# On a circle, by degrees: neighbours are known without computing.
ANGLES = {"big": 0, "bigger": 10, "biggest": 20, "small": 90, "smaller": 100, "smallest": 110, "word": 200}


@pytest.fixture
def words(tmp_path: Path) -> Path:
    angles = np.radians(list(ANGLES.values()))
    kv = KeyedVectors(2)
    kv.add_vectors(list(ANGLES), np.stack([np.cos(angles), np.sin(angles)], axis=1), {"count": np.arange(7, 0, -1)})
    path = tmp_path / "words.txt"
    kv.save_word2vec_format(path)
    return path


def test_similar(ts: Any, words: Path) -> None:
    result = ts("similar", "big", "-m", words, "--topn", "2")
    assert result.code == 0, result.err
    assert result.jsonl == [{"key": "bigger", "score": 0.984808}, {"key": "biggest", "score": 0.939693}]
    shown = ts("similar", "big", "-m", words, "-n", "1", terminal=True)
    assert shown.out == "word    cosine\n──────  ──────\nbigger  0.9848\n"
    document = ts("similar", "smaller", "big", "--negative", "word", "-m", words, "-n", "1", "--json").json
    assert document["positive"] == ["smaller", "big"]
    assert document["negative"] == ["word"]
    assert len(document["neighbours"]) == 1
    assert ts("similar", "big", "-m", words, "--restrict-vocab", "2", "-n", "1").jsonl[0]["key"] == "bigger"
    assert ts("similar", "big", "small", "-m", words, "--cosmul", "-n", "1").code == 0


def test_similar_to_a_file(ts: Any, words: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    assert ts("similar", "big", "-m", words, "-n", "1", "-o", out).code == 0
    assert out.read_text() == "bigger\t0.984808\n"


def test_analogy(ts: Any, words: Path) -> None:
    result = ts("analogy", "biggest", "big", "small", "-m", words, "--json")
    assert result.json["analogy"] == ["biggest", "big", "small"]
    assert result.json["neighbours"][0]["key"] in ("smaller", "smallest")
    kv = KeyedVectors.from_pretrained(words)
    expected = kv.most_similar(positive=["biggest", "small"], negative=["big"], topn=5)
    assert [row["key"] for row in result.json["neighbours"]] == [key for key, _ in expected]


def test_convert_there_and_back(ts: Any, words: Path, tmp_path: Path) -> None:
    original = KeyedVectors.from_pretrained(words)
    for name in ("a.safetensors", "b.bin", "c.vec.gz"):
        result = ts("vectors", "convert", words, "-o", tmp_path / name)
        assert result.code == 0, result.err
        assert "7 rows of 2" in result.err
        again = KeyedVectors.from_pretrained(tmp_path / name)
        assert again.index_to_key == original.index_to_key
        np.testing.assert_array_equal(again.vectors, original.vectors)
    assert ts("vectors", "convert", words, "-o", tmp_path / "d", "--to", "glove", "-q").err == ""
    assert (tmp_path / "d").read_text().startswith("big 1.0 0.0\n")
    assert ts("vectors", "convert", words, "-o", tmp_path / "e.kv", "--type", "int8").code == 0
    assert ts("similar", "big", "-m", tmp_path / "e.kv", "-n", "1").jsonl[0]["key"] == "bigger"


def test_info(ts: Any, words: Path) -> None:
    facts = ts("vectors", "info", words, "--json", "--words", "2").json
    assert facts["format"] == "word2vec-text"
    assert (facts["rows"], facts["columns"], facts["type"]) == (7, 2, "float32")
    assert facts["words"] == ["big", "bigger"]
    assert facts["bytes"] == words.stat().st_size
    assert "columns          2\n" in ts("vectors", "info", words).out


def test_list(ts: Any) -> None:
    rows = {row["name"]: row for row in ts("vectors", "list").jsonl}
    assert rows["glove-wiki-gigaword-50"]["bytes"] == 69182535
    assert rows["glove-wiki-gigaword-50"]["path"] is None
    assert "PDDL 1.0" in ts("vectors", "list", terminal=True).out


def test_evaluate(ts: Any, words: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text(
        ": degrees\nbig bigger small smaller\nbig biggest small smallest\n: other\nbig word small unknown\n"
    )
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("big\tbigger\t9\nbig\tsmall\t5\nbig\tword\t1\nbig\tunknown\t3\n")
    result = ts("vectors", "evaluate", words, "--analogies", questions, "--pairs", pairs, "--json")
    assert result.code == 0, result.err
    section, total, judged = result.json["results"]
    assert (section["section"], section["asked"]) == ("degrees", 2)
    assert total["section"] == "Total accuracy"
    assert judged["spearman"] == 1.0
    assert judged["unknown_percent"] == 25.0
    shown = ts("vectors", "evaluate", words, "--analogies", questions, "--pairs", pairs, terminal=True).out
    assert "spearman" in shown
    assert "degrees" in shown


def test_export(ts: Any, words: Path, tmp_path: Path) -> None:
    assert ts("vectors", "export", words, "-o", tmp_path / "rows.jsonl", "--word", "big", "--word", "small").code == 0
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert rows[0] == {"key": "big", "vector": [1.0, 0.0]}
    assert rows[1]["key"] == "small"
    assert ts("vectors", "export", words, "-o", tmp_path / "t.tsv", "--normalize").code == 0
    assert (tmp_path / "t.tsv").read_text().startswith("big\t1.0\t0.0\n")
    assert ts("vectors", "export", words, "-o", tmp_path / "a.npz").code == 0
    arrays = np.load(tmp_path / "a.npz")
    assert arrays["keys"].tolist() == list(ANGLES)
    np.testing.assert_array_equal(arrays["vectors"], KeyedVectors.from_pretrained(words).vectors)
    assert ts("vectors", "export", words, "-o", tmp_path / "p", "--to", "projector").code == 0
    assert (tmp_path / "p" / "metadata.tsv").read_text().splitlines() == list(ANGLES)
    assert len((tmp_path / "p" / "vectors.tsv").read_text().splitlines()) == 7


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (2, ["similar", "big"]),
        (2, ["similar", "-m", "WORDS"]),
        (2, ["similar", "big", "-m", "WORDS", "--topn", "0"]),
        (2, ["similar", "big", "-m", "WORDS", "--json", "--jsonl"]),
        (2, ["analogy", "a", "b", "-m", "WORDS"]),
        (4, ["similar", "unheard", "-m", "WORDS"]),
        (4, ["similar", "big", "--negative", "unheard", "-m", "WORDS"]),
        (4, ["analogy", "big", "unheard", "small", "-m", "WORDS"]),
        (4, ["similar", "big", "-m", "missing.txt"]),
        (4, ["similar", "big", "-m", "glove-wiki-gigaword-50"]),
        (3, ["similar", "big", "-m", "BROKEN"]),
        (3, ["similar", "big", "-m", "cc.en.300"]),
        (3, ["vectors", "info", "BROKEN"]),
        (2, ["vectors", "convert", "WORDS"]),
        (2, ["vectors", "convert", "WORDS", "-o", "x.odd"]),
        (2, ["vectors", "convert", "WORDS", "-o", "x.bin", "--type", "int8"]),
        (2, ["vectors", "convert", "WORDS", "-o", "WORDS"]),
        (3, ["vectors", "convert", "WORDS", "-o", "no/such/folder/x.bin"]),
        (4, ["vectors", "convert", "missing", "-o", "x.bin"]),
        (2, ["vectors", "evaluate", "WORDS"]),
        (4, ["vectors", "evaluate", "WORDS", "--pairs", "missing.tsv"]),
        (3, ["vectors", "evaluate", "WORDS", "--analogies", "BROKEN"]),
        (3, ["vectors", "evaluate", "WORDS", "--pairs", "BROKEN"]),
        (2, ["vectors", "export", "WORDS", "-o", "x"]),
        (4, ["vectors", "export", "WORDS", "-o", "x.tsv", "--word", "unheard"]),
        (2, ["vectors", "nonsense"]),
    ],
)
def test_wrong_input(ts: Any, words: Path, code: int, arguments: list[str]) -> None:
    broken = words.with_name("broken.txt")
    broken.write_bytes(b"2 2\nbig 1\n\xff\xfe")
    before = sorted(path.name for path in Path.cwd().iterdir())
    result = ts(*[{"WORDS": str(words), "BROKEN": str(broken)}.get(word, word) for word in arguments])
    assert (result.code, result.out) == (code, ""), result.err
    assert result.err
    assert "Traceback" not in result.err
    assert sorted(path.name for path in Path.cwd().iterdir()) == before


def test_warnings_are_notes(ts: Any, tmp_path: Path) -> None:
    path = tmp_path / "twice.txt"
    path.write_text("3 1\na 1\na 2\nb nan\n")
    result = ts("vectors", "info", path)
    assert result.code == 0
    assert "note: " in result.err
    assert "come again" in result.err
    assert ts("vectors", "info", path, "-q").err == ""


def test_words_that_are_numbers(ts: Any, tmp_path: Path) -> None:
    kv = KeyedVectors(2)
    kv.add_vectors([7, 8, 9], np.array([[1, 0], [0.9, 0.1], [0, 1]]))
    kv.save(tmp_path / "items")
    assert ts("similar", "7", "-m", tmp_path / "items", "-n", "1").jsonl[0]["key"] == 8


def test_progress_is_on_stderr(ts: Any, words: Path) -> None:
    result = ts("similar", "big", "-m", words, "--progress", "json", "-n", "1")
    assert [json.loads(line)["stage"] for line in result.err.splitlines()][-1] == "load vectors"
    assert len(result.jsonl) == 1


def test_json_has_null_where_there_is_no_number(ts: Any, tmp_path: Path) -> None:
    path = tmp_path / "zero.txt"
    path.write_text("a 0 0\nb 1 0\nc 0 1\n")
    done = ts("similar", "b", "-m", path, "--json")
    assert done.code == 0
    assert "NaN" not in done.out
    assert [row["score"] for row in done.json["neighbours"]] == [0.0, None]


def test_exported_numbers_are_the_shortest_that_give_the_same_float(ts: Any, tmp_path: Path) -> None:
    kv = KeyedVectors(4)
    kv.add_vectors(['a"b', "c"], np.array([[0.1, -1e-30, 16777216, np.nan], [np.inf, 3, 1e16, -0.0]], dtype=np.float32))
    kv.save(tmp_path / "own")
    assert ts("vectors", "export", tmp_path / "own", "-o", "rows.jsonl").code == 0
    rows = [json.loads(line, parse_constant=None) for line in Path("rows.jsonl").read_text().splitlines()]
    assert rows[0] == {"key": 'a"b', "vector": [0.1, -1e-30, 16777216.0, None]}
    assert rows[1]["vector"] == [None, 3.0, 1e16, 0.0]
    assert ts("vectors", "export", tmp_path / "own", "-o", "rows.tsv").code == 0
    assert Path("rows.tsv").read_text().splitlines()[0] == 'a"b\t0.1\t-1e-30\t1.6777216e+07\tnan'
