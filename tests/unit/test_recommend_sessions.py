"""Sessions: from lists, tables and the two-file form; parts of them; what is refused."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.recommend_samples import playlists, songs, write_two_files
from tokenspace.errors import ArgumentError, FormatError, NotFoundError
from tokenspace.io import Source
from tokenspace.recommend import (
    Columns,
    ItemTable,
    Session,
    Sessions,
    look_at_sessions,
    read_items,
    read_playlists,
    read_sessions,
)
from tokenspace.recommend.weighted_sentences import layers_of, sentences_of


def lists(sessions: Sessions) -> list[list[str]]:
    return [list(session.items) for session in sessions]


# ---- from what a caller has ----
def test_lists_mappings_and_sessions() -> None:
    sessions = Sessions.of([["a", "b"], [], ("b", 3, np.int64(3), "a")])
    assert lists(sessions) == [["a", "b"], [], ["b", "3", "3", "a"]]
    assert sessions.items == ["a", "b", "3"]
    assert sessions.ids.tolist() == [0, 1, 1, 2, 2, 0]
    assert sessions.offsets.tolist() == [0, 2, 2, 6]
    assert sessions.weights is sessions.times is sessions.keys is None
    assert sessions.counts().tolist() == [2, 2, 2]
    assert Sessions.of(sessions) is sessions
    named = Sessions.of({"ann": ["a"], 7: ["b", "a"]})
    assert named["7"] == Session(("b", "a"), key="7")
    assert named[-1] == named[1] == named["7"]
    assert named[:1] == [Session(("a",), key="ann")]
    with pytest.raises(KeyError, match="key among 2"):
        named["bob"]
    with pytest.raises(IndexError):
        named[2]


def test_semicolons_separate_as_well(tmp_path: Path) -> None:
    for lines, header in (("session;item;time\n", True), ("", False)):
        path = tmp_path / "log.csv"
        path.write_text(lines + 'a;"x, y";1\na;z;2\nb;z;1\n', encoding="utf-8")
        columns = ts.recommend.Columns() if header else ts.recommend.Columns("1", "2", "3")
        sessions = ts.recommend.read_sessions(path, columns=columns, header=header)
        assert [list(session.items) for session in sessions] == [["x, y", "z"], ["z"]]


def test_weights_and_events() -> None:
    sessions = Sessions.of(
        [["a", ("b", 2.5), ("c", "buy"), ("d", "hide")], ["a"]], event_weights={"buy": 10, "hide": 0}
    )
    assert sessions[0] == Session(("a", "b", "c"), (1.0, 2.5, 10.0))
    assert sessions[1].weights == (1.0,)
    assert sessions.counts().tolist() == [2, 2.5, 10]
    with pytest.raises(ArgumentError, match=r"event with a weight \(buy\).*'rent'.*event_weights"):
        Sessions.of([[("a", "rent")]], event_weights={"buy": 1})


@pytest.mark.parametrize(
    "given",
    ["a b c", ["abc"], 7, [[None]], [[""]], [[1.5]], [[True]], [["\ud800"]], [[("a", 1, 2)]], [[("a", -1)]],
     [[("a", float("nan"))]], [[b"a"]], [7]],
)  # fmt: skip
def test_what_is_no_session_is_refused(given: object) -> None:
    with pytest.raises(ArgumentError, match=r"\[sessions\] expected"):
        Sessions.of(given)


@pytest.mark.parametrize(
    "parts",
    [
        (("a", "b"), (1.0,)),
        (("a",), (0.0,)),
        (("a",), (float("inf"),)),
        (("a", "b"), None, (2.0, 1.0)),
        ((None,),),
        (("a",), None, ()),
    ],
)
def test_a_session_is_checked(parts: tuple) -> None:
    with pytest.raises(ArgumentError, match=r"\[sessions\] expected"):
        Session(*parts)
    assert Session((1, "b")).items == ("1", "b")


def test_arrays_are_checked() -> None:
    with pytest.raises(ArgumentError, match="rising offsets"):
        Sessions(["a"], [0], [0, 2])
    with pytest.raises(ArgumentError, match="ids below 1"):
        Sessions(["a"], [1], [0, 1])
    with pytest.raises(ArgumentError, match="one id twice"):
        Sessions(["a", "a"], [0], [0, 1])
    with pytest.raises(ArgumentError, match="finite weights"):
        Sessions(["a"], [0], [0, 1], weights=[np.inf])
    with pytest.raises(ArgumentError, match="above 0"):
        Sessions(["a"], [0], [0, 1], weights=[0])
    with pytest.raises(ArgumentError, match="order of their times"):
        Sessions(["a"], [0, 0], [0, 2], times=[2, 1])
    assert len(Sessions(["a"], [0, 0], [0, 1, 2], times=[2, 1])) == 2


# ---- the two files of the playlists ----
def test_two_file_form(tmp_path: Path) -> None:
    sessions, table = read_playlists(*write_two_files(tmp_path))
    assert lists(sessions) == [one for one in playlists() if len(one) > 1]
    assert dict(table) == {key: {"title": title, "artist": artist} for key, title, artist, _ in songs()}
    assert table.find("amber harbour i") == ["0"]
    assert len(table.find("anvil parish")) == 15
    assert table.text("0") == "Amber Harbour I · Mira Sandholm"


def test_song_lines_with_more_and_fewer_fields(tmp_path: Path) -> None:
    path = tmp_path / "songs.txt"
    path.write_text("1\tOne\n\n2\tTwo\tBand\twith tab\n2\tagain\tBand\n", encoding="utf-8")
    assert dict(read_items(path)) == {
        "1": {"title": "One", "artist": ""},
        "2": {"title": "Two", "artist": "Band\twith tab"},
    }
    path.write_text("1\tOne\tA\n \tTwo\tB\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"songs\.txt, line 2"):
        read_items(path)
    path.write_bytes("1\tCaf\xe9\tB\n".encode("latin-1"))
    with pytest.raises(FormatError, match="byte"):
        read_items(path)
    assert read_items(path, encoding="latin-1")["1"]["title"] == "Café"
    path.write_text("1|One (1995)|1995||0\n2|Two\n", encoding="utf-8")
    assert dict(read_items(path, fields=("title", "year"))) == {
        "1": {"title": "One (1995)", "year": "1995"},
        "2": {"title": "Two", "year": ""},
    }


# ---- tables ----
ROWS = [
    ("u1", "a", 30, "view"), ("u2", "b", 5, "buy"), ("u1", "b", 10, "cart"), ("u1", "c", 10, "view"), ("u2", "a", 7, "view"),
]  # fmt: skip
WEIGHTS = {"view": 1, "cart": 3, "buy": 10}


def written(path: Path, names: tuple[str, ...] = ("user", "item", "time", "event")) -> Path:
    if path.suffix == ".jsonl":
        path.write_text(
            "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in ROWS), encoding="utf-8"
        )
    elif path.suffix == ".parquet":
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet as pq

        # A column named "text" is what the text readers look for first: it must not hide the others.
        rows = [dict(zip(names, row, strict=True), text="x") for row in ROWS]
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        path.write_text("".join(mark.join(map(str, row)) + "\r\n" for row in [names, *ROWS]), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_tables(tmp_path: Path, suffix: str) -> None:
    sessions = read_sessions(written(tmp_path / f"events{suffix}"), event_weights=WEIGHTS)
    # Sorted by time; the two of time 10 keep the order of their rows.
    assert sessions["u1"] == Session(("b", "c", "a"), (3.0, 1.0, 1.0), (10.0, 10.0, 30.0), "u1")
    assert sessions["u2"] == Session(("b", "a"), (10.0, 1.0), (5.0, 7.0), "u2")
    assert read_sessions(tmp_path / f"events{suffix}").weights is None


def test_named_and_numbered_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "events.csv", ("who", "what", "when", "how"))
    columns = Columns("who", "what", "when", "how")
    assert lists(read_sessions(path, columns=columns)) == [["b", "c", "a"], ["b", "a"]]
    with pytest.raises(FormatError, match="a column of the item"):
        read_sessions(path)
    with pytest.raises(FormatError, match=r"expected a column 'user'.*who, what, when, how"):
        read_sessions(path, columns=Columns("user", "what"))
    bare = tmp_path / "bare.data"
    bare.write_text("1\t2\t5\t90\r\n1\t3\t4\t80\r\n", encoding="utf-8")
    found = read_sessions(bare, format="tsv", header=False, columns=Columns("1", "2", "4", weight="3"))
    assert found["1"] == Session(("3", "2"), (4.0, 5.0), (80.0, 90.0), "1")


def test_dates(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "session,item,date\n1,b,2020-01-02T00:00:00Z\n1,a,2020-01-01\n1,c,2020-01-02 01:00:00+01:00\n", encoding="utf-8"
    )
    sessions = read_sessions(path)
    assert sessions[0].items == ("a", "b", "c")
    assert sessions[0].times == (1577836800.0, 1577923200.0, 1577923200.0)
    path.write_text("session,item,date\n1,b,soon\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"ISO date in .*events\.csv, row 1"):
        read_sessions(path)
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    when = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    pq.write_table(pa.Table.from_pylist([{"session": 1, "item": 2, "ts": when}]), tmp_path / "a.parquet")
    assert read_sessions(tmp_path / "a.parquet")["1"] == Session(("2",), None, (1577836800.0,), "1")


def test_rows_that_are_sessions(tmp_path: Path) -> None:
    path = tmp_path / "sessions.jsonl"
    path.write_text('["a", 2]\n["b"]\n', encoding="utf-8")
    assert lists(read_sessions(path)) == [["a", "2"], ["b"]]
    path.write_text('{"user": "x", "items": ["a", "b"]}\n{"user": "y", "items": []}\n', encoding="utf-8")
    assert read_sessions(path)["x"].items == ("a", "b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user,item,weight\n1,a,-2\n", "weight of at least 0"),
        ("user,item,weight\n1,a,much\n", "a weight in"),
        ("user,item\n1,\n", "item id"),
        ("user,item\n,a\n", "session key"),
        ("item,price\na,3\n", "column of the session"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=f"{words}.*"):
        read_sessions(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_sessions(tmp_path / "none.csv")
    with pytest.raises(ArgumentError, match="'buy'"):
        read_sessions(written(tmp_path / "events.csv"), event_weights={"view": 1, "cart": 1})
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    assert len(read_sessions(empty)) == 0


# ---- parts ----
def test_where_drops_what_is_empty() -> None:
    sessions = Sessions(["a", "b", "c"], [0, 1, 2, 0], [0, 2, 2, 3, 4], [1, 2, 3, 4], keys=list("wxyz"))
    part = sessions.where(np.array([False, True, False, True]))
    assert [part["w"], part["z"]] == [Session(("b",), (2.0,), None, "w"), Session(("a",), (4.0,), None, "z")]
    assert part.items == ["a", "b"]
    assert part.keys == ["w", "z"]
    assert len(sessions.where(np.zeros(4, bool))) == 0
    assert lists(sessions.of_length(2)) == [["a", "b"]]


def test_split_by_gap() -> None:
    sessions = Sessions(list("abc"), [0, 1, 2, 0], [0, 3, 4], times=[0, 10, 100, 5], keys=["u", "v"])
    parts = sessions.split_by_gap(30)
    assert [(one.key, one.items) for one in parts] == [("u/0", ("a", "b")), ("u/1", ("c",)), ("v/0", ("a",))]
    with pytest.raises(ArgumentError, match="times"):
        Sessions.of([["a"]]).split_by_gap(1)


def test_ties_are_shuffled_within_their_time() -> None:
    count = 50
    sessions = Sessions(
        [str(i) for i in range(count)], list(range(count)), [0, count], times=[i // 10 for i in range(count)]
    )
    shuffled = sessions.with_shuffled_ties(1)
    assert shuffled[0].times == sessions[0].times
    assert shuffled[0].items != sessions[0].items
    for tens in range(5):
        place = slice(tens * 10, tens * 10 + 10)
        assert sorted(shuffled[0].items[place]) == sorted(sessions[0].items[place])


# ---- weights as sentences ----
def test_layers() -> None:
    assert layers_of(np.array([1.0, 3.0, 8.0])).tolist() == [1, 3, 8]
    assert layers_of(np.array([0.5, 1.5])).tolist() == [1, 3]
    assert layers_of(np.array([1.0, 3.0, 10.0, 100.0])).tolist() == [1, 1, 1, 8]
    assert layers_of(np.array([2.0, 2.0])).tolist() == [1, 1]


def test_two_items_meet_as_often_as_the_smaller_weight() -> None:
    sessions = Sessions.of([[("a", 1), ("b", 3), ("c", 2), ("d", 3)], ["e"], [("f", 1), ("g", 3)]])
    assert sentences_of(sessions) == [["a", "b", "c", "d"], ["b", "c", "d"], ["b", "d"], ["f", "g"]]


def test_item_table() -> None:
    table = ItemTable({1: {"title": "Blue", "tags": ["x", "y"]}, "b": {"title": "blue sky", "none": None}})
    assert table.find("BLUE") == ["1"]
    assert table.find("lue") == ["1", "b"]
    assert table.find("") == []
    assert table.text("1") == "Blue · x, y"
    assert table.text("unknown") == "unknown"
    assert table.merged({1: {"title": "Red"}})["1"] == {"title": "Red"}
    with pytest.raises(ArgumentError, match="mapping of fields"):
        ItemTable({"a": "title"})  # type: ignore[dict-item]


def test_sessions_are_public() -> None:
    assert ts.recommend.Sessions is Sessions


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.csv", 'user,item,time\n1,"a\nb",3\n\n2,b,then\n', r"row 2 \(line 5\)"),
        ("a.tsv", "user\titem\tweight\n1\ta\t1\n2\tb\tmuch\n", r"row 2 \(line 3\)"),
        ("a.jsonl", '\n{"user": 1, "item": 2}\n\n{"user": 1, "item": null}\n', r"\(line 4\)"),
        ("a.csv", "user,item\n1,a\n2,\n", r"row 2 \(line 3\)"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(tmp_path: Path, name: str, text: str, place: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=place):
        read_sessions(path)


def test_a_file_is_looked_at_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("userId,when,product,type\n" + "1,5,tea,view\n1,6,tea,buy\n2,6,cup,view\n", encoding="utf-8")
    found = look_at_sessions(path, rows=2)
    assert (found.format, found.kind, found.columns) == ("csv", "events", ["userId", "when", "product", "type"])
    assert found.guess == Columns("userId", "product", None, "type", None)
    assert found.events == ["view", "buy"]
    assert found.first[1] == {"userId": "1", "when": "6", "product": "tea", "type": "buy"}
    assert read_sessions(path).items == ["tea", "cup"]  # the guess is what is read
    lines = tmp_path / "lists.txt"
    lines.write_text("a b c\n", encoding="utf-8")
    assert look_at_sessions(lines).kind == "lines"
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"playlist": 1, "items": ["a", "b"]}\n', encoding="utf-8")
    assert look_at_sessions(rows).kind == "lists"
    rows.write_text('["a", "b"]\n', encoding="utf-8")
    assert look_at_sessions(rows).kind == "lists"
    rows.write_text("", encoding="utf-8")
    assert look_at_sessions(rows).columns == []


def test_sessions_are_found_by_key_or_item() -> None:
    sessions = Sessions.of({"u1": ["a", "b"], "u11": ["b"], "b": ["c"]})
    assert sessions.find("U1") == [0, 1]
    assert sessions.find("u11") == [1]
    assert sessions.find("b") == [2, 0, 1]  # the session of that key, then those that hold the item
    assert Sessions.of([["a"], ["b", "a"]]).find("a") == [0, 1]
    assert sessions.find("zzz") == []


def test_a_file_can_go_by_another_name(tmp_path: Path) -> None:
    path = tmp_path / "u0001"
    path.write_text("1\ta\n2\t\n", encoding="utf-8")
    columns = Columns(session="1", item="2")
    with pytest.raises(FormatError, match=r"\(log.tsv, row 2 \(line 2\)\)$"):
        read_sessions(Source("log.tsv", path, "tsv"), columns=columns, header=False)
    assert look_at_sessions(Source("log", path, "txt"), format="tsv", header=False).columns == ["1", "2"]


def test_metadata_has_no_lone_surrogates(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": "a", "ti\\ud800tle": ["x\\udc00", {"k": "\\ud83c\\udfb5"}]}\n', encoding="utf-8")
    table = read_items(path)
    assert table["a"] == {"ti\ufffdtle": ["x\ufffd", {"k": "\U0001f3b5"}]}
    assert table.field("a", "ti\ufffdtle").startswith("x\ufffd")
    assert table.field("b", "title") == ""
