"""Encoding: parallel lists, offsets, positions, overflow; Batch and DecodeStream."""

from __future__ import annotations

import numpy as np
import pytest

import tokenspace as ts
from tokenspace.errors import ArgumentError, SpecialTokenError

TEXTS = ["Hello 你好, wörld! 🎵\n", "", " ", "a" * 300, "<|im_start|>x<|im_end|>", "combining é́ 한글 \u200d"]
NAMES = ["tokenspace/bpe", "tokenspace/wordpiece", "tokenspace/unigram", "tokenspace/word", "tokenspace/byte"]


@pytest.fixture(scope="module", params=NAMES)
def tok(request: pytest.FixtureRequest) -> ts.Tokenizer:
    return ts.Tokenizer.from_pretrained(request.param)


@pytest.mark.parametrize("text", TEXTS)
def test_lists_are_parallel_and_offsets_are_in_the_text(tok: ts.Tokenizer, text: str) -> None:
    e = tok.encode(text)
    columns = (e.tokens, e.offsets, e.byte_offsets, e.word_ids, e.type_ids, e.special_tokens_mask, e.attention_mask)
    assert {len(column) for column in (*columns, e.sequence_ids)} <= {len(e)}
    assert e.ids_array.dtype == np.uint32
    assert e.ids_array.tolist() == e.ids
    data = text.encode()
    for (begin, end), (first, last) in zip(e.offsets, e.byte_offsets, strict=True):
        assert 0 <= begin <= end <= len(text)
        assert text[begin:end].encode() == data[first:last] or data[first:last] in text[begin:end].encode()


def test_batch_is_the_single_calls(tok: ts.Tokenizer) -> None:
    batch = tok.encode_batch(TEXTS, offsets="chars")
    assert len(batch) == len(TEXTS)
    assert batch.row_offsets.dtype == np.int64
    assert batch.row_offsets[-1] == len(batch.ids)
    for i, text in enumerate(TEXTS):
        one = tok.encode(text)
        assert batch[i].tolist() == one.ids
        assert [tuple(span) for span in batch.row_spans(i).tolist()] == one.offsets
    rows = [tok.encode(text).ids for text in TEXTS]
    assert batch.to_list() == rows == tok.encode_batch_to_lists(TEXTS) == [row.tolist() for row in batch]
    assert tok.count_batch(TEXTS).tolist() == [len(row) for row in rows] == [tok.count(text) for text in TEXTS]
    assert tok.encode_batch(TEXTS, threads=2) == tok.encode_batch(TEXTS, threads=1)
    assert [b.to_list() for b in tok.encode_stream(iter(TEXTS), batch_size=4)] == [rows[:4], rows[4:]]
    assert len(tok.encode_batch([])) == 0
    assert tok.decode_batch(rows) == [tok.decode(row) for row in rows]


def test_padded_batch() -> None:
    tok = ts.Tokenizer.from_pretrained("byte")
    batch = tok.encode_batch(["abc", "", "d"])
    ids, mask = batch.padded(0)
    assert ids.tolist() == [[97, 98, 99], [0, 0, 0], [100, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [0, 0, 0], [1, 0, 0]]
    ids, mask = batch.padded(9, side="left", length=2)
    assert ids.tolist() == [[98, 99], [9, 9], [9, 100]]
    assert mask.tolist() == [[1, 1], [0, 0], [0, 1]]


def test_lone_surrogates_and_bytes() -> None:
    tok = ts.Tokenizer.from_pretrained("byte")
    e = tok.encode("a\ud800\udc00b")
    assert bytes(e.ids) == b"a\xef\xbf\xbd\xef\xbf\xbdb"
    assert e.offsets == [(0, 1), (1, 2), (1, 2), (1, 2), (2, 3), (2, 3), (2, 3), (3, 4)]
    assert bytes(tok.encode(b"a\xffb").ids).decode() == "a\ufffdb"


def test_pairs_positions_and_overflow() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    e = tok.encode("hello world", "the house")
    assert e.tokens[0] == "[CLS]"
    assert e.n_sequences == 2
    assert e.sequence_ids[0] is None
    first_of_second = e.sequence_ids.index(1)
    assert e.char_to_token(0, 1) == first_of_second
    assert e.token_to_sequence(first_of_second) == 1
    assert e.token_to_chars(1) == (0, 5)
    assert e.word_to_tokens(1) == (2, 3)
    assert e.word_to_chars(1) == (6, 11)
    assert e.char_to_word(7) == 1
    assert e.token_to_word(0) is None
    assert e.char_to_token(5) is None
    tok.set_truncation(4, stride=1)
    tok.set_padding(length=4)
    cut = tok.encode("the house of the world is in the house")
    assert len(cut) == 4
    assert all(len(part) == 4 for part in cut.overflowing)
    assert cut.overflowing[0].offsets[1] == cut.offsets[2]
    tok.no_truncation()
    tok.no_padding()
    words = tok.encode(["Hello", "wörld"], is_split_into_words=True)
    assert words.offsets[1] == (0, 5)
    assert words.word_ids[1] == 0


def test_truncate_and_pad_in_place() -> None:
    e = ts.Tokenizer.from_pretrained("byte").encode("abcdef")
    e.truncate(2)
    assert (e.ids, len(e.overflowing)) == ([97, 98], 2)
    e.pad(4, pad_id=7, direction="left")
    assert (e.ids, e.attention_mask) == ([7, 7, 97, 98], [0, 0, 1, 1])
    with pytest.raises(ArgumentError):
        e.truncate(2, stride=2)
    with pytest.raises(ArgumentError):
        e.pad(4, direction="up")


def test_lists_are_built_once_until_the_encoding_changes() -> None:
    names = ("ids", "tokens", "offsets", "byte_offsets", "type_ids", "word_ids", "sequence_ids", "special_tokens_mask")
    names += ("attention_mask", "overflowing")
    e = ts.Tokenizer.from_pretrained("tokenspace/wordpiece").encode("one two", "three")
    for name in names:
        assert getattr(e, name) is getattr(e, name), name
    whole = e.tokens
    e.truncate(3)
    assert (e.tokens, whole) == (whole[:3], ["[CLS]", "one", "two", "[SEP]", "three", "[SEP]"])
    assert len(e.overflowing) == 1
    e.set_sequence_id(1)
    assert e.sequence_ids == [1, 1, 1]
    e.set_sequence_id(0)
    assert e.sequence_ids == [0, 0, 0]
    e.pad(4)
    assert [len(getattr(e, name)) for name in names[:-1]] == [4] * 9


def test_special_policy() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    text = "a<|im_start|>b"
    id = tok.token_to_id("<|im_start|>")
    assert id in tok.encode(text).ids
    assert id not in tok.encode(text, special_tokens="as_text").ids
    with pytest.raises(SpecialTokenError, match="im_start"):
        tok.encode(text, special_tokens="error")
    with pytest.raises(ArgumentError):
        tok.encode(text, special_tokens="maybe")  # type: ignore[arg-type]


def test_decode_stream(tok: ts.Tokenizer) -> None:
    for text in TEXTS:
        ids = tok.encode(text, add_special_tokens=False).ids
        stream = tok.decode_stream(skip_special_tokens=False)
        parts = [part for id in ids if (part := stream.step(id)) is not None]
        rest = stream.finish()
        assert "".join(parts) + rest == tok.decode(ids, skip_special_tokens=False)
        assert not any("\ufffd" in part for part in parts)


def test_sampling_is_repeatable() -> None:
    for name, options in (
        ("tokenspace/bpe", {"dropout": 0.5}),
        ("tokenspace/unigram", {"alpha": 0.2}),
        ("tokenspace/wordpiece", {"dropout": 0.5}),
    ):
        tok = ts.Tokenizer.from_pretrained(name)
        first = [e.ids for e in tok.sample("the whole world of words", 8, seed=3, **options)]
        assert first == [e.ids for e in tok.sample("the whole world of words", 8, seed=3, **options)]
        assert len({tuple(ids) for ids in first}) > 1
        whole = tok.encode("the whole world of words", add_special_tokens=False)
        assert {tok.decode(ids) for ids in first} == {tok.decode(whole.ids)}
        off = dict.fromkeys(options, 0.0)
        assert [e.ids for e in tok.sample("the whole world of words", 2, seed=3, **off)] == [whole.ids] * 2
        best = tok.encodings("hello", 5)
        assert best[0].ids == tok.encode("hello", add_special_tokens=False).ids
        assert [a.score for a in best] == sorted((a.score for a in best), reverse=True)
        assert len({tuple(a.ids) for a in best}) == len(best)


def test_wordpiece_dropout_keeps_to_the_vocabulary() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    text = "unbelievable internationalization of tokenizers, 东西 🎵"
    always = tok.encode(text, add_special_tokens=False, dropout=1.0, seed=1)
    vocabulary = tok.get_vocab()
    for token, (begin, end) in zip(always.tokens, always.offsets, strict=True):
        # With every longer match passed over, no entry is shorter than the one taken.
        prefix = "##" if token.startswith("##") else ""
        word = text[begin:end]
        assert token == "[UNK]" or not any(prefix + word[:cut] in vocabulary for cut in range(1, len(word)))
    unknown = [
        tok.encode(text, add_special_tokens=False, dropout=0.5, seed=seed).tokens.count("[UNK]") for seed in range(30)
    ]
    assert set(unknown) == {tok.encode(text, add_special_tokens=False).tokens.count("[UNK]")}


def test_alternatives_have_places_and_samples_are_counted() -> None:
    from tokenspace.tokenizers.alternatives import distinct, method, occurrences

    tok = ts.Tokenizer.from_pretrained("tokenspace/unigram")
    text = "naïve 🎵 字 words"
    for one in tok.encodings(text, 5):
        assert len(one.offsets) == len(one.ids)
        assert [begin for begin, _ in one.offsets] == sorted(begin for begin, _ in one.offsets)
        assert all(0 <= begin <= end <= len(text) for begin, end in one.offsets)
    assert tok.encodings(text, 1)[0].offsets == tok.encode(text, add_special_tokens=False).offsets
    drawn = tok.sample(text, 40, alpha=0.2, seed=5)
    rows = distinct(drawn)
    assert sum(row.times for row in rows) == 40
    assert [row.times for row in rows] == sorted((row.times for row in rows), reverse=True)
    counts = {one.id: one for one in occurrences(drawn)}
    assert sum(one.times for one in counts.values()) == sum(len(encoding) for encoding in drawn)
    for id, one in counts.items():
        assert one.samples == sum(id in encoding.ids for encoding in drawn)
    names = {
        name: method(ts.Tokenizer.from_pretrained(f"tokenspace/{name}")) for name in ("bpe", "word", "char", "byte")
    }
    assert names == {"bpe": "bpe", "word": None, "char": None, "byte": None}


@pytest.mark.parametrize("bad", [None, 3, ["a"], object()])
def test_wrong_text(bad: object) -> None:
    tok = ts.Tokenizer.from_pretrained("byte")
    with pytest.raises(ArgumentError):
        tok.encode(bad)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError):
        tok.encode_batch("one text")
    with pytest.raises(ArgumentError):
        tok.encode_batch([bad])  # type: ignore[list-item]


@pytest.mark.parametrize("bad", [[-1], [1 << 32], [1.5], ["a"], "abc", [1 << 70]])
def test_wrong_ids(bad: object) -> None:
    with pytest.raises(ArgumentError):
        ts.Tokenizer.from_pretrained("byte").decode(bad)  # type: ignore[arg-type]


def test_ids_of_many_kinds() -> None:
    tok = ts.Tokenizer.from_pretrained("byte")
    for ids in ([72, 105], (72, 105), np.array([72, 105]), np.array([72, 105], np.uint32), np.array([72, 105], np.int32),
                np.array([72, 0, 105])[::2], iter([72, 105]), [np.int64(72), np.uint8(105)]):  # fmt: skip
        assert tok.decode(ids) == "Hi"
    assert tok.decode(72) == "H"
    assert tok.decode_bytes([0xFF, 72]) == b"\xffH"
    assert tok.id_to_bytes(255) == b"\xff"
    assert tok.id_to_token(-1) is None
    assert tok.id_to_bytes(1 << 40) is None
