"""The Train room: tokenizers and word vectors as jobs, paused, cancelled, compared, downloaded and opened by others."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tests.patience import patience
from tokenspace.studio.app import create_app
from tokenspace.studio.settings import StudioSettings

LETTERS = "etaoinshrdlucmfwyp"


def prose(lines: int, seed: int = 1) -> str:
    draw = random.Random(seed)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(2, 9))) for _ in range(3000)]
    weights = [1 / (rank + 3) for rank in range(3000)]
    return "\n".join(" ".join(draw.choices(words, weights, k=12)) for _ in range(lines)) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "prose.txt").write_text(prose(1500), encoding="utf-8")
    (folder / "long.txt").write_text(prose(60_000, 2), encoding="utf-8")
    (folder / "binary.txt").write_bytes(b"a line\n" + bytes(range(256)) * 4)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "utf-16.txt").write_text(prose(1500), encoding="utf-16")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(StudioSettings(given=(folder,))), base_url="http://127.0.0.1") as client:
        yield client


class Room:
    """The room as a page uses it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.files = {file["name"]: file["id"] for file in client.get("/api/files").json()["files"]}

    def corpus(self, *names: str) -> dict[str, Any]:
        return {"files": [self.files[name] for name in names]}

    def start(self, kind: str, **body: Any) -> str:
        answer = self.client.post(f"/api/train/{kind}", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job"]["id"])

    def job(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/jobs/{id}").json()["job"]
        return found

    def wait(self, id: str, *states: str, seconds: float = 60) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while (job := self.job(id))["state"] not in (states or ("done", "failed", "cancelled")):
            assert time.monotonic() < until, job
            time.sleep(0.02)
        return job

    def events(self, id: str) -> list[dict[str, Any]]:
        log = self.client.app.state.studio.jobs.job(id).log  # type: ignore[attr-defined]
        return [json.loads(event.json) for event in log.after(0)]

    def act(self, id: str, word: str) -> int:
        return self.client.post(f"/api/jobs/{id}/{word}").status_code


@pytest.fixture
def room(client: TestClient) -> Room:
    return Room(client)


@pytest.fixture(scope="module")
def trained(client: TestClient) -> tuple[str, dict[str, Any]]:
    room = Room(client)
    id = room.start("tokenizer", corpus=room.corpus("prose.txt"), settings={"model": "bpe", "vocab_size": 1500})
    return id, room.wait(id)


# -- before ---------------------------------------------------------------------------------------------------------------


def test_a_look_at_the_text_says_what_suits_it(room: Room, folder: Path) -> None:
    found = room.client.post("/api/train/survey", json={"corpus": room.corpus("prose.txt")}).json()
    assert found["bytes"] == (folder / "prose.txt").stat().st_size
    assert (found["lines"], found["words"], found["without_spaces"]) == (1500, 18_000, 0.0)
    assert found["tokenizer"] == ts.advise_tokenizer(found["bytes"], "bpe", found["characters"]).settings
    assert found["vectors"] == ts.advise_training(18_000).settings
    assert found["tokenizer_seconds"] > 0 < found["vectors_seconds"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"corpus": {}}, 422, "files or a text"),
        ({"corpus": {"text": " \n "}}, 422, "files or a text"),
        ({"corpus": {"files": ["nowhere"]}}, 404, "a file that is on the list"),
        ({"corpus": {"text": "a"}, "settings": {"vocab_size": 0}}, 422, "vocab_size"),
        ({"corpus": {"text": "a"}, "settings": {"model": "lda"}}, 422, "model"),
        ({"corpus": {"text": "a"}, "held_out": 0.9}, 422, "held_out"),
        ({"corpus": {"text": "a"}, "unknown": 1}, 422, "unknown"),
        ({}, 422, "corpus"),
    ],
)
def test_what_cannot_be_trained_on_is_said_at_once(room: Room, body: dict[str, Any], status: int, told: str) -> None:
    answer = room.client.post("/api/train/tokenizer", json=body)
    assert answer.status_code == status
    assert told in answer.json()["error"]["message"]


@pytest.mark.parametrize("kind", ["tokenizer", "vectors"])
@pytest.mark.parametrize(
    ("name", "told"), [("binary.txt", "binary.txt"), ("empty.txt", "expected text")], ids=["binary", "empty"]
)
def test_files_that_hold_no_text_fail_with_a_readable_line(
    room: Room, kind: str, name: str, told: str, folder: Path
) -> None:
    job = room.wait(room.start(kind, corpus=room.corpus(name)))
    assert job["state"] == "failed"
    assert job["error"]["status"] == 422
    assert told in job["error"]["message"]
    assert str(folder) not in job["error"]["message"]


@pytest.mark.parametrize("names", [("utf-16.txt",), ("prose.txt", "utf-16.txt")], ids="+".join)
def test_files_are_read_in_the_encoding_their_mark_says(room: Room, names: tuple[str, ...]) -> None:
    plain, marked = (
        room.wait(room.start("tokenizer", corpus=room.corpus(*files), settings={"vocab_size": 400}, held_out=0))
        for files in (["prose.txt"], names)
    )
    assert marked["state"] == "done", marked
    vocabularies = [
        room.client.app.state.studio.tokenizer(job["result"]["name"]).get_vocab()  # type: ignore[attr-defined]
        for job in (plain, marked)
    ]
    assert vocabularies[0] == vocabularies[1]


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("tokenizer", {"settings": {"model": "unigram", "vocab_size": 100}}, "special and byte pieces"),
        ("tokenizer", {"settings": {"model": "word", "vocab_size": 1}}, "special tokens"),
        ("tokenizer", {"settings": {"model": "unigram", "min_frequency": 3}}, "min_frequency"),
        ("tokenizer", {"settings": {"pre_tokenizer": "("}}, "("),
        ("vectors", {"settings": {"min_count": 100_000}}, "vocabulary"),
        ("vectors", {"settings": {"negative": 0, "hs": 0}}, "negative"),
        ("vectors", {"corpus": {"text": "123 … !"}}, "words"),
    ],
)
def test_settings_that_cannot_work_fail_with_a_readable_line(
    room: Room, kind: str, body: dict[str, Any], told: str
) -> None:
    job = room.wait(room.start(kind, **{"corpus": room.corpus("prose.txt"), **body}))
    assert job["state"] == "failed", job
    assert job["error"]["status"] == 422, job["error"]
    assert told in job["error"]["message"]


# -- tokenizers -----------------------------------------------------------------------------------------------------------


def test_a_training_is_that_of_the_python_api(room: Room, trained: tuple[str, dict[str, Any]], folder: Path) -> None:
    id, job = trained
    expected = ts.Tokenizer.train([str(folder / "prose.txt")], vocab_size=1500, held_out=0.1, kind="paths")
    assert room.client.app.state.studio.tokenizer(f"job:{id}").get_vocab() == expected.get_vocab()  # type: ignore[attr-defined]
    assert expected.training is not None
    assert job["result"]["report"]["held_out"] == expected.training.to_dict()["held_out"]
    names = [model["name"] for model in room.client.get("/api/models", params={"task": "tokenizer"}).json()["models"]]
    assert f"job:{id}" in names


def test_events_tell_the_merges_and_how_the_text_shrinks(room: Room, trained: tuple[str, dict[str, Any]]) -> None:
    id, job = trained
    events = room.events(id)
    merges = [merge for event in events if event["kind"] == "learning" for merge in event["merges"]]
    assert [merge[0] for merge in merges[:60]] == list(range(1, 61))
    curve = [point for event in events if event["kind"] == "learning" for point in event["curve"]]
    assert curve[-1][0] == 1500
    assert all(before[1] >= after[1] for before, after in pairwise(curve))
    [story] = [event for event in events if event["kind"] == "story"]
    assert [step["token"] for step in story["steps"]] == [merge[3] for merge in merges[:60]]
    assert job["result"]["story"]["steps"] == story["steps"]
    assert job["result"]["curves"][0]["points"][-1] == curve[-1]


@pytest.mark.parametrize("model", ["unigram", "wordpiece", "superbpe", "word", "char"])
def test_every_method_gives_a_tokenizer_that_tokenizers_opens(room: Room, model: str) -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers not found: pip install tokenizers")
    id = room.start("tokenizer", corpus=room.corpus("prose.txt"), settings={"model": model, "vocab_size": 900})
    job = room.wait(id)
    assert job["state"] == "done", job["error"]
    assert "tokenizer.json" in job["result"]["formats"]
    data = room.client.get(f"/api/train/{id}/download", params={"format": "tokenizer.json"}).content
    reference = tokenizers.Tokenizer.from_str(data.decode())
    own = room.client.app.state.studio.tokenizer(f"job:{id}")  # type: ignore[attr-defined]
    for line in prose(40, seed=3).splitlines():
        assert reference.encode(line, add_special_tokens=False).ids == list(
            own.encode(line, add_special_tokens=False).ids
        )


def test_downloads_open_elsewhere(room: Room, trained: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    id, job = trained
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers not found: pip install tokenizers")
    line = prose(1, seed=5)
    expected = list(room.client.app.state.studio.tokenizer(f"job:{id}").encode(line, add_special_tokens=False).ids)  # type: ignore[attr-defined]
    assert job["result"]["formats"] == ["tokenizer.json", "tiktoken", "vocab.json"]
    answers = {
        name: room.client.get(f"/api/train/{id}/download", params={"format": name}) for name in job["result"]["formats"]
    }
    assert all(answer.headers["content-disposition"].startswith("attachment") for answer in answers.values())
    assert tokenizers.Tokenizer.from_str(answers["tokenizer.json"].text).encode(line).ids == expected
    with zipfile.ZipFile(io.BytesIO(answers["vocab.json"].content)) as archive:
        assert archive.namelist() == ["vocab.json", "merges.txt", "tokenizer_config.json"]
        archive.extractall(tmp_path)
    model = tokenizers.models.BPE.from_file(str(tmp_path / "vocab.json"), str(tmp_path / "merges.txt"))
    assert tokenizers.Tokenizer(model).get_vocab_size() == 1500
    (tmp_path / "tokenizer.tiktoken").write_bytes(answers["tiktoken"].content)
    assert ts.Tokenizer.from_file(tmp_path / "tokenizer.tiktoken", pattern="gpt2").get_vocab_size() >= 1500
    refused = room.client.get(f"/api/train/{id}/download", params={"format": "sentencepiece"})
    assert refused.status_code == 422
    assert room.client.get(f"/api/train/{id}/download", params={"format": "word2vec.bin"}).status_code == 409


def test_a_sentencepiece_model_opens_in_sentencepiece(room: Room) -> None:
    sentencepiece = pytest.importorskip("sentencepiece", reason="sentencepiece not found: pip install sentencepiece")
    id = room.start("tokenizer", corpus=room.corpus("prose.txt"), settings={"model": "unigram", "vocab_size": 800})
    assert room.wait(id)["state"] == "done"
    data = room.client.get(f"/api/train/{id}/download", params={"format": "sentencepiece"}).content
    reference = sentencepiece.SentencePieceProcessor(model_proto=data)
    own = room.client.app.state.studio.tokenizer(f"job:{id}")  # type: ignore[attr-defined]
    line = prose(1, seed=6).strip()
    assert reference.encode(line) == list(own.encode(line, add_special_tokens=False).ids)


def test_the_vocabulary_is_searched_sorted_and_cut_into_windows(
    room: Room, trained: tuple[str, dict[str, Any]]
) -> None:
    id, _ = trained

    def page(**query: Any) -> dict[str, Any]:
        found: dict[str, Any] = room.client.get(f"/api/train/{id}/vocabulary", params=query).json()
        return found

    assert [row["id"] for row in page(first=5, count=3)["rows"]] == [5, 6, 7]
    assert page()["total"] == page()["found"] == 1500
    longest = page(sort="length", descending=True, count=20)["rows"]
    assert [row["bytes"] for row in longest] == sorted((row["bytes"] for row in longest), reverse=True)
    assert longest[0]["bytes"] > 5
    found = page(search="ET")
    assert 0 < found["found"] < 1500
    assert all("et" in (row["token"] + (row["text"] or "")).lower() for row in found["rows"])
    assert page(sort="count", descending=True, count=1)["rows"][0]["count"] > 100
    assert page(search="nothing like this")["rows"] == []
    assert page(first=10_000)["rows"] == []


def test_a_trained_tokenizer_is_compared_on_lines_it_has_not_seen(
    room: Room, trained: tuple[str, dict[str, Any]], folder: Path
) -> None:
    id, job = trained
    answer = room.client.post(f"/api/train/{id}/compare", json={"others": ["tokenspace/bpe", "tokenspace/byte"]}).json()
    held_out = job["result"]["report"]["held_out"]
    assert not answer["seen"]
    assert (answer["lines"], answer["bytes"]) == (held_out["texts"], held_out["bytes"])
    assert [rival["name"] for rival in answer["rivals"]] == [f"job:{id}", "tokenspace/bpe", "tokenspace/byte"]
    own, other, bytewise = answer["rivals"]
    assert own["tokens"] == held_out["tokens"]
    assert bytewise["tokens"] == answer["bytes"]
    assert own["tokens"] < other["tokens"]  # made-up words: what was trained on them knows them
    for example in answer["examples"]:
        assert ["".join(piece["text"] for piece in pieces) for pieces in example["pieces"]] == [example["text"]] * 3
    assert room.client.post(f"/api/train/{id}/compare", json={"others": ["no/such"]}).status_code == 404
    assert room.client.post("/api/train/nowhere/compare", json={"others": ["tokenspace/bpe"]}).status_code == 404


def test_a_text_of_few_lines_is_compared_on_itself_and_says_so(room: Room) -> None:
    id = room.start("tokenizer", corpus={"text": "low lower lowest\nnew newer newest"}, settings={"vocab_size": 300})
    job = room.wait(id)
    assert job["result"]["seen"]
    answer = room.client.post(f"/api/train/{id}/compare", json={"others": ["tokenspace/bpe"]}).json()
    assert answer["seen"]
    assert answer["lines"] == 2


# -- vectors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["word2vec", "fasttext", "glove", "doc2vec"])
def test_word_vectors_are_trained_told_and_opened(room: Room, model: str, tmp_path: Path) -> None:
    settings = {"epochs": 3, "vector_size": 12}
    watched = prose(1500).split()[:2]
    id = room.start("vectors", corpus=room.corpus("prose.txt"), model=model, settings=settings, watch=watched)
    job = room.wait(id)
    assert job["state"] == "done", job["error"]
    result = job["result"]
    assert (result["words"], result["sentences"], result["vector_size"]) == (18_000, 1500, 12)
    assert result["documents"] == (1500 if model == "doc2vec" else 0)
    events = room.events(id)
    [corpus] = [event for event in events if event["kind"] == "corpus"]
    assert corpus["settings"]["epochs"] == 3
    assert corpus["settings"]["min_count"] == ts.advise_training(18_000, model).settings["min_count"]
    ends = [event for event in events if event["kind"] == "neighbours" and not event["during"]]
    assert [event["epoch"] for event in ends] == [1, 2, 3]
    assert [event["loss"] for event in ends] == result["losses"]
    assert set(ends[-1]["words"]) == set(watched)
    vectors = room.client.app.state.studio.vectors(f"job:{id}")  # type: ignore[attr-defined]
    # Words as near as each other to the last digits told may change places.
    told, found = ends[-1]["words"][watched[0]], vectors.most_similar(watched[0], topn=8)
    assert [cosine for _, cosine in told] == pytest.approx([cosine for _, cosine in found], abs=1e-4)
    assert told[0][1] == pytest.approx(vectors.similarity(watched[0], told[0][0]), abs=1e-4)
    for name in ("word2vec.bin", "word2vec.txt"):
        path = tmp_path / name
        path.write_bytes(room.client.get(f"/api/train/{id}/download", params={"format": name}).content)
        assert len(ts.load_vectors(path)) == result["vocabulary"]
    with zipfile.ZipFile(
        io.BytesIO(room.client.get(f"/api/train/{id}/download", params={"format": "safetensors"}).content)
    ) as archive:
        archive.extractall(tmp_path)
    assert len(ts.load_vectors(tmp_path / "vectors.safetensors")) == result["vocabulary"]


def test_the_words_of_a_training_are_not_held_in_memory(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its model reads them from a file, which is gone when the training has ended."""
    from tokenspace.studio.rooms.train import vectors_job

    given: list[Path] = []

    class Watched(vectors_job.Word2Vec):
        def __init__(self, sentences: Any = None, corpus_file: Any = None, **options: Any) -> None:
            assert sentences is None
            given.append(Path(corpus_file))
            assert len(given[0].read_text(encoding="utf-8").splitlines()) == 1500
            super().__init__(corpus_file=corpus_file, **options)

    monkeypatch.setitem(vectors_job._CLASSES, "word2vec", Watched)
    job = room.wait(room.start("vectors", corpus=room.corpus("prose.txt"), settings={"epochs": 1, "vector_size": 4}))
    assert job["state"] == "done", job["error"]
    assert len(given) == 1
    assert not given[0].exists()


# -- pause, resume, cancel ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("tokenizer", {"settings": {"model": "unigram", "vocab_size": 3000}}),
        ("vectors", {"settings": {"epochs": 3, "vector_size": 32}}),
    ],
)
def test_a_paused_training_stands_still_and_goes_on(room: Room, kind: str, body: dict[str, Any]) -> None:
    id = room.start(kind, corpus=room.corpus("long.txt"), **body)
    room.wait(id, "running")
    assert room.act(id, "pause") == 200
    assert room.job(id)["state"] == "paused"
    time.sleep(0.2)  # checks come within milliseconds
    before, used = room.job(id)["last_event"], time.process_time()
    time.sleep(0.4)
    assert time.process_time() - used < 0.1
    assert room.job(id)["last_event"] == before
    assert room.act(id, "pause") == 409
    assert room.act(id, "resume") == 200
    assert room.wait(id)["state"] == "done"


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("tokenizer", {"settings": {"model": "unigram", "vocab_size": 3000}}),
        ("vectors", {"settings": {"epochs": 500, "vector_size": 64}}),
    ],
)
def test_after_cancel_nothing_half_written_is_left(room: Room, kind: str, body: dict[str, Any], paused: bool) -> None:
    id = room.start(kind, corpus=room.corpus("long.txt"), **body)
    room.wait(id, "running")
    if paused:
        room.act(id, "pause")
        time.sleep(0.1)
    room.act(id, "cancel")
    began = time.monotonic()
    assert room.wait(id)["state"] == "cancelled"
    assert time.monotonic() - began < patience(2)
    trained = room.client.app.state.studio.folder / "trained"  # type: ignore[attr-defined]
    assert not list(trained.glob(f"{id}*"))
    task = "tokenizer" if kind == "tokenizer" else "vectors"
    names = [model["name"] for model in room.client.get("/api/models", params={"task": task}).json()["models"]]
    assert f"job:{id}" not in names
    assert room.client.get(f"/api/train/{id}/download", params={"format": "tokenizer.json"}).status_code == 409


def test_two_trainings_at_the_same_time(room: Room) -> None:
    one = room.start("vectors", corpus=room.corpus("prose.txt"), settings={"epochs": 30})
    other = room.start("tokenizer", corpus=room.corpus("prose.txt"))
    assert room.wait(one)["state"] == room.wait(other)["state"] == "done"
    started, ended = room.job(one)["started"], room.job(one)["ended"]
    assert room.job(other)["started"] < ended
    assert started < room.job(other)["ended"]
