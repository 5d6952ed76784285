"""Static encoders: folders of model2vec and sentence-transformers, what is refused, distillation and refinement."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tokenspace as ts
from tests.unit.text_models import write_bert
from tokenspace.encoders.engines.choose import load_engine
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.model_files import open_model
from tokenspace.encoders.static import RefineSettings, StaticEngine, StaticModel, distill, refine_rows
from tokenspace.encoders.static.pieces import sentence_pieces, vocabulary_words
from tokenspace.encoders.static.quantize import quantize_rows
from tokenspace.encoders.static.vocabulary import with_words, without_unused
from tokenspace.encoders.static.weighting import principal_directions, sif_weights, zipf_probabilities
from tokenspace.errors import ArgumentError, FormatError, NotFoundError, TokenspaceError, UnsupportedError
from tokenspace.io.safetensors_file import write_tensors

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = [a + b + c for a in "abcdefghij" for b in "aeiou" for c in "klm"]
SPECIAL = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]"]


def tokenizer() -> ts.Tokenizer:
    """A WordPiece tokenizer of some three-letter words, single letters and their continuations."""
    tokens = [*SPECIAL, ".", ",", *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    document = {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": None,
        "added_tokens": [
            {"id": id, "content": token, "special": True, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False}
            for id, token in enumerate(tokens[:7]) if "unused" not in token
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
                       "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {token: id for id, token in enumerate(tokens)}},
    }  # fmt: skip
    return ts.Tokenizer.from_str(json.dumps(document))


def corpus(count: int = 1500, seed: int = 1) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, random.integers(3, 12))) for _ in range(count)]


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> ts.TextEncoder:
    tok = tokenizer()
    rows = np.random.default_rng(0).normal(size=(len(tok), 24)).astype(np.float32)
    folder = tmp_path_factory.mktemp("teacher") / "model"
    StaticModel(StaticEngine(rows, dropped=2), tok).save(folder)
    return ts.TextEncoder(folder)


def write(
    folder: Path, tensors: dict[str, np.ndarray], config: dict | None = None, modules: list | None = None
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(folder / "model.safetensors", tensors, {})
    (folder / "tokenizer.json").write_text(tokenizer().to_json(), encoding="utf-8")
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
    if modules is not None:
        (folder / "modules.json").write_text(json.dumps(modules))
    return folder


MODEL2VEC = {"model_type": "model2vec", "normalize": False}


def expected(texts: list[str], rows: np.ndarray, factors: np.ndarray | None, dropped: int | None) -> np.ndarray:
    tok, out = tokenizer(), []
    for text in texts:
        ids = [id for id in tok.encode_batch([text], add_special_tokens=False).ids.tolist() if id != dropped]
        vectors = rows[ids].astype(np.float64) * (1 if factors is None else factors[ids][:, None])
        out.append(vectors.mean(axis=0) if ids else np.zeros(rows.shape[1]))
    return np.array(out)


TEXTS = ["bal cem", "Bal, cem. zzz!", "", "日本", "bal " * 900]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8"])
def test_folders_of_model2vec(tmp_path, dtype):
    rows = (np.random.default_rng(1).normal(size=(len(tokenizer()), 12)) * 40).astype(dtype)
    encoder = ts.TextEncoder(write(tmp_path / "m", {"embeddings": rows}, MODEL2VEC))
    assert encoder.engine == "static"
    np.testing.assert_allclose(encoder.encode(TEXTS), expected(TEXTS, rows, None, 2), rtol=1e-4, atol=1e-4)
    unit = ts.TextEncoder(write(tmp_path / "n", {"embeddings": rows}, {**MODEL2VEC, "normalize": True})).encode(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), [1, 1, 0, 0, 1], atol=1e-5)


def test_model2vec_weights_and_shared_rows(tmp_path):
    random = np.random.default_rng(2)
    count = len(tokenizer())
    rows, weights = random.normal(size=(10, 6)).astype(np.float16), random.random(count)
    mapping = random.integers(0, 10, count)
    folder = write(tmp_path / "m", {"embeddings": rows, "weights": weights, "mapping": mapping}, MODEL2VEC)
    got = ts.TextEncoder(folder).encode(TEXTS)
    np.testing.assert_allclose(got, expected(TEXTS, rows[mapping], weights, 2), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("inner", ["", "0_StaticEmbedding"])
def test_folders_of_sentence_transformers_keep_the_unknown_token(tmp_path, inner):
    rows = np.random.default_rng(3).normal(size=(len(tokenizer()), 6)).astype(np.float32)
    write(tmp_path / "m" / inner, {"embedding.weight": rows})
    kind = "sentence_transformers.models.StaticEmbedding"
    (tmp_path / "m" / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": inner, "type": kind}]))
    (tmp_path / "m" / inner / "tokenizer.json").write_text(
        tokenizer().to_json().replace('"max_length":4', '"max_length":4000')
    )
    got = ts.TextEncoder(tmp_path / "m").encode(TEXTS)
    np.testing.assert_allclose(got, expected(TEXTS, rows, None, None), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("tensors", "error", "words"),
    [
        ({"embeddings": np.zeros(5, np.float32)}, FormatError, "shape"),
        ({"embeddings": np.zeros((0, 5), np.float32)}, FormatError, "shape"),
        ({"embeddings": np.full((5, 2), np.nan, np.float32)}, FormatError, "finite"),
        ({"embeddings": np.full((5, 2), np.inf, np.float16)}, FormatError, "finite"),
        ({"embeddings": np.zeros((5, 2), np.int32)}, UnsupportedError, "I32"),
        ({"embeddings": np.zeros((5, 2), np.float32), "weights": np.ones(4)}, FormatError, "weights of shape"),
        ({"embeddings": np.zeros((5, 2), np.float32), "weights": np.full(5, np.nan)}, FormatError, "finite"),
        ({"embeddings": np.zeros((5, 2), np.float32), "mapping": np.array([0, 5])}, FormatError, "rows 0 to 4"),
        ({"embeddings": np.zeros((5, 2), np.float32), "mapping": np.array([-1, 2])}, FormatError, "rows 0 to 4"),
        ({"embeddings": np.zeros((5, 2), np.float32), "mapping": np.ones(3)}, FormatError, "whole numbers"),
        ({"something": np.zeros((5, 2), np.float32)}, FormatError, "embeddings"),
    ],
)
def test_damaged_tables_are_named(tmp_path, tensors, error, words):
    files = open_model(write(tmp_path / "m", tensors, MODEL2VEC))
    with pytest.raises(error, match=words):
        load_engine(files)


def test_the_tokenizer_of_another_model(tmp_path):
    folder = write(tmp_path / "m", {"embeddings": np.zeros((5, 3), np.float32)}, MODEL2VEC)
    with pytest.raises(FormatError, match="a row for each"):
        ts.TextEncoder(folder)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 32))
def test_any_tensors_load_or_are_refused_by_name(tmp_path, seed):
    random = np.random.default_rng(seed)
    shapes = [(), (0,), (3,), (200,), (3, 4), (200, 4), (0, 4), (200, 0), (2, 2, 2)]
    types = ["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "bool"]
    tensors = {}
    for name in random.permutation(["embeddings", "embedding.weight", "weights", "mapping", "other"])[
        : random.integers(1, 5)
    ]:
        values = random.normal(size=shapes[random.integers(len(shapes))]) * random.choice([1, 100, np.inf])
        with np.errstate(invalid="ignore", over="ignore"):
            tensors[str(name)] = np.nan_to_num(values, nan=0).astype(random.choice(types))
    config = [None, MODEL2VEC, {"model_type": "model2vec", "max_length": "x"}, {}][random.integers(4)]
    folder = write(tmp_path / str(seed), tensors, config)
    try:
        vectors = ts.TextEncoder(folder, pooling="mean").encode(TEXTS[:4])
    except TokenspaceError:
        return
    assert np.isfinite(vectors).all()


def test_a_folder_without_weights_and_every_cut_of_a_file(tmp_path):
    folder = write(tmp_path / "m", {"embeddings": np.zeros((7, 3), np.float32)}, MODEL2VEC)
    whole = (folder / "model.safetensors").read_bytes()
    for length in (*range(0, len(whole) - 1, 7), len(whole) - 1):
        (folder / "model.safetensors").write_bytes(whole[:length])
        with pytest.raises(TokenspaceError):
            load_engine(open_model(folder))
    (folder / "model.safetensors").unlink()
    with pytest.raises(NotFoundError):
        load_engine(open_model(folder))


@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_saving_and_opening_gives_equal_vectors(tmp_path, precision):
    rows = np.random.default_rng(5).normal(size=(len(tokenizer()), 16)).astype(np.float32)
    stored, factors = quantize_rows(rows, precision)
    model = StaticModel(StaticEngine(stored, factors=factors, dropped=2), tokenizer(), teacher="some/model")
    model.save(tmp_path / "m", card="# card\n")
    encoder = ts.TextEncoder(tmp_path / "m")
    np.testing.assert_array_equal(encoder.encode(TEXTS), model.encode(TEXTS))
    assert json.loads((tmp_path / "m" / "config.json").read_text())["max_length"] is None
    assert json.loads((tmp_path / "m" / "tokenizer.json").read_text())["truncation"] is None
    # sentence-transformers would round the products of int8 rows and their scales: it is not offered the folder.
    assert (tmp_path / "m" / "modules.json").exists() == (precision != "int8")
    wide = StaticModel(StaticEngine(rows, dropped=2), tokenizer()).encode(TEXTS[:2])
    assert (np.einsum("ij,ij->i", wide, encoder.encode(TEXTS[:2])) > 0.9995).all()


def test_int8_rows_are_within_half_a_step():
    rows = np.random.default_rng(6).normal(size=(50, 9)).astype(np.float32)
    rows[7] = 0
    stored, factors = quantize_rows(rows, "int8")
    assert np.abs(stored * factors[:, None] - rows).max() <= np.abs(rows).max() / 254 + 1e-6
    with pytest.raises(ArgumentError, match="precision"):
        quantize_rows(rows, "int4")


def test_refinement_finds_the_teacher_and_does_not_depend_on_threads():
    random = np.random.default_rng(7)
    true = random.normal(size=(60, 10)).astype(np.float32)
    lengths = random.integers(1, 9, 4000)
    batch = TokenBatch(
        random.integers(0, 60, lengths.sum()).astype(np.uint32), np.concatenate([[0], np.cumsum(lengths)])
    )
    targets = StaticEngine(true).pooled(batch)
    start = random.normal(size=true.shape).astype(np.float32)
    settings = RefineSettings(epochs=20, rate=0.1, batch_size=128)
    one = refine_rows(start, batch, targets, settings, threads=1)
    two = refine_rows(start, batch, targets, settings, threads=3)
    np.testing.assert_array_equal(one.rows, two.rows)
    assert one.cosines == two.cosines
    assert one.cosines[0] < 0.3
    assert max(one.cosines) > 0.98
    other = refine_rows(start, batch, targets, settings, seed=1, threads=1)
    assert not np.array_equal(one.rows, other.rows)


def test_refinement_keeps_the_best_rows_and_stops():
    random = np.random.default_rng(8)
    rows = random.normal(size=(40, 6)).astype(np.float32)
    ids = random.integers(0, 40, 3000).astype(np.uint32)
    batch = TokenBatch(ids, np.arange(0, 3001, 3))
    targets = StaticEngine(rows).pooled(batch)
    # The rows are the answer already: whatever the steps do, they cannot become better.
    done = refine_rows(rows, batch, targets, RefineSettings(epochs=30, rate=0.5, held_out=0.3, patience=2))
    np.testing.assert_array_equal(done.rows, rows)
    assert len(done.cosines) == 3
    with pytest.raises(ArgumentError, match="targets of shape"):
        refine_rows(rows, batch, targets[:, :5])
    with pytest.raises(ArgumentError, match="none"):
        refine_rows(rows, batch, np.zeros_like(targets))


def test_directions_are_those_of_the_covariance():
    random = np.random.default_rng(9)
    vectors = random.normal(size=(500, 8)) @ random.normal(size=(8, 8)) + 3
    mean, directions = principal_directions(vectors, 3)
    np.testing.assert_allclose(mean, vectors.mean(axis=0), rtol=1e-5)
    values, expected_ = np.linalg.eigh(np.cov(vectors.T))
    np.testing.assert_allclose(np.abs(directions.T @ expected_[:, ::-1][:, :3]), np.eye(3), atol=1e-4)
    spread = np.var((vectors - vectors.mean(axis=0)) @ directions, axis=0, ddof=1)
    np.testing.assert_allclose(spread, values[::-1][:3], rtol=1e-4)
    with pytest.raises(ArgumentError, match="1 to 8"):
        principal_directions(vectors, 9)


def test_weights_by_rank_are_those_of_model2vec():
    probabilities = zipf_probabilities(4)
    np.testing.assert_allclose(probabilities, np.array([1 / 2, 1 / 3, 1 / 4, 1 / 5]) / (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5))
    np.testing.assert_allclose(sif_weights(probabilities, 0.1), 0.1 / (0.1 + probabilities))
    with pytest.raises(ArgumentError, match="above 0"):
        sif_weights(probabilities, 0)


def test_distillation_without_and_with_a_corpus(teacher, tmp_path):
    plain = distill(teacher, dimensions=16, precision="float32", weighting="none")
    assert plain.engine.rows.shape == (len(tokenizer()) - 2, 16)  # without [unused0] and [unused1]
    assert plain.cosines == ()
    texts = corpus()
    truth = teacher.encode(texts)
    refined = distill(
        teacher,
        corpus=texts,
        dimensions=16,
        seed=3,
        refinement=RefineSettings(epochs=12, rate=0.02),
        precision="float32",
    )
    again = distill(
        teacher, corpus=texts, dimensions=16, seed=3, refinement=RefineSettings(epochs=12, rate=0.02),
        precision="float32", threads=1,
    )  # fmt: skip
    np.testing.assert_array_equal(refined.engine.rows, again.engine.rows)
    assert refined.cosines[-1] > refined.cosines[0]

    def agreement(model: StaticModel) -> float:
        own = model.encode(texts[:300])
        return float(np.corrcoef((own @ own.T).ravel(), (truth[:300] @ truth[:300].T).ravel())[0, 1])

    assert agreement(refined) > 0.8
    refined.save(tmp_path / "small")
    np.testing.assert_array_equal(ts.TextEncoder(tmp_path / "small").encode(texts[:9]), refined.encode(texts[:9]))


def test_distillation_with_the_teachers_vectors_at_hand(teacher):
    texts = corpus(400)
    given = distill(teacher, corpus=texts, vectors=teacher.encode(texts), dimensions=8)
    assert given.cosines[-1] > given.cosines[0]
    with pytest.raises(ArgumentError, match="vectors of shape"):
        distill(teacher, corpus=texts, vectors=np.zeros((3, 24), np.float32), dimensions=8)


def test_words_of_a_vocabulary_get_rows(teacher):
    model = distill(teacher, vocabulary=["balcem", "bal", "BALCEM", "日本", "two words", ""], dimensions=8)
    assert len(model.tokenizer) == len(tokenizer()) - 2 + 1
    assert model.tokenizer.tokenize("Balcem bal") == ["balcem", "bal"]
    assert model.engine.vocab_size == len(model.tokenizer)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dimensions": 25}, "1 to 24"),
        ({"dimensions": 0}, "1 to 24"),
        ({"weighting": "idf"}, "weighting"),
        ({"weighting": "sif"}, "corpus"),
        ({"vectors": np.zeros((2, 2))}, "corpus"),
        ({"corpus": "one text"}, "one str"),
        ({"corpus": ["x"]}, "sentences"),
        ({"engine": "native"}, "options of the teacher"),
    ],
)
def test_what_distill_refuses(teacher, options, words):
    with pytest.raises(ArgumentError, match=words):
        distill(teacher, **{"dimensions": 8, **options})


def test_unused_entries_go_and_ids_are_told():
    smaller, old = without_unused(tokenizer())
    assert len(smaller) == len(tokenizer()) - 2 == len(old)
    text = "bal, cem zed."
    new = smaller.encode_batch([text], add_special_tokens=False).ids
    np.testing.assert_array_equal(old[new], tokenizer().encode_batch([text], add_special_tokens=False).ids)


def test_words_are_added_as_they_are_spelled():
    extended, words = with_words(tokenizer(), ["Éa", "q-q", "zed"])
    assert words == ["ea", "zed"]
    assert extended.tokenize("éa ZED") == ["ea", "zed"]
    with pytest.raises(UnsupportedError, match="WordPiece"):
        with_words(ts.Tokenizer.from_pretrained("tokenspace/bpe"), ["x"])


def test_pieces_are_sentences_and_clauses():
    text = (
        "The first thing, which we all know, is that rain falls down. Nobody saw it! See https://example.org/a_b now."
    )
    pieces = sentence_pieces([text, text], 100)
    assert "Nobody saw it!" in pieces
    assert "The first thing" in pieces
    assert len(pieces) == len(set(pieces))
    assert not any("http" in piece for piece in pieces)
    many = corpus(300)
    assert sentence_pieces(many, 50) == sentence_pieces(many[::-1], 50)
    assert len(sentence_pieces(many, 50)) == 50
    words = vocabulary_words(tokenizer())
    assert set(words) == set(WORDS)
    mixed = sentence_pieces([f"{line}." for line in many], 200, words, seed=1)
    assert len(mixed) > 150
    assert mixed == sentence_pieces([f"{line}." for line in many], 200, words, seed=1)
    assert sentence_pieces(["今天天气很好，我们去公园散步。明天可能下雨。"], 10)
    assert sentence_pieces([], 10) == []


def test_a_transformer_as_the_teacher(tmp_path):
    bert = ts.TextEncoder(write_bert(tmp_path / "bert"))
    tok = bert.tokenizer
    words = ["cat", "winter", "hello"]
    alone = bert.encode_tokens([tok.token_to_id(word) for word in words])
    np.testing.assert_allclose(alone, bert.encode(words, normalize=False), atol=1e-5)  # [CLS] cat [SEP]
    assert bert.encode_tokens([]).shape == (0, bert.dimension)
    with pytest.raises(ArgumentError, match="token ids"):
        bert.encode_tokens([-1])
    with pytest.raises(ArgumentError):
        bert.encode_tokens([10_000])
    model = distill(bert, dimensions=bert.dimension, weighting="none", precision="float32")
    # All directions and no weights: the rows are the teacher's vectors turned, without their mean.
    vectors = bert.encode_tokens(np.arange(model.engine.vocab_size))
    centred = vectors - vectors.mean(axis=0)
    centred /= np.sqrt(np.square(centred).sum(axis=1).mean())
    np.testing.assert_allclose(model.engine.rows @ model.engine.rows.T, centred @ centred.T, atol=1e-4)
    texts = [f"the {size} {animal} sat on the mat in {season}" for size in ("small", "big", "very small") for animal in
             ("cat", "dog") for season in ("winter", "the cold", "a world", "it")]  # fmt: skip
    refined = distill(
        bert, corpus=texts * 3, dimensions=8, refinement=RefineSettings(epochs=30, rate=0.05, held_out=0.2)
    )
    assert max(refined.cosines) > refined.cosines[0]
