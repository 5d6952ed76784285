"""What one question may take from the others: threads, the place in a queue, memory."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
pytest.importorskip("httpx", reason="httpx not found: pip install httpx")
import httpx

from tokenspace.studio.app import create_app
from tokenspace.studio.settings import StudioSettings
from tokenspace.tokenizers.chat_process import TemplateProcess

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def client(app: Any) -> Any:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", timeout=20)


def test_slow_questions_leave_threads_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(StudioSettings())
    gate = threading.Event()
    tokenizer = app.state.studio.models.tokenizer

    def slow(name: str) -> Any:
        gate.wait(20)
        return tokenizer(name)

    monkeypatch.setattr(app.state.studio.models, "tokenizer", slow)
    body = {"source": {"text": "hi"}, "tokenizer": "tokenspace/bpe"}

    async def play() -> None:
        async with client(app) as page:
            slow_ones = [asyncio.create_task(page.post("/api/tokens/encode", json=body)) for _ in range(80)]
            await asyncio.sleep(0.3)
            try:
                for path in ("/api/status", "/api/files", "/api/jobs", "/"):
                    answer = await asyncio.wait_for(page.get(path), 5)
                    assert answer.status_code == 200
                assert not any(task.done() for task in slow_ones)
            finally:
                gate.set()
            assert {answer.status_code for answer in await asyncio.gather(*slow_ones)} == {200}

    asyncio.run(play())
    app.state.studio.close()


def test_templates_do_not_queue_without_end() -> None:
    app = create_app(StudioSettings())
    app.state.studio.__dict__["templates"] = TemplateProcess(seconds=1.0, waiting=1)
    body = {"tokenizer": "tokenspace/bpe", "messages": [{"role": "user", "content": "hi"}], "template": ENDLESS}

    async def play() -> list[Any]:
        async with client(app) as page:
            await page.post("/api/tokens/chat", json={**body, "template": "warm"})
            return list(await asyncio.gather(*(page.post("/api/tokens/chat", json=body) for _ in range(8))))

    answers = asyncio.run(play())
    app.state.studio.close()
    assert sorted(answer.status_code for answer in answers) == [422] * 2 + [429] * 6
    for answer in answers:
        if answer.status_code == 429:
            assert answer.headers["Retry-After"] == "5"


def test_typed_texts_count_with_what_is_kept_of_them() -> None:
    app = create_app(StudioSettings())
    body = {"source": {"text": "many words " * 20_000}, "tokenizer": "tokenspace/bpe"}

    async def play() -> None:
        async with client(app) as page:
            await page.post("/api/tokens/encode", json={**body, "source": {"text": "x"}})
            before = app.state.studio.keep.bytes
            await page.post("/api/tokens/encode", json=body)
            assert app.state.studio.keep.bytes - before >= 12 * 40_000 + 220_000

    asyncio.run(play())
    app.state.studio.close()
