"""Every route of the OpenAPI document against what Schemathesis makes up: no 5xx, and answers as documented.

The names of models, files and jobs that it makes up are exchanged for ones that exist in most requests, so that what lies
behind the first check is reached as well; every other request breaks the contract on purpose. Jobs started so are done, and may
fail only as errors of the house. ``TOKENSPACE_FUZZ_SECONDS`` (`make fuzz-studio`) asks for so many seconds of it.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.data import has_minilm, minilm_folder

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
pytest.importorskip("schemathesis", reason="schemathesis not found: pip install schemathesis")
import hypothesis
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tokenspace.studio.app import create_app
from tokenspace.studio.settings import StudioSettings

LONG = float(os.environ.get("TOKENSPACE_FUZZ_SECONDS", "0"))
SECONDS = LONG or 40.0
EXAMPLES = 1_000_000 if LONG else 10
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HERE = "http://127.0.0.1:7878"

VECTORS = "4 3\nking 1 0 0\nqueen 0.9 0.1 0\nman 0 1 0\nwoman 0 0.9 0.1\n"
SESSIONS = "session,item,time\n" + "".join(f"s{n // 3},i{n % 5},{n}\n" for n in range(60))
TEXT = "The bank of the river. 河边的银行。\nA bank lends money. 🇩🇪 مرحبا\n" * 20
# Schemathesis makes up none of these.
ODD = ["\ud800", "a\udc00b", "\0", "\u202e", "\ufeff", "é" * 3000, "🇩🇪" * 40, "\r\n\t ", "中文" * 99]


def given(folder: Path) -> Path:
    """A folder with one file of each kind."""
    (folder / "vectors.txt").write_text(VECTORS, encoding="utf-8")
    (folder / "sessions.csv").write_text(SESSIONS, encoding="utf-8")
    (folder / "playlists.txt").write_text("".join(f"{n % 7} {n % 5} {n % 3}\n" for n in range(50)), encoding="utf-8")
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "latin.txt").write_bytes("Größe".encode("latin-1"))
    (folder / "bytes.bin").write_bytes(bytes(range(256)) * 10)
    (folder / "empty").write_bytes(b"")
    if has_minilm():
        (folder / "minilm").mkdir()
        for file in minilm_folder().iterdir():
            if file.is_file():
                os.link(file, folder / "minilm" / file.name) if _same_disk(file, folder) else None
    return folder


def _same_disk(file: Path, folder: Path) -> bool:
    return file.stat().st_dev == folder.stat().st_dev


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from huggingface_hub import constants

    offline, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True  # one route downloads
    folder = given(tmp_path_factory.mktemp("given"))
    settings = StudioSettings(given=(folder,), threads=1, grace=0.2, jobs_waiting=4, uploads_bytes=1 << 20)
    app = create_app(settings)
    studio = app.state.studio
    files = studio.shelf.files()[0]
    ids = [file.id for file in files]
    names = {
        "tokenizer": ["tokenspace/bpe", "tokenspace/unigram", "byte", "tokenspace/wordpiece"],
        "vectors": [f"file:{file.id}" for file in files if file.kind == "vectors"] + ["tokenspace/static"],
        "model": [f"file:{file.id}" for file in files if file.kind == "model"] + ["tokenspace/static"],
        "file": ids,
    }
    names["tokenizers"], names["files"], names["static"] = names["tokenizer"], ids, names["model"]
    chance = random.Random(0)

    def existing(value: Any, key: str = "", odd: float = 0.0) -> Any:
        if isinstance(value, dict):
            return {name: existing(inner, name, odd) for name, inner in value.items()}
        if isinstance(value, list):
            return [existing(inner, key, odd) for inner in value]
        if key in ("id", "job"):
            running = [job.id for job in studio.jobs.jobs()]
            return chance.choice(running) if running else value
        if isinstance(value, str) and chance.random() < odd:
            return chance.choice(ODD)
        if not isinstance(value, str) or key not in names:
            return value
        trained = [f"job:{job.id}" for job in studio.jobs.jobs() if job.state == "done"]
        return chance.choice(trained if trained and chance.random() < 0.2 and key != "file" else names[key])

    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"Host": "127.0.0.1"})

    @schema.hook
    def map_body(context: Any, body: Any) -> Any:
        return existing(body, odd=0.05) if chance.random() < 0.8 else body

    @schema.hook
    def map_query(context: Any, query: Any) -> Any:
        return existing(query) if chance.random() < 0.8 else query

    @schema.hook
    def map_path_parameters(context: Any, path_parameters: Any) -> Any:
        return existing(path_parameters) if chance.random() < 0.8 else path_parameters

    yield schema, studio
    studio.close()
    constants.HF_HUB_OFFLINE = offline


def told(error: BaseException) -> str:
    """An error or all of a group of errors."""
    return "\n".join(map(told, error.exceptions)) if hasattr(error, "exceptions") else str(error)


def test_every_route_answers_as_documented(api: Any) -> None:
    schema, studio = api
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    failed: list[str] = []
    for operation in operations:
        until = time.monotonic() + SECONDS / len(operations)
        for mode in schemathesis.GenerationMode:
            try:
                ask(operation, mode, until)
            except (KeyboardInterrupt, SystemExit):
                raise
            except (
                BaseException
            ) as error:  # a group of errors is none of the ordinary ones; all routes are told at once
                failed.append(f"{operation.label}: {told(error)}")
    defects = [job for job in studio.jobs.jobs() if job.error is not None and job.error["status"] >= 500]
    failed += [f"job {job.kind}: {job.error}" for job in defects]
    assert not failed, "\n\n".join(failed)


def ask(operation: Any, mode: Any, until: float) -> None:
    """Ask one route until so many examples, or a moment, have passed."""

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=(hypothesis.Phase.generate,),  # a failure is told as it came: shrinking takes long
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        if time.monotonic() > until:
            raise _EnoughError
        case.headers = {**(case.headers or {}), "Host": "127.0.0.1"}
        case.call_and_validate(checks=CHECKS)

    with suppress(_EnoughError, hypothesis.errors.Unsatisfiable):  # a route without parameters has nothing to break
        answers()


class _EnoughError(Exception):
    """The time given is over."""
