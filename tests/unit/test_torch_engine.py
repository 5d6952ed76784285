"""The torch engine: every architecture row by row as transformers has it, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.text_models import VOCABULARY, WIDTH, write_bert
from tokenspace.encoders.engines.choose import load_engine
from tokenspace.encoders.engines.pooling import POOLINGS, pool_tokens, unit_rows
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.engines.torch_engine import TorchEngine
from tokenspace.encoders.model_files import open_model
from tokenspace.errors import ArgumentError, FormatError, LimitError, NotFoundError, UnsupportedError
from tokenspace.io.safetensors_file import read_tensors, write_tensors

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'tokenspace[models]'")
transformers = pytest.importorskip("transformers")

LENGTHS = [5, 0, 9, 3, 20, 1]
SIZE: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48
}  # fmt: skip
ENDS: dict[str, Any] = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "deberta-v2": {**SIZE, "relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 8,
                   "position_biased_input": False},
    "modernbert": {**SIZE, **ENDS, "local_attention": 8, "cls_token_id": 1, "sep_token_id": 2},
    "gpt2": {"vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 40, **ENDS},
    "qwen2": {**SIZE, "num_key_value_heads": 2},
    "gemma3_text": {**SIZE, "num_key_value_heads": 2, "head_dim": 8},
    "t5": {"vocab_size": 100, "d_model": 32, "d_kv": 8, "num_layers": 2, "num_heads": 4, "d_ff": 48},
    "bart": {"vocab_size": 100, "d_model": 32, "encoder_layers": 2, "decoder_layers": 1, "encoder_attention_heads": 4,
             "decoder_attention_heads": 4, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48, "max_position_embeddings": 40},
    "electra": {**SIZE, "embedding_size": 16},
    "albert": {**SIZE, "embedding_size": 16},
    "roberta": {**SIZE, "max_position_embeddings": 42, "pad_token_id": 1},
    "xlnet": {"vocab_size": 100, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48},
    "mamba": {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2},
}  # fmt: skip
LONGEST = {"gpt2": 40, "bart": 40, "roberta": 40, "electra": 512, "albert": 512}


def make(folder: Path, name: str) -> Any:
    torch.manual_seed(1)
    config = transformers.AutoConfig.for_model(name, **ARCHITECTURES[name])
    model = transformers.AutoModel.from_config(config).eval()
    model.save_pretrained(folder)
    return model


def batch_of(lengths: list[int], vocabulary: int = 100) -> TokenBatch:
    ids = np.random.default_rng(2).integers(3, vocabulary, sum(lengths)).astype(np.uint32)
    return TokenBatch(ids, np.cumsum([0, *lengths]).astype(np.int64))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_as_transformers_row_by_row(tmp_path: Path, name: str) -> None:
    model = make(tmp_path, name)
    engine = load_engine(open_model(tmp_path), engine="torch")
    assert (engine.name, engine.architecture, engine.precision) == ("torch", name, "fp32")
    assert (engine.dimension, engine.layer_count, engine.vocab_size) == (32, 2, 100)
    assert engine.max_tokens == LONGEST.get(name)
    batch = batch_of(LENGTHS)
    found = engine.token_vectors(batch, layers=(0, 1, 2, -1))
    assert found.layers == (0, 1, 2, 2)
    assert found.vectors.shape == (4, sum(LENGTHS), 32)
    encoder = model.get_encoder() if model.config.is_encoder_decoder else model
    for row, length in enumerate(LENGTHS):
        if not length:
            continue
        place = slice(batch.row_offsets[row], batch.row_offsets[row + 1])
        ids = torch.from_numpy(batch.ids[place].astype(np.int64))[None]
        with torch.inference_mode():
            expected = encoder(input_ids=ids, output_hidden_states=True).hidden_states
        for layer in range(3):
            np.testing.assert_allclose(found.vectors[layer, place], expected[layer][0].numpy(), atol=3e-6)
    np.testing.assert_allclose(engine.token_vectors(batch).vectors[0], found.vectors[3], atol=1e-6)
    for pooling in POOLINGS:
        pooled = engine.pooled(batch, pooling)
        np.testing.assert_allclose(pooled, pool_tokens(found.vectors[3], batch.row_offsets, pooling), atol=1e-5)
        assert not pooled[1].any()


@pytest.mark.parametrize("name", ["gpt2", "qwen2", "electra", "deberta-v2", "t5"])
def test_types_of_tokens_are_segments_or_nothing(tmp_path: Path, name: str) -> None:
    """GPT-2 of transformers adds the vector of the token whose id the type is."""
    make(tmp_path, name)
    engine = load_engine(open_model(tmp_path), engine="torch")
    plain = batch_of(LENGTHS)
    zeros, ones = (TokenBatch(plain.ids, plain.row_offsets, np.full(len(plain.ids), type, np.uint8)) for type in (0, 1))
    expected = engine.token_vectors(plain).vectors
    np.testing.assert_array_equal(engine.token_vectors(zeros).vectors, expected)
    assert np.array_equal(engine.token_vectors(ones).vectors, expected) == (name != "electra")


def test_the_encoder_of_a_t5_saved_alone(tmp_path: Path) -> None:
    model = make(tmp_path / "whole", "t5").get_encoder()
    alone = transformers.T5EncoderModel.from_pretrained(tmp_path / "whole").eval()
    alone.save_pretrained(tmp_path / "alone")
    engine = load_engine(open_model(tmp_path / "alone"), engine="torch")
    batch = batch_of([7])
    with torch.inference_mode():
        expected = model(input_ids=torch.from_numpy(batch.ids.astype(np.int64))[None]).last_hidden_state[0].numpy()
    np.testing.assert_allclose(engine.token_vectors(batch).vectors[0], expected, atol=3e-6)


@pytest.mark.parametrize("name", ["deberta-v2", "modernbert", "gpt2", "t5", "xlnet"])
def test_attentions(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    engine = TorchEngine(open_model(tmp_path))
    found = engine.token_vectors(batch_of(LENGTHS), attentions=True).attentions
    assert found is not None
    assert [one.shape for one in found] == [(2, 4, n, n) if n else (2, 4, 0, 0) for n in LENGTHS]
    for one in found:
        if one.size:
            np.testing.assert_allclose(one.sum(axis=-1), 1, atol=1e-5)
    if name == "gpt2":
        assert not np.triu(found[0][0, 0], 1).any()


def test_no_attentions_to_give(tmp_path: Path) -> None:
    make(tmp_path, "mamba")
    with pytest.raises(UnsupportedError, match="attention weights"):
        TorchEngine(open_model(tmp_path)).token_vectors(batch_of([3]), attentions=True)


def test_the_native_engine_of_the_same_model(tmp_path: Path) -> None:
    files = open_model(write_bert(tmp_path / "bert"))
    batch = batch_of([4, 1, 0, 12], len(VOCABULARY))
    native, by_torch = (load_engine(files, engine=name, precision="fp32") for name in ("native", "torch"))
    for types in (None, np.arange(17, dtype=np.uint8) % 2):
        typed = TokenBatch(batch.ids, batch.row_offsets, types)
        one, two = (engine.token_vectors(typed, (0, 1, 2), attentions=True) for engine in (native, by_torch))
        np.testing.assert_allclose(one.vectors, two.vectors, atol=2e-5)
        for a, b in zip(one.attentions or (), two.attentions or (), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
    assert native.dimension == by_torch.dimension == WIDTH


def test_half_precision_and_threads(tmp_path: Path) -> None:
    make(tmp_path, "qwen2")
    files = open_model(tmp_path)
    full, half = TorchEngine(files), TorchEngine(files, precision="bf16")
    batch = batch_of(LENGTHS)
    assert half.precision == "bf16"
    a, b = (unit_rows(engine.pooled(batch)) for engine in (full, half))
    assert (a * b).sum(axis=1)[[0, 2, 3, 4, 5]].min() > 0.99
    before = torch.get_num_threads()
    np.testing.assert_allclose(full.pooled(batch, threads=1), full.pooled(batch), atol=1e-6)
    assert torch.get_num_threads() == before
    with pytest.raises(ArgumentError, match="precision"):
        TorchEngine(files, precision="int8")
    with pytest.raises(ArgumentError, match="device"):
        TorchEngine(files, device="nothing")


def test_wrong_batches(tmp_path: Path) -> None:
    make(tmp_path, "gpt2")
    engine = TorchEngine(open_model(tmp_path))
    with pytest.raises(LimitError, match="40"):
        engine.pooled(batch_of([3, 41]))
    with pytest.raises(ArgumentError, match="below 100"):
        engine.pooled(TokenBatch(np.array([100], np.uint32), np.array([0, 1], np.int64)))
    with pytest.raises(ArgumentError, match="layers"):
        engine.token_vectors(batch_of([3]), layers=(3,))
    assert engine.pooled(batch_of([])).shape == (0, 32)
    assert engine.pooled(batch_of([0, 0])).shape == (2, 32)


def test_damaged_checkpoints(tmp_path: Path) -> None:
    model = make(tmp_path, "qwen2")
    files = open_model(tmp_path)
    path = tmp_path / "model.safetensors"
    good = path.read_bytes()
    tensors = {name: array.copy() for name, array in read_tensors(path)[0].items()}
    name = next(name for name in tensors if "mlp.up_proj" in name)
    for changed, match in (
        ({**tensors, name: np.full_like(tensors[name], np.nan)}, "finite"),
        ({**tensors, name: tensors[name][:-1]}, "fit"),
        ({key: value for key, value in tensors.items() if key != name}, "mlp.up_proj"),
    ):
        write_tensors(path, changed, {"format": "pt"})
        with pytest.raises(FormatError, match=match):
            TorchEngine(files)
    path.write_bytes(good[:-10])
    with pytest.raises(FormatError):
        TorchEngine(files)
    path.unlink()
    with pytest.raises(NotFoundError):
        TorchEngine(files)
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(UnsupportedError, match="pickled"):
        TorchEngine(files)
    (tmp_path / "pytorch_model.bin").unlink()
    model.save_pretrained(tmp_path, max_shard_size="20KB")
    np.testing.assert_allclose(TorchEngine(open_model(tmp_path)).pooled(batch_of([3])).shape, (1, 32))
    next(iter(sorted(tmp_path.glob("model-0000*.safetensors")))).unlink()
    with pytest.raises(NotFoundError, match="shard"):
        TorchEngine(open_model(tmp_path))


def test_unknown_architecture_and_foreign_code(tmp_path: Path) -> None:
    make(tmp_path, "qwen2")
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "model_type": "nobody_knows"}))
    with pytest.raises(UnsupportedError, match="nobody_knows"):
        TorchEngine(open_model(tmp_path))
    code = {"AutoConfig": "own.Config", "AutoModel": "own.Model"}
    (tmp_path / "own.py").write_text("raise SystemExit('this code was run')\n")
    (tmp_path / "config.json").write_text(json.dumps({**config, "model_type": "nobody_knows", "auto_map": code}))
    with pytest.raises(UnsupportedError):
        TorchEngine(open_model(tmp_path))


def test_code_of_the_model_is_run_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    folder = tmp_path / "model"
    make(folder, "qwen2")
    config = json.loads((folder / "config.json").read_text())
    code = {"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"}
    (folder / "own.py").write_text(
        "from transformers import Qwen2Config, Qwen2Model\n"
        "class OwnConfig(Qwen2Config):\n    model_type = 'own'\n"
        "class OwnModel(Qwen2Model):\n    config_class = OwnConfig\n"
    )
    expected = TorchEngine(open_model(folder)).pooled(batch_of(LENGTHS))
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "own", "auto_map": code}))
    engine = load_engine(open_model(folder), trust_remote_code=True)
    assert engine.architecture == "own"
    np.testing.assert_allclose(engine.pooled(batch_of(LENGTHS)), expected, atol=1e-6)


def test_no_request_and_no_torch_before_it_is_needed(tmp_path: Path) -> None:
    make(tmp_path, "deberta-v2")
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a request')\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "import tokenspace.encoders.engines.torch_engine, tokenspace.encoders.engines.choose as choose\n"
        "from tokenspace.encoders.model_files import open_model\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
        f"engine = choose.load_engine(open_model({str(tmp_path)!r}))\n"
        "print(engine.name, engine.architecture)\n"
    )
    environment = {"PATH": "", "HOME": str(tmp_path)}  # nothing says "offline" here
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.split() == ["torch", "deberta-v2"], done.stderr


def test_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "deberta-v2")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'tokenspace\[models\]'"):
        TorchEngine(open_model(tmp_path))
    with pytest.raises(UnsupportedError, match=r"deberta.*pip install"):
        load_engine(open_model(tmp_path))


def test_pooling_without_the_prompt() -> None:
    vectors = np.arange(24, dtype=np.float32).reshape(6, 4) ** 1.5
    offsets = np.array([0, 4, 4, 6])
    skip = np.array([2, 1, 5])
    for pooling in POOLINGS:
        found = pool_tokens(vectors, offsets, pooling, skip)
        assert not found[1:].any()
        if pooling == "weighted_mean":
            expected = (3 * vectors[2] + 4 * vectors[3]) / 7
        else:
            expected = pool_tokens(vectors[2:4], np.array([0, 2]), pooling)[0]
        np.testing.assert_allclose(found[0], expected, rtol=1e-6)
    with pytest.raises(ArgumentError, match="pooling"):
        pool_tokens(vectors, offsets, "sum")  # type: ignore[arg-type]


def test_hello_world_through_a_deberta(tmp_path: Path) -> None:
    """The mission's snippet: [CLS] Hello world [SEP] of a model laid out as DeBERTa-v3, with a Unigram tokenizer as it has."""
    import tokenspace as ts

    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    texts = ["Hello world", "Hello, the world is round and the world is wide.", "A round table in a wide room"] * 20
    tokenizer = ts.Tokenizer.train(
        texts,
        model="unigram",
        vocab_size=40,
        pre_tokenizer="sentencepiece",
        byte_fallback=False,
        special_tokens=special,
    )
    layout = json.loads(tokenizer.to_json())
    ids = {name: tokenizer.token_to_id(name) for name in special}
    around = [{"SpecialToken": {"id": name, "type_id": 0}} for name in ("[CLS]", "[SEP]")]
    text = {"Sequence": {"id": "A", "type_id": 0}}
    layout["post_processor"] = {
        "type": "TemplateProcessing", "single": [around[0], text, around[1]], "pair": [text, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {name: {"id": name, "ids": [ids[name]], "tokens": [name]} for name in ("[CLS]", "[SEP]")},
    }  # fmt: skip
    config = {
        **ARCHITECTURES["deberta-v2"],
        "vocab_size": len(tokenizer),
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
    }
    transformers.DebertaV2Model(transformers.DebertaV2Config(**config, type_vocab_size=0)).save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_text(json.dumps(layout), encoding="utf-8")
    hello = ts.ContextualEncoder(tmp_path).encode("Hello world")
    assert hello.tokens == ["[CLS]", "▁Hello", "▁world", "[SEP]"]
    assert hello.vectors.shape == (1, 4, 32)
    encoder = ts.TextEncoder(tmp_path, pooling="mean")
    np.testing.assert_allclose(encoder.encode("Hello world"), hello.vectors[0].mean(axis=0), atol=1e-5)
