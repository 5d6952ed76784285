"""Models by name: what is listed opens, what is not there is 404, nothing is downloaded but by the button."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.unit.hub_server import Hub, serving
from tests.unit.test_hub import CONFIG, TOKENIZER

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tokenspace.errors import CancelledError
from tokenspace.run_switch import RunSwitch, pause_point
from tokenspace.studio.app import create_app
from tokenspace.studio.faults import StudioError
from tokenspace.studio.keep import Keep
from tokenspace.studio.settings import StudioSettings

from .test_server import get, started

VECTORS = "3 2\nking 1 0\nqueen 0.9 0.1\nman 0 1\n"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "vectors.txt").write_text(VECTORS)
    ts.Tokenizer.from_pretrained("tokenspace/byte").save(tmp_path / "tokenizer.json")
    with TestClient(create_app(StudioSettings(given=(tmp_path,))), base_url="http://127.0.0.1") as client:
        yield client


def studio_of(client: TestClient) -> Any:
    return client.app.state.studio  # type: ignore[attr-defined]


def listed(client: TestClient, task: str) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/models", params={"task": task})
    assert answer.status_code == 200
    return {model["name"]: model for model in answer.json()["models"]}


def test_what_is_listed_opens(client: TestClient) -> None:
    studio = studio_of(client)
    tokenizers = listed(client, "tokenizer")
    assert {"tokenspace/bpe", "byte", "tokenspace/static"} <= set(tokenizers)
    for name, model in tokenizers.items():
        if model["origin"] != "hub":
            assert len(studio.tokenizer(name)) > 0
    (vectors,) = [name for name in listed(client, "vectors") if name.startswith("file:")]
    assert studio.vectors(vectors).key_to_index == {"king": 0, "queen": 1, "man": 2}
    assert "tokenspace/static" in listed(client, "encoder")
    assert studio.encoder("tokenspace/static").encode("king").shape == (248,)
    assert studio.matrix("tokenspace/static").dimension == 248
    assert listed(client, "recommender") == {}


@pytest.mark.parametrize(
    "name",
    ["owner/nothing", "nothing", "file:nothing", "job:nothing", "tokenspace/nothing", "src", ".", "\ud800", "a" * 200],
)
def test_what_is_not_here_is_404(client: TestClient, name: str) -> None:
    studio = studio_of(client)
    for open_it in (studio.tokenizer, studio.vectors, studio.matrix, studio.encoder, studio.contextual):
        with pytest.raises(StudioError) as caught:
            open_it(name)
        assert caught.value.status == 404


def test_a_name_is_never_a_path(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    ts.Tokenizer.from_pretrained("tokenspace/byte").save(tmp_path / "mine" / "tokenizer.json")
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "./mine", str(tmp_path / "mine"), "mine/tokenizer.json", "vectors.txt"):
        with pytest.raises(StudioError):
            studio_of(client).tokenizer(name)


def test_what_a_job_wrote_goes_by_its_id(client: TestClient, tmp_path: Path) -> None:
    studio = studio_of(client)
    path = tmp_path / "trained.json"
    ts.Tokenizer.from_pretrained("tokenspace/char").save(path)
    name = studio.models.trained("abc", path, ["tokenizer"], "Mine", "6,010 entries")
    assert len(studio.tokenizer(name)) == 6010
    assert listed(client, "tokenizer")[name]["title"] == "Mine"
    assert name not in listed(client, "vectors")


def test_a_file_that_changed_is_loaded_anew(client: TestClient, tmp_path: Path) -> None:
    studio = studio_of(client)
    (name,) = [name for name in listed(client, "vectors") if name.startswith("file:")]
    assert studio.vectors(name) is studio.vectors(name)
    (tmp_path / "vectors.txt").write_text("1 2\nchanged 1 0\n")
    assert list(studio.vectors(name).key_to_index) == ["changed"]


def test_pull_downloads_as_a_job_and_only_then_it_is_there(tmp_path: Path) -> None:
    files = {"tokenizer.json": TOKENIZER, "tokenizer_config.json": CONFIG, "README.md": b"x" * 100_000}
    with serving(Hub({"org/model": files})) as hub:
        environment = {
            "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_CACHE": str(tmp_path / "hub"), "no_proxy": "127.0.0.1",
        }  # fmt: skip
        with started("--port", "0", **environment) as (process, line):
            address = line.split()[-1]

            def post(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
                request = urllib.request.Request(
                    address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
                )
                try:
                    with urllib.request.urlopen(request, timeout=20) as answer:
                        return answer.status, json.loads(answer.read())
                except urllib.error.HTTPError as error:
                    return error.code, json.loads(error.read())

            assert post("api/tokens/encode", {"source": {"text": "hello"}, "tokenizer": "org/model"})[0] in (404, 422)
            assert hub.log == []  # naming a model asks nobody
            status, answer = post("api/models/pull", {"name": "org/model"})
            assert status == 202
            done = ended(address, answer["job"]["id"])
            assert done["state"] == "done", done
            assert done["result"] == {"name": "org/model", "entries": 4, "weights": None}
            assert done["progress"]["unit"] == "bytes"
            assert not any("README" in path for _, path in hub.log)
            names = [m["name"] for m in json.loads(get(address + "api/models?task=tokenizer")[1])["models"]]
            assert "org/model" in names
            failed = ended(address, post("api/models/pull", {"name": "org/none"})[1]["job"]["id"])
            assert failed["error"]["status"] == 404
            for wrong in ("../x", "a/b/c", "/etc/passwd", "tokenspace/bpe", "", "x" * 97):
                assert post("api/models/pull", {"name": wrong})[0] == 422
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=10)


def ended(address: str, id: str) -> dict[str, Any]:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        job = json.loads(get(f"{address}api/jobs/{id}")[1])["job"]
        if job["state"] in ("done", "failed", "cancelled"):
            return dict(job)
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_things_are_loaded_once_however_many_ask() -> None:
    keep, loads = Keep(1000), []
    gate = threading.Event()

    def load() -> str:
        loads.append(1)
        gate.wait(5)
        return "value"

    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(keep.get("a", "b", load))) for _ in range(20)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    gate.set()
    for thread in threads:
        thread.join()
    assert (found, len(loads)) == (["value"] * 20, 1)


def test_a_load_that_fails_fails_for_all_and_is_tried_again() -> None:
    keep, tries = Keep(1 << 30), []

    def load() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("not yet")
        return "value"

    with pytest.raises(ValueError, match="not yet"):
        keep.get("a", "b", load)
    assert keep.get("a", "b", load) == "value"


def test_a_load_that_is_cancelled_is_only_its_own() -> None:
    keep, begun, gate = Keep(1 << 30), threading.Event(), threading.Event()

    def cancelled() -> str:
        begun.set()
        gate.wait(5)
        raise KeyboardInterrupt

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            keep.get("a", "b", cancelled)

    one = threading.Thread(target=first)
    one.start()
    begun.wait(5)
    found: list[str] = []
    other = threading.Thread(target=lambda: found.append(keep.get("a", "b", lambda: "mine")))
    other.start()
    gate.set()
    one.join()
    other.join(5)
    assert found == ["mine"]


def test_a_load_of_a_job_that_is_paused_or_cancelled_holds_nobody_up() -> None:
    keep, switch, begun = Keep(1 << 30), RunSwitch(), threading.Event()

    def held() -> str:
        begun.set()
        while True:
            pause_point()
            time.sleep(0.005)

    def first() -> None:
        with switch, pytest.raises(CancelledError):
            keep.get("a", "b", held)

    def other(found: list[str], value: str) -> threading.Thread:
        thread = threading.Thread(target=lambda: found.append(keep.get("a", "b", lambda: value)))
        thread.start()
        return thread

    one = threading.Thread(target=first)
    one.start()
    begun.wait(5)
    switch.pause()
    found: list[str] = []
    other(found, "second").join(5)
    assert found == ["second"]
    keep.forget("b")
    switch.resume()
    waiting = other(found, "third")
    time.sleep(0.05)
    switch.cancel()
    waiting.join(5)
    one.join(5)
    assert found == ["second", "third"]


def test_what_is_kept_is_found_without_waiting() -> None:
    keep, begun, gate = Keep(1 << 30), threading.Event(), threading.Event()

    def load() -> str:
        begun.set()
        gate.wait(10)
        return "value"

    one = threading.Thread(target=lambda: keep.get("a", "b", load, stamp=1))
    one.start()
    begun.wait(5)
    assert keep.find("a", "b", 1) is None
    gate.set()
    one.join(5)
    assert (keep.find("a", "b", 1), keep.find("a", "b", 2)) == ("value", None)


def test_who_waits_for_a_load_of_another_can_be_cancelled() -> None:
    keep, switch, begun, gate = Keep(1 << 30), RunSwitch(), threading.Event(), threading.Event()

    def load() -> str:
        begun.set()
        gate.wait(10)
        return "value"

    one = threading.Thread(target=lambda: keep.get("a", "b", load))
    one.start()
    begun.wait(5)
    threading.Timer(0.1, switch.cancel).start()
    with switch, pytest.raises(CancelledError):
        keep.get("a", "b", load)
    gate.set()
    one.join(5)


def test_the_least_recently_used_goes_first() -> None:
    keep = Keep(100)

    def get_sized(name: str, size: int) -> list[str]:
        return keep.get("x", name, lambda: [name], lambda _: size)

    first = get_sized("a", 40)
    get_sized("b", 40)
    assert get_sized("a", 40) is first  # used again
    get_sized("c", 40)
    assert keep.bytes == 80
    assert get_sized("a", 40) is first
    held = get_sized("huge", 1000)
    assert held == ["huge"]
    assert keep.bytes == 80  # above the budget alone: handed out, not kept
    keep.forget("a")
    assert keep.bytes == 40
    assert get_sized("a", 40) is not first
    assert first == ["a"]  # whoever has it, has it


def test_files_of_one_name_have_titles_of_their_own(client: TestClient, tmp_path: Path) -> None:
    data = (tmp_path / "tokenizer.json").read_bytes()
    for more in (b"\n", b"\n\n"):
        assert client.post("/api/files", params={"name": "tokenizer.json"}, content=data + more).status_code < 300
    titles = [model["title"] for model in listed(client, "tokenizer").values() if model["origin"] == "file"]
    assert len(titles) == len(set(titles)) == 3
    assert all("tokenizer.json" in title for title in titles)


def test_a_tiktoken_file_is_listed_once_for_each_pattern(tmp_path: Path) -> None:
    own = ts.Tokenizer.train(["one two, three 1234 four"] * 9, "bpe", 300, pre_tokenizer="cl100k")
    own.save(tmp_path / "own.tiktoken")
    with TestClient(create_app(StudioSettings(given=(tmp_path,))), base_url="http://127.0.0.1") as client:
        tokenizers = {model["title"]: model["name"] for model in listed(client, "tokenizer").values()}
        [plain] = [title for title in tokenizers if title.endswith("own.tiktoken")]
        assert {f"{plain} · gpt2", f"{plain} · cl100k", f"{plain} · o200k"} <= set(tokenizers)
        text = "three 123456 one"
        name = tokenizers[f"{plain} · cl100k"]
        answer = client.post("/api/tokens/encode", json={"tokenizer": name, "source": {"text": text}})
        assert answer.status_code == 200, answer.text
        assert answer.json()["summary"]["tokens"] == len(own.encode(text))
        for tokenizer, told in (
            (tokenizers[plain], "once for each pattern"),
            (f"{tokenizers[plain]}?pattern=no", "gpt2"),
        ):
            refused = client.post("/api/tokens/encode", json={"tokenizer": tokenizer, "source": {"text": text}})
            assert refused.status_code == 422
            assert told in refused.json()["error"]["message"]
