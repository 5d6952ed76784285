"""Caches that other programs have filled from a hub on loopback: a model that is there whole needs no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .hub_server import COMMIT, Hub, serving
from .text_models import write_bert

FILLERS = {
    "snapshot_download": "import huggingface_hub; huggingface_hub.snapshot_download('org/{name}')",
    # As versions that keep no listing leave it.
    "older snapshot_download": (
        "import huggingface_hub, pathlib; path = pathlib.Path(huggingface_hub.snapshot_download('org/{name}'))\n"
        "for file in (path.parents[1] / 'trees').glob('*'): file.unlink()"
    ),
    "sentence-transformers": (
        "import pytest; library = pytest.importorskip('sentence_transformers')\n"
        "library.SentenceTransformer('org/{name}', device='cpu').encode('a cat')"
    ),
}
USE = """
import socket, sys
def refuse(*a, **k): raise AssertionError('a request')
socket.getaddrinfo = socket.socket.connect = socket.create_connection = refuse
import tokenspace as ts
name, kind = sys.argv[1:]
if kind == "text":
    print(ts.TextEncoder(name, pooling=None if name.endswith("sentence") else "mean").encode("a cat").shape)
elif kind == "context":
    print(ts.ContextualEncoder(name).encode("a cat").vectors.shape)
else:
    print(ts.TokenEmbeddings.from_pretrained(name).embed("a cat").tokens)
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    repos = {}
    for name in ("sentence", "plain"):
        made = write_bert(folder / name, modules=name == "sentence")
        (made / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
        repos[f"org/{name}"] = {
            path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()
        }
    with serving(Hub(repos)) as running:
        yield running


def run(program: str, home: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    variables |= {"HF_HOME": str(home), "HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "no_proxy": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, env=variables, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("filler", FILLERS)
def test_no_request_for_a_model_that_is_there(hub: Hub, tmp_path: Path, filler: str) -> None:
    names = ("sentence",) if filler == "sentence-transformers" else ("sentence", "plain")
    for name in names:
        filled = run(FILLERS[filler].format(name=name), tmp_path, hub.url)
        if "Skipped" in filled.stderr:
            pytest.skip("no sentence-transformers")
        assert filled.returncode == 0, filled.stderr
        for kind in ("text", "context", "tokens"):
            done = run(USE, tmp_path, hub.url, f"org/{name}", kind)
            assert done.returncode == 0, (name, kind, done.stderr)


def test_what_single_fetches_left_out_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    """A cache with configuration, weights and tokenizer, but filled without a look at modules.json."""
    fetch = (
        "from huggingface_hub import hf_hub_download\n"
        "for name in ('config.json', 'model.safetensors', 'vocab.txt', 'tokenizer.json', 'adapter_config.json'):\n"
        "    try: hf_hub_download('org/sentence', name)\n"
        "    except Exception as error: print(type(error).__name__)\n"
    )
    assert run(fetch, tmp_path, hub.url).returncode == 0
    program = "import tokenspace as ts; print(ts.TextEncoder('org/sentence').describe().pooling.origin)"
    assert run(program, tmp_path, hub.url).stdout.strip() == "1_Pooling/config.json"


def test_a_snapshot_that_broke_off_is_completed(hub: Hub, tmp_path: Path) -> None:
    assert run(FILLERS["older snapshot_download"].format(name="sentence"), tmp_path, hub.url).returncode == 0
    snapshot = tmp_path / "hub" / "models--org--sentence" / "snapshots" / COMMIT
    pooling = snapshot / "1_Pooling" / "config.json"
    stated = json.loads(pooling.read_bytes())
    pooling.unlink()
    pooling.parent.rmdir()
    program = "import tokenspace as ts; print(ts.TextEncoder('org/sentence').describe().pooling.value)"
    assert "mean" in run(program, tmp_path, hub.url).stdout
    assert json.loads(pooling.read_bytes()) == stated
