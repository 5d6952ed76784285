"""Every failure is one readable JSON object; the page's files and nothing else; arrays over the wire."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import StreamingResponse

from tokenspace.errors import FormatError, NotFoundError, UnsupportedError
from tokenspace.studio import faults
from tokenspace.studio.app import create_app
from tokenspace.studio.arrays import PackedArray, pack, unpack
from tokenspace.studio.contracts import Contract
from tokenspace.studio.faults import StudioError
from tokenspace.studio.openapi import document
from tokenspace.studio.page import Page
from tokenspace.studio.settings import StudioSettings

HERE = "http://127.0.0.1:7878"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(StudioSettings()), base_url=HERE) as client:
        yield client


class Body(Contract):
    number: int = 0
    share: float = 0.0
    text: str = ""


def failing(error: BaseException) -> TestClient:
    app = FastAPI()

    @app.post("/x")
    def fail(body: Body) -> dict[str, str]:
        raise error

    faults.install(app)
    return TestClient(app)


@pytest.mark.parametrize(
    ("error", "status", "name", "hint"),
    [
        (FormatError("[read] expected a, received b; try c"), 422, "FormatError", None),
        (NotFoundError("[read] nothing"), 404, "NotFoundError", None),
        (UnsupportedError("[x] needs y; try pip install 'tokenspace[zh]'"), 424, "UnsupportedError", "pip install 'tokenspace[zh]'"),
        (StudioError(429, "[x] later", retry_after=7), 429, "StudioError", None),
        (StudioError(424, "[x] y", hint="do z"), 424, "StudioError", "do z"),
        (MemoryError(), 422, "MemoryError", None),
    ],
)  # fmt: skip
def test_errors_are_one_object(error: Exception, status: int, name: str, hint: str | None) -> None:
    answer = failing(error).post("/x", json={})
    told = answer.json()
    assert answer.status_code == status
    assert set(told) == {"error"}
    assert (told["error"]["class"], told["error"]["status"], told["error"]["hint"]) == (name, status, hint)
    assert told["error"]["message"]
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)


def test_a_defect_is_a_number_in_the_log_and_no_detail_for_the_page(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "tokenspace.studio"):
        answer = failing(KeyError("a secret")).post("/x", json={})
    assert answer.status_code == 500
    message = answer.json()["error"]["message"]
    assert "secret" not in answer.text
    number = message.rsplit(" ", 1)[1]
    (record,) = [record for record in caplog.records if number in record.getMessage()]
    assert record.exc_info is not None
    assert "a secret" in str(record.exc_info[1])


def test_an_answer_that_breaks_off_is_not_made_whole() -> None:
    app = FastAPI()

    @app.get("/x")
    def broken() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"first"
            raise RuntimeError("in the middle")

        return StreamingResponse(parts())

    faults.install(app)
    with pytest.raises(RuntimeError):
        TestClient(app).get("/x")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "JSON"),
        (b"\xff\xfe{}", 400, "JSON"),
        (b"[" * 200_000, 400, "too deep"),
        (b'{"number": 1' + b"0" * 5000 + b"}", 400, "too many digits"),
        (b'{"number": 1e400}', 422, "number"),
        (b'{"share": NaN}', 422, "share"),
        (b'{"share": Infinity}', 422, "share"),
        (b'{"unknown": 1}', 422, "unknown"),
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(1000)) + b"}", 422, "received 1,000"),
        (b'{"number": "x", "share": "y"}', 422, "and 1 more"),
        (b"[]", 422, ""),
        (b"null", 422, ""),
        (b"", 422, ""),
    ],
)
def test_bodies_that_are_no_request(body: bytes, status: int, said: str) -> None:
    answer = failing(FormatError("reached")).post("/x", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert said in answer.json()["error"]["message"]
    assert len(answer.json()["error"]["message"]) < 600


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("tokens/decode", {"tokenizer": "tokenspace/bpe"}, "[request] expected a value for ids, received none"),
        ("tokens/decode", {"tokenizer": "tokenspace/bpe", "ids": "1", "x": 1}, "expected no field of another name, received x"),
        ("tokens/decode", {"tokenizer": "", "ids": "1"}, "expected at least 1 character as tokenizer, received 0"),
        ("tokens/encode", {"tokenizer": "tokenspace/bpe", "source": {}}, "expected one of text and file, received both or neither"),
        ("words/odd", {"vectors": 7, "words": []}, "expected text as vectors, received 7"),
        ("words/analogy", {"vectors": "v", "a": "a", "b": [2], "c": "c"}, "expected text as b, received a list of 1"),
        ("train/vectors", {"model": "bert", "corpus": {"text": "a"}}, "'glove' or 'doc2vec' as model, received 'bert'"),
        ("train/vectors", {"model": "glove", "corpus": {"text": "a"}, "settings": {"epochs": 0}}, "expected at least 1 as settings.epochs"),
        ("recommend/ask", {"recommender": "j", "history": [{"item": "a"}], "count": "x"}, "expected a whole number as count, received 'x'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(client: TestClient, path: str, body: dict[str, object], said: str) -> None:
    answer = client.post(f"/api/{path}", json=body)
    assert answer.status_code == 422, answer.text
    message = answer.json()["error"]["message"]
    assert message.startswith("[request] expected ")
    assert said in message


def test_addresses_and_methods_that_are_not_there(client: TestClient) -> None:
    for method, path, status in (
        ("GET", "/api/nothing", 404), ("GET", "/nothing", 404), ("POST", "/api/status", 405), ("PUT", "/", 405),
        ("GET", "/api", 404), ("GET", "/" + "a" * 5000, 404), ("GET", "/docs", 404),
    ):  # fmt: skip
        answer = client.request(method, path)
        assert answer.status_code == status, path
        assert answer.json()["error"]["message"].startswith("[request]")


def test_status_tells_rooms_extras_and_limits(client: TestClient) -> None:
    told = client.get("/api/status").json()
    assert [room["name"] for room in told["rooms"]] == ["tokens", "train", "words", "context", "recommend"]
    extras = {extra["name"]: extra for extra in told["extras"]}
    assert extras["topics"]["command"] == "pip install 'tokenspace[topics]'"
    assert {name for room in told["rooms"] for name in room["extras"]} <= set(extras)
    assert told["limits"]["text_characters"] == 10_000_000


def test_every_route_documents_its_refusals() -> None:
    told = json.loads(document())
    names = [route["operationId"] for methods in told["paths"].values() for route in methods.values()]
    assert len(names) == len(set(names))
    for path, methods in told["paths"].items():
        assert path.startswith("/api/")
        for route in methods.values():
            assert route["description"]
            for status in ("400", "403", "413", "422", "429"):
                content = route["responses"][status]["content"]["application/json"]["schema"]
                assert content == {"$ref": "#/components/schemas/Fault"}, path


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><html>" + "x" * 5000)
    (tmp_path / "assets" / "index-abc.js").write_text("let a = 1;\n" * 1000)
    (tmp_path / "assets" / "small.css").write_text("a{}")
    (tmp_path / "assets" / "picture.png").write_bytes(b"\x89PNG" + bytes(5000))
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


def test_files_of_the_page(built: Path) -> None:
    client = TestClient(Page(built), base_url=HERE)
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["content-encoding"] == "gzip"
    script = client.get("/assets/index-abc.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert int(script.headers["content-length"]) < 500
    assert script.text == "let a = 1;\n" * 1000
    plain = client.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == script.content
    assert client.get("/assets/picture.png").headers.get("content-encoding") is None
    again = client.get("/assets/index-abc.js", headers={"If-None-Match": script.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/").status_code == 200
    for path in (
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets",
        "/assets/",
        "/index.htm",
    ):
        assert client.get(path).status_code == 404


def test_a_page_built_anew_is_seen(built: Path) -> None:
    client = TestClient(Page(built), base_url=HERE)
    assert client.get("/").text.endswith("x")
    (built / "index.html").write_text("<html>new")
    (built / "assets" / "new.js").write_text("new")
    assert client.get("/").text == "<html>new"
    assert client.get("/assets/new.js").text == "new"
    (built / "index.html").unlink()
    assert "make page" in client.get("/").text


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br", "*;q=0"])
def test_gzip_is_only_sent_to_who_takes_it(built: Path, accepted: str) -> None:
    client = TestClient(Page(built), base_url=HERE)
    assert "content-encoding" not in client.get("/", headers={"Accept-Encoding": accepted}).headers


def test_the_first_page_is_asked_for_by_its_script(built: Path) -> None:
    # A tab that was open while the page was built anew asks for a script by name before anybody asks for "/".
    assert TestClient(Page(built), base_url=HERE).get("/assets/index-abc.js").status_code == 200


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.arange(6, dtype=np.float32).reshape(2, 3), "f4"),
        (np.array([1, -2], np.int64), "i4"),
        (np.array([True, False]), "u1"),
        (np.array([1.5], np.float16), "f4"),
        (np.array([], np.uint8).reshape(0, 4), "u1"),
        (np.arange(4, dtype=">f8"), "f8"),
        (np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)), "i2"),
    ],
)
def test_arrays_come_back_as_they_were(values: Any, dtype: str) -> None:
    packed = PackedArray.model_validate_json(pack(values).model_dump_json())
    assert packed.dtype == dtype
    back = unpack(packed)
    assert back.shape == values.shape
    assert np.array_equal(back, values)


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OverflowError):
        pack(np.array([2**40]))
    with pytest.raises(OverflowError):
        pack(np.array([-1]), "u4")


def test_studio_is_not_imported_unasked() -> None:
    program = (
        "import sys, tokenspace, tokenspace.cli.main as m; m.run(['--help']); m.run(['studio', '--help']);"
        "print([n for n in ('fastapi', 'pydantic', 'uvicorn', 'starlette') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
