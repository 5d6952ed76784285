"""The n-grams of fastText: core, twin and values that fastText 0.9.2 and gensim 4.4.0 give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.reference import fasttext_ngrams as twin

LENGTHS = st.tuples(st.integers(-1, 7), st.integers(-1, 8))


def core(words: list[str] | list[bytes], min_n: int, max_n: int, bucket: int) -> list[list[int]]:
    rows, ends = _core.ngram_buckets(words, min_n, max_n, bucket)
    return [part.tolist() for part in np.split(rows, ends[:-1])]


@given(
    st.lists(st.text(max_size=20), min_size=1, max_size=5), LENGTHS, st.sampled_from([1, 7, 1000, 2_000_000, 2**32 - 1])
)
def test_core_equals_twin(words: list[str], lengths: tuple[int, int], bucket: int) -> None:
    expected = [twin.buckets(word, *lengths, bucket) for word in words]
    assert core(words, *lengths, bucket) == expected


# [int(x) for x in gensim.models.fasttext.ft_ngram_hashes(word, 3, 4, 2000000)]; the rows of fastText's get_subwords less
# the number of words.
GOLDEN = {
    "naïve": [1806890, 1907692, 1590546, 1719404, 356832, 1223007, 1711570, 1788548, 1088654],
    "живот": [1806165, 42519, 1086633, 1854239, 629345, 51926, 1484262, 1236104, 249094],
    "日本語": [758587, 4581, 35559, 928923, 1674355],
    "🎵a": [1578670, 1209648, 657790],
}


def test_rows_are_those_of_the_references() -> None:
    assert core(list(GOLDEN), 3, 4, 2_000_000) == list(GOLDEN.values())
    assert [twin.buckets(word, 3, 4, 2_000_000) for word in GOLDEN] == list(GOLDEN.values())


def test_no_buckets_means_no_rows() -> None:
    assert core(["word"], 3, 6, 0) == [[]]
    assert core(["word"], 4, 3, 100) == [[]]
    assert core([""], 3, 6, 100) == [[]]


def test_marks_alone_are_left_out() -> None:
    assert twin.ngrams("ab", 1, 1) == ["a", "b"]
    assert twin.ngrams("", 1, 2) == ["<>"]


def test_bytes_that_are_not_utf8_are_taken_as_they_are() -> None:
    # The stray byte 0xE8 is one character of one byte; 0x80 continues what stands before it.
    assert core([b"\xe8a\x80"], 1, 1, 1000) == [[twin.fnv1a(b"\xe8") % 1000, twin.fnv1a(b"a\x80") % 1000]]


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    assert core(["a\ud800b"], 1, 3, 1000) == core(["a\ufffdb"], 1, 3, 1000)


def test_not_a_list_of_words() -> None:
    with pytest.raises(ValueError, match="ngram_buckets"):
        _core.ngram_buckets("word", 3, 6, 10)
    with pytest.raises(ValueError, match="ngram_buckets"):
        _core.ngram_buckets([1], 3, 6, 10)
