"""Parquet files as input of the commands that read tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pa: Any = pytest.importorskip("pyarrow", reason="pyarrow is not installed (pip install 'tokenspace[data]')")
pq: Any = pytest.importorskip("pyarrow.parquet", reason="pyarrow was built without Parquet")

ROWS = [("k1", "Hé", "en"), ("k2", "", "zh"), ("k3", "今天 🎵", "zh")]


@pytest.fixture(autouse=True)
def table(quiet_machine: None) -> None:
    keys, bodies, langs = map(list, zip(*ROWS, strict=True))
    # Several row groups, and a column whose type is no text.
    columns = {"key": keys, "body": bodies, "lang": langs, "vector": [[1.0], [2.0], [3.0]]}
    pq.write_table(pa.table(columns), "rows.parquet", row_group_size=2)
    pq.write_table(pa.table({"text": bodies}), "plain.parquet")


def test_encode(ts) -> None:
    rows = ts("encode", "-t", "byte", "rows.parquet", "--column", "body", "--id", "key").jsonl
    assert [(row["id"], row["ids"]) for row in rows] == [(key, list(body.encode())) for key, body, _ in ROWS]
    assert {row["source"] for row in rows} == {"rows.parquet"}
    rows = ts("encode", "-t", "byte", "plain.parquet", "--show", "ids,text").jsonl
    assert [(row["id"], row["text"]) for row in rows] == [(1, "Hé"), (2, ""), (3, "今天 🎵")]
    pair = ts("encode", "-t", "byte", "rows.parquet", "--column", "body", "--pair-column", "lang").jsonl
    assert [bytes(row["ids"]).decode() for row in pair] == [body + lang for _, body, lang in ROWS]


def test_encode_from_standard_input(ts) -> None:
    rows = ts("encode", "-t", "byte", "--format", "parquet", stdin=Path("plain.parquet").read_bytes()).jsonl
    assert [bytes(row["ids"]).decode() for row in rows] == [body for _, body, _ in ROWS]


def test_count(ts) -> None:
    (row,) = ts("count", "-t", "byte", "rows.parquet", "--column", "body").jsonl
    size = sum(len(body.encode()) for _, body, _ in ROWS)
    assert (row["records"], row["n_tokens"], row["bytes"], row["source"]) == (3, size, size, "rows.parquet")
    rows = ts("count", "-t", "byte", "--per-record", "rows.parquet", "--column", "body", "--id", "key").jsonl
    assert [(row["id"], row["n_tokens"]) for row in rows] == [(key, len(body.encode())) for key, body, _ in ROWS]
    (row,) = ts("count", "-t", "byte", "rows.parquet", "--column", "body", "--window", "5").jsonl
    assert row["over_window"] == 1


def test_report(ts) -> None:
    arguments = ["report", "-t", "byte", "rows.parquet", "--column", "body", "--by", "lang"]
    card = ts(*arguments, "--json").json["tokenizers"][0]
    assert {name: group["texts"] for name, group in card["groups"].items()} == {"en": 1, "zh": 2}
    assert {"bytes_per_token", "unused", "round_trip"} <= {finding["key"] for finding in card["findings"]}


def test_chunk(ts) -> None:
    rows = ts("chunk", "-t", "byte", "rows.parquet", "--column", "body", "--id", "key", "--size", "8").jsonl
    assert "".join(row["text"] for row in rows if row["id"] == "k3") == "今天 🎵"


@pytest.mark.parametrize("command", ["encode", "count", "report"])
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "expected a column named 'text', received columns key, body, lang, vector; try --column NAME"),
        (["--column", "title"], "expected a column 'title', received columns key, body, lang, vector"),
        (["--column", "vector"], "expected text in column 'vector', received list"),
    ],
)
def test_wrong_columns(ts, command: str, more: list[str], said: str) -> None:
    result = ts(command, "-t", "byte", "rows.parquet", *more)
    assert (result.code, result.out) == (3, "")
    assert said in result.err
