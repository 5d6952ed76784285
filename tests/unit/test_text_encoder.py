"""TextEncoder: what it reads, what it refuses, what happens to texts of every kind."""

from __future__ import annotations

import copy as copylib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.patience import patience
from tests.unit.text_models import WIDTH, write_bert, write_json, write_modules, write_static
from tokenspace.encoders.text import TruncationWarning, describe_texts
from tokenspace.errors import ArgumentError, FormatError, LimitError, NotFoundError, UnsupportedError
from tokenspace.io.safetensors_file import read_tensors, write_tensors

LONG = "the small cat sat on the mat and it is very cold in winter " * 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> ts.TextEncoder:
    return ts.TextEncoder(folder, on_truncate="ignore", precision="fp32")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


# ---- texts ----
def test_shapes(encoder: ts.TextEncoder) -> None:
    assert encoder.encode("a cat").shape == (WIDTH,)
    assert encoder.encode(["a cat"]).shape == (1, WIDTH)
    assert encoder.encode([]).shape == (0, WIDTH)
    assert encoder.encode([]).dtype == np.float32
    assert encoder.encode(text for text in ("a", "b")).shape == (2, WIDTH)
    assert encoder.encode(np.array(["a", "b"])).shape == (2, WIDTH)
    assert encoder.dimension == encoder.get_sentence_embedding_dimension() == WIDTH


def test_empty_text_is_its_special_tokens(encoder: ts.TextEncoder) -> None:
    vectors = encoder.encode(["", "a cat", ""])
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("bad", "row"), [([None], 0), (["a", b"b"], 1), (["a", "b", 3], 2), ([["a"]], 0), ([float("nan")], 0)]
)
def test_what_is_no_text_is_named_with_its_row(encoder: ts.TextEncoder, bad: Any, row: int) -> None:
    with pytest.raises(ArgumentError, match=f"row {row}"):
        encoder.encode(bad)
    with pytest.raises(ArgumentError, match=f"row {row}"):
        list(encoder.encode_stream(bad))


def test_one_thing_that_is_no_text(encoder: ts.TextEncoder) -> None:
    with pytest.raises(ArgumentError, match="bytes"):
        encoder.encode(b"a")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="dict"):
        encoder.encode({"a": 1})  # type: ignore[arg-type]
    for wrong in (None, 3):
        with pytest.raises(ArgumentError, match=type(wrong).__name__):
            encoder.encode(wrong)  # type: ignore[arg-type]


def test_any_characters(encoder: ts.TextEncoder) -> None:
    texts = ["\0", "\ud800", "🙂" * 500, "́" * 5000, "\n\n\t", "a" * 100_000, "[CLS] [SEP] [MASK] [PAD]"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), WIDTH)
    assert np.isfinite(vectors).all()


def test_a_megabyte(encoder: ts.TextEncoder) -> None:
    text = "the small cat " * 80_000
    cut, report = encoder.encode(text, return_report=True)
    assert report.lengths.tolist() == [240_002]
    np.testing.assert_array_equal(cut, encoder.encode("the small cat " * 4))
    assert np.isfinite(encoder.encode("the small cat " * 3000, on_truncate="chunk")).all()


def test_batches_threads_and_order_change_nothing(encoder: ts.TextEncoder) -> None:
    rng = np.random.default_rng(0)
    words = LONG.split()
    texts = [" ".join(rng.choice(words, rng.integers(0, 20))) for _ in range(200)]
    expected = encoder.encode(texts)
    for options in ({"batch_size": 1}, {"batch_size": 7}, {"threads": 1}, {"threads": 2}):
        np.testing.assert_array_equal(encoder.encode(texts, **options), expected)
    order = rng.permutation(len(texts))
    np.testing.assert_array_equal(encoder.encode([texts[i] for i in order]), expected[order])
    np.testing.assert_array_equal(np.stack([encoder.encode(text) for text in texts]), expected)
    np.testing.assert_array_equal(np.concatenate(list(encoder.encode_stream(iter(texts), rows=33))), expected)


def test_stream_holds_little(encoder: ts.TextEncoder) -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield "a cat"

    stream = encoder.encode_stream(endless(), rows=10)
    assert next(stream).shape == (10, WIDTH)
    assert taken <= 11
    with pytest.raises(ArgumentError, match="ranges"):
        encoder.encode_stream(["a"], precision="int8")


# ---- too long ----
def test_warning_once_a_call(folder: Path) -> None:
    encoder = ts.TextEncoder(folder)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        encoder.encode(["a", LONG, "b", LONG + LONG])
        list(encoder.encode_stream(["a", LONG] * 3000))
    assert [warning.category for warning in caught] == [TruncationWarning] * 2
    assert "2 of 4 texts have more than 12 tokens" in str(caught[0].message)
    assert "the longest, row 3, has 562" in str(caught[0].message)
    assert caught[0].filename == __file__
    assert encoder.truncated == 3000
    encoder.encode("a")
    assert encoder.truncated == 0


def test_error_names_the_first(encoder: ts.TextEncoder) -> None:
    with pytest.raises(LimitError, match=r"at most 12 tokens, received 282 in row 1 \(from 0\), and 1 more rows"):
        encoder.encode(["a", LONG, LONG], on_truncate="error")
    with pytest.raises(LimitError, match="in row 20001"):
        encoder.encode(["a"] * 20_001 + [LONG], on_truncate="error")
    assert encoder.encode(["the " * 10], on_truncate="error").shape == (1, WIDTH)


@pytest.mark.parametrize("overlap", [0, 3])
def test_chunks_are_the_weighted_mean_of_windows(folder: Path, overlap: int) -> None:
    encoder = ts.TextEncoder(folder, on_truncate="chunk", chunk_overlap=overlap, normalize=False, precision="fp32")
    words = LONG.split()[:37]
    found, report = encoder.encode(["a cat", " ".join(words)], return_report=True)
    windows, weights, begin = [], [], 0
    while True:
        part = words[begin : begin + 10]
        windows.append(" ".join(part))
        weights.append(len(part) - (overlap if begin else 0))
        if begin + 10 >= len(words):
            break
        begin += 10 - overlap
    expected = np.average(encoder.encode(windows), axis=0, weights=weights)
    np.testing.assert_allclose(found[1], expected, atol=2e-6)
    np.testing.assert_array_equal(found[0], encoder.encode("a cat"))
    assert report.windows.tolist() == [1, len(windows)]
    assert not report.truncated.any()
    assert sum(weights) == len(words)
    unit = ts.TextEncoder(folder, on_truncate="chunk", chunk_overlap=overlap).encode([" ".join(words)])
    assert np.linalg.norm(unit) == pytest.approx(1, abs=1e-5)


def test_windows_begin_with_the_prompt(folder: Path) -> None:
    encoder = ts.TextEncoder(folder, normalize=False, precision="fp32", prompts={"query": "query : "})
    words = LONG.split()[:20]
    found = encoder.encode(" ".join(words), prompt_name="query", on_truncate="chunk")
    parts = [words[begin : begin + 8] for begin in range(0, 20, 8)]
    expected = encoder.encode(["query : " + " ".join(part) for part in parts])
    np.testing.assert_allclose(found, np.average(expected, axis=0, weights=list(map(len, parts))), atol=2e-6)


def test_settings_of_the_tokenizer_file_cut_nothing(copy: Path) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(copy)
    tokenizer.set_truncation(4)
    tokenizer.set_padding(length=32)
    (copy / "tokenizer.json").write_text(tokenizer.to_json(), encoding="utf-8")
    encoder = ts.TextEncoder(copy, on_truncate="error")
    np.testing.assert_array_equal(
        encoder.encode("the small big cat sat"), ts.TextEncoder(copy).encode("the small big cat sat")
    )
    _, report = encoder.encode(["the small big cat sat"], return_report=True)
    assert report.lengths.tolist() == [7]


def test_side_of_the_cut(copy: Path) -> None:
    write_json(
        copy / "tokenizer_config.json",
        {"do_lower_case": True, "tokenizer_class": "BertTokenizer", "truncation_side": "left"},
    )
    left = ts.TextEncoder(copy, on_truncate="ignore")
    words = LONG.split()
    np.testing.assert_array_equal(left.encode(LONG), left.encode(" ".join(words[-10:])))


def test_max_length(folder: Path) -> None:
    encoder = ts.TextEncoder(folder, max_length=5, on_truncate="ignore")
    np.testing.assert_array_equal(encoder.encode("the small cat sat on"), encoder.encode("the small cat"))
    np.testing.assert_array_equal(
        encoder.encode(LONG, max_length=9), ts.TextEncoder(folder, max_length=9, on_truncate="ignore").encode(LONG)
    )
    encoder.max_seq_length = 32
    assert encoder.get_max_seq_length() == 32
    for wrong in (2, 33, 0, "5"):
        with pytest.raises(ArgumentError, match="max_length"):
            encoder.max_length = wrong  # type: ignore[assignment]
    encoder.max_length = 5
    with pytest.raises(ArgumentError, match="room"):
        encoder.encode(LONG, prompt="the small cat sat on", on_truncate="chunk")


# ---- options ----
def test_prompts(folder: Path) -> None:
    encoder = ts.TextEncoder(folder, prompts={"query": "query : ", "passage": "passage : ", "other": "the "})
    same = [
        (encoder.encode("cat", prompt_name="query"), encoder.encode("query : cat")),
        (encoder.encode("cat", prompt="a "), encoder.encode("a cat")),
        (encoder.encode_query("cat"), encoder.encode("query : cat")),
        (encoder.encode_document("cat"), encoder.encode("passage : cat")),
        (
            ts.TextEncoder(folder, prompts={"x": "the "}, default_prompt_name="x").encode("cat"),
            encoder.encode("the cat"),
        ),
        (
            ts.TextEncoder(folder, prompts={"x": "the "}, default_prompt_name="x").encode_query("cat"),
            encoder.encode("cat"),
        ),
    ]
    for found, expected in same:
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ArgumentError, match="'query', 'passage', 'other'"):
        encoder.encode("cat", prompt_name="quary")
    with pytest.raises(ArgumentError, match="prompt"):
        ts.TextEncoder(folder, default_prompt_name="x")
    with pytest.raises(ArgumentError, match="prompt"):
        ts.TextEncoder(folder, prompts={"x": None})  # type: ignore[dict-item]
    with pytest.raises(ArgumentError, match="prompt"):
        encoder.encode("cat", prompt=3)  # type: ignore[arg-type]


def test_lengths_by_task(copy: Path) -> None:
    write_json(copy / "sentence_bert_config.json", {"max_seq_length": 12, "query_length": 4, "document_length": 8})
    encoder = ts.TextEncoder(copy, on_truncate="ignore")
    words = LONG.split()
    for found, kept in (
        (encoder.encode_query(LONG), 2),
        (encoder.encode_document(LONG), 6),
        (encoder.encode(LONG), 10),
    ):
        np.testing.assert_array_equal(found, encoder.encode(" ".join(words[:kept])))


def test_dimensions(encoder: ts.TextEncoder, folder: Path) -> None:
    whole = encoder.encode("a cat")
    np.testing.assert_array_equal(encoder.encode("a cat", dimensions=5), whole[:5])
    np.testing.assert_array_equal(encoder.encode("a cat", truncate_dim=5), whole[:5])
    unit = encoder.encode("a cat", dimensions=5, normalize=True)
    np.testing.assert_allclose(unit, whole[:5] / np.linalg.norm(whole[:5]), atol=1e-6)
    short = ts.TextEncoder(folder, dimensions=5)
    assert (short.dimension, short.truncate_dim, short.encode(["a"]).shape) == (5, 5, (1, 5))
    assert encoder.encode("a cat", dimensions=np.int64(5), max_length=np.int32(6)).shape == (5,)  # type: ignore[arg-type]
    for wrong in (0, WIDTH + 1, 2.5):
        with pytest.raises(ArgumentError, match=f"1 to {WIDTH}"):
            encoder.encode("a", dimensions=wrong)  # type: ignore[arg-type]


def test_normalize(encoder: ts.TextEncoder, folder: Path) -> None:
    raw = encoder.encode("a cat", normalize=False)
    assert np.linalg.norm(raw) != pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(encoder.encode("a cat"), raw / np.linalg.norm(raw), atol=1e-6)
    plain = ts.TextEncoder(folder, normalize=False, precision="fp32")
    np.testing.assert_array_equal(plain.encode("a cat"), raw)
    # theirs: False leaves what the model does
    np.testing.assert_array_equal(encoder.encode("a cat", normalize_embeddings=False), encoder.encode("a cat"))


def test_precisions(encoder: ts.TextEncoder) -> None:
    texts = ["a cat", "the dog", "hello world"]
    vectors = encoder.encode(texts)
    assert encoder.encode(texts, precision="float16").dtype == np.float16
    bits = encoder.encode(texts, precision="ubinary")
    np.testing.assert_array_equal(np.unpackbits(bits, axis=1), vectors > 0)
    np.testing.assert_array_equal(encoder.encode(texts, precision="binary").astype(np.int16) + 128, bits)
    small = encoder.encode(texts, precision="uint8")
    steps = (vectors.max(0) - vectors.min(0)) / 255
    assert np.abs(small * steps + vectors.min(0) - vectors).max() <= steps.max() * 1.01
    assert encoder.encode([], precision="int8").shape == (0, WIDTH)
    ranges = np.stack([vectors.min(0), vectors.max(0)])
    np.testing.assert_array_equal(encoder.encode(texts[0], precision="uint8", ranges=ranges), small[0])
    with pytest.raises(ArgumentError, match="two vectors"):
        encoder.encode(texts[0], precision="int8")
    with pytest.raises(ArgumentError, match="precision among"):
        encoder.encode(texts, precision="int4")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="shape"):
        encoder.encode(texts, precision="int8", ranges=ranges[:, :3])


def test_wrong_options(encoder: ts.TextEncoder, folder: Path) -> None:
    for options in (
        {"batch_size": 0}, {"threads": -1}, {"on_truncate": "cut"}, {"convert_to_tensor": True}, {"nothing": 1},
        {"dimensions": 3, "truncate_dim": 3}, {"progress": "loud"}, {"batch_size": 1.5}, {"batch_size": "3"},
        {"threads": "3"}, {"threads": 10**30}, {"dimensions": True}, {"max_length": True}, {"on_truncate": ["warn"]},
    ):  # fmt: skip
        with pytest.raises(ArgumentError):
            encoder.encode(["a"], **options)
    for options in (
        {"engine": "onnx"},
        {"pooling": "sum"},
        {"pooling": []},
        {"similarity": "near"},
        {"dimensions": 99},
        {"precision": "fp8"},
        {"threads": -1},
        {"on_truncate": "cut"},
        {"chunk_overlap": "1"},
        {"prompts": ["query: "]},
        {"prompts": {"query": 3}},
    ):
        with pytest.raises(ArgumentError):
            ts.TextEncoder(folder, **options)
    with pytest.raises(ArgumentError, match="precision"):
        ts.TextEncoder(precision="fp8")  # which a table of token rows would have no use for
    for options in ({"rows": "3"}, {"rows": 0}, {"nothing": 1}):
        with pytest.raises(ArgumentError):
            encoder.encode_stream(["a"], **options)
    with pytest.raises(ArgumentError, match="iterable of texts"):
        encoder.encode_stream("one text")
    with pytest.raises(ArgumentError, match="token ids"):
        encoder.encode_tokens([2**32])  # not token 0


def test_texts_of_every_container(encoder: ts.TextEncoder) -> None:
    expected = encoder.encode(["a cat", "the dog"])
    containers: list[Any] = [
        ("a cat", "the dog"),
        np.array(["a cat", "the dog"]),
        np.array(["a cat", "the dog"], object),
    ]
    containers += [{"a cat": 0, "the dog": 1}.keys(), iter(["a cat", "the dog"])]
    for container in containers:
        np.testing.assert_array_equal(encoder.encode(container), expected)
    for container in (*containers[:4], iter(["a cat", "the dog"])):
        assert encoder.similarity(container, "a cat").shape == (2, 1)
    assert encoder.similarity([], ["a cat"]).shape == (0, 1)
    assert encoder.similarity(expected, ["a cat"]).shape == (2, 1)
    with pytest.raises(ArgumentError):
        encoder.encode(np.array("a cat"))


@pytest.mark.parametrize("way", ["pickle", "deepcopy", "copy"])
def test_an_encoder_for_another_process(folder: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = ts.TextEncoder(folder, prompts={"query": "the "}, dimensions=5, token="hf_secret")
    encoder.max_length, encoder.on_truncate = 6, "chunk"
    stored = pickle.dumps(encoder)
    assert b"hf_secret" not in stored
    again = pickle.loads(stored) if way == "pickle" else getattr(copylib, way)(encoder)
    texts = ["a cat", LONG, ""]
    np.testing.assert_array_equal(again.encode(texts, prompt_name="query"), encoder.encode(texts, prompt_name="query"))
    assert (again.max_length, again.identity, str(again.describe())) == (6, encoder.identity, str(encoder.describe()))
    monkeypatch.chdir(folder.parent)
    near = pickle.dumps(ts.TextEncoder(folder.name, on_truncate="ignore"))
    monkeypatch.chdir("/")
    assert pickle.loads(near).encode("a cat").shape == (WIDTH,)


def test_names_of_sentence_transformers(folder: Path) -> None:
    encoder = ts.TextEncoder(folder, similarity_fn_name="dot", truncate_dim=7, cache_folder=None, backend="torch")
    assert (encoder.similarity_fn_name, encoder.get_embedding_dimension()) == ("dot", 7)
    encoder.encode(["a"], show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True)


def test_poolings_side_by_side(folder: Path) -> None:
    parts = [ts.TextEncoder(folder, pooling=mode, normalize=False).encode("a cat") for mode in ("mean", "max")]
    both = ts.TextEncoder(folder, pooling=("mean", "max"), normalize=False)
    assert both.dimension == 2 * WIDTH
    np.testing.assert_allclose(both.encode("a cat"), np.concatenate(parts), atol=1e-6)


def test_similarity(folder: Path) -> None:
    encoder = ts.TextEncoder(folder)
    texts = ["a cat", "the dog", "hello"]
    vectors = encoder.encode(texts)
    np.testing.assert_allclose(encoder.similarity(texts), vectors @ vectors.T, atol=1e-6)
    np.testing.assert_allclose(encoder.similarity("a cat", vectors), (vectors @ vectors.T)[:1], atol=1e-6)
    np.testing.assert_allclose(encoder.similarity_pairwise(texts, vectors), np.ones(3), atol=1e-6)
    a = np.array([[3.0, 4.0], [0.0, 0.0]])
    for name, expected in (("cosine", 0.0), ("dot", 0.0), ("euclidean", -5.0), ("manhattan", -7.0)):
        other = ts.TextEncoder(folder, similarity=name)
        assert other.similarity(a)[0, 1] == pytest.approx(expected)
        assert other.similarity_pairwise(a, a[::-1])[0] == pytest.approx(expected)
    with pytest.raises(ArgumentError, match="same length"):
        encoder.similarity(vectors, a)
    with pytest.raises(ArgumentError):
        encoder.similarity([None])


def test_identity(folder: Path, copy: Path) -> None:
    one = ts.TextEncoder(folder)
    assert ts.TextEncoder(copy).identity == one.identity == ts.TextEncoder(folder, dimensions=3, max_length=8).identity
    others = {
        ts.TextEncoder(folder, pooling="cls").identity,
        ts.TextEncoder(folder, normalize=False).identity,
        ts.TextEncoder(write_bert(copy, seed=1)).identity,
        one.identity,
    }
    assert len(others) == 4


def test_description(folder: Path) -> None:
    found = ts.TextEncoder(folder, max_length=9).describe()
    assert (found.architecture, found.engine, found.dimension) == ("bert", "native", WIDTH)
    assert (found.pooling.value, found.pooling.origin) == (("mean",), "1_Pooling/config.json")
    assert (found.normalize.value, found.normalize.origin) == (True, "modules.json")
    assert (found.max_length.value, found.max_length.origin) == (9, "argument")
    assert "1_Pooling/config.json" in str(found)
    json.dumps(found.to_dict())
    from tokenspace.encoders.model_files import open_model

    files = describe_texts(open_model(folder))
    assert (files.engine, files.dimension, files.max_length.origin) == (None, WIDTH, "sentence_bert_config.json")


# ---- folders ----
def test_nothing_is_guessed(tmp_path: Path) -> None:
    bare = write_bert(tmp_path / "bare", modules=False)
    with pytest.raises(ArgumentError, match=r"modules.json.*pooling is not guessed.*pooling='mean'"):
        ts.TextEncoder(bare)
    encoder = ts.TextEncoder(bare, pooling="mean")
    assert encoder.describe().pooling.origin == "argument"
    assert (encoder.max_length, encoder.describe().max_length.origin) == (32, "config.json")
    assert np.linalg.norm(encoder.encode("a cat")) != pytest.approx(1, abs=1e-3)
    from tokenspace.encoders.model_files import open_model

    other = tmp_path / "gpt"
    write_json(other / "config.json", {"model_type": "gpt2", "n_positions": 64})
    assert describe_texts(open_model(other)).max_length.value == 64  # GPT-2's own name

    assert "not stated" in str(describe_texts(open_model(bare)))


@pytest.mark.parametrize(
    "kind", ["Router", "WordWeights", "LSTM", "CNN", "BoW", "modeling_x.CustomTransformer", "CLIPModel"]
)
def test_unknown_modules_are_named(copy: Path, kind: str) -> None:
    write_modules(copy, "Transformer", "Pooling", kind)
    with pytest.raises(UnsupportedError, match=kind.rpartition(".")[2]):
        ts.TextEncoder(copy)


def test_modules_in_another_order(copy: Path) -> None:
    write_modules(copy, "Pooling", "Transformer")
    with pytest.raises(UnsupportedError, match="first module"):
        ts.TextEncoder(copy)
    write_modules(copy, "Transformer", "Normalize", "Pooling")
    with pytest.raises(UnsupportedError, match="before the pooling"):
        ts.TextEncoder(copy)
    write_modules(copy, "Transformer")
    with pytest.raises(ArgumentError, match="pooling"):
        ts.TextEncoder(copy)


@pytest.mark.parametrize(
    ("file", "value"),
    [
        ("modules.json", {}), ("modules.json", []), ("modules.json", [{"type": 3}]), ("modules.json", ["x"]),
        ("sentence_bert_config.json", [1]), ("sentence_bert_config.json", {"max_seq_length": "long"}),
        ("1_Pooling/config.json", "mean"), ("config_sentence_transformers.json", {"prompts": ["a"]}),
        ("config_sentence_transformers.json", {"prompts": {"a": 1}}),
        ("config_sentence_transformers.json", {"prompts": {}, "default_prompt_name": "a"}), ("config.json", 3),
    ],
)  # fmt: skip
def test_files_of_another_form(copy: Path, file: str, value: Any) -> None:
    write_json(copy / file, value)
    with pytest.raises(FormatError):
        ts.TextEncoder(copy)


def test_path_out_of_the_folder(copy: Path) -> None:
    write_json(copy / "modules.json", [
        {"path": "", "type": "sentence_transformers.models.Transformer"},
        {"path": "../../etc", "type": "sentence_transformers.models.Pooling"},
    ])  # fmt: skip
    with pytest.raises(FormatError):
        ts.TextEncoder(copy)


@pytest.mark.parametrize(
    "settings",
    [
        {"transformer_task": "fill-mask"}, {"modality_config": {"message": {"method": "forward"}}},
        {"module_output_name": "sentence_embedding"}, {"model_kwargs": {"num_hidden_layers": 1}},
        {"config_kwargs": {"is_causal": False}}, {"query_expansion": {"strategy": "fixed"}},
        {"processor_kwargs": {"add_eos_token": True}}, {"processing_kwargs": {"text": {"truncation": False}}},
        {"tokenizer_args": {"truncation_side": "left"}}, {"processing_kwargs": {"text": {"add_special_tokens": False}}},
    ],
)  # fmt: skip
def test_settings_that_would_change_the_vectors_are_refused(copy: Path, settings: dict[str, Any]) -> None:
    write_json(copy / "sentence_bert_config.json", settings)
    with pytest.raises(UnsupportedError):
        ts.TextEncoder(copy)


def test_settings_that_change_nothing(copy: Path, folder: Path) -> None:
    write_json(copy / "sentence_bert_config.json", {
        "transformer_task": "feature-extraction", "module_output_name": "token_embeddings", "query_length": None,
        "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
        "model_kwargs": {"torch_dtype": "bfloat16", "add_pooling_layer": False, "trust_remote_code": True, "rope": None},
        "processor_kwargs": {"model_max_length": 20, "padding_side": "left"},
        "processing_kwargs": {"text": {"max_length": 12, "padding": True, "truncation": True}, "chat_template": {"a": 1}},
    })  # fmt: skip
    found, expected = ts.TextEncoder(copy, on_truncate="ignore"), ts.TextEncoder(folder, on_truncate="ignore")
    assert found.max_length == 12
    np.testing.assert_array_equal(found.encode(["a cat", LONG]), expected.encode(["a cat", LONG]))


def test_lower_case_of_a_bert_that_lowers_already(copy: Path) -> None:
    """do_lower_case of such a model (bge) adds a step that changes nothing: it is left out, and every character agrees."""
    write_json(copy / "sentence_bert_config.json", {"max_seq_length": 12, "do_lower_case": True})
    assert ts.TextEncoder(copy).tokenizer.encode_to_list("A CAT") == ts.TextEncoder(copy).tokenizer.encode_to_list(
        "a cat"
    )
    lower = ts.components.Normalizer("Lowercase")
    text = "".join(f"a{chr(code)}b" for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    for accents in (None, True, False):
        bert = ts.components.Normalizer(
            "BertNormalizer", clean_text=True, handle_chinese_chars=True, strip_accents=accents, lowercase=True
        )
        assert bert.normalize_str(text) == bert.normalize_str(lower.normalize_str(text))


def test_lower_case_of_another_tokenizer(copy: Path) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(copy)
    layout = json.loads(tokenizer.to_json())
    layout["normalizer"] = {"type": "NFC"}
    (copy / "tokenizer.json").write_text(json.dumps(layout), encoding="utf-8")
    before = ts.TextEncoder(copy).encode("A Cat")
    write_json(copy / "sentence_bert_config.json", {"max_seq_length": 12, "do_lower_case": True})
    encoder = ts.TextEncoder(copy)
    np.testing.assert_array_equal(encoder.encode("A Cat"), encoder.encode("a cat"))
    assert not np.array_equal(encoder.encode("A Cat"), before)


def test_dense_refusals(copy: Path) -> None:
    write_modules(copy, "Transformer", "Pooling", "Dense")
    dense = copy / "2_Dense"
    config = {
        "in_features": WIDTH,
        "out_features": 4,
        "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh",
    }
    write_json(dense / "config.json", config)
    with pytest.raises(NotFoundError):
        ts.TextEncoder(copy)
    (dense / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(UnsupportedError, match="pickle"):
        ts.TextEncoder(copy)
    good = {"linear.weight": np.ones((4, WIDTH), np.float32), "linear.bias": np.zeros(4, np.float32)}
    write_tensors(dense / "model.safetensors", good, {})
    assert ts.TextEncoder(copy).dimension == 4
    with pytest.raises(
        FormatError, match=f"vectors of {WIDTH} numbers for the step 'dense {WIDTH} -> 4, Tanh', received {2 * WIDTH}"
    ):
        ts.TextEncoder(copy, pooling=("cls", "max"))
    for wrong in (
        {**good, "linear.weight": np.ones((5, WIDTH), np.float32)},
        {**good, "linear.bias": np.zeros(3, np.float32)},
        {"linear.weight": good["linear.weight"]},
        {**good, "linear.bias": np.full(4, np.nan, np.float32)},
    ):
        write_tensors(dense / "model.safetensors", wrong, {})
        with pytest.raises(FormatError):
            ts.TextEncoder(copy)
    write_tensors(dense / "model.safetensors", good, {})
    for name in ("my_code.Swish", "torch.nn.modules.activation.PReLU", "torch.nn.functional.gelu"):
        write_json(dense / "config.json", {**config, "activation_function": name})
        with pytest.raises(UnsupportedError, match="activation"):
            ts.TextEncoder(copy)


def test_damaged_models(copy: Path) -> None:
    tensors = {name: array.copy() for name, array in read_tensors(copy / "model.safetensors")[0].items()}
    name = "encoder.layer.1.output.dense.weight"
    for wrong in (np.full_like(tensors[name], np.nan), tensors[name][:-1]):
        write_tensors(copy / "model.safetensors", {**tensors, name: wrong}, {})
        with pytest.raises(FormatError, match=r"finite|shape"):
            ts.TextEncoder(copy, engine="native")
    write_tensors(copy / "model.safetensors", {key: value for key, value in tensors.items() if key != name}, {})
    with pytest.raises((FormatError, NotFoundError)):
        ts.TextEncoder(copy, engine="native")
    data = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(data[:-100])
    with pytest.raises(FormatError):
        ts.TextEncoder(copy)
    (copy / "model.safetensors").unlink()
    with pytest.raises(NotFoundError):
        ts.TextEncoder(copy)


def test_tokenizer_of_another_model(copy: Path) -> None:
    words = (copy / "vocab.txt").read_text()
    (copy / "vocab.txt").write_text(words + "zebra\n")
    encoder = ts.TextEncoder(copy)
    with pytest.raises(ArgumentError, match="tokenizer"):
        encoder.encode("a zebra")
    (copy / "vocab.txt").unlink()
    with pytest.raises(NotFoundError, match="tokenizer"):
        ts.TextEncoder(copy)


def test_no_such_model(tmp_path: Path) -> None:
    for name in (tmp_path / "nothing", "./nothing", "tokenspace/nothing", "nobody/nothing"):
        with pytest.raises(NotFoundError):
            ts.TextEncoder(name)


# ---- static ----
def test_static(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "static")
    encoder = ts.TextEncoder(folder)
    assert (encoder.engine, encoder.dimension, encoder.max_length) == ("static", 64, None)
    rows = read_tensors(folder / "model.safetensors")[0]["embedding.weight"]
    ids = encoder.tokenizer.encode_to_list("a small cat", add_special_tokens=False)
    mean = rows[ids].mean(axis=0)
    np.testing.assert_allclose(encoder.encode("a small cat"), mean / np.linalg.norm(mean), atol=1e-6)
    assert not encoder.encode("").any()
    megabyte = encoder.encode("a small cat " * 90_000)
    np.testing.assert_allclose(megabyte, encoder.encode("a small cat"), atol=2e-3)  # summed in float32
    with pytest.raises(ArgumentError, match="pooling 'mean'"):
        ts.TextEncoder(folder, pooling="cls")
    with pytest.raises(ArgumentError, match="device"):
        ts.TextEncoder(folder, device="cpu")


def test_a_table_without_modules(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "static")
    expected = ts.TextEncoder(folder, normalize=False).encode("a small cat")
    (folder / "modules.json").unlink()
    np.testing.assert_array_equal(ts.TextEncoder(folder).encode("a small cat"), expected)
    write_json(folder / "config.json", {"model_type": "model2vec", "normalize": True})
    np.testing.assert_allclose(
        ts.TextEncoder(folder).encode("a small cat"), expected / np.linalg.norm(expected), atol=1e-6
    )


def test_a_bound_of_the_file_holds_and_is_told(tmp_path: Path) -> None:
    """sentence-transformers cuts where the tokenizer file of a table says so; here it is told."""
    folder = write_static(tmp_path / "static")
    tokenizer = ts.Tokenizer.from_pretrained(folder)
    tokenizer.set_truncation(3)
    (folder / "tokenizer.json").write_text(tokenizer.to_json(), encoding="utf-8")
    encoder = ts.TextEncoder(folder)
    assert (encoder.max_length, encoder.describe().max_length.origin) == (3, "tokenizer.json")
    with pytest.warns(TruncationWarning):
        cut = encoder.encode("a cat a dog a dog")
    np.testing.assert_array_equal(cut, encoder.encode("a cat a"))


def test_a_hundred_thousand_texts(tmp_path: Path) -> None:
    encoder = ts.TextEncoder(write_static(tmp_path / "static"))
    texts = [f"text number {number} of a hundred thousand, about cats and dogs" for number in range(100_000)]
    start = time.monotonic()
    vectors = encoder.encode(texts)
    assert time.monotonic() - start < patience(30)  # about one second of work
    np.testing.assert_array_equal(
        vectors[[0, 50_000, 99_999]], encoder.encode([texts[0], texts[50_000], texts[99_999]])
    )
    written = encoder.encode_to_file(texts, tmp_path / "out.npy")
    assert written.rows == 100_000
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy", mmap_mode="r")[::9973], vectors[::9973])


# ---- at work ----
def test_progress_counts_texts(encoder: ts.TextEncoder) -> None:
    events: list[Any] = []
    encoder.encode(["a cat"] * 20, progress=events.append)
    assert (events[0].stage, events[0].done, events[0].total, events[0].unit) == ("embed", 0, 20, "texts")
    assert (events[-1].done, events[-1].finished) == (20, True)


def test_an_encoder_serves_many_threads(encoder: ts.TextEncoder) -> None:
    texts = [LONG[:n] for n in range(1, 60)]
    expected = encoder.encode(texts)
    found: list[Any] = []

    def work() -> None:
        for _ in range(3):
            found.append(encoder.encode(texts))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    for one in found:
        np.testing.assert_array_equal(one, expected)


def test_interrupt(folder: Path) -> None:
    program = (
        "import sys, tokenspace as ts\n"
        f"encoder = ts.TextEncoder({str(folder)!r}, on_truncate='ignore')\n"
        "print('ready', flush=True)\n"
        "texts = ['the small cat sat on the mat and it is cold'] * 20000\n"
        "while True: encoder.encode(texts)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - start < patience(3)
    assert "KeyboardInterrupt" in errors


def test_nothing_heavy_and_no_request(folder: Path) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a request')\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "import tokenspace as ts\n"
        f"encoder = ts.TextEncoder({str(folder)!r})\n"
        "encoder.encode(['a cat'])\n"
        "print(sorted({'torch', 'transformers', 'scipy', 'pandas', 'pyarrow', 'huggingface_hub'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_model_in_the_cache_of_the_hub_needs_no_network(folder: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "models--org--bert" / "snapshots" / ("0" * 40)
    shutil.copytree(folder, snapshot)
    (tmp_path / "models--org--bert" / "refs").mkdir()
    (tmp_path / "models--org--bert" / "refs" / "main").write_text("0" * 40)
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a request')\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "import numpy as np, tokenspace as ts\n"
        "encoder = ts.TextEncoder('org/bert', local_files_only=len(sys.argv) > 1 or None)\n"
        "print(encoder.describe().pooling.origin, encoder.identity, float(encoder.encode('a cat').sum()))\n"
    )
    here = ts.TextEncoder(folder)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    for extra, arguments in (({"HF_HUB_OFFLINE": "1"}, []), ({}, ["local"])):
        environment = {**variables, "HF_HUB_CACHE": str(tmp_path), **extra}
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr
        origin, identity, total = done.stdout.split()
        assert (origin, identity) == ("1_Pooling/config.json", here.identity)
        assert float(total) == pytest.approx(float(here.encode("a cat").sum()), abs=1e-6)
