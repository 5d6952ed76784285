"""TextEncoder against sentence-transformers 6: folders it saves itself, and all-MiniLM-L6-v2."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.data import minilm_folder, read_text

pytestmark = pytest.mark.parity
sentence_transformers = pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TEXTS = [
    "a small cat sat on the mat",
    "",
    "the dog",
    "numbers 1 2 3 and signs ?! ...",
    "cafe naive resume",
    "a much longer text about the weather in the north and in the south and in the east " * 3,
    "x",
]
WORDS = sorted({word for text in TEXTS for word in text.replace("?!", "? !").replace("...", ".").split()})


def bert_folder(folder: Path) -> Path:
    """A random BERT with a WordPiece vocabulary of the texts' words."""
    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, "query", "passage", ":"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    tokenizer = transformers.BertTokenizer(
        str(folder / "vocab.txt"), model_max_length=40, model_input_names=["input_ids", "attention_mask"]
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    transformers.BertModel(config).eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bert_folder(tmp_path_factory.mktemp("models") / "bert")


def modules_of(bert: Path, *rest: Any, **transformer: Any) -> list[Any]:
    from sentence_transformers.base.modules import Transformer

    return [Transformer(str(bert), **transformer), *rest]


def saved(modules: list[Any], folder: Path, **settings: Any) -> tuple[Any, Path]:
    """(their model as loaded from the folder it saved, the folder)."""
    model = sentence_transformers.SentenceTransformer(modules=modules, device="cpu", **settings)
    model.save(str(folder))
    return sentence_transformers.SentenceTransformer(str(folder), device="cpu"), folder


def check(theirs: Any, folder: Path, texts: list[str] = TEXTS, engine: str = "auto", **options: Any) -> None:
    ours = ts.TextEncoder(folder, engine=engine, precision="fp32", on_truncate="ignore")
    expected = theirs.encode(texts, **options)
    found = ours.encode(texts, **options)
    assert found.shape == expected.shape
    assert ours.dimension == theirs.get_embedding_dimension()
    np.testing.assert_allclose(found, expected, atol=3e-6, rtol=1e-4)


@pytest.mark.parametrize("mode", ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"])
@pytest.mark.parametrize("engine", ["native", "torch"])
def test_poolings(bert: Path, tmp_path: Path, mode: str, engine: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    check(*saved(modules_of(bert, Pooling(32, mode)), tmp_path / "model"), engine=engine)


def test_poolings_side_by_side(bert: Path, tmp_path: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    theirs, folder = saved(modules_of(bert, Pooling(32, ("mean", "max", "cls")), Normalize()), tmp_path / "model")
    check(theirs, folder)
    assert ts.TextEncoder(folder).dimension == 96


@pytest.mark.parametrize(
    "activation", ["Tanh", "Identity", "ReLU", "GELU", "Sigmoid", "SiLU", "LeakyReLU", "ELU", "Softplus"]
)
def test_dense(bert: Path, tmp_path: Path, activation: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling

    dense = Dense(32, 12, activation_function=getattr(torch.nn, activation)())
    check(*saved(modules_of(bert, Pooling(32, "mean"), dense), tmp_path / "model"))


def test_chain_of_heads(bert: Path, tmp_path: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Dense, LayerNorm, Normalize, Pooling

    heads = [
        Dense(32, 20, bias=False),
        LayerNorm(20),
        Dense(20, 20, use_residual=True),
        Dense(20, 8, use_residual=True),
    ]
    torch.nn.init.normal_(heads[1].norm.bias)
    theirs, folder = saved(modules_of(bert, Pooling(32, "mean"), *heads, Normalize()), tmp_path / "model")
    check(theirs, folder)
    check(theirs, folder, truncate_dim=5)
    check(theirs, folder, truncate_dim=5, normalize_embeddings=True)
    assert [step.split(" ")[0] for step in ts.TextEncoder(folder).describe().steps] == [
        "dense", "layer", "dense", "dense", "normalize",
    ]  # fmt: skip


def test_heads_on_tokens(bert: Path, tmp_path: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling

    dense = Dense(32, 12, module_input_name="token_embeddings")
    normalize = Normalize(module_input_name="token_embeddings")
    check(*saved(modules_of(bert, dense, normalize, Pooling(12, "mean")), tmp_path / "model"))


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("mode", ["mean", "cls", "weightedmean", "lasttoken", "max"])
def test_prompts(bert: Path, tmp_path: Path, include: bool, mode: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    theirs, folder = saved(
        modules_of(bert, Pooling(32, mode, include_prompt=include)),
        tmp_path / "model",
        prompts={"query": "query: ", "document": "passage: ", "other": "the dog "},
        default_prompt_name="other",
    )
    texts = [text for text in TEXTS if text]
    check(theirs, folder, texts)
    check(theirs, folder, texts, prompt_name="query")
    check(theirs, folder, texts, prompt="cafe ")
    ours = ts.TextEncoder(folder, on_truncate="ignore", precision="fp32")
    np.testing.assert_allclose(ours.encode_query(texts), theirs.encode_query(texts), atol=3e-6)
    np.testing.assert_allclose(ours.encode_document(texts), theirs.encode_document(texts), atol=3e-6)


@pytest.mark.parametrize("pooling", ["mean", "cls", "lasttoken", "weightedmean"])
def test_padding_on_the_left_changes_nothing(bert: Path, tmp_path: Path, pooling: str) -> None:
    """Theirs moves a padded text to other positions; ours is theirs of the text alone."""
    from sentence_transformers.sentence_transformer.modules import Pooling

    _, folder = saved(modules_of(bert, Pooling(32, pooling)), tmp_path / "model")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "padding_side": "left"}))
    theirs = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    found = ts.TextEncoder(folder, precision="fp32", on_truncate="ignore").encode(TEXTS)
    np.testing.assert_allclose(found, theirs.encode(TEXTS, batch_size=1), atol=3e-6, rtol=1e-4)
    assert np.abs(found - theirs.encode(TEXTS)).max() > 0.01


def test_where_prompts_of_documents_differ(bert: Path, tmp_path: Path) -> None:
    """A model that has a prompt for passages: theirs finds its own empty "document" first, ours the model's."""
    from sentence_transformers.sentence_transformer.modules import Pooling

    model = modules_of(bert, Pooling(32, "mean"))
    theirs, folder = saved(model, tmp_path / "model", prompts={"passage": "the dog "})
    entries = json.loads((folder / "config_sentence_transformers.json").read_text())
    entries["prompts"] = {"query": "x ", "passage": "the dog "}  # as files before version 5 have them
    (folder / "config_sentence_transformers.json").write_text(json.dumps(entries))
    theirs = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    ours = ts.TextEncoder(folder, precision="fp32", on_truncate="ignore")
    texts = ["a small cat", "numbers 1"]
    np.testing.assert_allclose(theirs.encode_document(texts), theirs.encode(texts), atol=1e-6)
    np.testing.assert_allclose(ours.encode_document(texts), theirs.encode(texts, prompt_name="passage"), atol=3e-6)
    np.testing.assert_allclose(ours.encode_query(texts), theirs.encode_query(texts), atol=3e-6)


def test_cut_at_max_seq_length(bert: Path, tmp_path: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    theirs, folder = saved(modules_of(bert, Pooling(32, "mean"), max_seq_length=9), tmp_path / "model")
    assert theirs.max_seq_length == 9
    check(theirs, folder)
    encoder = ts.TextEncoder(folder)
    assert encoder.max_seq_length == 9
    with pytest.warns(UserWarning, match="2 of 7 texts have more than 9 tokens"):
        encoder.encode(TEXTS)
    assert encoder.truncated == 2


def test_settings_of_version_2(bert: Path, tmp_path: Path) -> None:
    """modules.json, flags of the pooling, lower case and length as files of 2021 have them."""
    folder = tmp_path / "model"
    shutil.copytree(bert, folder)
    (folder / "1_Pooling").mkdir()
    kinds = ["Transformer", "Pooling", "Normalize"]
    (folder / "modules.json").write_text(json.dumps([
        {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{kind}", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]))  # fmt: skip
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 12, "do_lower_case": true}')
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({
        "word_embedding_dimension": 32, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": True,
    }))  # fmt: skip
    theirs = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    check(theirs, folder, [*TEXTS, "THE DOG"])
    assert ts.TextEncoder(folder).describe().pooling.value == ("cls", "mean", "mean_sqrt_len")


def test_transformer_in_its_own_folder(bert: Path, tmp_path: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    theirs, folder = saved(modules_of(bert, Pooling(32, "mean")), tmp_path / "model")
    inner = folder / "0_Transformer"
    inner.mkdir()
    for path in list(folder.iterdir()):
        if path.is_file() and path.name not in ("modules.json", "config_sentence_transformers.json", "README.md"):
            path.rename(inner / path.name)
    entries = json.loads((folder / "modules.json").read_text())
    entries[0]["path"] = "0_Transformer"
    (folder / "modules.json").write_text(json.dumps(entries))
    check(theirs, folder)


@pytest.mark.parametrize("kind", ["gpt2", "deberta", "modernbert", "qwen2"])
def test_other_architectures(bert: Path, tmp_path: Path, kind: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    size = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 48,
        "vocab_size": 60,
    }
    torch.manual_seed(4)
    model = {
        "gpt2": lambda: transformers.GPT2Model(
            transformers.GPT2Config(vocab_size=60, n_embd=32, n_layer=2, n_head=4, bos_token_id=2, eos_token_id=3)
        ),
        "deberta": lambda: transformers.DebertaV2Model(
            transformers.DebertaV2Config(
                **size, relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=8
            )
        ),
        "modernbert": lambda: transformers.ModernBertModel(
            transformers.ModernBertConfig(**size, pad_token_id=0, bos_token_id=2, eos_token_id=3, local_attention=8)
        ),
        "qwen2": lambda: transformers.Qwen2Model(transformers.Qwen2Config(**size, num_key_value_heads=2)),
    }[kind]()
    source = tmp_path / "source"
    shutil.copytree(bert, source)
    (source / "model.safetensors").unlink()
    model.eval().save_pretrained(source)
    mode = "mean" if kind in ("deberta", "modernbert") else "lasttoken"
    theirs, folder = saved(modules_of(source, Pooling(32, mode)), tmp_path / "model")
    check(theirs, folder)
    assert ts.TextEncoder(folder).engine == "torch"


@pytest.mark.parametrize("precision", ["int8", "uint8", "binary", "ubinary", "float32"])
def test_quantization(precision: Any) -> None:
    from sentence_transformers.util.quantization import quantize_embeddings as theirs

    from tokenspace.encoders.text import quantize_embeddings

    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(300, 19)).astype(np.float32)
    vectors[:, 3] = 0.5
    calibration = rng.normal(size=(500, 19)).astype(np.float32)
    ranges = np.stack([calibration.min(0), calibration.max(0)])
    for options in ({}, {"calibration_embeddings": calibration}, {"ranges": ranges}):
        expected = theirs(vectors, precision, **options)
        found = quantize_embeddings(vectors, precision, **options)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["cosine", "dot", "euclidean", "manhattan"])
def test_similarities(bert: Path, tmp_path: Path, name: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling

    theirs, folder = saved(modules_of(bert, Pooling(32, "mean")), tmp_path / "model", similarity_fn_name=name)
    ours = ts.TextEncoder(folder)
    assert ours.similarity_fn_name == name
    a, b = np.random.default_rng(6).normal(size=(2, 9, 32)).astype(np.float32)
    b[0] = a[0]
    np.testing.assert_allclose(
        ours.similarity(a, b), theirs.similarity(a, b).numpy(), atol=2e-3 if name == "euclidean" else 1e-5
    )
    np.testing.assert_allclose(ours.similarity_pairwise(a, b), theirs.similarity_pairwise(a, b).numpy(), atol=1e-5)


def test_static_embedding(tmp_path: Path, bert: Path) -> None:
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    tokenizer = transformers.AutoTokenizer.from_pretrained(str(bert))
    theirs, folder = saved([StaticEmbedding(tokenizer, embedding_dim=24), Normalize()], tmp_path / "model")
    check(theirs, folder)
    assert ts.TextEncoder(folder).engine == "static"


@pytest.mark.slow
def test_minilm_on_two_thousand_texts() -> None:
    """Real texts, among them empty ones, other scripts, and some cut at 256 tokens."""
    lines = [
        line for part in ("pos", "neg") for line in read_text(f"benchmarks/rt-polarity/rt-polarity.{part}").split("\n")
    ]
    texts = [*lines[:985], *lines[-985:], "", "你好 мир", "🙂 é"]
    texts += [" ".join(lines[begin : begin + length]) for begin, length in enumerate(range(1, 28))]
    assert len(texts) == 2000
    model = minilm_folder()
    theirs = sentence_transformers.SentenceTransformer(str(model), device="cpu")
    expected = theirs.encode(texts)
    encoder = ts.TextEncoder(model, precision="fp32", on_truncate="ignore")
    found = encoder.encode(texts)
    assert encoder.engine == "native"
    assert (found * expected).sum(axis=1).min() >= 0.9999
    assert np.abs(found - expected).max() < 1e-4
    lengths = [len(ids) for ids in theirs.tokenizer(texts, truncation=False)["input_ids"]]
    assert encoder.truncated == sum(length > 256 for length in lengths) > 5
    fast = ts.TextEncoder(model, on_truncate="ignore").encode(texts)
    assert (fast * expected).sum(axis=1).min() >= 0.999
