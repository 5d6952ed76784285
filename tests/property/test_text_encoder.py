"""Windows over long texts lose nothing; configurations of any form give an encoder or a named error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

import tokenspace as ts  # noqa: E402
from tests.unit.text_models import VOCABULARY, WORDS, write_bert  # noqa: E402
from tokenspace.encoders.model_files import model_tokenizer, open_model  # noqa: E402
from tokenspace.encoders.text import describe_texts  # noqa: E402
from tokenspace.encoders.text.rows import RowMaker  # noqa: E402
from tokenspace.errors import ArgumentError, TokenspaceError  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture(scope="module")
def makers(folder: Path) -> dict[str, RowMaker]:
    return {side: RowMaker(model_tokenizer(open_model(folder)), side=side) for side in ("right", "left")}


@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), max_size=6),
    prompt=st.sampled_from(["", "query : ", "the "]),
    max_length=st.integers(1, 20),
    overlap=st.integers(0, 6),
    side=st.sampled_from(["right", "left"]),
)
def test_windows(
    makers: dict[str, RowMaker], texts: list[str], prompt: str, max_length: int, overlap: int, side: str
) -> None:
    maker = makers[side]
    cls, sep = VOCABULARY.index("[CLS]"), VOCABULARY.index("[SEP]")
    head = maker.tokenizer.encode_to_list(prompt)[:-1] if prompt else [cls]
    whole = maker.make(texts, prompt)
    try:
        rows = maker.make(texts, prompt, max_length, "chunk", overlap)
    except ArgumentError:
        assert max_length - 1 - len(head) <= overlap
        return
    assert np.diff(rows.row_offsets).max(initial=0) <= max_length
    assert (np.diff(rows.owners) >= 0).all()
    np.testing.assert_array_equal(np.unique(rows.owners), np.arange(len(texts)))
    for text in range(len(texts)):
        expected = whole.ids[whole.row_offsets[text] : whole.row_offsets[text + 1]].tolist()
        windows = [
            rows.ids[rows.row_offsets[w] : rows.row_offsets[w + 1]].tolist()
            for w in np.flatnonzero(rows.owners == text)
        ]
        assert len(windows) == 1 or len(expected) > max_length
        joined: list[int] = []
        for number, window in enumerate(windows):
            assert window[: len(head)] == head
            assert window[-1] == sep
            inner = window[len(head) : -1]
            if number:
                assert inner[:overlap] == joined[len(joined) - overlap :]
                assert len(inner) > overlap
                inner = inner[overlap:]
            joined += inner
        assert [*head, *joined, sep] == expected
        assert rows.weights[rows.owners == text].sum() == len(joined)


@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), max_size=5),
    max_length=st.integers(3, 20),
    side=st.sampled_from(["right", "left"]),
)
def test_cuts_are_those_of_the_tokenizer(
    makers: dict[str, RowMaker], texts: list[str], max_length: int, side: str
) -> None:
    maker = makers[side]
    rows = maker.make(texts, "", max_length)
    tokenizer = maker.tokenizer
    tokenizer.set_truncation(max_length, direction=side)
    try:
        expected = [encoding.ids for encoding in tokenizer.encode_batch_encodings(texts)]
    finally:
        tokenizer.no_truncation()
    found = [rows.ids[rows.row_offsets[n] : rows.row_offsets[n + 1]].tolist() for n in range(len(texts))]
    assert found == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 600) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = {
    "1_Pooling/config.json": ["pooling_mode", "pooling_mode_cls_token", "include_prompt", "word_embedding_dimension"],
    "sentence_bert_config.json": [
        "max_seq_length", "do_lower_case", "transformer_task", "modality_config", "processing_kwargs", "model_kwargs",
        "query_length", "module_output_name",
    ],
    "config_sentence_transformers.json": ["prompts", "default_prompt_name", "similarity_fn_name", "truncate_dim"],
    "modules.json": [],
    "2_Normalize/config.json": ["module_input_name", "module_output_name"],
}  # fmt: skip


@settings(max_examples=300)
@given(data=st.data())
def test_any_settings(folder: Path, tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    made = tmp_path_factory.mktemp("made") / "model"
    shutil.copytree(folder, made)
    name = data.draw(st.sampled_from(sorted(KEYS)))
    if KEYS[name] and data.draw(st.booleans()):
        value: Any = data.draw(st.dictionaries(st.sampled_from(KEYS[name]), JSON, max_size=3))
    elif name == "modules.json" and data.draw(st.booleans()):
        kinds = [
            "Transformer",
            "Pooling",
            "Normalize",
            "Dense",
            "LayerNorm",
            "Router",
            "StaticEmbedding",
            "Dropout",
            "",
        ]
        entry = st.fixed_dictionaries({
            "path": st.sampled_from(["", "1_Pooling", "2_Normalize", "..", "/", "x"]),
            "type": st.sampled_from([f"sentence_transformers.models.{kind}" for kind in kinds]),
        })  # fmt: skip
        value = data.draw(st.lists(entry, max_size=4))
    else:
        value = data.draw(JSON)
    path = made / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value))
    try:
        describe_texts(open_model(made)).to_dict()
        encoder = ts.TextEncoder(made, on_truncate="ignore")
        assert np.isfinite(encoder.encode(["the cat " * 20, ""])).all()
    except TokenspaceError:  # named; anything else is a crash
        pass
    finally:
        shutil.rmtree(made)
