"""Nobody works for those who have gone: a closed connection ends the work on its question, and only that."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Literal

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")

import tokenspace as ts
from tokenspace.errors import CancelledError
from tokenspace.run_switch import pause_point
from tokenspace.studio.app import create_app
from tokenspace.studio.settings import StudioSettings

BODY = {"source": {"text": "hi"}, "tokenizer": "tokenspace/bpe"}
PATIENCE = 20.0
Message = MutableMapping[str, Any]


async def ask(app: Any, path: str, body: dict[str, Any], gone: asyncio.Event) -> list[Message]:
    """One request over a connection that closes when ``gone`` is set; what was answered."""
    sent: list[Message] = []
    asked = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]
    answered = asyncio.Event()

    async def receive() -> Message:
        if asked:
            return asked.pop()
        waits = [asyncio.ensure_future(gone.wait()), asyncio.ensure_future(answered.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            answered.set()

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


class Work:
    """Long work of the core, as loading a tokenizer: ends by the switch around it, or when ``free`` is set."""

    def __init__(self, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.free = threading.Semaphore(0), threading.Event()
        self.ends: list[str] = []
        self._load = app.state.studio.models.tokenizer
        monkeypatch.setattr(app.state.studio.models, "tokenizer", lambda name: self._tokenizer(app, name))

    def _tokenizer(self, app: Any, name: str) -> ts.Tokenizer:
        found: ts.Tokenizer = app.state.studio.keep.get("slow", name, lambda: self._slow(name))
        return found

    def _slow(self, name: str) -> ts.Tokenizer:
        self.begun.release()
        deadline = time.monotonic() + PATIENCE
        try:
            while not self.free.is_set():
                assert time.monotonic() < deadline, "nobody ended the work"
                pause_point()
                time.sleep(0.005)
        except CancelledError:
            self.ends.append("cancelled")
            raise
        self.ends.append("done")
        tokenizer: ts.Tokenizer = self._load(name)
        return tokenizer


class Lane(asyncio.Semaphore):
    """Counts who came to it."""

    came = 0

    async def acquire(self) -> Literal[True]:
        self.came += 1
        return await super().acquire()


def play(app: Any, scene: Callable[[], Any]) -> None:
    try:
        asyncio.run(asyncio.wait_for(scene(), 3 * PATIENCE))
    finally:
        app.state.studio.close()


def test_work_ends_when_its_asker_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(StudioSettings())
    work = Work(app, monkeypatch)

    async def scene() -> None:
        gone = asyncio.Event()
        asked = asyncio.create_task(ask(app, "/api/tokens/encode", BODY, gone))
        assert await asyncio.to_thread(work.begun.acquire, True, PATIENCE)
        gone.set()
        await asked
        assert work.ends == ["cancelled"]
        work.free.set()
        answer = await ask(app, "/api/tokens/encode", BODY, asyncio.Event())
        assert answer[0]["status"] == 200  # what was given up is asked for again

    play(app, scene)


def test_who_still_waits_for_the_same_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(StudioSettings())
    work = Work(app, monkeypatch)

    async def scene() -> None:
        gone, stays = asyncio.Event(), asyncio.Event()
        leaves = asyncio.create_task(ask(app, "/api/tokens/encode", BODY, gone))
        assert await asyncio.to_thread(work.begun.acquire, True, PATIENCE)
        waits = asyncio.create_task(ask(app, "/api/tokens/encode", BODY, stays))
        gone.set()
        await leaves
        assert await asyncio.to_thread(work.begun.acquire, True, PATIENCE)  # the one who stays loads it
        work.free.set()
        answer = await waits
        assert answer[0]["status"] == 200
        assert work.ends == ["cancelled", "done"]

    play(app, scene)


def test_questions_in_the_queue_are_not_begun_for_those_who_have_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(StudioSettings())
    app.state.lane = lane = Lane(1)
    work = Work(app, monkeypatch)

    async def scene() -> None:
        gone = asyncio.Event()
        first = asyncio.create_task(ask(app, "/api/tokens/encode", BODY, asyncio.Event()))
        assert await asyncio.to_thread(work.begun.acquire, True, PATIENCE)
        other = {**BODY, "tokenizer": "tokenspace/unigram"}
        queued = asyncio.create_task(ask(app, "/api/tokens/encode", other, gone))
        while lane.came < 2:
            await asyncio.sleep(0.005)
        gone.set()
        await asyncio.sleep(0.05)  # the closing is told by this loop alone: no thread has a part in it
        work.free.set()
        assert (await first)[0]["status"] == 200
        await queued
        assert work.ends == ["done"]

    play(app, scene)
