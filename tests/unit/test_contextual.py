"""ContextualEncoder: the vectors of transformers, at every layer, aligned to the text; windows, words, attention."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.encoder_models import make_encoder
from tests.unit.place_engine import PlaceEngine
from tokenspace.encoders.contextual.words import split_words
from tokenspace.errors import ArgumentError, LimitError, NotFoundError

TEXT = "The bank of the river is steep."


def words_of(text: str, segmenter=None) -> list[str]:
    return [text[begin:end] for begin, end in split_words(text, segmenter)]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder with a small random BERT and the embedded WordPiece vocabulary, and transformers' model of it."""
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("bert")
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    theirs = make_encoder(folder, vocab_size=len(tokenizer), layers=3, positions=32)
    tokenizer.save(folder / "tokenizer.json")
    return folder, theirs


@pytest.fixture(scope="module")
def encoder(model):
    return ts.ContextualEncoder(model[0])


@pytest.fixture
def places():
    """An encoder over PlaceEngine with a window of 12."""
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    return ts.ContextualEncoder.from_parts(tokenizer, PlaceEngine(len(tokenizer), 12), layers=(0,))


def hidden_states(theirs, vectors):
    import torch

    with torch.no_grad():
        out = theirs(
            input_ids=torch.from_numpy(vectors.ids.astype(np.int64)[None]),
            token_type_ids=torch.from_numpy(vectors.type_ids.astype(np.int64)[None]),
            output_hidden_states=True,
            output_attentions=True,
        )
    return [one[0].numpy() for one in out.hidden_states], [one[0].numpy() for one in out.attentions]


# ---- equality ----
@pytest.mark.parametrize("text", [TEXT, "", "苹果 apple 🎵", ("first text", "second one")], ids=ascii)
def test_every_layer_and_head_is_that_of_transformers(model, encoder, text) -> None:
    vectors = encoder.encode(text, layers="all", attentions=True)
    states, weights = hidden_states(model[1], vectors)
    assert vectors.layers == (0, 1, 2, 3)
    for index, state in enumerate(states):
        np.testing.assert_allclose(vectors.vectors[index], state, atol=2e-5)
        np.testing.assert_array_equal(vectors.layer(index), vectors.vectors[index])
    for index, one in enumerate(weights):
        np.testing.assert_allclose(vectors.attentions[index], one, atol=2e-6)
    if isinstance(text, tuple):
        assert set(vectors.type_ids.tolist()) == {0, 1}
        assert vectors.token_at(0, sequence=1) == vectors.tokens.index("second")
        assert vectors.word_vectors(sequence=1).words == ["second", "one"]


def test_layers_asked_for(encoder) -> None:
    every = encoder.encode(TEXT, layers="all")
    some = encoder.encode(TEXT, layers=[-1, 1, 0])
    assert some.layers == (3, 1, 0)
    np.testing.assert_array_equal(some.vectors, every.vectors[[3, 1, 0]])
    assert encoder.encode(TEXT).layers == (3,)
    np.testing.assert_array_equal(encoder.encode(TEXT, layers=1).vectors[0], every.vectors[1])
    for wrong in ([9], [-5], "some", [], [0.5], {"a"}, 1.5):
        with pytest.raises(ArgumentError):
            encoder.encode(TEXT, layers=wrong)
    with pytest.raises(ArgumentError, match=r"one of \[3\]"):
        encoder.encode(TEXT).layer(2)


def test_one_many_or_a_rectangle(encoder) -> None:
    texts = [TEXT, "short", "", "a pair of them"]
    many = encoder.encode(texts)
    assert [len(one) for one in many] == [len(encoder.encode(text)) for text in texts]
    for one, text in zip(many, texts, strict=True):
        np.testing.assert_allclose(one.vectors, encoder.encode(text).vectors, atol=1e-5)
    padded, mask = encoder.encode_padded(texts)
    assert padded.shape == (4, len(many[0]), 32)
    assert mask.sum(axis=1).tolist() == [len(one) for one in many]
    for index, one in enumerate(many):
        np.testing.assert_array_equal(padded[index, : len(one)], one.vectors[0])
        assert not padded[index, len(one) :].any()
    assert encoder.encode_padded(TEXT)[0].shape == (1, len(many[0]), 32)
    assert encoder.encode_padded([])[0].shape == (0, 0, 32)
    assert encoder.encode([]) == []
    assert [one.text for one in encoder.encode_stream(iter(texts))] == texts


def test_without_special_tokens(encoder) -> None:
    bare, full = encoder.encode("hello river", add_special_tokens=False), encoder.encode("hello river")
    assert full.tokens == ["[CLS]", *bare.tokens, "[SEP]"]
    assert not bare.special.any()
    assert full.special.tolist() == [True, *[False] * len(bare), True]
    assert len(encoder.encode("", add_special_tokens=False)) == 0
    assert encoder.encode("", add_special_tokens=False).vectors.shape == (1, 0, 32)


def test_wrong_inputs_are_named(encoder) -> None:
    for wrong in (5, None, [1], [["a", "list"]], [("a", "b", "c")]):
        with pytest.raises(ArgumentError):
            encoder.encode(wrong)
    with pytest.raises(ArgumentError, match="list of words"):
        encoder.encode("one string", is_split_into_words=True)
    for options in ({"on_truncate": "cut"}, {"threads": -1}):
        with pytest.raises(ArgumentError):
            encoder.encode("a", **options)
    assert encoder.encode("苹果".encode()).text == "苹果"
    with pytest.raises(NotFoundError):
        ts.ContextualEncoder("./no/such/folder")


# ---- the window ----
def test_long_texts_are_cut_with_a_warning(places) -> None:
    text = " ".join(["the"] * 30)
    with pytest.warns(UserWarning, match="1 text longer than the model's 12 tokens"):
        cut = places.encode([text, "the"])[0]
    assert (len(cut), cut.left_out) == (12, 20)
    assert cut.tokens[-1] == "[SEP]"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(places.encode(text, on_truncate="ignore")) == 12
        assert places.encode(text, on_truncate="chunk").left_out == 0
    with pytest.raises(LimitError, match="at most 12 tokens"):
        places.encode(text, on_truncate="error")
    with pytest.warns(UserWarning, match="2 texts"):
        places.encode([text, text])
    pair = places.encode((text, "a of"), on_truncate="ignore")
    assert len(pair) == 12
    with pytest.raises(ArgumentError, match="a pair"):
        places.encode((text, "a of"), on_truncate="chunk")


def test_attention_needs_one_window(places) -> None:
    text = " ".join(["the"] * 30)
    with pytest.raises(ArgumentError, match="one window"):
        places.encode(text, on_truncate="chunk", attentions=True)
    assert places.encode(text, on_truncate="ignore", attentions=True).attentions.shape == (2, 1, 12, 12)


def test_windows_keep_to_the_model_and_to_its_neighbours(model, encoder) -> None:
    """Inside a window the vectors are those of the window's own text."""
    text = " ".join(f"river {number} bank" for number in range(20))
    found = encoder.encode(text, on_truncate="chunk")
    assert found.windows > 1
    assert len(found) == len(encoder.tokenizer.encode(text))
    first = encoder.encode(text, on_truncate="ignore")
    np.testing.assert_allclose(found.vectors[:, :20], first.vectors[:, :20], atol=1e-5)
    with pytest.raises(ArgumentError, match="overlap"):
        encoder.encode(text, on_truncate="chunk", overlap=30)
    assert encoder.encode(text, on_truncate="chunk", overlap=29).windows > found.windows


def test_a_window_without_room_for_text_is_refused_under_every_policy(model) -> None:
    for policy in ("warn", "ignore", "error", "chunk"):
        with pytest.raises(ts.errors.LimitError):
            ts.ContextualEncoder(model[0], max_tokens=1, on_truncate=policy).encode("a text")


def test_max_tokens_lowers_the_window(model) -> None:
    assert ts.ContextualEncoder(model[0], max_tokens=10).max_tokens == 10
    assert ts.ContextualEncoder(model[0], max_tokens=10_000).max_tokens == 32
    with pytest.raises(ArgumentError):
        ts.ContextualEncoder(model[0], max_tokens=0)


def test_settings_of_the_tokenizer_file_neither_cut_nor_pad(model, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(model[0], folder)
    tokenizer = ts.Tokenizer.from_file(folder / "tokenizer.json")
    tokenizer.set_truncation(5)
    tokenizer.set_padding(length=7)
    tokenizer.save(folder / "tokenizer.json")
    assert ts.ContextualEncoder(folder).encode(TEXT).tokens == ts.ContextualEncoder(model[0]).encode(TEXT).tokens


def test_folders_of_sentence_transformers_old_and_new(model, tmp_path: Path) -> None:
    import json
    import shutil

    cased = ts.Tokenizer.from_pretrained("tokenspace/unigram")  # as many tokens as the model has rows
    modules = [
        {"idx": 0, "name": "0", "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Other", "type": "of.somebody.Else"},
    ]
    inside = tmp_path / "0_Transformer"
    shutil.copytree(model[0], inside)
    cased.save(inside / "tokenizer.json")
    settings = inside / "sentence_bert_config.json"
    (tmp_path / "modules.json").write_text(json.dumps(modules[:1]))
    settings.write_text(json.dumps({"max_seq_length": 16, "do_lower_case": True}))
    assert ts.ContextualEncoder(tmp_path).encode("BANK").tokens == cased.encode("bank").tokens
    settings.write_text(json.dumps({"max_seq_length": 16}))
    encoder = ts.ContextualEncoder(tmp_path)
    assert encoder.encode("BANK").tokens == cased.encode("BANK").tokens != cased.encode("bank").tokens
    assert encoder.max_tokens == 32, "the bound of texts is none of tokens"
    (inside / "modules.json").write_text(json.dumps(modules))  # a module nobody knows, after the model
    assert ts.ContextualEncoder(inside).encode("BANK").tokens == encoder.encode("BANK").tokens


# ---- words ----
def test_words_by_every_pooling(places) -> None:
    vectors = places.encode("tokenization rivers", add_special_tokens=True)
    found = vectors.word_vectors()
    assert found.words == ["tokenization", "rivers"]
    assert found.tokens[0][0] == 1
    assert len(found.tokens[0]) > 1
    values = vectors.vectors[0, found.tokens[0]]
    expected = {
        "mean": values.mean(0),
        "sum": values.sum(0),
        "max": values.max(0),
        "first": values[0],
        "last": values[-1],
    }
    for pool, value in expected.items():
        np.testing.assert_allclose(vectors.word_vectors(pool).vectors[0, 0], value, rtol=1e-6)
    with pytest.raises(ArgumentError, match="pool"):
        vectors.word_vectors("median")


def test_words_given_as_strings_spans_or_by_a_segmenter(places) -> None:
    text = "苹果公司 sells apples"
    vectors = places.encode(text)
    assert vectors.word_vectors(words=["苹果", "公司", "apples"]).words == ["苹果", "公司", "apples"]
    spans = vectors.word_vectors(words=[(0, 4), (5, 10)])
    assert spans.words == ["苹果公司", "sells"]
    assert len(spans.tokens[0]) == 4
    assert all(spans.exact)
    cut = vectors.word_vectors(words=[(12, 14)])
    assert cut.exact == [False], "the token of 'apples' reaches beyond 'pp'"
    cutter = vectors.word_vectors(words=lambda run: [run[:3], run[3:]])
    assert cutter.words == ["苹果公", "司", "sells", "apples"]
    for wrong in (
        ["公司", "苹果"],
        ["", "apples"],
        [(0, 99)],
        [(3, 3)],
        lambda run: ["x"],
        "words",
        5,
        [("a", 1)],
        [3],
    ):
        with pytest.raises(ArgumentError):
            vectors.word_vectors(words=wrong)


def test_words_of_the_tokenizer_and_words_given_before(places) -> None:
    vectors = places.encode("don't stop")
    assert vectors.word_vectors(words="tokenizer").words == ["don", "'", "t", "stop"]
    assert vectors.word_vectors().words == ["don't", "stop"]
    split = places.encode(["don't", "stop", "苹果"], is_split_into_words=True)
    found = split.word_vectors()
    assert found.words == ["don't", "stop", "苹果"]
    assert len(found.tokens[2]) == 2
    with pytest.raises(ArgumentError, match="list of words"):
        split.token_at(0)
    both = places.encode([["a", "b"], ["c"]], is_split_into_words=True)
    assert [one.word_vectors().words for one in both] == [["a", "b"], ["c"]]
    empty = places.encode(["a", "\u200b\x00", "b"], is_split_into_words=True).word_vectors()
    assert empty.words == ["a", "b"]
    assert empty.missing == [("\u200b\x00", (0, 2))]


def test_words_beyond_the_window_are_missing(places) -> None:
    vectors = places.encode("the " * 11 + "of", on_truncate="ignore")
    found = vectors.word_vectors()
    assert len(found) == 10
    assert found.missing == [("the", (40, 43)), ("of", (44, 46))]
    with pytest.raises(ArgumentError, match="'of' at 44:46"):
        vectors.span_vectors(44, 46)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Hello, world! 123", ["Hello", ",", "world", "!", "123"]),
        ("don't l’eau rock 'n' roll", ["don't", "l’eau", "rock", "'", "n", "'", "roll"]),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("👩\u200d👩\u200d👧 👍🏽 🇩🇪🇫🇷!", ["👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🇫🇷", "!"]),
        ("カタカナとひらがな漢字", ["カタカナとひらがな", "漢字"]),
        ("ภาษาไทย ง่าย", ["ภาษาไทย", "ง่าย"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("snake_case 3.14", ["snake_case", "3", ".", "14"]),
        ("ABC公司x", ["ABC", "公司", "x"]),
    ],
)
def test_own_segmentation(text: str, words: list[str]) -> None:
    assert (
        words_of(text, lambda run: [run] if run == "公司" else [run[:-2], run[-2:]] if run.endswith("漢字") else [run])
        == words
    )


def test_chinese_words_through_jieba(monkeypatch) -> None:
    from tokenspace.encoders.contextual import words

    pytest.importorskip("jieba")
    assert words_of("我喜欢吃苹果") == ["我", "喜欢", "吃", "苹果"]
    monkeypatch.setattr(words, "_jieba", lambda: None)
    assert words_of("吃苹果") == ["吃", "苹", "果"]


def test_a_chinese_model_gives_aligned_vectors(tmp_path: Path) -> None:
    from tests.data import require

    vocabulary = require("tokenizers/bert-base-chinese/vocab.txt")
    pytest.importorskip("transformers")
    lines = vocabulary.read_text("utf-8").splitlines()
    theirs = make_encoder(tmp_path, vocab_size=len(lines), layers=2)
    (tmp_path / "vocab.txt").write_bytes(vocabulary.read_bytes())
    encoder = ts.ContextualEncoder(tmp_path)
    text = "我吃了一个苹果，苹果公司发布了手机。"
    vectors = encoder.encode(text, layers="all")
    np.testing.assert_allclose(vectors.vectors[2], hidden_states(theirs, vectors)[0][2], atol=2e-5)
    for index, (begin, end) in enumerate(vectors.offsets.tolist()):
        if not vectors.special[index]:
            assert text[begin:end] == vectors.tokens[index]
    fruit, firm = (text.index("苹果"), text.rindex("苹果"))
    assert [vectors.tokens[i] for i in vectors.tokens_between(firm, firm + 2)] == ["苹", "果"]
    assert not np.allclose(
        vectors.span_vectors(fruit, fruit + 2)[2], vectors.span_vectors(firm, firm + 2)[2], atol=1e-3
    )
    found = encoder.senses("苹果", [text, "苹果很甜", "没有"])
    assert [(one.sentence, one.start) for one in found.occurrences] == [(0, fruit), (0, firm), (1, 0)]
    assert all(one.tokens == ("苹", "果") for one in found.occurrences)


# ---- attention ----
def test_attention_as_table_map_and_rollout(encoder) -> None:
    vectors = encoder.encode(TEXT, attentions=True)
    head = vectors.attention(2, 1)
    np.testing.assert_allclose(head.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors.attention(2), vectors.attentions[1].mean(axis=0), atol=1e-6)
    np.testing.assert_array_equal(vectors.attention(-1, 0), vectors.attention(3, 0))
    looks = vectors.looks_at(2, layer=2, head=1)
    assert [look.weight for look in looks] == sorted(head[2].tolist(), reverse=True)
    assert looks[0].token == vectors.tokens[int(head[2].argmax())]
    assert vectors.attention_table(2, 1, topn=2)[2]["looks_at"][0]["index"] == looks[0].index
    assert vectors.attention_map(2, 1).values == pytest.approx(head)
    flow = vectors.attention_rollout()
    np.testing.assert_allclose(flow.sum(axis=1), 1, atol=1e-5)
    by_hand = np.eye(len(vectors))
    for layer in (1, 2, 3):
        by_hand = (vectors.attention(layer) + np.eye(len(vectors))) / 2 @ by_hand
    np.testing.assert_allclose(flow, by_hand, atol=1e-6)
    for layer, number in ((0, None), (4, None), (1, 9)):
        with pytest.raises(ArgumentError):
            vectors.attention(layer, number)
    with pytest.raises(ArgumentError):
        vectors.looks_at(99, 1)
    with pytest.raises(ArgumentError, match="attentions=True"):
        encoder.encode(TEXT).attention(1)


# ---- shown ----
def test_results_can_be_read(encoder) -> None:
    assert "bert, 3 layers, 32 numbers" in repr(encoder)
    vectors = encoder.encode("<b>hello</b>")
    assert "ContextualVectors(" in repr(vectors)
    assert "<b>" not in vectors._repr_html_()
    rows = vectors.to_dict(vectors=True)["tokens"]
    assert [row["token"] for row in rows] == vectors.tokens
    assert len(rows[0]["vectors"][0]) == 32
    words = vectors.word_vectors()
    assert "hello" in repr(words)
    assert words.to_dict()["words"][1]["word"] == "b"
    import json

    json.dumps([vectors.to_dict(), words.to_dict(vectors=True)])


def test_torch_gives_the_same(model) -> None:
    pytest.importorskip("torch")
    ours, theirs = (ts.ContextualEncoder(model[0], engine=name) for name in ("native", "torch"))
    a, b = (one.encode([TEXT, "river"], layers="all", attentions=True) for one in (ours, theirs))
    for left, right in zip(a, b, strict=True):
        np.testing.assert_allclose(left.vectors, right.vectors, atol=2e-5)
        np.testing.assert_allclose(left.attentions, right.attentions, atol=1e-5)
