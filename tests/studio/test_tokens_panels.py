"""The questions of the Tokens room's panels: the same as the Python API gives, bounded, refused readably."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tokenspace as ts

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tests.patience import patience
from tokenspace.studio.app import create_app
from tokenspace.studio.arrays import PackedArray, unpack
from tokenspace.studio.settings import StudioSettings
from tokenspace.tokenizers.chat_shapes import SHAPES
from tokenspace.tokenizers.chunk import window

TEXT = "The cat sat. 今天天气很好。\n\nNaïve 🎵 tokens, tokenization!\n" * 6
LENIENT = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("given")
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "news.de.txt").write_text("Der Hund schläft.\nDie Katze auch.\n", encoding="utf-8")
    with gzip.open(folder / "zh.txt.gz", "wt", encoding="utf-8") as file:
        file.write("今天天气很好。\n我们去公园玩。\n\n词元是文本的单位，模型一个一个地读。\n")
    (folder / "windows.txt").write_text("привет мир\nещё строка\n", encoding="utf-16")
    rows = [{"text": "one two", "lang": "x"}, {"text": "drei", "lang": "y"}, {"text": "vier", "lang": "y"}]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "bad.jsonl").write_text('{"text": "one"}\n{"text": \n', encoding="utf-8")
    with TestClient(create_app(StudioSettings(given=(folder,), threads=1)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def files(client: TestClient) -> dict[str, str]:
    return {file["name"]: file["id"] for file in client.get("/api/files").json()["files"]}


def post(client: TestClient, question: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/tokens/{question}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def run(client: TestClient, **body: Any) -> dict[str, Any]:
    """The report job of this request, ended."""
    id = post(client, "report", 202, **body)["job"]["id"]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job: dict[str, Any] = client.get(f"/api/jobs/{id}").json()["job"]
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        time.sleep(0.02)
    raise AssertionError("the job does not end")


def utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


# ---- ids ----
def test_ids_are_described(client: TestClient) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    ids = [*tok.encode("naïve 🎵 tokens").ids, tok.eos_token_id]
    pasted = "🎵 " + json.dumps(ids)
    answer = post(client, "decode", tokenizer="tokenspace/bpe", ids=pasted)
    assert answer["n"] == len(ids)
    assert [row["id"] for row in answer["rows"]] == ids
    assert [row["token"] for row in answer["rows"]] == [tok.id_to_token(id) for id in ids]
    assert [bytes.fromhex(row["bytes"]) for row in answer["rows"]] == [tok.id_to_bytes(id) for id in ids]
    assert [utf16(pasted, row["utf16_start"], row["utf16_end"]) for row in answer["rows"]] == [str(id) for id in ids]
    assert [row["special"] for row in answer["rows"]] == [False] * (len(ids) - 1) + [True]
    assert answer["text"] == tok.decode(ids, skip_special_tokens=False)
    assert (answer["problems"][0]["text"], answer["problems"][0]["reason"]) == ("🎵", "not a number")
    assert answer["round_trip"]["change"] == "none"
    skipped = post(client, "decode", tokenizer="tokenspace/bpe", ids=pasted, skip_special_tokens=True, first=2, count=1)
    assert skipped["text"] == tok.decode(ids)
    assert [row["id"] for row in skipped["rows"]] == ids[2:3]


def test_invalid_ids_are_named_with_their_place(client: TestClient) -> None:
    answer = post(client, "decode", tokenizer="tokenspace/byte", ids="72, 300, 105, -1, x")
    assert [(one["text"], one["reason"], one["utf16_start"]) for one in answer["problems"]] == [
        ("300", "not in the vocabulary", 4),
        ("-1", "negative", 14),
        ("x", "not a number", 18),
    ]
    assert answer["rows"][1]["token"] is None
    assert answer["text"] == "Hi"
    assert (answer["round_trip"]["change"], answer["round_trip"]["at"]) == ("unknown id", 1)


def test_no_round_trip_shows_the_ids_around(client: TestClient) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    other = tok.encodings("tokenization", 2)[1].ids
    trip = post(client, "decode", tokenizer="tokenspace/bpe", ids=str([*tok.encode("a b c").ids, *other]))["round_trip"]
    assert trip["change"] == "segmentation"
    shown = trip["at"] - trip["first"]
    assert trip["given"][shown] == other[0] != trip["back"][shown]


@LENIENT
@given(pasted=st.text(max_size=300))
def test_any_paste_is_answered(client: TestClient, pasted: str) -> None:
    body = json.dumps({"tokenizer": "tokenspace/unigram", "ids": pasted})
    answer = client.post("/api/tokens/decode", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    for row in answer.json()["rows"]:
        assert 0 <= row["utf16_start"] < row["utf16_end"]


def test_bounds_of_ids(client: TestClient) -> None:
    said = post(client, "decode", 422, tokenizer="tokenspace/byte", ids="1 " * 200_001)["error"]["message"]
    assert "at most 200,000" in said
    assert post(client, "decode", tokenizer="tokenspace/byte", ids="1 " * 200_000, count=0)["n"] == 200_000
    post(client, "decode", 422, tokenizer="tokenspace/byte", ids="1" * 2_500_001)
    post(client, "decode", 404, tokenizer="no/such", ids="1")


# ---- alternatives ----
@pytest.mark.parametrize(("name", "kind"), [("unigram", "unigram"), ("bpe", "bpe"), ("wordpiece", "wordpiece")])
def test_alternatives_are_those_of_the_api(client: TestClient, name: str, kind: str) -> None:
    text = "tokenization 🎵 naïve"
    tok = ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    options = {"alpha": 0.2} if kind == "unigram" else {"dropout": 0.3}
    answer = post(client, "alternatives", tokenizer=f"tokenspace/{name}", text=text, n=7, samples=50, seed=3, **options)
    assert answer["method"] == kind
    assert [one["ids"] for one in answer["best"]] == [one.ids for one in tok.encodings(text, 7)]
    assert [one["score"] for one in answer["best"]] == [one.score for one in tok.encodings(text, 7)]
    drawn = tok.sample(text, 50, seed=3, **options)
    assert sum(one["times"] for one in answer["drawn"]) == answer["samples"] == 50
    for one in answer["drawn"]:
        assert one["times"] == sum(encoding.ids == one["ids"] for encoding in drawn)
        assert one["utf16_ends"][-1] == len(text) + 1
    counted = {one["id"]: one["samples"] for one in answer["occurrences"]}
    assert counted == {id: sum(id in one.ids for one in drawn) for id in counted}


def test_one_segmentation_is_said(client: TestClient) -> None:
    for name in ("word", "char", "byte"):
        answer = post(client, "alternatives", tokenizer=f"tokenspace/{name}", text="hello world")
        assert (answer["method"], answer["drawn"], len(answer["best"])) == (None, [], 1)
    post(client, "alternatives", tokenizer="tokenspace/bpe", text="")


def test_bounds_of_alternatives(client: TestClient) -> None:
    for wrong in (
        {"n": 0},
        {"n": 65},
        {"samples": 1001},
        {"dropout": 1.1},
        {"alpha": -1},
        {"seed": -1},
        {"text": "x" * 1001},
    ):
        post(client, "alternatives", 422, **{"tokenizer": "tokenspace/bpe", "text": "x", **wrong})


# ---- ruler ----
@pytest.mark.parametrize("name", ["bpe", "wordpiece", "unigram"])
@pytest.mark.parametrize("keep", ["head", "tail", "middle", "ends"])
def test_window_is_that_of_the_api(client: TestClient, name: str, keep: str) -> None:
    tok = ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    answer = post(
        client, "ruler", source={"text": TEXT}, tokenizer=f"tokenspace/{name}", size=20, keep=keep,
        add_special_tokens=True,
    )  # fmt: skip
    found = window(TEXT, tok, 20, keep, add_special_tokens=True)  # type: ignore[arg-type]
    assert [utf16(TEXT, one["utf16_start"], one["utf16_end"]) for one in answer["kept"]] == [
        TEXT[start:end] for start, end in found.kept
    ]
    assert (answer["n_tokens"], answer["n_kept"], answer["fits"]) == (tok.count(TEXT), found.n_kept, False)
    assert answer["text_tokens"] == tok.count(TEXT, add_special_tokens=False)
    assert answer["n_special"] == tok.num_special_tokens_to_add()


@pytest.mark.parametrize("unit", ["tokens", "sentences", "paragraphs"])
def test_chunks_are_those_of_the_api(client: TestClient, files: dict[str, str], unit: str) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    options = {"size": 16, "overlap": 4, "unit": unit}
    asked: dict[str, Any] = {
        "tokenizer": "tokenspace/bpe",
        "size": 8192,
        "chunks": options,
        "add_special_tokens": False,
    }
    expected = ts.chunk(TEXT, tok, 16, 4, unit)  # type: ignore[arg-type]
    for source in ({"text": TEXT}, {"file": files["text.txt"]}):
        answer = post(client, "ruler", source=source, **asked)
        chunks = {
            name: unpack(PackedArray(**value)).tolist() for name, value in answer["chunks"].items() if name != "n"
        }
        assert answer["chunks"]["n"] == len(expected)
        assert chunks["tokens"] == [one.n_tokens for one in expected]
        pieces = zip(chunks["utf16_starts"], chunks["utf16_ends"], strict=True)
        assert [utf16(TEXT, *piece) for piece in pieces] == [one.text for one in expected]
        assert chunks["first_tokens"][0] == 0
        assert chunks["end_tokens"][-1] == answer["text_tokens"]
        assert answer["fits"]
        for start, end, count in zip(chunks["first_tokens"], chunks["end_tokens"], chunks["tokens"], strict=True):
            assert start < end
            assert abs(end - start - count) <= 2  # alone, a stretch may encode a little otherwise
        part = post(
            client, "slice", source=source, utf16_start=chunks["utf16_starts"][1], utf16_end=chunks["utf16_ends"][1]
        )
        assert part == {"text": expected[1].text, "cut": False}


def test_bounds_of_the_ruler(client: TestClient, files: dict[str, str]) -> None:
    asked: dict[str, Any] = {"source": {"text": "word " * 300_000}, "tokenizer": "tokenspace/bpe", "size": 512}
    assert (
        "less overlap"
        in post(client, "ruler", 422, **asked, chunks={"size": 5000, "overlap": 4999})["error"]["message"]
    )
    assert "at most 200,000" in post(client, "ruler", 422, **asked, chunks={"size": 1})["error"]["message"]
    small: dict[str, Any] = {"source": {"text": "a🎵"}, "tokenizer": "tokenspace/byte", "size": 2}
    assert "🎵" in post(client, "ruler", 422, **small, chunks={"size": 2})["error"]["message"]
    post(client, "ruler", 422, **small, chunks={"size": 2, "overlap": 2})
    post(client, "ruler", 422, **{**small, "keep": "start"})
    post(client, "ruler", 422, **{**small, "size": -1})
    post(client, "ruler", 404, **{**small, "source": {"file": "nothing"}})
    empty = post(client, "ruler", **{**small, "source": {"text": ""}}, chunks={"size": 2})
    assert (empty["text_tokens"], empty["chunks"]["n"]) == (0, 0)
    assert post(client, "ruler", **{**small, "size": 0})["n_kept"] == 0
    assert post(client, "slice", source={"text": "ab"}, utf16_start=5, utf16_end=1)["text"] == ""
    assert post(client, "slice", source={"text": "a" * 30_000}, utf16_start=0, utf16_end=30_000)["cut"]


# ---- chat ----
CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi 🎵"},
    {"role": "assistant", "content": "Yes?"},
]


def test_chat_is_that_of_the_api(client: TestClient) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    for shape in SHAPES[:3]:
        answer = post(
            client, "chat", tokenizer="tokenspace/bpe", messages=CHAT, template=shape.template, marks=list(shape.marks),
            add_generation_prompt=False,
        )["chat"]  # fmt: skip
        options: dict[str, Any] = {"chat_template": shape.template}
        expected = tok.apply_chat_template(CHAT, return_dict=True, return_assistant_tokens_mask=True, **options)
        assert answer["text"] == tok.apply_chat_template(CHAT, tokenize=False, **options)
        assert answer["ids"] == expected["input_ids"]
        assert answer["mask"] == expected["assistant_masks"]
        start, end = answer["generation"][0]
        assert "Yes?" in utf16(answer["text"], start, end)
        assert set(answer["unmarked"]) <= set(shape.marks)
        assert answer["utf16_ends"][-1] == len(answer["text"].encode("utf-16-le")) // 2
        added = post(
            client, "chat", tokenizer="tokenspace/bpe", messages=CHAT, template=shape.template, marks=list(shape.marks),
            add_marks=True, add_generation_prompt=False,
        )["chat"]  # fmt: skip
        assert not added["unmarked"]
        assert sum(added["special"]) >= sum(answer["special"])


def test_a_template_that_fails_is_an_answer_with_the_line(client: TestClient) -> None:
    for template, line in (("a\n{% if %}", 2), ("\n\n{{ 1/0 }}", 3), ("{{ raise_exception('no') }}", 1)):
        answer = post(client, "chat", tokenizer="tokenspace/bpe", messages=CHAT, template=template)
        assert answer["chat"] is None
        assert answer["problem"]["line"] == line
    loops = "{% for i in range(100000) %}{% for j in range(100000) %}{% set x = 1 %}{% endfor %}{% endfor %}"
    before = time.monotonic()
    said = post(client, "chat", 422, tokenizer="tokenspace/bpe", messages=CHAT, template=loops)["error"]["message"]
    assert "within 5 s" in said
    assert time.monotonic() - before < patience(20)
    assert post(client, "chat", tokenizer="tokenspace/bpe", messages=CHAT, template="ok")["chat"]["text"] == "ok"


def test_templates_to_begin_with(client: TestClient) -> None:
    answer = client.get("/api/tokens/chat/templates", params={"tokenizer": "tokenspace/bpe"}).json()
    assert answer["templates"] == {}
    assert [one["name"] for one in answer["shapes"]] == [one.name for one in SHAPES]
    assert "a template" in post(client, "chat", 422, tokenizer="tokenspace/bpe", messages=CHAT)["error"]["message"]


def test_bounds_of_chat(client: TestClient) -> None:
    good: dict[str, Any] = {"tokenizer": "tokenspace/bpe", "messages": CHAT, "template": "x"}
    for wrong in (
        {"messages": []}, {"messages": CHAT * 67}, {"messages": [{"role": "", "content": "x"}]}, {"tools": [3]},
        {"template": "x" * 200_001}, {"messages": [{"role": "user", "content": "x", "more": 1}]}, {"marks": [""]},
    ):  # fmt: skip
        post(client, "chat", 422, **{**good, **wrong})
    head = json.dumps({**good, "template": "{{ tools | tojson }}"})[:-1]
    for depth in (10, 150, 300, 700, 950, 3000, 100_000):
        body = f'{head}, "tools": [{{"deep": {"[" * depth}1{"]" * depth}}}]}}'
        answer = client.post("/api/tokens/chat", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 400, 422), (depth, answer.text)
    body = json.dumps(
        {**good, "messages": [{"role": "user", "content": "\ud800"}], "template": "{{ messages[0].content }}"}
    )
    answer = client.post("/api/tokens/chat", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 422)


# ---- report ----
def test_report_is_that_of_the_api(client: TestClient, files: dict[str, str]) -> None:
    names = ["tokenspace/bpe", "tokenspace/wordpiece"]
    chosen = [files["news.de.txt"], files["zh.txt.gz"]]
    job = run(client, tokenizers=names, files=chosen, vocabulary=False)
    assert job["state"] == "done", job
    result = job["result"]
    german = ["Der Hund schläft.", "Die Katze auch."]
    chinese = ["今天天气很好。", "我们去公园玩。", "词元是文本的单位，模型一个一个地读。"]
    expected = ts.report(names, german + chinese, ["de"] * 2 + ["zh"] * 3, vocabulary=False).to_dict()
    assert result["texts"] == 5
    for card, other in zip(result["tokenizers"], expected["tokenizers"], strict=True):
        assert card["groups"] == other["groups"]
        assert card["findings"] == other["findings"]
        assert card["lengths"]["histogram"] == other["lengths"]["histogram"]
    longest = result["tokenizers"][0]["lengths"]["longest"][0]
    assert longest["row"] == 4 if longest["text"] == chinese[2] else longest["row"] in (1, 2)
    assert set(result["files"].values()) == set(chosen)
    assert longest["source"] in result["files"]


def test_groups_of_a_report(client: TestClient, files: dict[str, str]) -> None:
    def groups(**body: Any) -> dict[str, int]:
        job = run(client, tokenizers=["tokenspace/byte"], vocabulary=False, **body)
        assert job["state"] == "done", job
        return {name: group["texts"] for name, group in job["result"]["tokenizers"][0]["groups"].items()}

    chosen = [files["news.de.txt"], files["zh.txt.gz"]]
    assert groups(files=chosen) == {"de": 2, "zh": 3}
    assert groups(files=chosen, by="script") == {"Latin": 2, "Han": 3}
    assert {name.rsplit("/", 1)[-1]: count for name, count in groups(files=chosen, by="file").items()} == {
        "news.de.txt": 2,
        "zh.txt.gz": 3,
    }
    assert groups(files=[files["rows.jsonl"]], by="column", column="lang") == {"x": 1, "y": 2}
    assert groups(text="hello\n\nпривет\r\nworld") == {"Latin": 2, "Cyrillic": 1}
    assert groups(files=[files["windows.txt"], files["text.txt"]], by="script")["Cyrillic"] == 2
    assert groups() == {}


def test_a_report_that_cannot_be_made(client: TestClient, files: dict[str, str]) -> None:
    job = run(client, tokenizers=["tokenspace/byte"], files=[files["bad.jsonl"]])
    assert (job["state"], job["error"]["status"]) == ("failed", 422)
    assert "bad.jsonl" in job["error"]["message"]
    assert run(client, tokenizers=["no/such"])["error"]["status"] == 404
    post(client, "report", 404, tokenizers=["tokenspace/byte"], files=["nothing"])
    for wrong in (
        {"tokenizers": []}, {"tokenizers": ["tokenspace/byte"] * 7}, {"by": "column"}, {"column": "x"},
        {"files": [files["text.txt"]], "text": "x"}, {"by": "column", "column": "x", "text": "x"}, {"by": "colour"},
    ):  # fmt: skip
        post(client, "report", 422, **{"tokenizers": ["tokenspace/byte"], **wrong})


def test_a_report_tells_its_progress_in_bytes(client: TestClient, files: dict[str, str], tmp_path: Path) -> None:
    job = run(client, tokenizers=["tokenspace/byte"], files=[files["text.txt"]])
    with client.stream("GET", f"/api/jobs/{job['id']}/events") as stream:
        events = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
    corpus = [event for event in events if event.get("stage") == "corpus"]
    assert corpus[-1]["done"] == corpus[-1]["total"] == len(TEXT.encode())
    assert corpus[-1]["unit"] == "bytes"
