"""Folders and repositories of models: their weights over one or several files, exact numbers, named faults, no requests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace.encoders.model_files import open_model
from tokenspace.encoders.model_files.float_values import bfloat16_bits
from tokenspace.errors import (
    ArgumentError,
    FileError,
    FormatError,
    NotFoundError,
    TruncatedFileError,
    UnsupportedError,
)
from tokenspace.io.safetensors_file import write_tensors

from .checkpoints import bfloat16, write_model
from .hub_server import Hub, serving

INDEX = "model.safetensors.index.json"
CONFIG = {"model_type": "qwen2", "vocab_size": 20, "hidden_size": 8}


def two_shards() -> dict[str, dict[str, Any]]:
    halves = np.random.default_rng(1).standard_normal((20, 8)).astype(np.float16)
    return {
        "model-00001-of-00002.safetensors": {"model.embed_tokens.weight": bfloat16((20, 8))},
        "model-00002-of-00002.safetensors": {"lm_head.weight": halves, "norm": np.arange(8, dtype=np.float32)},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model", CONFIG, two_shards())


def test_weights_over_shards(folder: Path) -> None:
    files = open_model(folder)
    assert files.config == CONFIG
    weights = files.weights()
    assert set(weights.names) == {"model.embed_tokens.weight", "lm_head.weight", "norm"}
    info = weights.info("model.embed_tokens.weight")
    assert (info.name, info.dtype, info.shape, info.nbytes) == ("model.embed_tokens.weight", "BF16", (20, 8), 320)
    raw = weights.raw("model.embed_tokens.weight")
    assert raw.dtype == np.uint16
    assert not raw.flags.writeable
    values = weights.float32("model.embed_tokens.weight")
    assert np.array_equal(values.view(np.uint32), raw.astype(np.uint32) << 16)
    rows = weights.rows("lm_head.weight", [19, 0, 19])
    assert rows.dtype == np.float32
    assert np.array_equal(rows, two_shards()["model-00002-of-00002.safetensors"]["lm_head.weight"][[19, 0, 19]])
    assert np.array_equal(weights.float32("norm"), np.arange(8, dtype=np.float32))
    assert weights.rows("lm_head.weight", []).shape == (0, 8)
    for ids in ([20], [-1], [[1]], [1.5]):
        with pytest.raises(ArgumentError):
            weights.rows("lm_head.weight", ids)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="axes"):
        weights.rows("norm", [0])
    with pytest.raises(NotFoundError, match=r"lm_head\.weight"):
        weights.info("lm_head.weights")


def test_every_half_number_is_converted_exactly(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    bits = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    write_model(tmp_path, {}, {"model.safetensors": {"b": bits, "h": bits.view(np.float16)}})
    weights = open_model(tmp_path).weights()
    for name, dtype in (("b", torch.bfloat16), ("h", torch.float16)):
        expected = torch.from_numpy(bits.view(np.int16)).view(dtype).to(torch.float32).numpy()
        found = weights.float32(name)
        finite = ~np.isnan(expected)
        assert np.array_equal(np.isnan(found), ~finite)
        assert np.array_equal(found[finite].view(np.uint32), expected[finite].view(np.uint32))
    numbers = np.random.default_rng(0).standard_normal(10_000).astype(np.float32)
    numbers[:4] = np.nan, np.inf, -np.inf, 3.4e38
    theirs = torch.from_numpy(numbers).to(torch.bfloat16).view(torch.int16).numpy().view(np.uint16)
    assert np.array_equal(bfloat16_bits(numbers)[1:], theirs[1:])
    assert np.isnan(torch.from_numpy(bfloat16_bits(numbers[:1]).view(np.int16)).view(torch.bfloat16).item())


def test_one_file_comes_before_shards_and_may_have_another_name(folder: Path, tmp_path: Path) -> None:
    write_tensors(folder / "model.safetensors", {"only": np.zeros((2, 2), np.float32)}, {})
    assert open_model(folder).weights().names == ("only",)
    write_model(tmp_path / "other", CONFIG, {"consolidated.safetensors": {"a": np.zeros(2, np.float32)}})
    assert open_model(tmp_path / "other").weights().names == ("a",)


def test_parts_and_paths(folder: Path) -> None:
    write_model(
        folder / "2_Dense", {"in_features": 8}, {"model.safetensors": {"linear.weight": np.eye(8, dtype=np.float32)}}
    )
    files = open_model(folder)
    dense = files.part("2_Dense")
    assert dense.config == {"in_features": 8}
    assert dense.weights().names == ("linear.weight",)
    assert files.part("") is files
    assert files.path("2_Dense/config.json") == folder / "2_Dense" / "config.json"
    assert files.path("nothing.json") is None
    assert files.read_json("nothing.json") is None
    for name in ("../model/config.json", "/etc/hostname", "C:\\x", "a/../../b", "", "a\0b"):
        with pytest.raises(FormatError):
            files.path(name)


INDEX_FAULTS = {
    "no json": b"{",
    "list": b"[]",
    "no map": b'{"metadata": {}}',
    "empty map": b'{"weight_map": {}}',
    "number as shard": b'{"weight_map": {"a": 1}}',
    "out of the folder": b'{"weight_map": {"a": "../x.safetensors"}}',
    "absolute": b'{"weight_map": {"a": "/x.safetensors"}}',
    "windows": b'{"weight_map": {"a": "C:\\\\x.safetensors"}}',
    "pickle": b'{"weight_map": {"a": "x.bin"}}',
    "tensor twice": b'{"weight_map": {"a": "x.safetensors", "a": "y.safetensors"}}',
    "deep": b'{"weight_map": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("fault", INDEX_FAULTS)
def test_damaged_index(fault: str, folder: Path) -> None:
    (folder / INDEX).write_bytes(INDEX_FAULTS[fault])
    with pytest.raises(FormatError, match="index"):
        open_model(folder).weights()


def test_index_and_shards_that_disagree(folder: Path) -> None:
    first, second = sorted(two_shards())
    homes = json.loads((folder / INDEX).read_text())["weight_map"]

    def load(**changes: str) -> Any:
        (folder / INDEX).write_text(json.dumps({"weight_map": {**homes, **changes}}))
        return open_model(folder).weights()

    with pytest.raises(FormatError, match=rf"'norm' in {first}.*it in {second}"):
        load(norm=first)
    with pytest.raises(FormatError, match="'ghost'"):
        load(ghost=second)
    with pytest.raises(NotFoundError, match=r"model-3\.safetensors"):
        load(norm="model-3.safetensors")
    write_tensors(folder / "model-3.safetensors", {"norm": np.zeros(8, np.float32), "x": np.zeros(1, np.float32)}, {})
    with pytest.raises(FormatError, match="'norm' in one shard"):
        load(x="model-3.safetensors")
    (folder / INDEX).write_text(json.dumps({"weight_map": homes}))
    (folder / second).unlink()
    with pytest.raises(NotFoundError, match=second):
        open_model(folder).weights()


def test_download_that_was_cut_off(folder: Path) -> None:
    shard = folder / "model-00002-of-00002.safetensors"
    shard.write_bytes(shard.read_bytes()[:-5])
    with pytest.raises(TruncatedFileError, match="model-00002-of-00002"):
        open_model(folder).weights()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("pytorch_model.bin", "save_pretrained"),
        ("pytorch_model-00001-of-00002.bin", "PyTorch"),
        ("model.q4_0.gguf", "GGUF"),
        ("onnx/model.onnx", "ONNX"),
        ("tf_model.h5", "TensorFlow"),
        ("adapter_model.safetensors", "adapter"),
    ],
)
def test_weights_in_another_form(name: str, what: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UnsupportedError, match=what):
        open_model(tmp_path).weights()


def test_no_model(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")
    with pytest.raises(NotFoundError, match=r"README\.md"):
        open_model(tmp_path).weights()
    with pytest.raises(NotFoundError, match=r"config\.json.*README\.md"):
        _ = open_model(tmp_path).config
    (tmp_path / "config.json").write_text("[1]")
    with pytest.raises(FormatError):
        _ = open_model(tmp_path).config
    (tmp_path / "config.json").write_bytes(b"\xff{")
    with pytest.raises(FormatError):
        _ = open_model(tmp_path).config
    with pytest.raises(FileError):
        open_model(tmp_path / "README.md")
    for name in (tmp_path / "nothing", "./nothing", "a/b/c", "", "tokenspace/nothing"):
        with pytest.raises(NotFoundError):
            open_model(name)


def test_identity_follows_what_decides_about_the_vectors(folder: Path, tmp_path: Path) -> None:
    (folder / "modules.json").write_text(json.dumps([{"path": ""}, {"path": "1_Pooling"}, {"path": None}, 3]))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    before = open_model(folder).identity
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "README.md").write_text("other words")
    assert open_model(tmp_path / "copy").identity == before
    (tmp_path / "copy" / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    pooled = open_model(tmp_path / "copy").identity
    shards = two_shards()
    shards["model-00002-of-00002.safetensors"]["norm"][3] = 7
    write_model(tmp_path / "copy", CONFIG, shards)
    assert len({before, pooled, open_model(tmp_path / "copy").identity}) == 3


PROGRAM = """
import json, socket, sys
names = []
real = socket.getaddrinfo, socket.socket.connect
def refuse(*arguments, **options):
    names.append(str(arguments[:2]))
    raise OSError("no network in this test")
if sys.argv[2] == "guarded":
    socket.getaddrinfo = refuse
    socket.socket.connect = refuse
from tokenspace.encoders.model_files import open_model
from tokenspace.errors import TokenspaceError
options = json.loads(sys.argv[3])
try:
    files = open_model(sys.argv[1], **options)
    out = {"names": files.weights().names, "vocab": files.config["vocab_size"], "dense": files.path("2_Dense/config.json") is not None,
           "rows": files.weights().rows("lm_head.weight", [3]).tolist(), "identity": files.identity}
except TokenspaceError as error:
    out = {"error": type(error).__name__, "text": str(error)}
assert "torch" not in sys.modules
print(json.dumps({**out, "asked": names}))
"""


@pytest.fixture
def hub(folder: Path, tmp_path: Path) -> Iterator[Hub]:
    write_model(folder / "2_Dense", {"in": 8}, {"model.safetensors": {"w": np.eye(8, dtype=np.float32)}})
    whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    pickled = {"config.json": b"{}", "pytorch_model.bin": b"x" * 1000}
    partial = {name: data for name, data in whole.items() if not name.startswith("model-00002")}
    repos = {"org/model": whole, "org/pickled": pickled, "org/partial": partial, "org/empty": {"README.md": b"x"}}
    with serving(Hub(repos)) as running:
        yield running


def start(home: Path, url: str, model: str, guard: str = "", offline: bool = False, **options: Any) -> Any:
    variables = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    variables |= {"HF_HOME": str(home), "HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "no_proxy": "127.0.0.1"}
    variables |= {"HF_HUB_OFFLINE": "1"} if offline else {}
    command = [sys.executable, "-c", PROGRAM, model, guard, json.dumps(options)]
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result(process: Any) -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def test_hub_once_and_then_without_any_request(hub: Hub, folder: Path, tmp_path: Path) -> None:
    # Two processes on one cache at once: both get the model.
    pair = [start(tmp_path, hub.url, "org/model") for _ in range(2)]
    first, second = map(result, pair)
    assert first == second
    assert set(first["names"]) == {"model.embed_tokens.weight", "lm_head.weight", "norm"}
    assert (first["vocab"], first["dense"], first["asked"]) == (20, True, [])
    assert first["identity"] == open_model(folder).identity
    hub.log.clear()
    # In the cache: no name is looked up and nothing is connected, whether or not anybody says "offline".
    for options in ({}, {"local_files_only": True}, {"offline": True}):
        assert result(start(tmp_path, hub.url, "org/model", "guarded", **options)) == first
    assert hub.log == []


def test_hub_faults_have_names(hub: Hub, tmp_path: Path) -> None:
    pickled = result(start(tmp_path, hub.url, "org/pickled"))
    assert pickled["error"] == "UnsupportedError"
    assert "pytorch_model.bin" in pickled["text"]
    assert not any(method == "GET" and path.endswith("pytorch_model.bin") for method, path in hub.log)
    partial = result(start(tmp_path, hub.url, "org/partial"))
    assert (partial["error"], "model-00002-of-00002" in partial["text"]) == ("NotFoundError", True)
    assert result(start(tmp_path, hub.url, "org/empty"))["error"] == "NotFoundError"
    assert result(start(tmp_path, hub.url, "org/nothing"))["error"] == "NotFoundError"
    missing = result(start(tmp_path / "new", hub.url, "org/model", "guarded", offline=True))
    assert (missing["error"], missing["asked"]) == ("NotFoundError", [])
