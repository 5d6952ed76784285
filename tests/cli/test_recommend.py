"""``tokenspace recommend``: train, ask, measure and tune from files; what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.recommend_samples import cyclic_sessions, genre_of, write_two_files
from tokenspace.cli.recommend_train import train as train_command
from tokenspace.recommend import ItemVectorSettings, Recommender

EVENTS = "user,item,time,event\n" + "".join(
    f"u{number % 40},{item},{number * 100 + place},{'buy' if place == 1 else 'view'}\n"
    for number, session in enumerate(cyclic_sessions(120, 20))
    for place, item in enumerate(session)
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_two_files(tmp_path)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    return path


@pytest.fixture
def songs(ts: Any, files: tuple[Path, Path]) -> str:
    train, titles = files
    done = ts(
        "recommend", "train", train, "--playlists", "--items", titles, "-o", "songs", "--vector-size", "32", "--window", "20",
        "--negative", "50", "--min-count", "1", "--epochs", "8", "--threads", "4",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.out.splitlines()[0].startswith("600 sessions, 8,")
    assert done.out.splitlines()[1:] == ["240 items", "written: songs"]
    return "songs"


# ---- train ----
def test_training_says_what_it_did(ts: Any, events: Path) -> None:
    arguments = [
        "recommend",
        "train",
        events,
        "--event-weight",
        "view=1",
        "--event-weight",
        "buy=4",
        "--epochs",
        "2",
        "-o",
        "a",
    ]
    done = ts(*arguments, "--json", "--progress", "json")
    assert done.code == 0, done.err
    assert (done.json["sessions"], done.json["items"], done.json["output"]) == (40, 20, "a")
    assert done.json["settings"]["epochs"] == 2
    last = [json.loads(line) for line in done.err.splitlines()][-1]
    assert last["done"] == last["total"] > 0
    stored = Recommender.load("a")
    assert stored.event_weights == {"view": 1, "buy": 4}
    again = ts(*arguments)
    assert (again.code, "--force" in again.err) == (2, True)
    assert ts(*arguments, "--force").code == 0


def test_every_setting_has_an_option() -> None:
    names = {parameter.name for parameter in train_command.params}
    assert set(ItemVectorSettings.__dataclass_fields__) - {"min_alpha", "shrink_windows"} <= names


def test_standard_input_and_window_words(ts: Any) -> None:
    done = ts(
        "recommend", "train", "-", "-o", "a", "--window", "longest", "--half-life", "none", "--epochs", "1",
        stdin=b"a b c d\nb c\n",
    )  # fmt: skip
    assert done.code == 0, done.err
    stored = Recommender.load("a")
    assert (stored.settings.window, stored.model.window, stored.half_life) == (None, 4, None)


# ---- ask ----
def test_similar_by_title(ts: Any, songs: str) -> None:
    found = ts("recommend", "similar", songs, "Amber Harbour II", "-k", "5")
    assert found.code == 0, found.err
    assert all(genre_of(row["item"]) == "forgecore" for row in found.jsonl)
    assert set(found.jsonl[0]["metadata"]) == {"title", "artist"}
    table = ts("recommend", "similar", songs, "60", "-k", "5", terminal=True)
    assert [line.split()[0] for line in table.out.splitlines()[2:]] == [row["item"] for row in found.jsonl]
    assert (
        "Anvil Parish" in table.out or "Quenchfire" in table.out or "Iron Oriole" in table.out or "Blast" in table.out
    )
    document = ts("recommend", "similar", songs, "60", "-k", "2", "--json").json
    assert document["item"] == "60"
    assert document["metadata"]["title"] == "Amber Harbour II"
    assert len(document["recommendations"]) == 2
    several = ts("recommend", "similar", songs, "amber harbour", "-k", "1", "-o", "out.txt")
    assert "4 items match 'amber harbour'" in several.err
    assert Path("out.txt").read_text().count("\t") == 1
    unknown = ts("recommend", "similar", songs, "No such song")
    assert (unknown.code, unknown.out) == (4, "")


def test_session_of_items(ts: Any, songs: str) -> None:
    found = ts("recommend", "session", songs, "61", "Broken Harbour II=3", "62", "-k", "6", "--exclude", "70")
    assert found.code == 0, found.err
    assert sum(genre_of(row["item"]) == "forgecore" for row in found.jsonl) >= 5
    assert not {"61", "62", "70"} & {row["item"] for row in found.jsonl}
    document = ts("recommend", "session", songs, "61", "0=3", "--json").json
    assert document["history"] == ["61", ["0", 3.0]]
    wrong = ts("recommend", "session", songs, "61", "62=rent")
    assert (wrong.code, "'rent'" in wrong.err) == (2, True)
    rare = ts("recommend", "session", songs, "61", "--popularity", "-1", "--scoring", "cosine", "-k", "3").jsonl
    assert rare == sorted(rare, key=lambda row: row["count"])


def test_sessions_of_a_file(ts: Any, songs: str, tmp_path: Path) -> None:
    path = tmp_path / "today.jsonl"
    path.write_text('{"user": "ann", "items": [1, 2, 3]}\n{"user": "bob", "items": ["nothing"]}\n', encoding="utf-8")
    found = ts("recommend", "session", songs, "--sessions", path, "-k", "4")
    assert found.code == 0, found.err
    assert [(row["session"], len(row["recommendations"])) for row in found.jsonl] == [("ann", 4), ("bob", 0)]
    assert "1 sessions without an item that is known" in found.err
    one = ts("recommend", "session", songs, "--sessions", path, "--key", "ann", "--json").json
    assert [row["session"] for row in one["sessions"]] == ["ann"]
    shown = ts("recommend", "session", songs, "--sessions", path, "--key", "ann", terminal=True)
    assert shown.out.startswith("ann\nitem")
    missing = ts("recommend", "session", songs, "--sessions", path, "--key", "eve")
    assert (missing.code, "'eve'" in missing.err) == (4, True)


# ---- measure ----
def test_evaluate(ts: Any, events: Path) -> None:
    options = [events, "--epochs", "5", "--sample", "0", "--vector-size", "8", "-k", "3", "--shuffle-ties"]
    found = ts("recommend", "evaluate", *options, "--json", "--cosine")
    assert found.code == 0, found.err
    names = [row["system"] for row in found.json["rows"]]
    assert names == [
        "item2vec", "item2vec cosine", "popularity", "co-occurrence", "item-kNN cosine", "item-kNN tfidf", "item-kNN bm25",
        "session-kNN", "ALS",
    ]  # fmt: skip
    assert found.json["filter_seen"] is True
    assert found.json["rows"][2]["differences"]["ndcg"]["low"] <= found.json["rows"][2]["differences"]["ndcg"]["high"]
    text = ts("recommend", "evaluate", *options, "--no-baselines", "--split", "time", "--share", "20%", "--keep-seen")
    assert "next item from time" in text.out
    assert "items of the history may come again" in text.out
    rows = ts(
        "recommend", "evaluate", *options, "--no-baselines", "--split", "sessions", "--gap", "50", "--jsonl"
    ).jsonl
    assert [(row["system"], row["k"]) for row in rows] == [("item2vec", 3)]


def test_tune(ts: Any, events: Path) -> None:
    options = [
        events,
        "--epochs",
        "2",
        "--vector-size",
        "4",
        "--try",
        "window=1,longest",
        "--try",
        "half-life=2,none",
        "-k",
        "3",
    ]
    found = ts("recommend", "tune", *options, "--method", "grid", "--json")
    assert found.code == 0, found.err
    assert len(found.json["trials"]) == 4
    assert set(found.json["best"]) == {"window", "half_life"}
    text = ts("recommend", "tune", *options, "--trials", "2")
    assert text.out.splitlines()[-1].startswith("best: --window ")
    assert len(ts("recommend", "tune", *options, "--method", "halving", "--trials", "4", "--jsonl").jsonl) == 4


# ---- what is refused, each in one line ----
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["train", "none.csv", "-o", "x"], 4, "none.csv"),
        (["train", "{events}"], 2, "--output"),
        (["train", "{events}", "-o", "x", "--window", "wide"], 2, "neither a number nor 'longest'"),
        (["train", "{events}", "-o", "x", "--half-life", "0"], 2, "half_life above 0"),
        (["train", "{events}", "-o", "x", "--session", "who"], 3, "expected a column 'who'"),
        (["train", "{events}", "-o", "x", "--event-weight", "buy"], 2, "buy=10"),
        (["train", "{events}", "-o", "x", "--event-weight", "buy=3"], 2, "'view'"),
        (["train", "{events}", "-o", "x", "--event-weight", "buy=nan"], 2, "buy=10"),
        (["train", "{events}", "-o", "x", "--playlists", "--format", "csv"], 2, "leave out --format"),
        (["train", "{empty}", "-o", "x"], 2, "session of at least two items"),
        (["train", "{bad}", "-o", "x"], 3, "bad.txt"),
        (["train", "{empty}", "-o", "x", "--gap", "9"], 2, "times"),
        (["similar", "nowhere", "a"], 4, "nowhere"),
        (["session", "nowhere"], 2, "--sessions FILE"),
        (["session", "nowhere", "a", "--key", "b"], 2, "--key"),
        (["evaluate", "{empty}"], 2, "at least two events"),
        (["tune", "{events}", "--try", "window"], 2, "window=3,13"),
        (["tune", "{events}", "--try", "window=wide"], 2, "is no number"),
        (["tune", "{events}", "--try", "breadth=1"], 2, "breadth"),
    ],
)
def test_refusals(ts: Any, events: Path, tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "bad.txt").write_bytes(b"a b\na \xff\n")
    places = {"events": str(events), "empty": str(tmp_path / "empty.txt"), "bad": str(tmp_path / "bad.txt")}
    result = ts("recommend", *(argument.format(**places) for argument in arguments))
    assert result.code == code, result.err
    assert words in " ".join(result.err.split())
    assert "Traceback" not in result.err
    assert os.listdir(".") == []


def test_a_damaged_recommender_is_wrong_data(ts: Any, songs: str) -> None:
    Path(songs, "vectors.safetensors").write_bytes(b"\x00" * 40)
    result = ts("recommend", "similar", songs, "0")
    assert (result.code, "safetensors in" in result.err) == (3, True)


# ---- update ----
def test_updating_learns_new_items_in_place_or_elsewhere(ts: Any, events: Path) -> None:
    weights = ["--event-weight", "view=1", "--event-weight", "buy=4"]
    assert ts("recommend", "train", events, *weights, "--epochs", "1", "-o", "a").code == 0
    old = Recommender.load("a")
    rows = "".join(f"n{user},{item},{user},buy\n" for user in range(9) for item in ("new", *old.catalogue.items[:2]))
    Path("today.csv").write_text("user,item,time,event\n" + rows)
    elsewhere = ts("recommend", "update", "a", "today.csv", "-o", "b", "--epochs", "2", "--json")
    assert elsewhere.code == 0, elsewhere.err
    assert (elsewhere.json["items"], elsewhere.json["new_items"], elsewhere.json["output"]) == (len(old) + 1, 1, "b")
    assert len(Recommender.load("a")) == len(old)
    here = ts("recommend", "update", "a", "today.csv")
    assert here.code == 0, here.err
    assert here.out.splitlines()[1:] == [f"{len(old) + 1} items, 1 of them new", "written: a"]
    new = Recommender.load("a")
    # The weight of an event is that of the training: 9 times 4.
    assert new.catalogue.counts[new.catalogue.index["new"]] == 36
    assert ts("recommend", "session", "a", "new", "-k", "2").code == 0


def test_updating_refuses_what_it_would_replace_or_cannot_find(ts: Any, events: Path) -> None:
    assert ts("recommend", "train", events, "--epochs", "1", "-o", "a").code == 0
    Path("b").mkdir()
    taken = ts("recommend", "update", "a", events, "-o", "b")
    assert (taken.code, "--force" in taken.err) == (2, True)
    assert ts("recommend", "update", "none", events).code == 4
    missing = ts("recommend", "update", "a", "missing.csv")
    assert missing.code == 4
    assert "--text" not in missing.err
