"""``tokenspace similarity`` and ``tokenspace context``: tables, pictures and files from the real model."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from tests.data import ASSETS, minilm_folder

ROWS = [
    ("We sat on the bank of the river.", "river"),
    ("Trees grow along the bank of the stream.", "river"),
    ("Ducks nested on the grassy bank near the water.", "river"),
    ("She deposited her salary at the bank.", "money"),
    ("The bank approved my mortgage yesterday.", "money"),
    ("The central bank raised interest rates.", "money"),
]


@pytest.fixture(scope="module")
def model() -> str:
    return str(minilm_folder())


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "sense"), *ROWS])
    return str(path)


# ---- similarity ----
def test_similarity_as_json_csv_and_npy_is_one_table(ts, model, table, tmp_path) -> None:
    found = ts("similarity", table, "-m", model, "--json").json
    values = np.array(found["values"])
    assert [row["text"] for row in found["rows"]] == [text for text, _ in ROWS]
    assert found["similarity"] == "cosine"
    np.testing.assert_allclose(np.diag(values), 1, atol=1e-5)
    np.testing.assert_allclose(values, values.T, atol=1e-6)
    lines = ts("similarity", table, "-m", model).jsonl
    np.testing.assert_array_equal([line["similarities"] for line in lines], values)
    assert lines[2]["id"] == 3
    assert ts("similarity", table, "-m", model, "-o", str(tmp_path / "m.npy")).code == 0
    np.testing.assert_allclose(np.load(tmp_path / "m.npy"), values, atol=1e-6)
    assert ts("similarity", table, "-m", model, "-o", str(tmp_path / "m.csv")).code == 0
    rows = list(csv.reader((tmp_path / "m.csv").open(encoding="utf-8")))
    assert rows[0][1:] == [text for text, _ in ROWS]
    np.testing.assert_allclose(np.array([row[1:] for row in rows[1:]], dtype=float), values, atol=1e-6)


def test_similarity_on_a_terminal(ts, model, table) -> None:
    shown = ts("similarity", table, "-m", model, terminal=True)
    assert "cosine similarity" in shown.out
    assert "1.00" in shown.out
    assert "\x1b[" not in ts("similarity", table, "-m", model, "--color", "never", terminal=True).out
    assert "\x1b[30;48;2;" in ts("similarity", table, "-m", model, "--color", "always", terminal=True).out
    many = [part for number in range(60) for part in ("--text", f"text {number}")]
    pairs = ts("similarity", *many, "-m", model, "--top", "3", terminal=True)
    assert "3 nearest pairs" in pairs.err
    assert len(pairs.out.splitlines()) == 5


def test_similarity_as_pictures(ts, model, table, tmp_path) -> None:
    for name in ("m.svg", "m.html"):
        assert ts("similarity", table, "-m", model, "-o", str(tmp_path / name)).code == 0
        assert "Ducks nested" in (tmp_path / name).read_text("utf-8")
    options = ("similarity", table, "-m", model, "--map", "--color-by", "sense")
    assert ts(*options, "-o", str(tmp_path / "map.svg")).code == 0
    picture = (tmp_path / "map.svg").read_text("utf-8")
    assert "money (3)" in picture
    assert picture.index("money (3)") < picture.index("river (3)"), "groups in the order of their names"
    points = ts(*options, "--json").json["points"]
    assert [point["group"] for point in points] == [sense for _, sense in ROWS]
    assert ts(*options, "-o", str(tmp_path / "map.csv")).code == 0
    assert (tmp_path / "map.csv").read_text("utf-8").splitlines()[0] == "id,text,x,y,group"
    pytest.importorskip("matplotlib")
    assert ts(*options, "-o", str(tmp_path / "map.png")).code == 0
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_similarity_of_a_sample_and_of_texts_given(ts, model, table) -> None:
    drawn = ts("similarity", table, "-m", model, "--sample", "3", "--json")
    assert len(drawn.json["rows"]) == 3
    assert "3 of 6 texts drawn at random, seed 0" in drawn.err
    again = ts("similarity", table, "-m", model, "--sample", "3", "--json")
    assert again.out == drawn.out
    two = ts("similarity", "a small cat", "a kitten sleeps", "-m", model, "--json")
    assert two.json["values"][0][1] > 0.3


def test_similarity_without_a_model_takes_the_embedded_one(ts) -> None:
    if not (ASSETS / "static" / "config.json").is_file():
        pytest.skip("the embedded text encoder is not made yet")
    found = ts("similarity", "--text", "a small cat", "--text", "a kitten", "--text", "the stock market", "--json").json
    assert found["model"] == "tokenspace/static"
    assert found["values"][0][1] > found["values"][0][2]


def test_wrong_use_of_similarity_is_named(ts, model, table, tmp_path) -> None:
    assert ts("similarity", table, "-m", model, "-o", "m.jpg").code == 2
    assert ts("similarity", table, "-m", model, "--map").code == 2
    assert ts("similarity", table, "-m", model, "--color-by", "sense").code == 2
    assert ts("similarity", table, "-m", model, "--map", "--color-by", "no", "--json").code == 3
    assert ts("similarity", str(tmp_path / "none.txt"), "-m", model).code == 4
    assert ts("similarity", table, "-m", "./none").code == 4
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    assert "at least one text" in ts("similarity", str(empty), "-m", model).err
    assert not list(tmp_path.glob("m.*"))


# ---- context ----
def test_context_tells_the_senses_layer_by_layer(ts, model, table) -> None:
    shown = ts("context", "bank", table, "-m", model, terminal=True)
    assert shown.code == 0
    assert "Senses('bank': 6 occurrences, 2 clusters" in shown.out
    assert "cluster 2, 3 occurrences" in shown.out
    assert "cosine similarity at layer" in shown.out
    found = ts("context", "bank", table, "-m", model, "--label", "sense", "--json").json
    assert [layer["layer"] for layer in found["layers"]] == list(range(7))
    best = found["layers"][found["best_layer"]]
    assert best["agreement"] == 1
    assert best["same"] > best["other"]
    assert np.array(best["table"]).shape == (6, 6)
    rows = ts("context", "bank", table, "-m", model).jsonl
    assert [row["cluster"] for row in rows] == [0, 0, 0, 1, 1, 1]
    assert [row["text"][row["start"] : row["end"]] for row in rows] == ["bank"] * 6


def test_context_options(ts, model, table) -> None:
    some = ts("context", "bank", table, "-m", model, "--layers", "0,-1", "--layer", "-1", "--clusters", "3", "--json")
    assert [layer["layer"] for layer in some.json["layers"]] == [0, 6]
    assert some.json["layers"][1]["clusters"] == 3
    assert len(ts("context", "the", table, "-m", model, "--case", "exact").jsonl) == 7
    assert len(ts("context", "the", table, "-m", model, "--limit", "2").jsonl) == 2
    zh = ts("context", "果", "--text", "苹果和水果", "-m", model, "--json")
    assert [one["start"] for one in zh.json["occurrences"]] == [1, 4]


@pytest.mark.parametrize("which", ["all", "matrix", "map", "chart"])
def test_context_as_pictures(ts, model, table, tmp_path, which: str) -> None:
    path = tmp_path / "bank.svg"
    assert ts("context", "bank", table, "-m", model, "--picture", which, "-o", str(path)).code == 0
    picture = path.read_text("utf-8")
    assert ("any two words" in picture) == (which in ("all", "chart"))
    assert ("two principal components" in picture) == (which in ("all", "map"))


def test_wrong_use_of_context_is_named(ts, model, table, tmp_path) -> None:
    nowhere = ts("context", "ocean", table, "-m", model)
    assert nowhere.code == 4
    assert "'ocean' in some sentence" in nowhere.err
    assert ts("context", "bank", table).code == 2
    assert ts("context", "bank", table, "-m", model, "--layers", "one").code == 2
    assert ts("context", "bank", table, "-m", model, "--layers", "99").code == 2
    assert ts("context", "bank", table, "-m", model, "--layers", "1", "--layer", "2").code == 2
    assert ts("context", "bank", table, "-m", model, "-o", "bank.npy").code == 2
    assert ts("context", "bank", table, "-m", model, "--clusters", "7").code == 2
    assert ts("context", "bank", table, "-m", model, "--label", "no").code == 3
    assert not list(tmp_path.glob("bank.*"))


def test_json_is_the_same_for_every_number_of_threads(ts, model, table) -> None:
    one, two = (json.dumps(ts("context", "bank", table, "-m", model, "--json", "--threads", n).json) for n in "12")
    assert one == two
