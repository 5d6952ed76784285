"""The Recommend room: the same as the Python API gives, readable refusals, cancelling."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.data import require
from tests.unit.recommend_samples import genre_of, write_two_files
from tokenspace.recommend import (
    Recommender,
    baselines,
    evaluate,
    look_at_sessions,
    read_items,
    read_playlists,
    read_sessions,
    split_last,
    tune,
)

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tokenspace.studio.app import create_app
from tokenspace.studio.arrays import PackedArray, unpack
from tokenspace.studio.settings import StudioSettings

SETTINGS = {"vector_size": 16, "epochs": 5, "sample": 0, "window": 5, "negative": 5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("lists")
    write_two_files(folder)
    (folder / "grows.txt").write_text("a b c\n")
    return folder


@pytest.fixture(scope="module")
def client(folder: Any) -> Iterator[TestClient]:
    settings = StudioSettings(given=(folder,), threads=1)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def upload(client: TestClient, name: str, text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    return str(client.post("/api/files", params={"name": name}, content=data).json()["file"]["id"])


def given(client: TestClient, name: str) -> str:
    return str(next(one["id"] for one in client.get("/api/files").json()["files"] if one["name"] == name))


def finished(client: TestClient, path: str, body: dict[str, Any], seconds: float = 60) -> dict[str, Any]:
    answer = client.post(f"/api/recommend/{path}", json=body)
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    until = time.monotonic() + seconds
    while job["state"] in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.02)
        job = client.get(f"/api/jobs/{job['id']}").json()["job"]
    return dict(job)


def result(client: TestClient, path: str, body: dict[str, Any]) -> Any:
    job = finished(client, path, body)
    assert job["state"] == "done", job["error"]
    return job["result"]


@pytest.fixture(scope="module")
def source(client: TestClient) -> dict[str, Any]:
    return {"sessions": given(client, "train.txt"), "items": given(client, "song_hash.txt"), "form": "playlists"}


@pytest.fixture(scope="module")
def name(client: TestClient, source: dict[str, Any]) -> str:
    return str(result(client, "train", {"source": source, "settings": SETTINGS})["recommender"])


@pytest.fixture(scope="module")
def own(folder: Any) -> Recommender:
    sessions, songs = read_playlists(folder / "train.txt", folder / "song_hash.txt")
    return ts.Recommender(metadata=songs, workers=1, **SETTINGS).fit(sessions)


def test_the_two_file_form_is_read(client: TestClient, source: dict[str, Any], folder: Any) -> None:
    found = result(client, "read", source)
    sessions, songs = read_playlists(folder / "train.txt", folder / "song_hash.txt")
    assert (found["sessions"], found["events"], found["items"]) == (
        len(sessions),
        len(sessions.ids),
        len(sessions.items),
    )
    assert (found["rows"], found["known_items"], found["fields"]) == (
        len(songs),
        len(sessions.items),
        ["title", "artist"],
    )
    assert sum(count for _, count in found["lengths"]) == len(sessions)
    best = int(np.argmax(sessions.counts()))
    assert found["top"][0]["item"] == sessions.items[best]
    assert found["top"][0]["title"] == songs.text(sessions.items[best])


def test_other_encodings_and_a_file_that_changes(client: TestClient, folder: Any) -> None:
    rows = "u1\tcafé\t2\nu1\tthé\t1\nu2\tthé\t1\n"
    listed = upload(client, "events.tsv", rows.encode("latin-1"))
    known = upload(client, "known.item", "café|Le Café|1995\nthé|Le Thé|1996\n".encode("latin-1"))
    columns = {"session": "1", "item": "2", "time": "3"}
    asked = {"sessions": listed, "items": known, "header": False, "columns": columns, "item_fields": ["name"]}
    look = {"file": listed, "header": False}
    assert client.post("/api/recommend/look", json=look).status_code == 422
    assert client.post("/api/recommend/look", json={**look, "encoding": "latin-1"}).json()["first"][0]["2"] == "café"
    found = result(client, "read", {**asked, "encoding": "latin-1"})
    assert [one["title"] for one in found["top"]] == ["Le Thé", "Le Café"]
    own = {"sessions": given(client, "grows.txt")}
    assert result(client, "read", own)["sessions"] == 1
    (folder / "grows.txt").write_text("a b c\nb c d\n")
    assert result(client, "read", own)["sessions"] == 2


def test_recommendations_are_those_of_python(client: TestClient, name: str, own: Recommender) -> None:
    history = [{"item": "3"}, {"item": "17", "weight": 2.5}, {"item": "41"}]
    pairs = [("3", 1.0), ("17", 2.5), ("41", 1.0)]
    for more in (
        {},
        {"scoring": "cosine", "popularity": -0.5, "half_life": None},
        {"filter_seen": False, "count": 40, "exclude": ["5", "9"]},
    ):
        view = client.post("/api/recommend/ask", json={"recommender": name, "history": history} | more).json()
        options = {"half_life": 3.0} | {key: value for key, value in more.items() if key != "count"}
        expected = own.recommend(pairs, more.get("count", 10), **options)
        assert [one["item"] for one in view["items"]] == [one.item for one in expected]
        for one, wanted in zip(view["items"], expected, strict=True):
            assert one["score"] == pytest.approx(wanted.score, abs=1e-5)
            assert one["similarity"] == pytest.approx(wanted.similarity, abs=1e-5)
            assert one["metadata"] == wanted.metadata
            assert [(r["item"], pytest.approx(r["share"], abs=1e-6)) for r in one["because"]] == [
                (reason.item, reason.share) for reason in wanted.because
            ]
    reasons = client.post(
        "/api/recommend/explain", json={"recommender": name, "history": history, "item": "20"}
    ).json()["reasons"]
    assert [one["item"] for one in reasons] == [reason.item for reason in own.explain(pairs, "20", half_life=3.0)]


def test_an_item_alone_is_answered_by_its_neighbours(client: TestClient, name: str) -> None:
    body = {"recommender": name, "history": [{"item": "70"}], "scoring": "cosine"}
    found = client.post("/api/recommend/ask", json=body).json()["items"]
    assert [genre_of(one["item"]) for one in found].count(genre_of("70")) >= 8


def test_unknown_items_are_named(client: TestClient, name: str) -> None:
    body = {"recommender": name, "history": [{"item": "nobody"}, {"item": "3"}]}
    assert client.post("/api/recommend/ask", json=body).json()["unknown"] == ["nobody"]
    body["history"] = [{"item": "nobody"}]
    answer = client.post("/api/recommend/ask", json=body)
    assert (answer.status_code, "nobody" in answer.json()["error"]["message"]) == (404, True)
    answer = client.post("/api/recommend/explain", json=body | {"history": [{"item": "3"}], "item": "nobody"})
    assert answer.status_code == 404
    for other in ("job:none", "file:none", "x"):
        answer = client.post("/api/recommend/ask", json=body | {"recommender": other})
        assert answer.status_code == 404


def test_items_are_found_as_people_type(client: TestClient, name: str, own: Recommender) -> None:
    def found(text: str, **more: Any) -> dict[str, Any]:
        view = client.post("/api/recommend/items", json={"recommender": name, "text": text} | more)
        return dict(view.json())

    title = own.metadata["7"]["title"]
    assert found(title)["items"][0]["item"] == "7"
    assert found("7")["items"][0]["item"] == "7"
    by_artist = found("kelp line", count=50)
    assert by_artist["found"] == len(by_artist["items"]) > 3
    assert {one["metadata"]["artist"] for one in by_artist["items"]} == {"The Kelp Line"}
    counts = [one["count"] for one in by_artist["items"]]
    assert counts == sorted(counts, reverse=True)
    every = found("", first=5, count=3)
    assert every["found"] == len(own)
    assert len(every["items"]) == 3
    assert found("zzz") == {"items": [], "found": 0}
    assert [one["item"] for one in found("", items=["9", "no", "2"])["items"]] == ["9", "2"]


def test_sessions_can_be_looked_at(client: TestClient, name: str, own: Recommender) -> None:
    view = client.post("/api/recommend/sessions", json={"recommender": name, "count": 2, "first": 1}).json()
    assert len(view["sessions"]) == 2
    assert view["sessions"][0]["key"] == "2"
    some = client.post("/api/recommend/sessions", json={"recommender": name, "text": "7"}).json()
    assert 0 < some["found"] < view["found"]


def test_the_map_has_a_point_an_item(client: TestClient, name: str, own: Recommender) -> None:
    view = result(client, "map", {"recommender": name, "most": 100})
    assert unpack(PackedArray.model_validate(view["coordinates"])).shape == (100, 2)
    assert len(view["items"]) == len(view["titles"]) == 100
    assert view["total"] == len(own)
    artist = next(one for one in view["columns"] if one["name"] == "artist")
    codes = unpack(PackedArray.model_validate(artist["codes"]))
    for item, code in zip(view["items"], codes.tolist(), strict=True):
        value = own.metadata[item]["artist"]
        assert code == (artist["values"].index(value) if value in artist["values"] else -1)
    assert view["k"] == 10
    assert unpack(PackedArray.model_validate(view["near"])).shape == (1000,)
    kept = unpack(PackedArray.model_validate(view["kept"]))
    assert view["trust"] == pytest.approx(float(kept.mean()) / 10, abs=1e-6)
    for item, near in zip(
        view["items"][:5], unpack(PackedArray.model_validate(view["near"])).reshape(-1, 10), strict=False
    ):
        inside = [one.item for one in own.similar(item, 200, candidates=view["items"])]
        assert [view["items"][place] for place in near[:3]] == inside[:3]
    assert finished(client, "map", {"recommender": "job:none"})["error"]["status"] == 404


def test_a_recommender_that_went_is_loaded_again(client: TestClient, name: str) -> None:
    body = {"recommender": name, "history": [{"item": "3"}]}
    before = client.post("/api/recommend/ask", json=body).json()
    client.app.state.studio.keep.forget(name)  # type: ignore[attr-defined]
    assert client.post("/api/recommend/ask", json=body).json() == before
    assert name in [one["name"] for one in client.get("/api/models", params={"task": "recommender"}).json()["models"]]


def test_sessions_of_a_recommender_that_went_are_read_again(client: TestClient, source: dict[str, Any]) -> None:
    made = result(client, "train", {"source": source, "settings": SETTINGS | {"epochs": 1}})["recommender"]
    client.app.state.studio.keep.forget(made)  # type: ignore[attr-defined]
    answer = client.post("/api/recommend/sessions", json={"recommender": made})
    assert answer.status_code == 200, answer.text


def test_the_evaluation_is_that_of_python(client: TestClient, source: dict[str, Any], folder: Any) -> None:
    body = {"source": source, "settings": SETTINGS, "max_queries": 200, "k": 5}
    found = result(client, "evaluate", body)
    sessions, songs = read_playlists(folder / "train.txt", folder / "song_hash.txt")
    systems = [ts.Recommender(metadata=songs, workers=1, **SETTINGS), *baselines(3.0)]
    own = evaluate(systems, split_last(sessions, max_queries=200), k=5).to_dict()
    assert [row["system"] for row in found["rows"]] == [row["system"] for row in own["rows"]]
    assert len(found["rows"]) == 8
    for row, wanted in zip(found["rows"], own["rows"], strict=True):
        assert row["metrics"] == wanted["metrics"]
        assert row["differences"] == wanted["differences"]


def test_the_grid_is_that_of_python(client: TestClient, source: dict[str, Any], folder: Any) -> None:
    grid = {"window": [2, 8], "negative": [5], "ns_exponent": [-0.5, 0.75]}
    body = {"source": source, "settings": SETTINGS, "max_queries": 100, **grid}
    job = finished(client, "grid", body)
    found = job["result"]
    sessions, songs = read_playlists(folder / "train.txt", folder / "song_hash.txt")
    base = ts.Recommender(metadata=songs, workers=1, **SETTINGS)
    own = tune(sessions, space=grid, method="grid", recommender=base, max_queries=100)
    assert [one["settings"] for one in found["trials"]] == [trial.settings for trial in own.trials]
    assert [one["setting"] for one in found["effects"]] == [effect.setting for effect in own.effects]
    assert found["effects"][0]["means"] == own.effects[0].means
    told = client.get(f"/api/jobs/{job['id']}/events").text
    assert told.count('"kind":"trial"') == 4


@pytest.mark.parametrize("path", ["train", "evaluate", "grid"])
def test_work_stops_when_it_is_told_to(client: TestClient, source: dict[str, Any], path: str) -> None:
    endless = SETTINGS | {"epochs": 1000, "vector_size": 512, "negative": 100, "window": 1000}
    answer = client.post(f"/api/recommend/{path}", json={"source": source, "settings": endless})
    id = answer.json()["job"]["id"]
    time.sleep(0.3)
    client.post(f"/api/jobs/{id}/cancel")
    until = time.monotonic() + 10
    while time.monotonic() < until and client.get(f"/api/jobs/{id}").json()["job"]["state"] == "running":
        time.sleep(0.05)
    assert client.get(f"/api/jobs/{id}").json()["job"]["state"] == "cancelled"


def test_any_form_of_file(client: TestClient) -> None:
    rows = [("u1", "a", 3, "view"), ("u2", "b", 1, "buy"), ("u1", "b", 1, "buy"), ("u2", "c", 2, "view")]
    header = "user,item,time,event\n"
    forms = {
        "log.csv": header + "".join(f"{u},{i},{t},{e}\n" for u, i, t, e in rows),
        "log.tsv": header.replace(",", "\t") + "".join(f"{u}\t{i}\t{t}\t{e}\n" for u, i, t, e in rows),
        "log.jsonl": "".join(json.dumps({"user": u, "item": i, "time": t, "event": e}) + "\n" for u, i, t, e in rows),
        "log.json": json.dumps([{"user": u, "item": i, "time": t, "event": e} for u, i, t, e in rows]),
        "lists.txt": "b a\nb c\n",
        "lists.jsonl": '["b", "a"]\n["b", "c"]\n',
    }
    for name, text in forms.items():
        id = upload(client, name, text)
        look = client.post("/api/recommend/look", json={"file": id}).json()
        assert look["kind"] == ("events" if name.startswith("log") else "lines" if name == "lists.txt" else "lists")
        if look["kind"] == "events":
            assert look["columns"] == ["user", "item", "time", "event"]
            assert look["guess"]["session"] == "user"
            assert look["events"] == ["view", "buy"]
        found = result(client, "read", {"sessions": id})
        assert (found["sessions"], found["events"], found["items"]) == (2, 4, 3), name
    weighted = result(
        client,
        "read",
        {"sessions": upload(client, "log.csv", forms["log.csv"]), "event_weights": {"view": 0, "buy": 2}},
    )
    assert (weighted["events"], weighted["weighted"]) == (2, True)


@pytest.mark.parametrize(
    ("name", "text", "more", "words"),
    [
        ("a.csv", "user,item,time\n1,a,3\n2,b,then\n", {}, ["a.csv", "line 3", "then"]),
        ("a.csv", "user,item\n1,a\n2,\n", {}, ["a.csv", "line 3"]),
        ("b.csv", "x,y\n1,2\n", {}, ["b.csv", "columns x, y"]),
        ("c.jsonl", '{"user": 1, "item": 2}\n{"user": 1,\n', {}, ["c.jsonl", "line 2"]),
        ("d.csv", 'user,item\n1,"a\n', {}, ["d.csv", "line 2"]),
        ("e.txt", b"a b\n\xff\xfe\n", {}, ["e.txt", "line 2"]),
        ("f.txt", "", {}, ["f.txt", "none"]),
        ("g.csv", "user,item\n1,a\n", {"columns": {"session": "who"}}, ["who", "user, item"]),
        ("h.csv", "user,item,event\n1,a,view\n1,b,buy\n", {"event_weights": {"view": 1}}, ["buy", "line 3"]),
        ("i.txt", "a b\n", {"gap": 3}, ["times"]),
        ("j.parquet", "no", {}, ["j.parquet"]),
        ("k.txt", "a b\n", {"items": "none"}, ["on the list"]),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    client: TestClient, name: str, text: str | bytes, more: dict[str, Any], words: list[str]
) -> None:
    job = finished(client, "read", {"sessions": upload(client, name, text)} | more)
    assert job["state"] == "failed"
    for word in words:
        assert word in job["error"]["message"], job["error"]
    assert "/uploads/" not in job["error"]["message"]
    assert job["error"]["status"] in (404, 422)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("read", {}),
        ("read", {"sessions": "a", "min_length": 0}),
        ("read", {"sessions": "a", "gap": -1}),
        ("train", {"source": {"sessions": "a"}, "settings": {"epochs": 0}}),
        ("train", {"source": {"sessions": "a"}, "settings": {"vector_size": 10**9}}),
        ("train", {"source": {"sessions": "a"}, "settings": {"ns_exponent": "NaN"}}),
        ("grid", {"source": {"sessions": "a"}, "window": list(range(1, 9)), "negative": list(range(1, 9))}),
        ("grid", {"source": {"sessions": "a"}, "window": []}),
        ("ask", {"recommender": "job:a", "history": []}),
        ("ask", {"recommender": "job:a", "history": [{"item": "a"}] * 501}),
        ("ask", {"recommender": "job:a", "history": [{"item": "a", "weight": 0}]}),
        ("ask", {"recommender": "job:a", "history": [{"item": "a"}], "popularity": 2}),
        ("ask", {"recommender": "job:a", "history": [{"item": "a"}], "half_life": 0}),
        ("items", {"recommender": "job:a", "count": 201}),
        ("map", {"recommender": "job:a", "most": 1}),
        ("look", {"file": ""}),
    ],
)
def test_bounds(client: TestClient, path: str, body: dict[str, Any]) -> None:
    answer = client.post(f"/api/recommend/{path}", json=body)
    assert answer.status_code == 422, answer.text


def test_odd_metadata_and_ids_never_break_the_server(client: TestClient) -> None:
    names = ["a", "b\u0000", "🎵", "../..", "<b>", "c" * 300]
    draw = random.Random(1)
    rows = [json.dumps({"user": n, "items": draw.choices(names, k=4)}) for n in range(40)]
    sessions = upload(client, "odd.jsonl", "\n".join(rows))
    lines = [json.dumps({"id": name, "title": "\ud800 x", "n\udc00": [1e308, None, {"k": "\udfff"}]}) for name in names]
    items = upload(client, "items.jsonl", "\n".join(lines))
    source = {"sessions": sessions, "items": items}
    made = result(client, "train", {"source": source, "settings": SETTINGS})["recommender"]
    for path, body in (
        ("items", {"text": "x"}),
        ("ask", {"history": [{"item": "🎵"}]}),
        ("sessions", {}),
    ):
        answer = client.post(f"/api/recommend/{path}", json={"recommender": made} | body)
        assert answer.status_code == 200, answer.text
    assert result(client, "read", source)["rows"] == len(names)
    assert len(result(client, "map", {"recommender": made})["items"]) == len(names)
    assert client.post("/api/recommend/look", json={"file": items}).status_code == 200


Ready = Callable[..., TestClient]


def test_the_samples_have_sessions_to_begin_with() -> None:
    with TestClient(create_app(StudioSettings(samples=True, threads=1)), base_url="http://127.0.0.1") as client:
        source = {"sessions": given(client, "listening-sessions.csv"), "items": given(client, "listening-songs.csv")}
        found = result(client, "read", source)
        assert found["known_items"] == found["items"] > 50
        assert {"title", "artist", "genre"} <= set(found["fields"])
        settings = {"vector_size": 32, "epochs": 10, "sample": 0}
        made = result(client, "train", {"source": source, "settings": settings})["recommender"]
        listed = client.post("/api/recommend/items", json={"recommender": made, "count": 50}).json()["items"]
        alike = []
        for one in listed:
            body = {"recommender": made, "history": [{"item": one["item"]}]}
            near = client.post("/api/recommend/ask", json=body).json()["items"]
            alike += [other["metadata"]["genre"] == one["metadata"]["genre"] for other in near]
        assert sum(alike) > 0.8 * len(alike)


def test_a_real_log_of_ratings() -> None:
    """MovieLens 100k: ratings tab by tab without a header."""
    path = require("benchmarks/ml-100k/u.data")
    with TestClient(create_app(StudioSettings(threads=1)), base_url="http://127.0.0.1") as client:
        source: dict[str, Any] = {
            "sessions": upload(client, "u.data", path.read_bytes()),
            "format": "tsv",
            "header": False,
        }
        look = client.post("/api/recommend/look", json={"file": source["sessions"], "format": "tsv", "header": False})
        assert look.json()["columns"][:4] == ["1", "2", "3", "4"]
        source["columns"] = {"session": "1", "item": "2", "time": "4"}
        found = result(client, "read", source)
        assert (found["sessions"], found["events"], found["items"], found["timed"]) == (943, 100_000, 1682, True)


def test_the_look_is_that_of_python(client: TestClient, folder: Any) -> None:
    look = client.post("/api/recommend/look", json={"file": given(client, "train.txt")}).json()
    assert look["format"] == look_at_sessions(folder / "train.txt").format
    assert len(read_sessions(folder / "train.txt")) > len(read_items(folder / "song_hash.txt"))
