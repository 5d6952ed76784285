"""``models info``, ``models pull`` of encoders, and questions to the token matrix of a checkpoint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.checkpoints import bfloat16, write_model
from tests.unit.hub_server import Hub, serving

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "king", "queen", "man", "woman", "##s"]


def bert(folder: Path, **changes: Any) -> Path:
    """A BERT of one layer that the native engine takes, as a sentence-transformers folder."""
    sizes = {"vocab_size": len(VOCAB), "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    more = {"intermediate_size": 16, "max_position_embeddings": 12, "type_vocab_size": 2}
    config = {"model_type": "bert", "architectures": ["BertModel"], **sizes, **more, **changes}
    random = np.random.default_rng(0)
    rows = random.standard_normal((len(VOCAB), 8)).astype(np.float32)
    rows[6] = rows[5] - rows[7] + rows[8]  # queen = king - man + woman

    def matrix(*shape: int) -> Any:
        return random.standard_normal(shape).astype(np.float32)

    layer = "encoder.layer.0."
    arrays = {
        "embeddings.word_embeddings.weight": rows,
        "embeddings.position_embeddings.weight": matrix(12, 8),
        "embeddings.token_type_embeddings.weight": matrix(2, 8),
        "embeddings.LayerNorm.weight": matrix(8),
        "embeddings.LayerNorm.bias": matrix(8),
        "embeddings.position_ids": np.arange(12)[None],
    }
    shapes = {
        "attention.self.query": (8, 8), "attention.self.key": (8, 8), "attention.self.value": (8, 8),
        "attention.output.dense": (8, 8), "intermediate.dense": (16, 8), "output.dense": (8, 16),
        "attention.output.LayerNorm": (8,), "output.LayerNorm": (8,),
    }  # fmt: skip
    for name, shape in shapes.items():
        arrays |= {f"{layer}{name}.weight": matrix(*shape), f"{layer}{name}.bias": matrix(shape[0])}
    write_model(folder, config, {"model.safetensors": arrays})
    (folder / "vocab.txt").write_text("\n".join(VOCAB))
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": 8, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    prompts = {"prompts": {"query": "search: "}, "default_prompt_name": None, "similarity_fn_name": "dot"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return folder


def test_info_of_a_text_encoder(ts: Any, tmp_path: Path) -> None:
    folder = bert(tmp_path / "model")
    result = ts("models", "info", folder, "--json", "--check")
    assert result.code == 0, result.err
    facts = result.json
    assert (facts["architecture"], facts["model_class"]) == ("bert", "BertModel")
    assert facts["sizes"] == {
        "hidden_size": 8, "layers": 1, "heads": 2, "inner_size": 16, "positions": 12, "vocab_size": 10,
    }  # fmt: skip
    # 10+12+2 rows of 8, the norm; four 8 x 8, 16 x 8, 8 x 16 with their biases; two norms.
    parameters = 24 * 8 + 16 + 4 * 72 + 16 * 8 + 16 + 8 * 16 + 8 + 32
    assert (facts["parameters"], facts["memory"]) == (parameters, {"F32": 4 * parameters, "I64": 96})
    assert facts["memory_as"] == {"fp32": 4 * parameters, "bf16": 2 * parameters, "int8": parameters}
    matrix = facts["token_matrix"]
    assert (matrix["tensor"], matrix["shape"], matrix["dtype"]) == ("embeddings.word_embeddings.weight", [10, 8], "F32")
    assert facts["tokenizer"] == {"kind": "wordpiece", "entries": 10}
    assert facts["text"]["pooling"]["value"] == ["mean"]
    assert facts["text"]["prompts"]["value"] == {"query": "search: "}
    assert facts["text"]["similarity"]["value"] == "dot"
    assert facts["non_finite"] == {}
    assert facts["engine"] == "native"
    assert set(facts["refused"]) <= {"torch engine"}
    shown = ts("models", "info", folder, terminal=True).out
    for words in ("bert (BertModel)", "wordpiece, 10 entries", "mean", "search: ", "10 x 8", "fp32"):
        assert words in shown


def test_info_says_what_would_be_refused(ts: Any, tmp_path: Path) -> None:
    odd = bert(tmp_path / "odd", hidden_act="hyperbolic", model_type="bert")
    refused = ts("models", "info", odd, "--json").json["refused"]
    assert "hyperbolic" in refused["native engine"]
    unknown = write_model(
        tmp_path / "unknown", {"model_type": "zonk"}, {"model.safetensors": {"x": np.zeros((3, 2), np.float32)}}
    )
    refused = ts("models", "info", unknown, "--json").json["refused"]
    assert {"tokenizer", "token matrix", "input embeddings", "native engine"} <= set(refused)
    assert "tensor=" in refused["token matrix"]
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text('{"model_type": "bert"}')
    (pickled / "pytorch_model.bin").write_bytes(b"x")
    facts = ts("models", "info", pickled, "--json").json
    assert facts["parameters"] is None
    assert "pytorch_model.bin" in facts["refused"]["weights"]
    assert ts("models", "info", pickled, "--check").code == 3
    cut = bert(tmp_path / "cut")
    weights = cut / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    assert "cut off" in ts("models", "info", cut, "--json").json["refused"]["weights"]
    for name in (tmp_path, "./nothing", "no/such model"):
        assert ts("models", "info", name).code == 4


def test_info_counts_numbers_that_are_none(ts: Any, tmp_path: Path) -> None:
    bits = bfloat16((30, 4))
    bits[3, 1], bits[9, 2] = 0x7FC0, 0xFF80
    doubles = np.array([1.0, np.nan])
    folder = write_model(
        tmp_path / "model",
        {"vocab_size": 30, "hidden_size": 4},
        {"model.safetensors": {"wte.weight": bits, "d": doubles}},
    )
    result = ts("models", "info", folder, "--check", "--json").json
    assert result["non_finite"] == {"wte.weight": 2, "d": 1}


def test_info_and_questions_of_a_static_encoder(ts: Any, tmp_path: Path) -> None:
    """model2vec's layout, and that of sentence-transformers, which has no config.json."""
    rows = np.random.default_rng(0).standard_normal((len(VOCAB), 8)).astype(np.float16)
    theirs = write_model(
        tmp_path / "m2v", {"model_type": "model2vec", "normalize": True}, {"model.safetensors": {"embeddings": rows}}
    )
    inner = tmp_path / "st" / "0_StaticEmbedding"
    write_model(inner, {}, {"model.safetensors": {"embedding.weight": rows}})
    (inner / "config.json").unlink()
    modules = [{"idx": 0, "name": "0", "path": inner.name, "type": "sentence_transformers.models.StaticEmbedding"}]
    (tmp_path / "st" / "modules.json").write_text(json.dumps(modules))
    for folder, tokenizer in ((theirs, theirs), (tmp_path / "st", inner)):
        (tokenizer / "vocab.txt").write_text("\n".join(VOCAB))
        facts = ts("models", "info", folder, "--json").json
        assert (facts["engine"], facts["token_matrix"]["shape"]) == ("static", [10, 8])
        assert facts["text"]["pooling"]["value"] == ["mean"]
        assert len(ts("similar", "king", "-m", folder, "-n", "2").jsonl) == 2
    assert set(ts("models", "info", theirs, "--json").json["refused"]) <= {"torch engine"}


def test_the_embedded_encoder_is_asked_like_any_other(ts: Any) -> None:
    assert ts("models", "info", "tokenspace/static", "--json").json["engine"] == "static"
    found = ts("similar", "king", "-m", "tokenspace/static", "-n", "5", "--json")
    assert found.code == 0, found.err
    assert {"queen", "prince", "kings"} & {row["key"] for row in found.json["neighbours"]}


def test_info_of_embedded_tokenizers(ts: Any) -> None:
    assert ts("models", "info", "tokenspace/bpe", "--json").json["tokenizer"]["entries"] == 32_000


def test_questions_to_a_token_matrix(ts: Any, tmp_path: Path) -> None:
    folder = bert(tmp_path / "model")
    result = ts("analogy", "king", "man", "woman", "-m", folder, "-n", "1")
    assert result.code == 0, result.err
    assert result.jsonl[0]["key"] == "queen"
    assert "'king', 'man', 'woman'" in result.err
    assert [row["key"] for row in ts("similar", "king", "-m", folder, "-n", "3", "--json").json["neighbours"]]
    assert len(ts("similar", "king", "-m", folder, "--restrict-vocab", "3").jsonl) == 3
    assert ts("similar", "king", "-m", folder, "--cosmul").code == 2
    assert ts("similar", "king", "-m", folder, "--limit", "3").code == 2
    assert ts("similar", "king", "-m", folder, "--no-mmap").code == 2
    assert ts("similar", "kings", "-m", folder).code == 4
    assert "king + ##s" in ts("similar", "kings", "-m", folder).err
    assert ts("similar", "xyz", "-m", folder).code == 4
    assert ts("similar", "king", "-m", tmp_path / "none").code == 4


@pytest.fixture
def command(tmp_path: Path) -> Any:
    def call(url: str, *arguments: str, **env: str) -> tuple[int, str, str]:
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TOKENSPACE_"))}
        variables |= {
            "HF_HOME": str(tmp_path / "home"),
            "HF_ENDPOINT": url,
            "HF_HUB_DISABLE_XET": "1",
            "no_proxy": "127.0.0.1",
        }
        variables |= {"TOKENSPACE_CACHE_DIR": str(tmp_path / "ours"), **env}
        run = subprocess.run(
            [sys.executable, "-m", "tokenspace.cli", *arguments],
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return run.returncode, run.stdout, run.stderr

    return call


def test_pull_list_and_info_on_the_hub(command: Any, tmp_path: Path) -> None:
    encoder = bert(tmp_path / "model")
    files = {path.relative_to(encoder).as_posix(): path.read_bytes() for path in encoder.rglob("*") if path.is_file()}
    plain = {name: data for name, data in files.items() if "modules" not in name and "Pooling" not in name}
    with serving(Hub({"org/encoder": files, "org/plain": plain}, ranges=True)) as hub:
        # Nothing is in the cache: the headers alone are fetched.
        code, out, err = command(hub.url, "models", "info", "org/encoder", "--json")
        assert code == 0, err
        assert json.loads(out)["parameters"] > 0
        assert not any(
            method == "GET" and "model.safetensors" in path and hub.sent[path] > 4000 for method, path in hub.log
        )
        code, _, err = command(hub.url, "models", "pull", "org/encoder", "org/plain")
        assert code == 0, err
        assert "org/encoder: weights" in err
        assert "org/plain: weights" not in err
        rows = [json.loads(line) for line in command(hub.url, "models", "list")[1].splitlines()]
        held = {row["name"]: row["holds"] for row in rows if row["kind"] == "hub cache"}
        assert held == {"org/encoder": ["tokenizer", "weights"], "org/plain": ["tokenizer"]}
        code, _, err = command(hub.url, "models", "pull", "org/plain", "--weights")
        assert "org/plain: weights" in err
        hub.log.clear()
        code, out, err = command(hub.url, "models", "info", "org/encoder", "--json")
        assert (code, json.loads(out)["text"]["pooling"]["value"], hub.log) == (0, ["mean"], [])
        code, out, err = command(
            hub.url, "analogy", "king", "man", "woman", "-m", "org/encoder", "-n", "1", HF_HUB_OFFLINE="1"
        )
        assert (code, json.loads(out)["key"], hub.log) == (0, "queen", [])
    assert command("http://127.0.0.1:9", "models", "info", "org/other", TOKENSPACE_OFFLINE="1")[0] == 4


def test_a_pull_brings_whatever_an_encoder_needs(command: Any, tmp_path: Path) -> None:
    encoder = bert(tmp_path / "model")
    files = {path.relative_to(encoder).as_posix(): path.read_bytes() for path in encoder.rglob("*") if path.is_file()}
    with serving(Hub({"org/encoder": files})) as hub:
        code, _, err = command(hub.url, "models", "pull", "org/encoder")
        assert code == 0, err
        hub.log.clear()
        code, out, err = command(hub.url, "embed", "--text", "a text", "-m", "org/encoder", HF_HUB_OFFLINE="1")
        assert (code, bool(out), hub.log) == (0, True, []), err
