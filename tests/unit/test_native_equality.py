"""The native engine gives transformers' hidden states and attention weights, for every family, shape and kernel set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import _core
from tokenspace.encoders.engines.native import NativeEngine
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.model_files import open_model

from .encoder_models import FAMILY_CONFIGS, make_encoder

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

KERNELS = _core.transformer_kernels()
LENGTHS = (1, 0, 2, 13, 31, 32, 33)
# Sizes that no vector width divides, and those of which all are multiples.
SHAPES: dict[str, dict[str, Any]] = {
    "even": {"dimension": 64, "heads": 2, "inner": 128, "layers": 3},
    "odd": {"dimension": 20, "heads": 5, "inner": 37, "layers": 1, "activation": "gelu_new"},
    "odd head": {"dimension": 33, "heads": 3, "inner": 50, "activation": "relu"},
    "one head": {"dimension": 40, "heads": 1, "inner": 1, "activation": "silu"},
    "heads of one": {"dimension": 7, "heads": 7, "inner": 16, "activation": "quick_gelu"},
    "long": {"dimension": 24, "heads": 2, "inner": 40, "positions": 520},
}


def expected(model: Any, family: str, ids: np.ndarray[Any, Any], types: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Hidden states (layers + 1, n, dimension) and attention weights (layers, heads, n, n), computed in float64."""
    inputs = {"input_ids": torch.tensor(ids[None].astype(np.int64)), "attention_mask": torch.ones((1, len(ids)))}
    if family not in ("distilbert", "mpnet"):
        inputs["token_type_ids"] = torch.tensor(types[None].astype(np.int64))
    with torch.no_grad():
        out = model(**inputs, output_hidden_states=True, output_attentions=True)
    return torch.stack(out.hidden_states)[:, 0].numpy(), torch.stack(out.attentions)[:, 0].numpy()


def random_batch(model: Any, family: str, longest: int, seed: int = 0) -> TokenBatch:
    random = np.random.default_rng(seed)
    lengths = np.minimum((*LENGTHS, longest), longest)
    ids = random.integers(0, model.config.vocab_size, lengths.sum()).astype(np.uint32)
    type_count = 1 if family in ("distilbert", "mpnet") else model.config.type_vocab_size
    types = random.integers(0, type_count, lengths.sum()).astype(np.uint8)
    return TokenBatch(ids, np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), types)


def compare(engine: NativeEngine, model: Any, family: str, atol: float) -> None:
    batch = random_batch(model, family, engine.max_tokens or 0)
    assert batch.type_ids is not None
    found = engine.token_vectors(batch, range(engine.layer_count + 1), attentions=True, threads=2)
    assert found.attentions is not None
    for row, (start, end) in enumerate(zip(batch.row_offsets[:-1], batch.row_offsets[1:], strict=True)):
        if start == end:
            assert found.attentions[row].shape[2:] == (0, 0)
            continue
        hidden, attentions = expected(model, family, batch.ids[start:end], batch.type_ids[start:end])
        np.testing.assert_allclose(found.vectors[:, start:end], hidden, rtol=0, atol=atol)
        np.testing.assert_allclose(found.attentions[row], attentions, rtol=0, atol=atol)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", FAMILY_CONFIGS)
def test_families_and_shapes(tmp_path: Path, family: str, shape: str) -> None:
    model = make_encoder(tmp_path, family, **SHAPES[shape]).double()
    compare(NativeEngine(open_model(tmp_path), "fp32"), model, family, 1e-5)


@pytest.mark.parametrize("kernels", [name for name, _ in KERNELS])
def test_kernel_sets(tmp_path: Path, kernels: str) -> None:
    for shape in ("even", "odd head"):
        model = make_encoder(tmp_path, "mpnet", **SHAPES[shape]).double()
        compare(NativeEngine(open_model(tmp_path), "fp32", kernels=kernels), model, "mpnet", 1e-5)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_checkpoints(tmp_path: Path, dtype: str) -> None:
    model = make_encoder(tmp_path, "bert", dtype=dtype).double()
    compare(NativeEngine(open_model(tmp_path), "fp32"), model, "bert", 1e-5)


def test_shards(tmp_path: Path) -> None:
    model = make_encoder(tmp_path, "roberta", save={"max_shard_size": "12KB"}).double()
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    compare(NativeEngine(open_model(tmp_path), "fp32"), model, "roberta", 1e-5)


@pytest.mark.parametrize("head", ["BertForMaskedLM", "DistilBertForMaskedLM", "RobertaForMaskedLM", "MPNetForMaskedLM"])
def test_models_with_a_head(tmp_path: Path, head: str) -> None:
    import transformers

    family = head.removesuffix("ForMaskedLM").lower()
    model = make_encoder(tmp_path / "bare", family)
    whole = getattr(transformers, head)(model.config)
    whole.base_model.load_state_dict(model.state_dict(), strict=False)
    whole.save_pretrained(tmp_path / "whole")
    compare(NativeEngine(open_model(tmp_path / "whole"), "fp32"), model.double(), family, 1e-5)


@pytest.mark.parametrize(("precision", "least"), [("bf16", 0.999), ("int8", 0.97)])
def test_lower_precisions_stay_close(tmp_path: Path, precision: str, least: float) -> None:
    if precision not in KERNELS[-1][1]:
        pytest.skip(f"this processor has no {precision}")
    model = make_encoder(tmp_path, "bert", dimension=96, heads=3, inner=200, layers=4).double()
    engine = NativeEngine(open_model(tmp_path), precision)
    batch = random_batch(model, "bert", 40)
    found = engine.token_vectors(batch).vectors[0]
    exact = NativeEngine(open_model(tmp_path), "fp32").token_vectors(batch).vectors[0]
    cosines = np.einsum("ij,ij->i", found, exact) / np.linalg.norm(found, axis=1) / np.linalg.norm(exact, axis=1)
    assert cosines.min() >= least
    assert not np.array_equal(found, exact)
