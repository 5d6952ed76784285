"""A matrix of a checkpoint on the hub: only its bytes are fetched, once, also through redirects and broken connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .checkpoints import bfloat16, write_model
from .hub_server import Hub, serving

SIZES = {"model_type": "qwen2", "vocab_size": 2000, "hidden_size": 64}
MATRIX_BYTES = 2000 * 64 * 2
PROGRAM = """
import json, socket, sys, warnings
asked = []
def refuse(*arguments, **options):
    asked.append(str(arguments[:2]))
    raise OSError("no network in this test")
if sys.argv[2] == "guarded":
    socket.getaddrinfo = refuse
    socket.socket.connect = refuse
import numpy as np
import tokenspace as ts
task = json.loads(sys.argv[3])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        table = ts.TokenEmbeddings.from_pretrained(sys.argv[1], **task.get("options", {}))
        out = {"shape": table.shape, "dtype": table.dtype, "tied": table.tied}
        if "rows" in task:
            out["rows"] = table.rows(task["rows"]).tolist()
        if "near" in task:
            out["near"] = [neighbour.id for neighbour in table.most_similar(task["near"], topn=3)]
    except ts.errors.TokenspaceError as error:
        out = {"error": type(error).__name__, "text": str(error)}
print(json.dumps({**out, "asked": asked, "warned": [str(w.message) for w in caught]}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shards = {
        "model-00001-of-00002.safetensors": {"layers.0": bfloat16((3000, 64), 5), "model.embed_tokens.weight": bfloat16((2000, 64))},
        "model-00002-of-00002.safetensors": {"lm_head.weight": bfloat16((2000, 64), 2), "layers.1": bfloat16((3000, 64), 6)},
    }  # fmt: skip
    return write_model(tmp_path / "model", SIZES, shards)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def hub(folder: Path) -> Iterator[Hub]:
    with serving(
        Hub({"org/model": files_of(folder), "org/secret": files_of(folder)}, ("org/secret",), "hf_right", True)
    ) as hub:
        yield hub


def ask(
    home: Path, url: str, model: str = "org/model", guard: str = "", env: dict[str, str] | None = None, **task: Any
) -> Any:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TOKENSPACE_"))}
    variables |= {"HF_HOME": str(home / "hf"), "TOKENSPACE_CACHE_DIR": str(home / "ours"), "HF_ENDPOINT": url}
    variables |= {"HF_HUB_DISABLE_XET": "1", "no_proxy": "127.0.0.1,localhost", **(env or {})}
    command = [sys.executable, "-c", PROGRAM, model, guard, json.dumps(task)]
    run = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def sent(hub: Hub) -> int:
    return sum(size for path, size in hub.sent.items() if ".safetensors" in path and not path.endswith(".json"))


def expected_rows(folder: Path, ids: list[int]) -> list[list[float]]:
    from tokenspace.encoders.model_files import open_model

    rows: list[list[float]] = open_model(folder).weights().rows("model.embed_tokens.weight", ids).tolist()
    return rows


def test_rows_cost_their_own_bytes_and_a_second_look_nothing(hub: Hub, folder: Path, tmp_path: Path) -> None:
    opened = ask(tmp_path, hub.url)
    assert (opened["shape"], opened["dtype"], opened["warned"]) == ([2000, 64], "BF16", [])
    headers = sent(hub)
    assert headers < 1000  # two headers of two tensors
    ids = [0, 700, 1999, 700]
    found = ask(tmp_path, hub.url, rows=ids)
    assert found["rows"] == expected_rows(folder, ids)
    assert sent(hub) - headers == 3 * 128
    hub.log.clear()
    for env in ({}, {"HF_HUB_OFFLINE": "1"}):
        again = ask(tmp_path, hub.url, guard="guarded", rows=ids, env=env)
        assert (again["rows"], again["asked"]) == (found["rows"], [])
    assert ask(tmp_path, hub.url, guard="guarded", rows=ids, options={"local_files_only": True})["asked"] == []
    assert hub.log == []


def test_neighbours_fetch_the_matrix_and_nothing_else(hub: Hub, folder: Path, tmp_path: Path) -> None:
    import tokenspace as ts

    found = ask(tmp_path, hub.url, near=5)
    assert found["near"] == [
        neighbour.id for neighbour in ts.TokenEmbeddings.from_pretrained(folder).most_similar(5, topn=3)
    ]
    assert MATRIX_BYTES <= sent(hub) < MATRIX_BYTES + 2000
    hub.log.clear()
    again = ask(tmp_path, hub.url, guard="guarded", near=5, rows=[1, 2])
    assert (again["near"], again["rows"], hub.log) == (found["near"], expected_rows(folder, [1, 2]), [])


def test_two_processes_and_a_damaged_piece(hub: Hub, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: ask(tmp_path, hub.url, near=5), range(2))
    assert first == second
    piece = max((tmp_path / "ours").rglob("*-*"), key=lambda path: path.stat().st_size)
    piece.write_bytes(piece.read_bytes()[:1000])
    assert ask(tmp_path, hub.url, near=5) == first


def test_most_of_the_rows_come_as_the_matrix(hub: Hub, folder: Path, tmp_path: Path) -> None:
    ids = list(range(0, 2000, 3))
    assert ask(tmp_path, hub.url, rows=ids)["rows"] == expected_rows(folder, ids)
    assert sent(hub) < MATRIX_BYTES + 2000


def test_a_redirect_to_another_host_does_not_take_the_token_along(folder: Path, tmp_path: Path) -> None:
    with serving(Hub({}, ranges=True)) as cdn:
        address = cdn.url.replace("127.0.0.1", "localhost")
        with serving(Hub({"org/secret": files_of(folder)}, ("org/secret",), "hf_right", True, address)) as hub:
            cdn.plain = hub.plain
            refused = ask(tmp_path / "a", hub.url, "org/secret", rows=[3])
            assert refused["error"] == "NotFoundError"
            found = ask(tmp_path / "b", hub.url, "org/secret", rows=[3], env={"HF_TOKEN": "hf_right"})
            assert found["rows"] == expected_rows(folder, [3])
            assert sum(cdn.sent.values()) < 2000
            assert {token for _, token in cdn.authorizations} == {""}


def test_a_server_without_ranges_sends_the_shard_and_that_is_said(folder: Path, tmp_path: Path) -> None:
    with serving(Hub({"org/model": files_of(folder)})) as hub:
        found = ask(tmp_path, hub.url, rows=[3])
        assert found["rows"] == expected_rows(folder, [3])
        assert any("no byte ranges" in text for text in found["warned"])


def test_broken_connections_are_gone_on_with(hub: Hub, folder: Path, tmp_path: Path) -> None:
    ask(tmp_path, hub.url)
    hub.cut = [100, 50_000, 0]
    before = sent(hub)
    assert ask(tmp_path, hub.url, near=5)["near"]
    assert sent(hub) - before == 128 + MATRIX_BYTES  # row 5, then all; nothing came twice for the breaks
    hub.cut = [0] * 20
    failed = ask(tmp_path, hub.url, rows=[4], options={"output": True})
    assert (failed["error"], "of model-00002-of-00002" in failed["text"]) == ("NotFoundError", True)
    hub.cut = []
    assert len(ask(tmp_path, hub.url, rows=[4], options={"output": True})["rows"]) == 1
    assert not list((tmp_path / "ours").rglob("*.tmp"))


def test_faults_on_the_hub(hub: Hub, folder: Path, tmp_path: Path) -> None:
    good = files_of(folder)
    hub.repos["org/cut"] = {
        **good,
        "model-00001-of-00002.safetensors": good["model-00001-of-00002.safetensors"][:400_000],
    }
    hub.repos["org/lost"] = {name: data for name, data in good.items() if "00001" not in name}
    hub.repos["org/pickle"] = {"config.json": b"{}", "pytorch_model.bin": b"x" * 5000}
    hub.repos["org/garbage"] = {"config.json": b"{}", "model.safetensors": os.urandom(5000)}
    assert ask(tmp_path, hub.url, "org/cut", rows=[1])["error"] == "TruncatedFileError"
    lost = ask(tmp_path, hub.url, "org/lost", rows=[1])
    assert (lost["error"], "model-00001-of-00002" in lost["text"]) == ("NotFoundError", True)
    pickle = ask(tmp_path, hub.url, "org/pickle")
    assert (pickle["error"], "pytorch_model.bin" in pickle["text"]) == ("UnsupportedError", True)
    assert ask(tmp_path, hub.url, "org/garbage")["error"] == "FormatError"
    assert sent(hub) < 2000
    missing = ask(tmp_path / "new", hub.url, guard="guarded", env={"HF_HUB_OFFLINE": "1"})
    assert (missing["error"], missing["asked"]) == ("NotFoundError", [])


def test_one_file_of_the_hub_is_read_in_ranges_too(hub: Hub, tmp_path: Path) -> None:
    single = write_model(tmp_path / "single", SIZES, {"model.safetensors": {"wte.weight": bfloat16((2000, 64))}})
    hub.repos["org/single"] = files_of(single)
    found = ask(tmp_path, hub.url, "org/single", rows=[9])
    assert np.array_equal(found["rows"], np.array([list(map(float, row)) for row in found["rows"]]))
    assert sent(hub) < 1000
    assert ask(tmp_path, hub.url, "org/single", guard="guarded", rows=[9])["asked"] == []
