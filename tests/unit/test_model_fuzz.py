"""Damaged model folders: whatever the bytes of a header, an index or a configuration say, our error or a right answer.

TOKENSPACE_FUZZ_SECONDS=600 runs the random part for longer (`make fuzz-models`). What safetensors' own reader says of a
file is compared too: nothing that it refuses is read, and nothing that it reads is refused.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tokenspace.encoders.model_files import open_model
from tokenspace.encoders.summary import summarize
from tokenspace.errors import TokenspaceError
from tokenspace.io.safetensors_file import SafetensorsFile

from .checkpoints import bfloat16, write_model
from .damage import changed_bytes

SECONDS = float(os.environ.get("TOKENSPACE_FUZZ_SECONDS", "4"))
SEED = int(os.environ.get("TOKENSPACE_FUZZ_SEED", "1"))
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 7, 8, 255, 2**31 - 1, 2**31, 2**32, 2**53, 2**63, 2**64, 10**30, 0.5, -0.0, 1e308, "", "x",
    "../x", "/x", "F32", "BF16", "F8_E4M3", "U8", "I64", "BOOL", "bert", "gpt2", "llama", "yarn", "llama3", "linear", [], {}, [0],
    [0, 0], [1, 2], [[1]], {"a": 1}, "é\u0000", "model-00001-of-00002.safetensors",
]  # fmt: skip
# What the format's own reader takes; others are listed by ours and refused when read.
REFERENCE_TYPES = {"BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F16", "BF16", "F32", "F64"}
CONFIGS: list[dict[str, Any]] = [
    {"model_type": "bert", "type_vocab_size": 2, "max_position_embeddings": 12, "num_attention_heads": 2, "pad_token_id": 0},
    {"model_type": "roberta", "type_vocab_size": 1, "pad_token_id": 1, "layer_norm_eps": 1e-5, "tie_word_embeddings": True},
    {
        "model_type": "llama", "num_attention_heads": 2, "head_dim": 8, "rope_theta": 1e4, "partial_rotary_factor": 0.5,
        "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 64},
    },
    {
        "model_type": "qwen2", "num_attention_heads": 2, "max_position_embeddings": 40,
        "rope_parameters": {"rope_type": "yarn", "factor": 4.0, "rope_theta": 1e4, "beta_fast": 32, "beta_slow": 1},
    },
    {"model_type": "gpt2", "text_config": {"vocab_size": 20, "hidden_size": 8}},
    {"model_type": "gemma", "num_attention_heads": 2, "head_dim": 4, "rope_scaling": {"type": "linear", "factor": 2}},
    {"model_type": "modernbert", "num_attention_heads": 2, "global_rope_theta": 1e5, "local_rope_theta": 1e4},
    {"model_type": "gptj", "num_attention_heads": 2, "rotary_dim": 2, "architectures": ["GPTJForCausalLM"]},
]  # fmt: skip


def containers(value: Any) -> list[Any]:
    """The value and all that lies in it, as far as it can be changed."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    here = [value] if isinstance(value, (dict, list)) and value else []
    return here + [found for item in inner for found in containers(item)]


def change(value: Any, rng: random.Random) -> None:
    """One random change somewhere inside a JSON value."""
    where = rng.choice(containers(value))
    key = rng.choice(list(where)) if isinstance(where, dict) else rng.randrange(len(where))
    old = where[key]
    action = rng.random()
    if action < 0.15:
        del where[key]
    elif action < 0.25 and isinstance(where, dict):
        where[rng.choice(["", "x", "__metadata__", "dtype", "shape", key + "2"])] = old
    elif action < 0.5 and isinstance(old, int) and not isinstance(old, bool):
        where[key] = old + rng.choice([-8, -1, 1, 2, 8, old])
    elif action < 0.6:
        other = rng.choice(containers(value))
        where[key] = copy.deepcopy(rng.choice(list(other.values()) if isinstance(other, dict) else other))
    else:
        where[key] = copy.deepcopy(rng.choice(VALUES))


def dumped(value: Any, rng: random.Random) -> bytes:
    changes = rng.choice([0, 1, 1, 2, 4])
    for _ in range(changes):
        if containers(value):
            change(value, rng)
    data = json.dumps(value).encode("utf-8", "surrogatepass")
    return changed_bytes(data, rng) if rng.random() < 0.25 else data


def model(folder: Path, rng: random.Random) -> None:
    """A small model in two shards, or in one file, with damage somewhere."""
    config = {"vocab_size": 20, "hidden_size": 8, **json.loads(json.dumps(rng.choice(CONFIGS)))}
    prefix = rng.choice(["", "model.", "bert.embeddings."])
    tokens = rng.choice(["embed_tokens.weight", "word_embeddings.weight", "wte.weight"])
    first = {
        prefix + tokens: bfloat16((20, 8), rng.randrange(100)),
        prefix + "position_embeddings.weight": np.ones((12, 8), np.float16),
        prefix + "token_type_embeddings.weight": np.ones((2, 8), np.float32),
    }
    second = {
        prefix + "LayerNorm.weight": np.ones(8, np.float32),
        prefix + "LayerNorm.bias": np.ones(8, np.float32),
        "lm_head.weight": bfloat16((20, 8)),
        "ids": np.arange(3),
    }
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    write_model(folder, config, {names[0]: first, names[1]: second})
    (folder / "config.json").write_bytes(dumped(config, rng))
    index = folder / "model.safetensors.index.json"
    index.write_bytes(dumped(json.loads(index.read_text()), rng))
    for name in names:
        if rng.random() < 0.7:
            damage_tensors(folder / name, rng)


def damage_tensors(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    text, body = dumped(json.loads(data[8 : 8 + size]), rng), data[8 + size :]
    if rng.random() < 0.2:
        body = body[: rng.randrange(len(body) + 1)]
    length = (
        len(text) if rng.random() < 0.9 else rng.choice([0, 1, len(text) - 1, len(text) + 9, 2**40, 2**63, 2**64 - 1])
    )
    path.write_bytes(max(0, length).to_bytes(8, "little") + text + body)


def compare_with_the_reference(path: Path) -> None:
    """Our reader and safetensors' own on the same file."""
    import safetensors

    try:
        ours = SafetensorsFile(path)
        types = {tensor.dtype for tensor in ours.tensors.values()}
    except TokenspaceError as error:
        ours, types, reason = None, set(), str(error)
    try:
        with safetensors.safe_open(path, "np") as file:
            theirs: dict[str, list[int]] | None = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, OSError, OverflowError):
        theirs = None
    if ours is not None and types <= REFERENCE_TYPES:
        assert theirs is not None, f"{path}: the reference refuses it"
        assert {name: list(tensor.shape) for name, tensor in ours.tensors.items()} == theirs
    if ours is None and theirs is not None:
        # Stricter on purpose: names that come twice, and what NumPy cannot make.
        assert any(words in reason for words in ("twice", "as many bytes", "dtype, shape and data_offsets")), reason


def look_at_everything(folder: Path) -> None:
    files = open_model(folder)
    for name in [path.name for path in folder.glob("*.safetensors")]:
        compare_with_the_reference(folder / name)

    def weights() -> None:
        found = files.weights()
        for name in found.names:
            found.info(name)
            found.float32(name)

    def table() -> None:
        matrix = ts.TokenEmbeddings.from_pretrained(folder)
        matrix.rows([0, len(matrix) - 1] if len(matrix) else [])
        if len(matrix):
            matrix.most_similar(0, topn=2)
        matrix.duplicates()
        matrix.untrained([0] if len(matrix) else None)

    def inputs() -> None:
        parts = ts.InputEmbeddings.from_pretrained(folder)
        parts.embed_ids([0, 1, 2]).output.sum()

    def rotation() -> None:
        ts.InputEmbeddings.from_pretrained(folder).rotation().chart()

    for attempt in (weights, table, inputs, rotation, lambda: files.identity, lambda: summarize(files).to_dict()):
        with contextlib.suppress(TokenspaceError):
            attempt()


@pytest.mark.filterwarnings("ignore")
def test_damaged_models(tmp_path: Path) -> None:
    end = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < end or rounds < 20:
        seed = SEED * 1_000_000 + rounds
        rng = random.Random(seed)
        folder = tmp_path / "model"
        model(folder, rng)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                look_at_everything(folder)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
        rounds += 1
    print(f"{rounds} damaged models in {SECONDS:.0f} s")
