"""The Context room: the same as the Python API gives, and readable refusals."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.data import has_minilm, minilm_folder
from tests.unit.checkpoints import write_model

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tokenspace.studio.app import create_app
from tokenspace.studio.arrays import PackedArray, unpack
from tokenspace.studio.rooms.context.examples import EXAMPLES, PAIRS, TEXTS
from tokenspace.studio.settings import StudioSettings

BANK = EXAMPLES[0]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("given")
    (folder / "bank.txt").write_text("\n".join(BANK.sentences) + "\n", encoding="utf-8")
    (folder / "bad.jsonl").write_text('{"text": "the bank"}\n{"text": \n', encoding="utf-8")
    given = (folder, minilm_folder()) if has_minilm() else (folder,)
    with TestClient(create_app(StudioSettings(given=given, threads=1)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def encoder() -> ts.ContextualEncoder:
    return ts.ContextualEncoder(minilm_folder())


@pytest.fixture(scope="module")
def model(client: TestClient) -> str:
    minilm_folder()
    (found,) = client.get("/api/models", params={"task": "contextual"}).json()["models"]
    return str(found["name"])


def finished(client: TestClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    until = time.monotonic() + 60
    while job["state"] in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.02)
        job = client.get(f"/api/jobs/{job['id']}").json()["job"]
    return job


def result(client: TestClient, path: str, body: dict[str, Any]) -> Any:
    job = finished(client, path, body)
    assert job["state"] == "done", job["error"]
    return job["result"]


def array(packed: dict[str, Any]) -> np.ndarray:
    return unpack(PackedArray.model_validate(packed))


def file_id(client: TestClient, name: str) -> str:
    return str(next(one["id"] for one in client.get("/api/files").json()["files"] if one["name"] == name))


def test_senses_are_those_of_python(client: TestClient, model: str, encoder: ts.ContextualEncoder) -> None:
    body = {"model": model, "word": BANK.word, "sentences": BANK.sentences, "labels": BANK.labels}
    found = result(client, "/api/context/senses", body)
    senses = encoder.senses(BANK.word, BANK.sentences, labels=BANK.labels)
    assert found["best_layer"] == senses.best_layer
    assert [row["layer"] for row in found["layers"]] == list(senses.layers)
    tables = array(found["tables"])
    assert tables.shape == (7, 12, 12)
    for row, table in zip(found["layers"], tables, strict=True):
        assert table == pytest.approx(senses.similarity(row["layer"]), abs=1e-6)
        assert row["labels"] == senses.clusters(row["layer"]).labels.tolist()
        assert row["members"] == senses.members(row["layer"])
    assert array(found["to_static"]) == pytest.approx(senses.to_static, abs=1e-6)
    assert [(one["text"], one["start"], one["end"]) for one in found["occurrences"]] == [
        (one.text, one.start, one.end) for one in senses.occurrences
    ]
    assert found["unknown"] is False
    assert found["layers"][found["best_layer"]]["agreement"] == 1.0  # the example shows what it is meant to show


def test_senses_of_a_file_and_of_a_sample(client: TestClient, model: str) -> None:
    body = {"model": model, "word": "bank", "file": file_id(client, "bank.txt"), "limit": 5, "clusters": 2}
    found = result(client, "/api/context/senses", body)
    assert (found["found"], len(found["occurrences"]), found["texts"]) == (12, 5, 12)
    assert {row["clusters"] for row in found["layers"]} == {2}


def test_places_count_in_utf16_too(client: TestClient, model: str) -> None:
    body = {"model": model, "word": "bank", "sentences": ["🏦🏦 the bank", "a bank"]}
    (first, _) = result(client, "/api/context/senses", body)["occurrences"]
    assert (first["start"], first["utf16_start"], first["utf16_end"]) == (7, 9, 13)


def test_a_word_the_model_does_not_know_is_said(client: TestClient, model: str) -> None:
    apple = next(one for one in EXAMPLES if one.word == "苹果")
    body = {"model": model, "word": apple.word, "sentences": apple.sentences}
    assert result(client, "/api/context/senses", body)["unknown"] is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"word": "zebra"}, "zebra"),
        ({"clusters": 20}, "clusters"),
        ({"labels": ["one"]}, "labels"),
        ({"model": "file:none"}, "on the list"),
        ({"model": "tokenspace/static"}, "layers"),
        ({"model": "no/such-model"}, "no/such-model"),
    ],
)
def test_a_job_that_cannot_be_done_says_why(client: TestClient, model: str, change: dict[str, Any], words: str) -> None:
    body = {"model": model, "word": "bank", "sentences": BANK.sentences} | change
    job = finished(client, "/api/context/senses", body)
    assert job["state"] == "failed"
    assert words in job["error"]["message"]
    assert job["error"]["status"] in (404, 422, 424)


def test_a_damaged_file_is_named_with_its_line(client: TestClient, model: str) -> None:
    body = {"model": model, "word": "bank", "file": file_id(client, "bad.jsonl")}
    job = finished(client, "/api/context/senses", body)
    assert "bad.jsonl, line 2" in job["error"]["message"]
    assert "/" not in job["error"]["message"].split("bad.jsonl")[0]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("senses", {"model": "m", "word": "", "sentences": ["a"]}),
        ("senses", {"model": "m", "word": "a"}),
        ("senses", {"model": "m", "word": "a", "sentences": ["a"], "file": "x"}),
        ("senses", {"model": "m", "word": "a", "sentences": ["a"], "limit": 201}),
        ("senses", {"model": "m", "word": "a", "sentences": ["a"] * 2001}),
        ("senses", {"model": "m", "word": "a", "sentences": ["a" * 4001]}),
        ("senses", {"model": "m", "word": "a", "sentences": ["a"], "case": "loud"}),
        ("attention", {"model": "m", "text": "a", "layer": 0}),
        ("align", {"model": "m", "first": "", "second": "a"}),
        ("texts", {"texts": []}),
        ("texts", {"texts": ["a"] * 301}),
        ("nearest", {"texts": ["a"], "query": ""}),
        ("static", {"word": "a", "count": 0}),
    ],
)
def test_bounds(client: TestClient, path: str, body: dict[str, Any]) -> None:
    answer = client.post(f"/api/context/{path}", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("text", ["\ud800", "a\u0000b", "\u202e", " ", "🇩🇪" * 50])
def test_odd_texts_never_break_the_server(client: TestClient, text: str) -> None:
    for path, body in (
        ("static", {"word": text}),
        ("nearest", {"texts": [text, "a"], "query": text}),
        ("texts", {"texts": [text]}),
        ("attention", {"model": "tokenspace/static", "text": text}),
    ):
        answer = client.post(
            f"/api/context/{path}", content=json.dumps(body).encode(), headers={"content-type": "application/json"}
        )
        assert answer.status_code < 500, answer.text


def test_attention_is_that_of_python(client: TestClient, model: str, encoder: ts.ContextualEncoder) -> None:
    text = BANK.sentences[0]
    view = client.post("/api/context/attention", json={"model": model, "text": text, "layer": 4}).json()
    own = encoder.encode(text, attentions=True)
    weights = array(view["weights"])
    assert (view["layers"], view["heads"]) == (6, 12)
    assert weights[0] == pytest.approx(own.attention(4), abs=1e-6)
    assert weights[8] == pytest.approx(own.attention(4, 7), abs=1e-6)
    assert array(view["flow"]) == pytest.approx(own.attention_rollout(4), abs=1e-6)
    assert [one["token"] for one in view["tokens"]] == own.tokens
    assert [one["special"] for one in view["tokens"]] == own.special.tolist()
    for wrong in ({"layer": 7}, {"text": "word " * 200}, {"model": "tokenspace/static"}):
        answer = client.post("/api/context/attention", json={"model": model, "text": text, "layer": 4} | wrong)
        assert answer.status_code == 422, answer.text


def test_alignment_is_that_of_python(client: TestClient, model: str, encoder: ts.ContextualEncoder) -> None:
    _, first, second = PAIRS[0]
    view = client.post("/api/context/align", json={"model": model, "first": first, "second": second}).json()
    own = encoder.align(first, second)
    assert array(view["similarities"]) == pytest.approx(own.similarities, abs=1e-6)
    for row in view["layers"]:
        assert row["f1"] == pytest.approx(own.overlap(row["layer"]).f1)
        assert row["pairs"] == [[left, right] for left, right, _ in own.pairs(row["layer"])]
    long = client.post("/api/context/align", json={"model": model, "first": "word " * 200, "second": "a"})
    assert (long.status_code, "160" in long.json()["error"]["message"]) == (422, True)


def test_change_is_that_of_python(client: TestClient, model: str, encoder: ts.ContextualEncoder) -> None:
    texts = [text for one in EXAMPLES if one.language == "en" for text in one.sentences]
    found = result(client, "/api/context/change", {"model": model, "sentences": texts, "min_texts": 5})
    own = encoder.context_change(texts, min_texts=5).to_dict()
    assert found["self_similarity"] == pytest.approx(own["self_similarity"], abs=1e-6)
    assert [one["word"] for one in found["words"]] == [one["word"] for one in own["words"]]
    job = finished(client, "/api/context/change", {"model": model, "sentences": ["one", "two"]})
    assert "at least" in job["error"]["message"]


def test_texts_need_no_model_from_elsewhere(client: TestClient) -> None:
    texts = list(TEXTS[0].texts)
    found = result(client, "/api/context/texts", {"texts": texts})
    own = ts.TextEncoder()
    vectors = own.encode(texts)
    assert array(found["table"]) == pytest.approx(own.similarity(vectors, vectors), abs=1e-6)
    assert array(found["plane"]).shape == (len(texts), 2)
    assert len(found["groups"]) == len(texts)
    view = client.post("/api/context/nearest", json={"texts": texts, "query": TEXTS[0].query, "count": 3}).json()
    scores = own.similarity(own.encode([TEXTS[0].query]), vectors)[0]
    assert [one["text"] for one in view["nearest"]] == np.argsort(-scores)[:3].tolist()
    assert view["nearest"][0]["similarity"] == pytest.approx(float(scores.max()), abs=1e-6)


def test_a_word_before_any_sentence(client: TestClient, model: str) -> None:
    view = client.post("/api/context/static", json={"word": "bank"}).json()
    own = ts.TokenEmbeddings.from_pretrained("tokenspace/static").most_similar("bank", topn=10)
    assert [one["text"] for one in view["neighbours"]] == [one.text for one in own]
    padded = client.post("/api/context/static", json={"word": "bank", "model": model}).json()
    assert padded["tokens"] == ["bank"]  # its tokenizer.json fills texts up to 128 tokens
    own = ts.TokenEmbeddings.from_pretrained(minilm_folder()).most_similar("bank", topn=10)
    assert [one["text"] for one in padded["neighbours"]] == [one.text for one in own]
    several = client.post("/api/context/static", json={"word": "tokenization"}).json()
    assert len(several["tokens"]) > 1
    assert several["neighbours"]
    unknown = client.post("/api/context/static", json={"word": "苹果", "model": model}).json()
    assert (unknown["unknown"], unknown["neighbours"]) == (True, [])


def test_examples_hold_their_word() -> None:
    names = [one.name for one in EXAMPLES]
    assert len(set(names)) == len(names)
    assert {one.language for one in EXAMPLES} == {"en", "zh"}
    for one in EXAMPLES:
        assert all(one.word in text.lower() for text in one.sentences), one.name
        assert len(set(one.sentences)) == len(one.sentences) == len(one.labels)


def test_the_page_gets_examples(client: TestClient) -> None:
    view = client.get("/api/context/examples").json()
    assert [one["name"] for one in view["words"]] == [one.name for one in EXAMPLES]
    assert Path(view["texts"][0]["name"]).name == "help desk"


def test_neighbours_that_are_parts_of_characters_are_shown_as_bytes(tmp_path: Path) -> None:
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/byte")
    rows = np.random.default_rng(0).standard_normal((len(tokenizer), 8)).astype(np.float32)
    config = {"model_type": "gpt2", "vocab_size": len(rows), "n_embd": 8}
    write_model(tmp_path / "bytes", config, {"model.safetensors": {"wte.weight": rows}})
    tokenizer.save(tmp_path / "bytes" / "tokenizer.json")
    with TestClient(create_app(StudioSettings(given=(tmp_path / "bytes",))), base_url="http://127.0.0.1") as client:
        (model,) = (one["name"] for one in client.get("/api/models", params={"task": "contextual"}).json()["models"])
        answer = client.post("/api/context/static", json={"word": "a", "model": model, "count": 50})
    assert answer.status_code == 200
    assert any(one["text"].startswith("<0x") for one in answer.json()["neighbours"])
