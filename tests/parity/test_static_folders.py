"""Folders of static encoders in model2vec and in sentence-transformers: what we write they open, what they write we open."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.test_static_encoder import corpus, tokenizer
from tokenspace.encoders.static import StaticEngine, StaticModel
from tokenspace.encoders.static.quantize import quantize_rows

pytestmark = pytest.mark.parity
TEXTS = [*corpus(40, seed=5), "bal", "Bal, cem. zq", "bal " * 700]
UNKNOWN = ["bal! cem", "日本", ""]


def rows_of(count: int, width: int = 24) -> np.ndarray:
    return np.random.default_rng(11).normal(size=(count, width)).astype(np.float32)


def saved(folder: Path, precision: str, normalize: bool = True) -> Path:
    stored, factors = quantize_rows(rows_of(len(tokenizer())), precision)
    StaticModel(StaticEngine(stored, factors=factors, dropped=2), tokenizer(), normalize).save(folder)
    return folder


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_model2vec_opens_ours(tmp_path, precision, normalize):
    model2vec = pytest.importorskip("model2vec")
    folder = saved(tmp_path / "m", precision, normalize)
    theirs = model2vec.StaticModel.from_pretrained(folder)
    ours = ts.TextEncoder(folder)
    tolerance = 2e-3 if precision == "float16" else 1e-5  # model2vec rounds the vectors of float16 rows to float16
    np.testing.assert_allclose(ours.encode(TEXTS + UNKNOWN), theirs.encode(TEXTS + UNKNOWN), atol=tolerance)


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_sentence_transformers_opens_ours(tmp_path, precision):
    library = pytest.importorskip("sentence_transformers")
    folder = saved(tmp_path / "m", precision)
    theirs = library.SentenceTransformer(str(folder), device="cpu").encode(TEXTS)
    # sentence-transformers counts the unknown token, which model2vec leaves out: the texts have none.
    np.testing.assert_allclose(
        ts.TextEncoder(folder).encode(TEXTS), theirs, atol=2e-3 if precision == "float16" else 1e-5
    )


def test_sentence_transformers_refuses_our_int8(tmp_path):
    library = pytest.importorskip("sentence_transformers")
    with pytest.raises(Exception, match=r"model2vec|recogni"):
        library.SentenceTransformer(str(saved(tmp_path / "m", "int8")), device="cpu")


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8"])
@pytest.mark.parametrize("shared", [False, True])
def test_we_open_model2vecs(tmp_path, dtype, shared):
    model2vec = pytest.importorskip("model2vec")
    tokenizers = pytest.importorskip("tokenizers")
    backend = tokenizers.Tokenizer.from_str(tokenizer().to_json())
    count = backend.get_vocab_size()
    vectors = rows_of(20 if shared else count) * 40
    random = np.random.default_rng(12)
    mapping = random.integers(0, 20, count) if shared else None
    weights = random.random(count).astype(np.float32) if shared else None
    model = model2vec.StaticModel(
        vectors.astype(dtype),
        backend,
        {"model_type": "model2vec"},
        normalize=True,
        weights=weights,
        token_mapping=mapping,
    )
    model.save_pretrained(tmp_path / "m")
    ours = ts.TextEncoder(tmp_path / "m")
    assert ours.max_length == 512  # model2vec states its bound, and cuts without a word
    given = [text for text in TEXTS if len(text) < 1000] + UNKNOWN
    np.testing.assert_allclose(ours.encode(given), model.encode(given), atol=2e-3 if dtype == "float16" else 1e-5)


def test_we_open_sentence_transformers_own(tmp_path):
    library = pytest.importorskip("sentence_transformers")
    tokenizers = pytest.importorskip("tokenizers")
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    document = json.loads(tokenizer().to_json())
    document["truncation"] = None
    backend = tokenizers.Tokenizer.from_str(json.dumps(document))
    static = StaticEmbedding(backend, embedding_weights=rows_of(backend.get_vocab_size()))
    for name, modules in (("plain", [static]), ("unit", [static, Normalize()])):
        model = library.SentenceTransformer(modules=modules, device="cpu")
        model.save_pretrained(str(tmp_path / name))
        given = [*TEXTS, *UNKNOWN[:2]]
        np.testing.assert_allclose(ts.TextEncoder(tmp_path / name).encode(given), model.encode(given), atol=1e-5)
