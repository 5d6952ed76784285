"""What needs a package that is not installed is refused before a job is started, with the command that adds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tokenspace.errors import UnsupportedError
from tokenspace.pictures.umap_plane import umap_plane
from tokenspace.studio.app import create_app
from tokenspace.studio.settings import StudioSettings


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setitem(sys.modules, "umap", None)
    with TestClient(create_app(StudioSettings()), base_url="http://127.0.0.1:7878") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/words/map", {"vectors": "tokenspace/static", "method": "umap"}),
        ("/api/recommend/map", {"recommender": "job:any", "method": "umap"}),
    ],
)
def test_umap_is_refused_with_the_command(client: TestClient, path: str, body: dict[str, Any]) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 424
    assert answer.json()["error"]["hint"] == "pip install 'tokenspace[topics]'"
    assert client.get("/api/jobs").json()["jobs"] == []
    topics = next(one for one in client.get("/api/status").json()["extras"] if one["name"] == "topics")
    assert topics == {"name": "topics", "installed": False, "command": answer.json()["error"]["hint"]}


def test_an_umap_that_does_not_import_says_why(client: TestClient) -> None:
    with pytest.raises(UnsupportedError, match=r"received import of umap halted.*tokenspace\[topics\]"):
        umap_plane([[0, 1], [1, 0], [1, 1], [2, 1]])
