"""The real huggingface_hub client against a hub on loopback, in processes of their own (its settings are read once)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .hub_server import COMMIT, Hub, serving

WORDS = {"[UNK]": 0, "hello": 1, "world": 2}
TOKENIZER = json.dumps(
    {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": WORDS, "unk_token": "[UNK]"},
    }
).encode()
CONFIG = json.dumps(
    {"unk_token": "[UNK]", "pad_token": "<pad>", "model_max_length": 77, "added_tokens_decoder": {}}
).encode()
PROGRAM = """
import json, sys
import tokenspace as ts
arguments = json.loads(sys.argv[1])
try:
    tok = ts.Tokenizer.from_pretrained(**arguments)
except ts.errors.TokenspaceError as error:
    print(json.dumps({"error": type(error).__name__, "code": error.exit_code, "text": str(error)}))
else:
    print(json.dumps({"ids": tok.encode("hello world x").ids, "template": tok.chat_template, "pad": tok.pad_token_id,
                      "max": tok.model_max_length, "kind": tok.kind, "name": tok.name}))
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {"tokenizer.json": TOKENIZER, "tokenizer_config.json": CONFIG, "chat_template.jinja": b"{{ messages }}"}
    vocab = {"vocab.txt": b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nworld\n"}
    repos = {"org/model": files, "org/secret": dict(files), "bert": vocab, "org/empty": {"README.md": b"x"}}
    with serving(Hub(repos, private=("org/secret",), token="hf_right")) as running:
        yield running


def load(home: Path, url: str, env: dict[str, str] | None = None, **arguments: Any) -> dict[str, Any]:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TIKTOKEN", "DATA_GYM"))}
    variables |= {"HF_HOME": str(home), "HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "TOKENSPACE_NO_CACHE": "1"}
    variables |= {"TIKTOKEN_CACHE_DIR": str(home / "tiktoken"), "no_proxy": "127.0.0.1", "HF_HUB_DOWNLOAD_TIMEOUT": "5"}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)],
        env=variables | (env or {}), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return result


def test_downloads_what_it_needs_and_then_needs_no_network(hub: Hub, tmp_path: Path) -> None:
    first = load(tmp_path, hub.url, name_or_path="org/model")
    assert first["ids"] == [1, 2, 0]
    assert (first["template"], first["pad"], first["max"]) == ("{{ messages }}", 3, 77)
    fetched = {path.rsplit("/", 1)[-1] for method, path in hub.log if method == "GET"}
    assert {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"} <= fetched
    hub.log.clear()
    assert load(tmp_path, hub.url, name_or_path="org/model") == first
    assert hub.log == []
    assert load(tmp_path, "http://127.0.0.1:9", {"HF_HUB_OFFLINE": "1"}, name_or_path="org/model") == first
    assert load(tmp_path, "http://127.0.0.1:9", name_or_path="org/model", local_files_only=True) == first


def test_revision_and_newest_commit(hub: Hub, tmp_path: Path) -> None:
    assert load(tmp_path, hub.url, name_or_path="org/model", revision="v1")["ids"] == [1, 2, 0]
    assert load(tmp_path, hub.url, name_or_path="org/model", revision=COMMIT)["ids"] == [1, 2, 0]
    missing = load(tmp_path, hub.url, name_or_path="org/model", revision="v9")
    assert (missing["error"], missing["code"]) == ("NotFoundError", 4)
    assert "revision" in missing["text"]
    hub.log.clear()
    load(tmp_path, hub.url, name_or_path="org/model", revision="v1", local_files_only=False)
    assert any(path.endswith("v1/tokenizer.json") for _, path in hub.log)


def test_vocab_txt_repository(hub: Hub, tmp_path: Path) -> None:
    loaded = load(tmp_path, hub.url, name_or_path="bert")
    assert (loaded["kind"], loaded["ids"]) == ("wordpiece", [2, 5, 6, 1, 3])


def test_private_repository_needs_its_token(hub: Hub, tmp_path: Path) -> None:
    refused = load(tmp_path, hub.url, name_or_path="org/secret")
    assert (refused["error"], refused["code"]) == ("NotFoundError", 4)
    assert "HF_TOKEN" in refused["text"]
    assert load(tmp_path / "a", hub.url, {"HF_TOKEN": "hf_right"}, name_or_path="org/secret")["ids"] == [1, 2, 0]
    assert load(tmp_path / "b", hub.url, name_or_path="org/secret", token="hf_right")["ids"] == [1, 2, 0]


def test_one_clear_error(hub: Hub, tmp_path: Path) -> None:
    nothing = load(tmp_path, hub.url, name_or_path="org/nothing")
    assert (nothing["error"], nothing["code"]) == ("NotFoundError", 4)
    assert "org/nothing" in nothing["text"]
    empty = load(tmp_path, hub.url, name_or_path="org/empty")
    assert empty["error"] == "NotFoundError"
    assert "tokenizer.json" in empty["text"]
    offline = load(tmp_path, hub.url, {"HF_HUB_OFFLINE": "1"}, name_or_path="org/other")
    assert (offline["error"], offline["code"]) == ("NotFoundError", 4)
    assert str(tmp_path) in offline["text"]
    unreachable = load(tmp_path, "http://127.0.0.1:9", name_or_path="org/other")
    assert unreachable["error"] == "NotFoundError"
    bad = load(tmp_path, hub.url, name_or_path="a/b/c d")
    assert (bad["error"], bad["code"]) == ("ArgumentError", 2)


def test_cache_dir_and_hub_cache(hub: Hub, tmp_path: Path) -> None:
    load(tmp_path / "home", hub.url, name_or_path="org/model", cache_dir=str(tmp_path / "mine"))
    assert (tmp_path / "mine" / "models--org--model").is_dir()
    load(tmp_path / "home", hub.url, {"HF_HUB_CACHE": str(tmp_path / "hub")}, name_or_path="org/model")
    assert (tmp_path / "hub" / "models--org--model").is_dir()


def test_a_cache_that_cannot_be_written_is_no_missing_network(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = load(tmp_path / "home", hub.url, name_or_path="org/model", cache_dir=str(tmp_path / "file"))
    assert (found["error"], found["code"]) == ("FileError", 3)
    assert "cache_dir=" in found["text"]
