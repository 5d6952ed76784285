"""Chunks never pass the limit, know their place and give the text back."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fake_tokenizer import FakeBytes, FakeWords
from tokenspace.errors import ArgumentError, LimitError
from tokenspace.tokenizers.chunk import chunk, rejoin, sample_chunks, truncate, window
from tokenspace.tokenizers.sentences import paragraph_starts, sentence_starts

TEXT = st.text(st.sampled_from("ab ,.!?\n\t🎵鸟é。\u0301Dr"), max_size=120)
UNIT = st.sampled_from(["tokens", "sentences", "paragraphs"])


@given(TEXT, st.integers(4, 30), st.integers(0, 29), UNIT, st.sampled_from([FakeBytes(), FakeWords()]), st.booleans())
def test_limit_place_and_rejoin(text, size, overlap, unit, tokenizer, special) -> None:
    overlap = min(overlap, size - 1)
    chunks = chunk(text, tokenizer, size, overlap, unit, add_special_tokens=special)
    assert rejoin(chunks) == text
    assert all(one.n_tokens == tokenizer.count(one.text, add_special_tokens=special) <= size for one in chunks)
    assert all(text[one.start : one.end] == one.text and one.text for one in chunks)
    assert all(first.end < second.end and second.start <= first.end for first, second in itertools.pairwise(chunks))
    if overlap == 0:
        assert "".join(one.text for one in chunks) == text


@given(TEXT, st.integers(5, 40), st.sampled_from(["head", "tail", "middle", "ends"]), st.sampled_from(["", "…", ".."]))
def test_truncate_fits(text, size, keep, marker) -> None:
    tokenizer = FakeBytes()
    if tokenizer.count(marker * 2 if keep == "middle" else marker) > size:
        return
    cut = truncate(text, tokenizer, size, keep, marker)
    assert tokenizer.count(cut) <= size
    assert cut == text if tokenizer.count(text) <= size else True
    if keep == "head" and not marker:
        assert text.startswith(cut)
    if keep == "tail" and not marker:
        assert text.endswith(cut)


def test_overlap_repeats_tokens() -> None:
    chunks = chunk("abcdefghij", FakeBytes(), 4, 2)
    assert [one.text for one in chunks] == ["abcd", "cdef", "efgh", "ghij"]


def test_sentences_stay_whole_when_they_fit() -> None:
    text = "One cat. Two cats! Three cats? Four."
    assert [one.text for one in chunk(text, FakeBytes(), 20, unit="sentences")] == [
        "One cat. Two cats! ",
        "Three cats? Four.",
    ]


def test_a_character_is_never_cut() -> None:
    assert [one.text for one in chunk("🎵🎵", FakeBytes(), 5)] == ["🎵", "🎵"]
    with pytest.raises(LimitError, match="🎵"):
        chunk("🎵", FakeBytes(), 3)


def test_wrong_arguments() -> None:
    for arguments in ((0, 0, "tokens"), (4, 4, "tokens"), (4, -1, "tokens"), (4, 0, "words")):
        with pytest.raises(ArgumentError):
            chunk("a", FakeBytes(), *arguments)
    with pytest.raises(ArgumentError):
        truncate("abc", FakeBytes(), 1, keep="start")
    with pytest.raises(LimitError):
        truncate("abcdef", FakeBytes(), 2, marker="....")


@given(st.text(max_size=80), st.integers(0, 40), st.sampled_from(["head", "tail", "middle", "ends"]))
def test_window_says_where_truncate_cuts(text: str, size: int, keep: str) -> None:
    found = window(text, FakeBytes(), size, keep)
    pieces = [text[start:end] for start, end in found.kept]
    assert "".join(pieces) == truncate(text, FakeBytes(), size, keep)
    assert found.n_kept == sum(len(piece.encode()) for piece in pieces) <= max(size, 0)
    assert found.n_tokens == len(text.encode())
    assert found.fits == (found.n_tokens <= size)
    if keep == "head":
        assert found.kept[0][0] == 0
    if keep == "tail":
        assert found.kept[0][1] == len(text)


def test_number_of_chunks_is_bounded() -> None:
    assert len(chunk("abcdefgh", FakeBytes(), 2, most=4)) == 4
    with pytest.raises(LimitError, match="at most 3 chunks"):
        chunk("abcdefgh", FakeBytes(), 2, most=3)


def test_rejoin_refuses_gaps_and_contradictions() -> None:
    chunks = chunk("abcdefghij", FakeBytes(), 4, 2)
    assert rejoin(list(reversed(chunks))) == "abcdefghij"
    with pytest.raises(ArgumentError, match="expected a chunk at 4"):
        rejoin([chunks[0], chunks[3]])
    from dataclasses import replace

    with pytest.raises(ArgumentError, match="disagree"):
        rejoin([chunks[0], replace(chunks[1], text="zzef")])


def test_sample_is_seeded() -> None:
    text = "".join(chr(97 + index % 26) for index in range(500))
    first = sample_chunks(text, FakeBytes(), 10, 5, seed=3)
    assert first == sample_chunks(text, FakeBytes(), 10, 5, seed=3)
    assert len(first) == 5
    assert first != sample_chunks(text, FakeBytes(), 10, 5, seed=4)


def test_sentence_rules() -> None:
    def parts(text: str) -> list[str]:
        starts = [*sentence_starts(text), len(text)]
        return [text[a:b] for a, b in itertools.pairwise(starts)]

    assert parts("Dr. Who met J. S. Bach. They talked.") == ["Dr. Who met J. S. Bach. ", "They talked."]
    assert parts("It costs 3.5 euros. Fine.") == ["It costs 3.5 euros. ", "Fine."]
    assert parts('He said "no." Then left.') == ['He said "no." ', "Then left."]
    assert parts("今天很好。孩子们在玩！真的？") == ["今天很好。", "孩子们在玩！", "真的？"]
    assert parts("यह ठीक है। चलो।") == ["यह ठीक है। ", "चलो।"]
    assert parts("title\n\nBody here. End") == ["title\n\n", "Body here. ", "End"]
    assert paragraph_starts("a\nb\n\n  c\n \nd") == [0, 5, 11]
    assert sentence_starts("") == paragraph_starts("") == [0]


@pytest.mark.parametrize("work", [window, chunk])
def test_places_of_tokens_are_held_as_numbers_of_four_bytes(work) -> None:
    text = "many words in lines " * 20_000  # a token a byte
    work(text[:100], "byte", 50)
    tracemalloc.start()
    try:
        work(text, "byte", 300_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 48 * len(text)  # lists of numbers take 40 bytes each
