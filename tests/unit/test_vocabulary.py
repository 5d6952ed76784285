"""Vocabularies: order, pruning, thresholds and Huffman codes are gensim's.

The numbers were made with gensim 4.4.0: ``m = Word2Vec(vector_size=2, hs=1, negative=0, **options)``,
``m.scan_vocab(S, trim_rule=rule)``, ``m.prepare_vocab(trim_rule=rule)``, then ``m.wv.index_to_key`` and ``m.wv.expandos``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tokenspace.errors import ArgumentError
from tokenspace.vectors.corpora import as_source
from tokenspace.vectors.vocabulary import (
    RULE_DEFAULT,
    RULE_DISCARD,
    RULE_KEEP,
    RawCounts,
    huffman_tree,
    prepare,
    scan_sentences,
    update,
)

TEXT = [
    "the queen of england met the king of france",
    "the king of france met the queen",
    "a b c a b d",
    "b a",
    "new york is a city of new york",
    "king queen king",
]
S = [text.split() for text in TEXT]


def counted(**options: Any) -> RawCounts:
    return as_source(S).count(**options)


def test_words_are_sorted_by_count_and_of_equal_counts_the_last_seen_comes_first() -> None:
    vocabulary = prepare(counted(), min_count=1)
    assert vocabulary.words == (
        ["a", "king", "of", "the", "b", "queen", "york", "new", "france", "met", "city", "is", "d", "c", "england"]
    )
    assert vocabulary.counts.tolist() == [4] * 4 + [3] * 2 + [2] * 4 + [1] * 5
    assert vocabulary.sample_int.tolist() == [439338366] * 4 + [514017440] * 2 + [643332695] * 4 + [953838660] * 5
    assert vocabulary.report.to_dict() == {
        "drop_unique": 0, "retain_total": 35, "downsample_unique": 15, "downsample_total": 4, "num_retained_words": 15,
    }  # fmt: skip


def test_rare_words_are_dropped_whether_or_not_the_counting_left_them_out() -> None:
    whole, least = (prepare(counted(least=n), min_count=2, sample=0.1) for n in (1, 2))
    assert whole.words == least.words == ["a", "king", "of", "the", "b", "queen", "york", "new", "france", "met"]
    assert whole.report == least.report
    assert whole.report.drop_unique == 5
    assert whole.sample_int.tolist() == [2**32 - 1] * 10
    assert counted(least=2).dropped_occurrences == 5


def test_max_final_vocab_raises_min_count_until_few_enough_stay() -> None:
    vocabulary = prepare(counted(), min_count=1, max_final_vocab=4)
    assert vocabulary.words == ["a", "king", "of", "the"]
    assert vocabulary.effective_min_count == 4
    assert vocabulary.sample_int.tolist() == [288817451] * 4
    assert prepare(counted(), min_count=1, max_final_vocab=3).words == []
    with pytest.raises(ArgumentError, match="max_final_vocab"):
        prepare(counted(), max_final_vocab=-1)


def test_first_seen_order_pruning_while_counting_and_the_null_word() -> None:
    raw = counted(max_vocab_size=6)
    vocabulary = prepare(raw, min_count=1, sorted_vocab=False, sample=3, null_word=True)
    assert vocabulary.words == ["the", "of", "king", "queen", "\0"]
    assert vocabulary.counts.tolist() == [4, 4, 2, 1, 1]
    assert vocabulary.sample_int.tolist() == [2**32 - 1] * 4 + [0]
    assert raw.forgotten == 35 - 11


def rule(word: str, count: int, min_count: int) -> int:
    return RULE_KEEP if word == "d" else RULE_DISCARD if word == "the" else RULE_DEFAULT


def test_a_rule_decides_and_an_update_keeps_ids_and_adds_counts() -> None:
    first = prepare(counted(), min_count=2, trim_rule=rule)
    assert first.words == ["a", "king", "of", "b", "queen", "york", "new", "france", "met", "d"]
    raw = as_source([["new", "new", "zebra", "zebra", "zebra", "king"]]).count()
    second = update(first, raw, min_count=2)
    assert second.words == [*first.words, "zebra"]
    assert second.counts.tolist() == [4, 5, 4, 3, 3, 2, 4, 2, 2, 1, 3]
    assert second.sample_int.tolist() == [
        381858599, 381858599, 381858599, 446111079, 446111079, 557012162, 225485782, 557012162, 557012162, 821699258,
        182499584,
    ]  # fmt: skip


def test_a_rule_is_asked_while_a_full_vocabulary_is_pruned() -> None:
    asked: list[tuple[str, int, int]] = []

    def keep_england(word: str, count: int, min_count: int) -> int:
        asked.append((word, count, min_count))
        return RULE_KEEP if word == "england" else RULE_DEFAULT

    raw = counted(max_vocab_size=6, trim_rule=keep_england)
    assert "england" in raw.words
    assert raw.to_dict() == scan_sentences(S, 6, keep_england).to_dict()
    assert ("england", 1, 2) in asked


def test_frequencies_from_elsewhere() -> None:
    raw = RawCounts.from_frequencies({"x": 3, "y": 3, "z": 9}, sentences=4)
    assert prepare(raw, min_count=3, sample=0).words == ["z", "y", "x"]
    assert (raw.total_words, raw.sentences) == (15, 4)
    for bad in ({"x": -1}, {"x": 1.5}, {3: 1}):
        with pytest.raises(ArgumentError, match=r"\[vocabulary\]"):
            RawCounts.from_frequencies(bad)  # type: ignore[arg-type]
    assert prepare(RawCounts.from_frequencies({"x": 0}), min_count=0).words == ["x"]


def test_huffman_codes_are_gensims_equal_counts_included() -> None:
    tree = huffman_tree(prepare(counted(), min_count=1).counts)
    codes = ["".join(map(str, code)) for code, _ in tree]
    assert codes == (
        ["100", "000", "010", "001", "1111", "1101", "11101", "1100", "0111", "0110", "11100", "10111", "10110", "10101",
         "10100"]
    )  # fmt: skip
    assert tree.path(0)[1].tolist() == [13, 12, 7]
    assert tree.path(6)[1].tolist() == [13, 12, 10, 6, 2]
    assert (len(tree), tree.depth) == (15, 5)


@pytest.mark.parametrize("size", [0, 1])
def test_a_tree_of_no_word_or_one_has_no_code(size: int) -> None:
    tree = huffman_tree(np.ones(size, np.int64))
    assert len(tree) == size
    assert tree.depth == 0
    assert len(tree.codes) == 0


def test_words_that_never_occur_do_not_make_the_tree_as_deep_as_the_vocabulary() -> None:
    tree = huffman_tree(np.zeros(100_000, np.int64))
    assert tree.depth <= 18
    assert huffman_tree([3, 0, 1, 0]).offsets.tolist() == huffman_tree([3, 1, 1, 1]).offsets.tolist()


def test_counts_whose_sum_does_not_fit_are_refused() -> None:
    with pytest.raises(ArgumentError, match="sum"):
        huffman_tree(np.full(3, 2**63, np.uint64))


@pytest.mark.parametrize(
    "given", [None, ["a"], {"a": "5"}, {"a": 2**63}, {"a": -1}, {"a": 1.5}, {"a": float("nan")}, {"a": None}, {5: 1}]
)
def test_frequencies_that_are_none(given: Any) -> None:
    with pytest.raises(ArgumentError):
        RawCounts.from_frequencies(given)
