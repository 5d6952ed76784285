"""What must hold for any text: offsets cover, one equals batch, threads change nothing, lossless decoders give the text back."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity.strings import Strings, invalid_utf8

NAMES = [
    "tokenspace/bpe",
    "tokenspace/wordpiece",
    "tokenspace/unigram",
    "tokenspace/word",
    "tokenspace/char",
    "tokenspace/byte",
]
TEXT = st.text(max_size=60)


@cache
def load(name: str) -> Any:
    import tokenspace

    return tokenspace.Tokenizer.from_pretrained(name)


@pytest.mark.parametrize("name", ["tokenspace/bpe", "tokenspace/byte"])
@given(TEXT)
def test_round_trip(name: str, text: str) -> None:
    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert load(name).decode(load(name).encode(text).ids) == clean


@pytest.mark.parametrize("name", NAMES)
@given(TEXT)
def test_offsets_are_slices_in_order(name: str, text: str) -> None:
    encoding = load(name).encode(text)
    position = 0
    for (begin, end), special in zip(encoding.offsets, encoding.special_tokens_mask, strict=True):
        if special:
            continue
        assert 0 <= begin <= end <= len(text)
        assert end >= position
        position = end


@given(TEXT)
def test_bpe_offsets_cover_the_text(text: str) -> None:
    covered = set()
    for begin, end in load("tokenspace/bpe").encode(text).offsets:
        covered.update(range(begin, end))
    assert covered == set(range(len(text)))


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(TEXT, max_size=8))
def test_batch_equals_single(name: str, texts: list[str]) -> None:
    tokenizer = load(name)
    single = [list(tokenizer.encode(text).ids) for text in texts]
    for threads in (1, 2):
        batch = tokenizer.encode_batch(texts, threads=threads, offsets="bytes")
        assert batch.to_list() == single
    assert tokenizer.count_batch(texts).tolist() == [len(ids) for ids in single]
    assert tokenizer.encode_batch_to_lists(texts) == single


@pytest.mark.parametrize("name", NAMES)
def test_many_threads_one_result(name: str) -> None:
    tokenizer = load(name)
    texts = list(Strings(3).take(2000))
    alone = tokenizer.encode_batch(texts, threads=1, offsets="chars")
    for threads in (2, 3, 8):
        other = tokenizer.encode_batch(texts, threads=threads, offsets="chars")
        assert other.ids.tolist() == alone.ids.tolist()
        assert other.spans.tolist() == alone.spans.tolist()


@pytest.mark.parametrize("name", NAMES)
@given(TEXT)
def test_stream_of_ids_decodes_to_the_same_text(name: str, text: str) -> None:
    tokenizer = load(name)
    ids = list(tokenizer.encode(text).ids)
    stream = tokenizer.decode_stream(skip_special_tokens=True)
    parts = [stream.step(i) for i in ids]
    whole = "".join(part for part in parts if part) + (stream.finish() or "")
    assert whole == tokenizer.decode(ids, skip_special_tokens=True)


@pytest.mark.parametrize("seed", range(20))
def test_bytes_decode_to_themselves(seed: int) -> None:
    import random

    tokenizer = load("tokenspace/byte")
    data = invalid_utf8(random.Random(seed))
    id_of = {tokenizer.id_to_bytes(i): i for i in range(len(tokenizer))}
    ids = [id_of[bytes([byte])] for byte in data]
    assert tokenizer.decode_bytes(ids) == data
    assert tokenizer.decode(ids) == data.decode("utf-8", "replace")
