"""The native engine without torch: what it computes, what it refuses and by which name."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.encoders.engines.choose import load_engine
from tokenspace.encoders.engines.families import describe, part_names
from tokenspace.encoders.engines.native import NativeEngine
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.model_files import open_model
from tokenspace.errors import ArgumentError, FormatError, LimitError, TokenspaceError, UnsupportedError
from tokenspace.reference import transformer

from .encoder_models import tiny_checkpoint, write_checkpoint

BEST = _core.transformer_kernels()[-1][1]


def batch(*rows: list[int], types: list[int] | None = None) -> TokenBatch:
    flat = [token for row in rows for token in row]
    offsets = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    return TokenBatch(np.array(flat, np.uint32), offsets, None if types is None else np.array(types, np.uint8))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_checkpoint(tmp_path / "model", *tiny_checkpoint())


def test_equals_the_twin(folder: Path) -> None:
    config, tensors = tiny_checkpoint()
    description = describe(config)
    parts = {part: tensors[name].astype(np.float64) for part, name in part_names(description, tensors).items()}
    engine = NativeEngine(open_model(folder), "fp32")
    rows, types = [[1, 2, 3], [], [10], [*list(range(11)), 1, 2, 3, 4, 5]], [0, 1, 0, 1] + [0, 1] * 8
    given_batch = batch(*rows, types=types)
    found = engine.token_vectors(given_batch, layers=(0, 1), attentions=True)
    assert found.layers == (0, 1)
    assert found.vectors.shape == (2, 20, 8)
    assert found.attentions is not None
    for i, row in enumerate(rows):
        start, end = given_batch.row_offsets[i : i + 2]
        expected = transformer.run(description, parts, row, types[start:end])
        for layer in (0, 1):
            np.testing.assert_allclose(found.vectors[layer, start:end], expected.hidden[layer], atol=2e-6)
        assert found.attentions[i].shape == (1, 2, len(row), len(row))
        np.testing.assert_allclose(found.attentions[i][0], expected.attentions[0], atol=1e-6)
        for pooling in ("mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"):
            pooled = engine.pooled(given_batch, pooling)[i]  # type: ignore[arg-type]
            np.testing.assert_allclose(pooled, transformer.pool(expected.hidden[1], pooling), atol=2e-6)
    lengths = np.linalg.norm(engine.pooled(given_batch, normalize=True), axis=1)
    np.testing.assert_allclose(lengths, [1, 0, 1, 1], atol=1e-6)


def test_no_rows(folder: Path) -> None:
    engine = NativeEngine(open_model(folder))
    assert engine.pooled(batch()).shape == (0, 8)
    found = engine.token_vectors(batch(), layers=(0, -1), attentions=True)
    assert found.vectors.shape == (2, 0, 8)
    assert found.attentions == []
    assert engine.token_vectors(batch([]), layers=()).vectors.shape == (0, 0, 8)


@pytest.mark.parametrize("precision", BEST)
def test_a_vector_depends_on_nothing_but_its_row(folder: Path, precision: str) -> None:
    engine = NativeEngine(open_model(folder), precision)
    random = np.random.default_rng(1)
    rows = [random.integers(0, 11, n).tolist() for n in random.integers(0, 17, 300)]
    together = engine.pooled(batch(*rows), threads=1)
    assert np.array_equal(together, engine.pooled(batch(*rows), threads=3))
    assert np.array_equal(together, np.concatenate([engine.pooled(batch(row)) for row in rows]))


def test_layers_count_from_the_end(folder: Path) -> None:
    engine = NativeEngine(open_model(folder))
    found = engine.token_vectors(batch([1, 2]), layers=(-1, 1, -2, 0))
    assert found.layers == (1, 1, 0, 0)
    assert np.array_equal(found.vectors[0], found.vectors[1])
    assert np.array_equal(found.vectors[2], found.vectors[3])
    for layer in (2, -3):
        with pytest.raises(ArgumentError, match=r"layers of -2"):
            engine.token_vectors(batch([1]), layers=(layer,))


def test_batches_that_cannot_be_run(folder: Path) -> None:
    engine = NativeEngine(open_model(folder))
    with pytest.raises(LimitError, match=r"at most 16 tokens.* 17 in row 1"):
        engine.pooled(batch([1], [2] * 17))
    with pytest.raises(ArgumentError, match=r"ids below 11.*received 11"):
        engine.pooled(batch([1, 11]))
    with pytest.raises(ArgumentError, match=r"type ids below 2.*received 2"):
        engine.pooled(batch([1], types=[2]))
    good = batch([1, 2], [3])
    for offsets in ([0, 2], [0, 4, 3], [1, 2, 3], [0, 2, 4]):
        with pytest.raises(ArgumentError, match=r"offsets"):
            engine.pooled(TokenBatch(good.ids, np.array(offsets, np.int64)))


def test_old_names_and_prefixes(tmp_path: Path) -> None:
    config, tensors = tiny_checkpoint()
    expected = NativeEngine(open_model(write_checkpoint(tmp_path / "new", config, tensors))).pooled(batch([1, 2, 3]))
    old = {
        "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
        for name, value in tensors.items()
    }
    old["bert.embeddings.position_ids"] = np.arange(16).reshape(1, 16)
    old["bert.pooler.dense.weight"] = np.zeros((8, 8), np.float32)
    old["cls.predictions.bias"] = np.zeros(11, np.float32)
    engine = NativeEngine(open_model(write_checkpoint(tmp_path / "old", config, old)))
    assert np.array_equal(engine.pooled(batch([1, 2, 3])), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_number_types(tmp_path: Path, dtype: type) -> None:
    config, tensors = tiny_checkpoint()
    stored = {name: value.astype(np.float16).astype(dtype) for name, value in tensors.items()}
    wide = {name: value.astype(np.float32) for name, value in stored.items()}
    found = [
        NativeEngine(open_model(write_checkpoint(tmp_path / name, config, values)), "fp32").pooled(batch([1, 2, 3]))
        for name, values in (("stored", stored), ("wide", wide))
    ]
    assert np.array_equal(*found)


CONFIGS = [
    ({"model_type": "gpt2"}, UnsupportedError, "architectures bert, .*'gpt2'"),
    ({"model_type": None}, UnsupportedError, "model_type None"),
    ({"position_embedding_type": "relative_key"}, UnsupportedError, "position_embedding_type.*'relative_key'"),
    ({"is_decoder": True}, UnsupportedError, "is_decoder"),
    ({"auto_map": {"AutoModel": "modeling.Mine"}}, UnsupportedError, "code of its own, 'modeling.Mine'"),
    ({"hidden_act": "mish"}, UnsupportedError, "activation.*'mish'"),
    ({"embedding_size": 4}, UnsupportedError, "embedding_size 8"),
    ({"hidden_size": 9}, FormatError, "heads divide, received 9 and 2"),
    ({"num_hidden_layers": "1"}, FormatError, "'num_hidden_layers', received '1'"),
    ({"layer_norm_eps": -1.0}, FormatError, "'layer_norm_eps'"),
    ({"num_hidden_layers": 2}, FormatError, "'encoder.layer.1.attention.self.query.weight'"),
    ({"vocab_size": 12}, FormatError, r"word_embeddings.weight of shape \(12, 8\).*\(11, 8\)"),
]


@pytest.mark.parametrize(("change", "kind", "text"), CONFIGS)
def test_configurations_refused_by_name(
    tmp_path: Path, change: dict[str, Any], kind: type[TokenspaceError], text: str
) -> None:
    config, tensors = tiny_checkpoint()
    with pytest.raises(kind, match=text):
        NativeEngine(open_model(write_checkpoint(tmp_path / "model", config | change, tensors)))


def test_tensors_refused_by_name(tmp_path: Path) -> None:
    query = "encoder.layer.0.attention.self.query.weight"

    def load(**changed: Any) -> NativeEngine:
        config, tensors = tiny_checkpoint()
        for name, value in changed.items():
            tensors.pop(name, None)
            if value is not None:
                tensors[name] = value
        return NativeEngine(open_model(write_checkpoint(tmp_path / "model", config, tensors)))

    with pytest.raises(FormatError, match=f"'{query}'.*none"):
        load(**{query: None})
    with pytest.raises(FormatError, match=r"query.weight of shape \(8, 8\).*\(8, 7\)"):
        load(**{query: np.zeros((8, 7), np.float32)})
    with pytest.raises(FormatError, match=r"finite numbers in query, key and value of layer 0"):
        load(**{query: np.full((8, 8), np.nan, np.float32)})
    with pytest.raises(UnsupportedError, match=r"encoder.layer.0.adapter.weight"):
        load(**{"encoder.layer.0.adapter.weight": np.zeros((2, 2), np.float32)})
    with pytest.raises(FormatError, match=r"word_embeddings.weight"):
        load(**{"embeddings.word_embeddings.weight": None})
    with pytest.raises(UnsupportedError, match=r"query.weight of F16, BF16, F32 or F64, received I8"):
        load(**{query: np.zeros((8, 8), np.int8)})
    words = np.ones((11, 8), np.float32)
    words[4, 2] = np.inf
    engine = load(**{"embeddings.word_embeddings.weight": words})
    engine.pooled(batch([3, 5]))
    with pytest.raises(FormatError, match=r"finite embeddings of token 4"):
        engine.pooled(batch([3, 4]))


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(tiny_checkpoint()[0]), encoding="utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(UnsupportedError, match=r"pytorch_model.bin.*save_pretrained"):
        load_engine(open_model(tmp_path), engine="native")


def test_precisions(folder: Path) -> None:
    kernels = dict(_core.transformer_kernels())
    for name, has in kernels.items():
        for precision in ("fp32", "bf16", "int8"):
            if precision in has:
                engine = NativeEngine(open_model(folder), precision, kernels=name)
                assert engine.precision == precision
                assert engine.probed_cosine == 1.0
            else:
                with pytest.raises(UnsupportedError, match=f'"{precision}"'):
                    NativeEngine(open_model(folder), precision, kernels=name)
        assert NativeEngine(open_model(folder), kernels=name).precision in ("fp32", "bf16")
    assert NativeEngine(open_model(folder), kernels="portable").precision == "fp32"
    with pytest.raises(ArgumentError, match='received "fp8"'):
        NativeEngine(open_model(folder), "fp8")
    with pytest.raises(UnsupportedError, match=r"none such"):
        NativeEngine(open_model(folder), kernels="none such")


@pytest.mark.skipif("bf16" not in BEST, reason="this processor has no bfloat16 products")
def test_auto_takes_bf16_only_where_it_is_close(tmp_path: Path) -> None:
    config, tensors = tiny_checkpoint()
    engine = NativeEngine(open_model(write_checkpoint(tmp_path / "even", config, tensors)))
    assert engine.precision == "bf16"
    assert 0.9995 <= engine.probed_cosine < 1.0
    # Scores in the hundreds: which token gets all the attention is then a matter of rounding.
    for name in ("query", "key"):
        tensors[f"encoder.layer.0.attention.self.{name}.weight"] *= 60
    steep = open_model(write_checkpoint(tmp_path / "steep", config, tensors))
    engine, exact = NativeEngine(steep), NativeEngine(steep, "fp32")
    assert engine.precision == "fp32"
    assert engine.probed_cosine < 0.9995
    assert np.array_equal(engine.pooled(batch([1, 2, 3])), exact.pooled(batch([1, 2, 3])))


def test_imports_no_torch(folder: Path) -> None:
    code = f"""
import sys, numpy as np
from tokenspace.encoders.engines.choose import load_engine
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.model_files import open_model
engine = load_engine(open_model({str(folder)!r}))
assert engine.name == "native"
engine.pooled(TokenBatch(np.array([1, 2], np.uint32), np.array([0, 2], np.int64)))
assert not {{"torch", "transformers", "scipy", "sklearn"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


VALUES = st.sampled_from([0, -1, 1, 2, 3, 4, 16, 2**31, 2**63, 1.5, True, None, "x", [], {}, float("nan")])


@given(data=st.data())
def test_damaged_checkpoints_are_refused_or_run(data: st.DataObject) -> None:
    config, tensors = tiny_checkpoint()
    for _ in range(data.draw(st.integers(0, 2))):
        config[data.draw(st.sampled_from(sorted(config)))] = data.draw(VALUES)
    if data.draw(st.booleans()):
        config["model_type"] = data.draw(st.sampled_from(["roberta", "distilbert", "mpnet", "xlm-roberta"]))
    damaged: dict[str, Any] = dict(tensors)
    for _ in range(data.draw(st.integers(0, 2))):
        name = data.draw(st.sampled_from(sorted(damaged)))
        value = damaged.pop(name)
        how = data.draw(st.sampled_from(["drop", "rename", "turn", "flatten", "cut", "type", "nan", "huge", "empty"]))
        if how == "rename":
            damaged[name[1:]] = value
        elif how == "turn":
            damaged[name] = value.T.copy()
        elif how == "flatten":
            damaged[name] = value.reshape(-1)
        elif how == "cut":
            damaged[name] = value[1:].copy()
        elif how == "type":
            with np.errstate(all="ignore"):
                damaged[name] = value.astype(data.draw(st.sampled_from(["f2", "f8", "i8", "u1", "?"])))
        elif how in ("nan", "huge"):
            damaged[name] = value.astype(np.float32)
            damaged[name].reshape(-1)[-1:] = np.nan if how == "nan" else 3e38
        elif how == "empty":
            damaged[name] = np.zeros((0, 8), np.float32)
    with tempfile.TemporaryDirectory() as place:
        folder, refusal = write_checkpoint(Path(place), config, damaged), ""
        try:
            engine = NativeEngine(open_model(folder))
            assert engine.pooled(batch([1, 2, 0], [], [3])).shape == (3, engine.dimension)
        except TokenspaceError as error:
            refusal = str(error)
        assert not refusal or " expected " in refusal
