"""Each command on small inputs, with the embedded tokenizers."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

SPEC_TEXT = '\nEnglish and CAPITALIZATION\n🎵 鸟\nshow_tokens False None elif == >= else: two tabs:"\t\t" Three tabs: "\t\t\t"\n12.0*50=600\n'


def test_encode_text(ts) -> None:
    assert ts("encode", "-t", "byte", "--text", "Hé").jsonl == [{"id": 1, "source": "<text>", "ids": [72, 195, 169]}]
    assert ts("encode", "-t", "byte", "two words").jsonl[0]["ids"][:3] == [116, 119, 111]


def test_encode_shows_a_token_a_line_on_a_terminal(ts) -> None:
    out = ts("encode", "-t", "byte", "--text", "Hi", "--color", "never", terminal=True).out.splitlines()
    assert out[0] == "<text> 1: 2 tokens"
    assert out[1].split() == ["0", "H", "72", "0:1"]


def test_encode_fields(ts) -> None:
    row = ts("encode", "-t", "byte", "--text", "é", "--show", "ids,tokens,offsets,text").jsonl[0]
    assert row["offsets"] == [[0, 1], [0, 1]]
    assert row["text"] == "é"
    assert len(row["tokens"]) == 2
    assert ts("encode", "-t", "byte", "--text", "ab", "--plain").out == "97 98\n"
    document = ts("encode", "-t", "byte", "--text", "a", "--text", "b", "--json").json
    assert [record["ids"] for record in document["records"]] == [[97], [98]]
    assert ts("encode", "-t", "byte", "-", "--json", stdin=b"").json["records"] == []


def test_encode_keeps_input_order_over_many_batches(ts) -> None:
    lines = [f"line {number} " + "x" * (number % 50) for number in range(20_000)]
    Path("a.txt").write_text("\n".join(lines))
    rows = ts("encode", "-t", "byte", "a.txt", "--threads", "2").jsonl
    assert [bytes(row["ids"]).decode() for row in rows] == lines
    assert [row["id"] for row in rows] == list(range(1, 20_001))


def test_encode_tables_and_pairs(ts) -> None:
    Path("a.csv").write_text("key,body,other\nk1,ab,cd\n")
    row = ts("encode", "-t", "byte", "a.csv", "--column", "body", "--id", "key").jsonl[0]
    assert (row["id"], row["ids"]) == ("k1", [97, 98])
    row = ts(
        "encode",
        "-t",
        "tokenspace/wordpiece",
        "a.csv",
        "--column",
        "body",
        "--pair-column",
        "other",
        "--show",
        "tokens",
    ).jsonl[0]
    assert row["tokens"].count("[SEP]") == 2
    row = ts("encode", "-t", "tokenspace/wordpiece", "--text", "ab", "--pair", "cd", "--show", "tokens,offsets").jsonl[
        0
    ]
    assert row["tokens"].count("[SEP]") == 2
    assert "columns key, body, other" in ts("encode", "-t", "byte", "a.csv").err


def test_encode_special_policy(ts) -> None:
    plain = ts("encode", "-t", "tokenspace/bpe", "--text", "<|endoftext|>").jsonl[0]["ids"]
    assert len(plain) == 1
    assert (
        len(ts("encode", "-t", "tokenspace/bpe", "--text", "<|endoftext|>", "--special", "as-text").jsonl[0]["ids"]) > 1
    )
    assert ts("encode", "-t", "tokenspace/bpe", "--text", "<|endoftext|>", "--special", "error").code == 3
    tokens = ts("encode", "-t", "tokenspace/wordpiece", "--text", "a", "--show", "tokens", "--no-special").jsonl[0][
        "tokens"
    ]
    assert tokens == ["a"]


def test_encode_arrays(ts) -> None:
    Path("a.txt").write_text("ab\nc\n")
    assert ts("encode", "-t", "byte", "a.txt", "-o", "out.npz", "--show", "ids,offsets").code == 0
    arrays = np.load("out.npz")
    assert arrays["ids"].tolist() == [97, 98, 99]
    assert arrays["row_offsets"].tolist() == [0, 2, 3]
    assert arrays["spans"].tolist() == [[0, 1], [1, 2], [0, 1]]


def test_a_failed_run_leaves_the_old_file(ts) -> None:
    Path("out.jsonl").write_text("old\n")
    Path("a.txt").write_bytes(b"fine\n\xff\n")
    assert ts("encode", "-t", "byte", "a.txt", "-o", "out.jsonl").code == 3
    assert Path("out.jsonl").read_text() == "old\n"
    assert ts("encode", "-t", "byte", "a.txt", "-o", "out.jsonl.gz", "--errors", "skip").code == 0
    assert len(gzip.decompress(Path("out.jsonl.gz").read_bytes()).splitlines()) == 1


def test_round_trip_through_pipes(ts) -> None:
    text = "Grüße, 世界! 🎵\nsecond  line\n"
    for name in ("byte", "tokenspace/bpe"):
        encoded = ts("encode", "-t", name, stdin=text.encode()).out
        assert ts("decode", "-t", name, "--format", "jsonl", stdin=encoded.encode()).out == text
        plain = ts("encode", "-t", name, "--plain", stdin=text.encode()).out
        assert ts("decode", "-t", name, stdin=plain.encode()).out == text


def test_decode_forms(ts) -> None:
    assert ts("decode", "-t", "byte", "72", "105").out == "Hi\n"
    assert ts("decode", "-t", "byte", "--ids", "[72, 105]", "--ids", "33").out == "Hi\n!\n"
    assert ts("decode", "-t", "byte", "--ids", "72", "--json").json["records"][0]["text"] == "H"
    assert ts("decode", "-t", "byte", "--bytes", "--ids", "72").out == "H"
    wordpiece = ts("encode", "-t", "tokenspace/wordpiece", "--text", "a cat", "--plain").out
    assert ts("decode", "-t", "tokenspace/wordpiece", "--ids", wordpiece).out == "a cat\n"
    assert "[CLS]" in ts("decode", "-t", "tokenspace/wordpiece", "--ids", wordpiece, "--keep-special").out


def test_count(ts) -> None:
    Path("a.txt").write_text("abc\nde\n")
    Path("b.txt").write_text("é")
    rows = ts("count", "-t", "byte", "a.txt", "b.txt").jsonl
    assert [(row["source"], row["n_tokens"], row["records"]) for row in rows] == [("a.txt", 7, 1), ("b.txt", 2, 1)]
    rows = ts("count", "-t", "byte", "--lines", "a.txt", "--window", "2").jsonl
    assert (rows[0]["records"], rows[0]["n_tokens"], rows[0]["longest"], rows[0]["over_window"]) == (2, 5, 3, 1)
    assert [row["n_tokens"] for row in ts("count", "-t", "byte", "--per-record", "a.txt").jsonl] == [3, 2]
    table = ts("count", "-t", "byte", "-t", "tokenspace/bpe", "a.txt", "b.txt", terminal=True).out
    assert "total" in table
    Path("docs").mkdir()
    Path("docs/x.py").write_text("print()")
    assert ts("count", "-t", "byte", "docs", "--glob", "*.py").jsonl[0]["n_tokens"] == 7


def test_compare_defaults_to_the_embedded_six(ts) -> None:
    rows = ts("compare", SPEC_TEXT, "--json").json["tokenizers"]
    assert [row["name"] for row in rows] == [
        f"tokenspace/{kind}" for kind in ("bpe", "wordpiece", "unigram", "word", "char", "byte")
    ]
    assert rows[5]["n_tokens"] == len(SPEC_TEXT.encode())
    assert all(set(row["properties"]) >= {"method", "vocab_size", "casing", "digits", "emoji", "cjk"} for row in rows)


def test_compare_views(ts) -> None:
    out = ts("compare", "Hello 🎵", "-t", "byte", terminal=True).out
    assert "\x1b[38;2;0;0;0;48;2;102;194;165mH\x1b[0m" in out
    assert "0x8E" in out
    assert "72 101" in ts("compare", "He", "-t", "byte", "--ids").out
    assert ts("compare", "He", "-t", "byte", "--one-per-line").out.splitlines()[1].split() == ["0", "H", "72", "0:1"]
    assert "🎵×4" in ts("compare", "🎵", "-t", "byte", "--group").out
    assert ts("compare", "-f", "-", "-t", "byte", stdin=b"a\nb").out.startswith("byte  3 tokens")
    assert ts("compare", "-t", "byte", stdin=b"abc").out.startswith("byte  3 tokens")
    assert ts("compare", "<script>x</script>", "-t", "byte", "--html", "out.html").code == 0
    assert "<script" not in Path("out.html").read_text("utf-8")
    assert len(ts("compare", "a", "-t", "byte", "-t", "char", "--jsonl").jsonl) == 2


def test_report(ts) -> None:
    Path("a.jsonl").write_text(
        '{"text": "Hello", "lang": "en"}\n{"text": "今天", "lang": "zh"}\n{"text": "Bye", "lang": "en"}\n'
    )
    card = ts("report", "-t", "byte", "a.jsonl", "--by", "lang", "--json").json["tokenizers"][0]
    assert {name: group["texts"] for name, group in card["groups"].items()} == {"en": 2, "zh": 1}
    assert {finding["key"] for finding in card["findings"]} >= {
        "case", "digits", "trailing_space", "whitespace", "unknown", "indentation", "languages", "bytes_per_token",
        "unknown_rate", "byte_rate", "round_trip", "unused", "unreachable", "longest",
    }  # fmt: skip
    text = ts(
        "report",
        "-t",
        "tokenspace/wordpiece",
        terminal=True,
    ).out
    assert "case does not matter" in text
    rows = ts("report", "-t", "byte", "--jsonl").jsonl
    assert {"tokenizer", "key", "value", "grade", "summary", "examples"} <= set(rows[0])
    assert ts("report", "-t", "byte", "--by", "lang").code == 2


@pytest.mark.parametrize("unit", ["tokens", "sentences", "paragraphs"])
def test_chunk_and_rejoin(ts, unit: str) -> None:
    text = "One sentence here. Another one, longer than that!\n\n今天天气很好。孩子们在花园里玩。\n" * 5
    Path("a.txt").write_text(text)
    Path("b.txt").write_text("short")
    arguments = ["-t", "tokenspace/bpe", "--size", "12", "--overlap", "3", "--unit", unit, "a.txt", "b.txt"]
    rows = ts("chunk", *arguments).jsonl
    assert all(row["n_tokens"] <= 12 for row in rows)
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows if row["source"] == "a.txt")
    assert ts("chunk", *arguments, "-o", "chunks.jsonl").code == 0
    assert ts("chunk", "--rejoin", "chunks.jsonl").out == text + "short"


def test_chunk_truncate_and_sample(ts) -> None:
    row = ts("chunk", "-t", "byte", "--size", "4", "--truncate", "tail", "--text", "abcdefgh").jsonl[0]
    assert (row["text"], row["truncated"], row["n_tokens"]) == ("efgh", True, 4)
    many = ["chunk", "-t", "byte", "--size", "2", "--sample", "3", "--text", "abcdefghijklmnop"]
    assert len(ts(*many).jsonl) == 3
    assert ts(*many).out == ts(*many).out
    assert ts("chunk", "--text", "a", "-t", "byte", "--size", "4", "--overlap", "4").code == 2
    assert ts("chunk", "--text", "🎵", "-t", "byte", "--size", "2").code == 3


def test_models(ts) -> None:
    names = {row["name"] for row in ts("models", "list", "--json").json["models"]}
    assert {"tokenspace/bpe", "byte", "gpt2", "cl100k_base"} <= names
    assert ts("models", "path", "tokenspace/bpe").out.endswith("bpe.json.gz\n")
    assert ts("models", "path", "tokenspace/byte").code == 4
    assert "32," in ts("models", "pull", "tokenspace/bpe").err
