"""The Words room: the same as the Python API gives, over words, sub-words and tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tokenspace as ts
from tests.data import require
from tests.unit.checkpoints import write_model
from tests.unit.vector_space import WORDS, space

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tokenspace.studio.app import create_app
from tokenspace.studio.arrays import PackedArray, unpack
from tokenspace.studio.rooms.words import opening
from tokenspace.studio.settings import StudioSettings

STATIC = "tokenspace/static"
TEXT = (
    "the river flows to the sea and the sea is wide\n" * 30 + "the king and the queen rule the land by the river\n" * 30
)


def fasttext() -> ts.FastText:
    return ts.FastText(
        [line.split() for line in TEXT.splitlines()],
        vector_size=12,
        min_count=1,
        epochs=2,
        bucket=500,
        workers=1,
        seed=1,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors")
    space().save_word2vec_format(folder / "words.txt")
    fasttext().wv.save(folder / "sub.safetensors")
    odd = ts.KeyedVectors(3)
    odd.add_vectors(
        ["zero", "nan", " lead", "new\nline", "\U0001f600", 'q"uote', "plain", "other"],
        [[0, 0, 0], [np.nan, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]],
    )
    odd.save(folder / "odd.safetensors")
    (folder / "again.txt").write_text("".join(["12 2\n", *(f"w{n % 11} {n} 1\n" for n in range(12))]), encoding="utf-8")
    (folder / "voids.txt").write_text("4 2\nnothing 0 0\nneither nan 1\nn1 1 2\nn2 2 1\n", encoding="utf-8")
    numbered = ts.KeyedVectors(2)
    numbered.add_vectors([7, 11, 5], np.array([[1, 0], [1, 0.1], [0, 1]]))
    numbered.save(folder / "numbered.safetensors")
    tokens = ts.KeyedVectors(2)
    tokens.add_vectors(["▁king", "你", "▁你", "king", "▁river"], np.array([[1, 0], [0, 1], [1, 1], [1, 0.2], [0.5, 1]]))
    tokens.save(folder / "tokens.safetensors")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(StudioSettings(given=(folder,), threads=1)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def names(client: TestClient) -> dict[str, str]:
    """Name in requests by file name."""
    return {file["name"].partition(".")[0]: f"file:{file['id']}" for file in client.get("/api/files").json()["files"]}


def ask(client: TestClient, question: str, vectors: str, status: int = 200, **given: Any) -> dict[str, Any]:
    answer = client.post(f"/api/words/{question}", json={"vectors": vectors, **given})
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def finished(client: TestClient, job: dict[str, Any], seconds: float = 60) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while job["state"] in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.02)
        job = client.get(f"/api/jobs/{job['id']}").json()["job"]
    return job


def pairs(found: list[dict[str, Any]]) -> list[tuple[str, float]]:
    return [(one["word"]["label"], pytest.approx(one["score"], abs=1e-5)) for one in found]


def test_neighbours_are_those_of_keyed_vectors(client: TestClient, names: dict[str, str]) -> None:
    for positive, negative, among in (
        (["king"], [], None),
        (["king", "woman"], ["man"], None),
        (["Paris"], [], 7),
        ([], ["doctor"], None),
    ):
        found = ask(client, "neighbours", names["words"], positive=positive, negative=negative, topn=5, among=among)
        assert pairs(found["neighbours"]) == space().most_similar(positive, negative, topn=5, restrict_vocab=among)
    assert [form["label"] for form in ask(client, "neighbours", names["words"], positive=["Paris"])["forms"]] == [
        "paris"
    ]


def test_an_unknown_word_is_told_with_near_ones_and_nothing_is_guessed(
    client: TestClient, names: dict[str, str]
) -> None:
    found = ask(client, "neighbours", names["words"], positive=["quen", "king"])
    assert found["neighbours"] == []
    (unknown,) = found["unknown"]
    assert (unknown["ref"], unknown["near"][0]["label"], unknown["zero"]) == ("quen", "queen", False)
    found = ask(client, "neighbours", STATIC, positive=["tokenspaces"])
    tokenizer = ts.TokenEmbeddings.from_pretrained(STATIC).tokenizer
    spelled = tokenizer.encode("tokenspaces", add_special_tokens=False).tokens
    assert [piece["label"] for piece in found["unknown"][0]["pieces"]] == list(dict.fromkeys(spelled))


def test_the_space_before_a_token_is_found(client: TestClient, names: dict[str, str]) -> None:
    for word, forms in (("king", ["▁king"]), ("▁king", ["king"]), ("你", ["▁你"])):
        found = ask(client, "neighbours", names["tokens"], positive=[word])
        assert [form["label"] for form in found["forms"]] == forms
    unknown = ask(client, "neighbours", names["tokens"], positive=["river"])["unknown"][0]
    assert [near["label"] for near in unknown["near"]] == ["▁river"]


def test_tokens_are_asked_as_the_matrix_is(client: TestClient) -> None:
    matrix = ts.TokenEmbeddings.from_pretrained(STATIC)
    found = ask(client, "neighbours", STATIC, positive=["king", "woman"], negative=["man"], topn=6)
    expected = matrix.most_similar(["king", "woman"], ["man"], 6)
    assert [(one["word"]["row"], one["score"]) for one in found["neighbours"]] == [
        (near.id, pytest.approx(near.score)) for near in expected
    ]
    (whole, rest) = ask(client, "neighbours", STATIC, positive=["king"])["forms"]
    assert (whole["label"], whole["ref"]) == ("king", "king")
    assert (rest["label"], rest["ref"]) == ("##king", rest["row"])  # no text names a piece: its row does
    by_row = ask(client, "neighbours", STATIC, positive=[rest["ref"]], topn=3)
    assert [one["word"]["row"] for one in by_row["neighbours"]] == [
        near.id for near in matrix.most_similar(rest["row"], topn=3)
    ]


def test_a_word_that_fasttext_puts_together_says_so(client: TestClient, names: dict[str, str]) -> None:
    view = ask(client, "open", names["sub"])["space"]
    assert (view["kind"], view["counted"]) == ("subwords", True)
    found = ask(client, "neighbours", names["sub"], positive=["riverside"], topn=4)
    assert found["asked"] == [{"ref": "riverside", "label": "riverside", "row": None, "count": None}]
    assert pairs(found["neighbours"]) == fasttext().wv.most_similar("riverside", topn=4)
    assert ask(client, "known", names["sub"], words=["river", "riverside"])["known"] == [True, False]


@pytest.mark.parametrize("method", ["add", "mul"])
@pytest.mark.parametrize("vectors", ["words", STATIC])
def test_analogies_are_those_of_the_api(client: TestClient, names: dict[str, str], vectors: str, method: str) -> None:
    own: Any = space() if vectors == "words" else ts.TokenEmbeddings.from_pretrained(STATIC).to_keyed_vectors()
    found = ask(client, "analogy", names.get(vectors, vectors), a="king", b="man", c="woman", method=method, topn=5)
    search = own.most_similar if method == "add" else own.most_similar_cosmul
    assert pairs(found["candidates"]) == search(["king", "woman"], ["man"], topn=5)
    units = {word: own.get_vector(word, norm=True).astype(np.float64) for word in ("king", "man", "woman")}
    target = units["king"] - units["man"] + units["woman"]
    for one in found["candidates"]:
        vector = own.get_vector(one["word"]["label"], norm=True)
        assert one["cosines"] == pytest.approx([float(vector @ unit) for unit in units.values()], abs=1e-5)
        assert one["target"] == pytest.approx(float(vector @ target / np.linalg.norm(target)), abs=1e-5)
        seen = np.hypot(*(np.array([one["x"], one["y"]]) - found["corners"][3]))
        assert np.hypot(seen, one["height"]) == pytest.approx(float(np.linalg.norm(vector - target)), abs=1e-4)
    sides = np.linalg.norm(np.array(found["corners"][0]) - found["corners"][1])
    assert sides == pytest.approx(float(np.linalg.norm(units["king"] - units["man"])), abs=1e-4)


def test_lists_are_those_of_the_api(client: TestClient, names: dict[str, str]) -> None:
    words = ["king", "queen", "Paris", "nurse", "nothing-of-the-kind"]
    odd = ask(client, "odd", names["words"], words=words)
    ranked = space().rank_by_centrality(words[:4])
    assert [(one["word"]["label"], one["centrality"]) for one in odd["words"]] == [
        (word, pytest.approx(float(value), abs=1e-5)) for value, word in ranked
    ]
    assert odd["odd"]["label"] == space().doesnt_match(words[:4])
    assert [one["ref"] for one in odd["unknown"]] == words[4:]
    assert ask(client, "odd", names["words"], words=["king", "queen"])["odd"] is None
    table = ask(client, "table", names["words"], words=words)
    cosines = unpack(PackedArray(**table["cosines"]))
    expected = [[space().similarity(one, other) for other in words[:4]] for one in words[:4]]
    np.testing.assert_allclose(cosines, expected, atol=1e-5)
    assert sorted(table["order"]) == [0, 1, 2, 3]


def test_alike_words_stand_beside_each_other(client: TestClient) -> None:
    words = ["river", "doctor", "lake", "nurse", "ocean", "hospital"]
    table = ask(client, "table", STATIC, words=words)
    ordered = [words[place] in ("river", "lake", "ocean") for place in table["order"]]
    assert ordered in ([True] * 3 + [False] * 3, [False] * 3 + [True] * 3)


def test_directions_are_those_of_the_api(client: TestClient, names: dict[str, str]) -> None:
    start, end, words = ["man", "king"], ["woman", "queen"], ["doctor", "nurse", "rome", "prince"]
    for by, poles in (("pairs", (list(zip(start, end, strict=True)),)), ("means", (start, end))):
        found = ask(client, "bias", names["words"], start=start, end=end, words=words, by=by)
        leans = space().bias(words, *poles)
        assert [(one["word"]["label"], one["projection"]) for one in found["leans"]] == [
            (lean.key, pytest.approx(lean.projection, abs=1e-5)) for lean in leans
        ]
        assert (found["agreement"] is None) == (by == "means")
    without = ask(client, "bias", names["words"], start=["man", "unheard"], end=["woman", "queen"], words=["rome"])
    assert (without["pairs"], without["unknown"][0]["ref"]) == (1, "unheard")
    again = {"start": ["man", "man", "king"], "end": ["woman", "queen", "queen"]}
    found = ask(client, "bias", names["words"], words=["rome"], **again)
    (lean,) = space().bias(["rome"], list(zip(again["start"], again["end"], strict=True)))
    assert (found["pairs"], found["leans"][0]["projection"]) == (3, pytest.approx(lean.projection, abs=1e-5))
    shown = [[one["word"]["label"] for one in found[pole]] for pole in ("start", "end")]
    assert [sorted(labels) for labels in shown] == [["king", "man"], ["queen", "woman"]]
    refused = ask(client, "bias", names["words"], 422, start=["man"], end=["woman", "queen"], words=words)
    assert "as many words at one pole" in refused["error"]["message"]
    parts = {"words": ["king", "prince"], "others": ["rome", "London"], "start": start[:1], "end": end[:1]}
    effect = ask(client, "association", names["words"], **parts)
    expected = space().association(parts["words"], parts["others"], parts["start"], parts["end"])
    assert (effect["effect_size"], effect["p"]) == (pytest.approx(expected.effect_size, abs=1e-5), expected.p)
    few = ask(client, "association", names["words"], **{**parts, "others": ["rome", "unheard"]})
    assert few["effect_size"] is None
    assert few["unknown"][0]["ref"] == "unheard"


def test_vectors_without_a_direction_and_odd_keys(client: TestClient, names: dict[str, str]) -> None:
    found = ask(client, "neighbours", names["odd"], positive=["zero"])
    assert found["unknown"][0]["zero"] is True
    assert ask(client, "neighbours", names["odd"], positive=["nan"])["unknown"][0]["zero"] is True
    near = ask(client, "neighbours", names["odd"], positive=["plain"], topn=50)["neighbours"]
    assert "nan" not in [one["word"]["label"] for one in near]
    every = [one["word"] for one in near]
    for word in every:  # whatever is shown can be asked for
        again = ask(client, "neighbours", names["odd"], positive=[word["ref"]])
        if word["label"] != "zero":
            assert again["asked"][0]["row"] == word["row"]
    ask(client, "table", names["odd"], words=[word["ref"] for word in every])
    ask(client, "map", names["odd"], show="words", groups=[{"words": [word["ref"] for word in every]}])
    ask(client, "analogy", names["odd"], a="plain", b="plain", c="plain")


def test_words_to_begin_with_have_a_direction_and_ranks_are_no_counts(
    client: TestClient, names: dict[str, str]
) -> None:
    view = ask(client, "open", names["voids"])["space"]
    assert [word["label"] for word in view["first"]] == ["n1", "n2"]
    view = ask(client, "open", names["again"])["space"]  # a word comes twice: the made-up counts have a gap
    assert (view["words"], view["counted"]) == (11, False)


def test_a_space_before_a_token_is_seen(tmp_path: Path) -> None:
    tokenizer = require("tokenizers/gpt2/tokenizer.json")
    rows = np.random.default_rng(0).normal(size=(50257, 8)).astype(np.float32)
    config = {"model_type": "gpt2", "vocab_size": 50257, "n_embd": 8}
    folder = write_model(tmp_path / "model", config, {"model.safetensors": {"wte.weight": rows}})
    (folder / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    with TestClient(create_app(StudioSettings(given=(folder,))), base_url="http://127.0.0.1") as client:
        (model,) = [
            m for m in client.get("/api/models", params={"task": "matrix"}).json()["models"] if m["origin"] == "file"
        ]
        found = ask(client, "neighbours", model["name"], positive=["king"])
        forms = [(form["label"], form["ref"]) for form in found["forms"]]
        assert forms[:2] == [("king", "king"), ("·king", " king")]
        assert ask(client, "neighbours", model["name"], positive=[" king"])["asked"][0]["label"] == "·king"
        byte = ask(client, "neighbours", model["name"], positive=[8582])["asked"][0]  # two bytes of an emoji
        assert (byte["ref"], byte["label"]) == (8582, "<0xF0><0x9F>")
        view = ask(client, "open", model["name"])["space"]
        assert (view["kind"], view["words"], view["dimension"]) == ("tokens", 50257, 8)


def test_vectors_trained_here_are_asked_by_their_job(client: TestClient) -> None:
    body = {"corpus": {"text": TEXT}, "model": "word2vec", "settings": {"vector_size": 8, "min_count": 1, "epochs": 1}}
    job = finished(client, client.post("/api/train/vectors", json=body).json()["job"])
    assert job["state"] == "done", job["error"]
    name = f"job:{job['id']}"
    assert name in [model["name"] for model in client.get("/api/models", params={"task": "vectors"}).json()["models"]]
    assert ask(client, "open", name)["space"]["counted"] is True
    assert ask(client, "neighbours", name, positive=["river"])["neighbours"]


def test_numbered_items_are_words_too(client: TestClient, names: dict[str, str]) -> None:
    found = ask(client, "neighbours", names["numbered"], positive=["7"], topn=1)
    assert found["neighbours"][0]["word"]["label"] == "11"
    assert found["neighbours"][0]["word"]["ref"] == 1  # its row, as it is no text


def test_a_map_tells_how_far_to_believe_it(client: TestClient) -> None:
    found = ask(client, "map", STATIC, count=120)
    points = unpack(PackedArray(**found["positions"]))
    matrix = ts.TokenEmbeddings.from_pretrained(STATIC)
    rows = unpack(PackedArray(**found["row"]))
    vectors = matrix.rows(rows)
    expected = ts.pictures.neighbourhood_trust(vectors, points, found["k"])
    np.testing.assert_array_equal(unpack(PackedArray(**found["kept"])), expected.kept)
    assert found["trustworthiness"] == pytest.approx(expected.trustworthiness)
    np.testing.assert_allclose(points, ts.pictures.plane(vectors).coordinates, atol=1e-5)
    clusters = unpack(PackedArray(**found["cluster"]))
    assert len(found["cluster_names"]) == clusters.max() + 1
    page = client.post("/api/words/map/page", json={"map": {"vectors": STATIC, "count": 120}, "title": "</script>"})
    if page.status_code == 422:
        assert "make page" in page.json()["error"]["message"]
    else:
        assert found["labels"][3] in page.json()["html"]
        assert "<title></script>" not in page.json()["html"]
    # One that takes a job is not made within a request.
    long = {"map": {"vectors": STATIC, "count": 120, "method": "umap"}, "title": "x"}
    assert client.post("/api/words/map/page", json=long).status_code == 409


def test_a_map_of_groups_and_of_neighbours(client: TestClient) -> None:
    groups = [{"name": "water", "words": ["river", "lake", "qzqzqz"]}, {"name": "care", "words": ["nurse", "doctor"]}]
    found = ask(client, "map", STATIC, show="words", groups=groups)
    assert found["labels"] == ["river", "lake", "nurse", "doctor"]
    assert unpack(PackedArray(**found["group"])).tolist() == [0, 0, 1, 1]
    assert found["unknown"][0]["ref"] == "qzqzqz"
    near = ask(client, "map", STATIC, show="neighbours", count=20, groups=[{"words": ["river", "doctor"]}])
    assert near["group_names"] == ["river", "doctor"]
    assert len(near["labels"]) == len(set(near["labels"])) > 15
    assert "two words" in ask(client, "map", STATIC, 422, show="words", groups=[])["error"]["message"]


def test_many_points_are_a_job_whose_map_is_kept(client: TestClient) -> None:
    job = finished(client, ask(client, "map", STATIC, 202, count=2100)["job"])
    assert job["state"] == "done", job["error"]
    assert ask(client, "map", STATIC, 200, count=2100)["labels"] == job["result"]["labels"]


def test_large_files_are_opened_by_a_job(client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGE", 10)
    space().save_word2vec_format(folder / "large.txt")
    until = time.monotonic() + 10
    names: list[str] = []
    while not names and time.monotonic() < until:  # a listing holds for half a second
        time.sleep(0.1)
        files = client.get("/api/files").json()["files"]
        names = [f"file:{file['id']}" for file in files if file["name"] == "large.txt"]
    (name,) = names
    refused = ask(client, "neighbours", name, 409, positive=["king"])
    assert "opening it" in refused["error"]["message"]
    job = finished(client, ask(client, "open", name, 202)["job"])
    assert job["result"]["space"]["words"] == len(WORDS)
    assert ask(client, "open", name)["space"]["words"] == len(WORDS)
    assert ask(client, "neighbours", name, positive=["king"])["neighbours"]


def test_of_a_file_above_the_budget_the_first_rows_are_read(tmp_path: Path) -> None:
    rows = 3000
    vectors = ts.KeyedVectors(8)
    vectors.add_vectors([f"w{row}" for row in range(rows)], np.random.default_rng(0).normal(size=(rows, 8)))
    vectors.save_word2vec_format(tmp_path / "many.txt")
    settings = StudioSettings(given=(tmp_path / "many.txt",), kept_bytes=300_000)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        (file,) = client.get("/api/files").json()["files"]
        view = ask(client, "open", f"file:{file['id']}")["space"]
        assert view["cut"] is True
        assert 100 < view["words"] < rows


def test_the_microscope_is_explain_word2vec(client: TestClient) -> None:
    text = "the quick brown fox jumps over the lazy dog\nthe dog sleeps"
    for asked in ({}, {"skip_gram": False}, {"hierarchical": True}, {"passes": 5, "ns_exponent": -0.5, "centre": 3}):
        found = client.post("/api/words/microscope", json={"text": text, "alpha": 0.1, **asked}).json()
        own = ts.explain_word2vec(
            text, alpha=0.1, sg=int(asked.get("skip_gram", True)), hs=int(asked.get("hierarchical", False)),
            passes=asked.get("passes", 0), ns_exponent=asked.get("ns_exponent", 0.75), centre=asked.get("centre", 0),
        )  # fmt: skip
        told = json.loads(json.dumps(own.to_dict()))
        assert found["windows"] == told["windows"]
        assert found["step"] == told["step"]
        assert found["losses"] == told["losses"]
        assert [word["code"] for word in found["vocabulary"]] == [path["code"] for path in told["tree"]]
        assert [word["noise"] for word in found["vocabulary"]] == [noise["probability"] for noise in told["noise"]]
    chinese = client.post("/api/words/microscope", json={"text": "我们在学校学习自然语言"}).json()
    assert chinese["split"] == "tokens"
    assert len(chinese["windows"]) > 4
    spaced = client.post("/api/words/microscope", json={"text": "我们 在 学校 学习"}).json()
    assert [window["centre"] for window in spaced["windows"]] == ["我们", "在", "学校", "学习"]


def test_the_microscope_is_bounded(client: TestClient) -> None:
    def status(**given: Any) -> int:
        return client.post("/api/words/microscope", json=given).status_code

    assert status(text="") == 422
    assert status(text="!?") == 422
    assert status(text="word " * 500) == 422
    assert status(text="x" * 4001) == 422
    assert status(text="a b", window=11) == 422
    assert status(text="a b", ns_exponent=1e308) == 422
    assert status(text="a b", centre=399) == 200  # a text that became shorter
    assert status(text="alone") == 200
    assert status(text="a b c", window=10, negative=20, vector_size=32, passes=200, alpha=1, ns_exponent=-2) == 200


WORD = st.one_of(st.sampled_from([*WORDS, "quen", ""]), st.text(max_size=12), st.integers(-3, 40))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    words=st.lists(WORD, max_size=7),
    poles=st.lists(WORD, max_size=3),
    which=st.sampled_from(["words", "odd", "static"]),
)
def test_any_words_are_answered_or_refused(
    client: TestClient, names: dict[str, str], words: list[Any], poles: list[Any], which: str
) -> None:
    vectors = names.get(which, STATIC)
    first = words[0] if words else "x"
    for question, asked in (
        ("neighbours", {"positive": words, "negative": poles, "topn": 3}),
        ("analogy", {"a": first, "b": words[-1] if words else "y", "c": poles[0] if poles else "king"}),
        ("odd", {"words": words}),
        ("table", {"words": words}),
        ("bias", {"words": words, "start": poles, "end": words[:1], "by": "means"}),
        ("bias", {"words": words, "start": poles, "end": poles[::-1]}),
        ("association", {"words": words, "others": words, "start": poles, "end": poles}),
        ("map", {"show": "words", "groups": [{"words": words}, {"words": poles}]}),
        ("known", {"words": words}),
    ):
        body = json.dumps({"vectors": vectors, **asked}, ensure_ascii=True)
        answer = client.post(f"/api/words/{question}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 422), (question, answer.text)
        answer.content.decode("utf-8")


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    for name in ("file:0000", "job:1", "someone/never-published", "../../etc/passwd", "tokenspace/none"):
        ask(client, "open", name, 404)
        ask(client, "neighbours", name, 404, positive=["a"])
    ask(client, "open", "tokenspace/bpe", 404)
