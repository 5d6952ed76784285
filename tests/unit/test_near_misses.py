"""Keys spelled nearly like a word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenspace as ts
from tokenspace.errors import ArgumentError
from tokenspace.vectors.keyed_vectors.near_misses import edit_distances, near_spellings

TEXTS = st.text(alphabet="abcÄß水\0\U0001f600\ud800", max_size=7)


def aligned(one: str, other: str) -> int:
    """The textbook's table, one pair at a time."""
    table = [[max(i, j) for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(TEXTS, st.lists(TEXTS, max_size=8))
def test_edits_are_those_of_the_textbook(word: str, others: list[str]) -> None:
    assert edit_distances(word, others).tolist() == [aligned(word, other) for other in others]


@given(st.text(max_size=9), st.lists(st.text(max_size=9), max_size=12), st.integers(1, 4))
def test_any_text_has_at_most_topn_near_spellings(word: str, keys: list[str], topn: int) -> None:
    found = near_spellings(word, keys, topn)
    assert len(found) <= topn
    assert all(keys[place] != word for place, _ in found)
    assert [edits for _, edits in found] == sorted(edits for _, edits in found)


def space(*words: object) -> ts.KeyedVectors:
    vectors = ts.KeyedVectors(2)
    vectors.add_vectors(list(words), np.ones((len(words), 2)))
    return vectors


def test_a_swapped_pair_case_and_width_are_found() -> None:
    vectors = space("river", "rover", "King", "naïve", "国王", 7)
    assert vectors.near_misses("rivre") == ["river", "rover"]
    assert vectors.near_misses("king") == ["King"]
    assert vectors.near_misses("ＫＩＮＧ") == ["King"]
    assert vectors.near_misses("国主") == ["国王"]
    assert vectors.near_misses("river") == ["rover"]
    assert vectors.near_misses("") == []
    assert vectors.near_misses("水") == []  # one edit of one letter is any letter
    assert vectors.near_misses("x" * 1000) == []


def test_fewer_edits_go_before_frequency_and_frequency_decides_among_equals() -> None:
    assert space("hauses", "mouse", "Houses", "house").near_misses("houses") == ["Houses", "hauses", "house", "mouse"]
    assert space("mouse", "house").near_misses("xouse", topn=1) == ["mouse"]
    with pytest.raises(ArgumentError, match="topn of at least 1"):
        space("a").near_misses("b", topn=0)
