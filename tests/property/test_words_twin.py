"""What the core counts and encodes equals plain Python: any text, any number of threads, any memory budget."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenspace import _core
from tokenspace.reference import glove, huffman
from tokenspace.vectors.vocabulary import huffman_tree, scan_sentences

SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000"
NEARLY = "\u180e\u200b\u2060\ufeff\u2007a\u00e9\u4f60\U0001f600\0_\u00c2\u20ac\u1681\u3001"
texts = st.one_of(
    st.text(st.sampled_from(SPACES + NEARLY), max_size=60),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)
words = st.text(max_size=20)
sentence_lists = st.lists(st.lists(words, max_size=8), max_size=8)


def lines_of(text: str, keep_empty: bool) -> list[list[str]]:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.split() for line in lines if keep_empty or line.split()]


def nested(ids: Any, offsets: Any) -> list[list[int]]:
    return [ids[begin:end].tolist() for begin, end in pairwise(offsets)]


@settings(max_examples=300, deadline=None)
@given(text=texts, keep_empty=st.booleans())
def test_lines_are_counted_and_encoded_as_split_cuts_them(text: str, keep_empty: bool) -> None:
    sentences = lines_of(text, keep_empty)
    wanted = Counter(word for sentence in sentences for word in sentence)
    counter = _core.WordCounter()
    counter.add_lines(text.encode(), keep_empty)
    assert (counter.words, counter.sentences) == (wanted.total(), len(sentences))
    found, counts, _, _ = counter.finish()
    assert dict(zip(found, counts.tolist(), strict=True)) == wanted
    assert found == list(wanted)
    known = {word: row for row, word in enumerate(found[::2])}
    ids, offsets, total = _core.WordEncoder(list(known)).encode_lines(text.encode(), keep_empty)
    assert nested(ids, offsets) == [[known[word] for word in sentence if word in known] for sentence in sentences]
    assert total == wanted.total()


@settings(max_examples=200, deadline=None)
@given(sentences=sentence_lists, bound=st.integers(0, 6))
def test_lists_are_counted_like_the_twin(sentences: list[list[str]], bound: int) -> None:
    twin = scan_sentences(sentences, bound)
    counter = _core.WordCounter(max_words=bound)
    counter.add_sentences(sentences)
    found, counts, _, _ = counter.finish()
    assert (found, counts.tolist()) == (twin.words, twin.counts.tolist())
    assert (counter.words, counter.sentences, counter.forgotten) == (twin.total_words, twin.sentences, twin.forgotten)
    known = {word: row for row, word in enumerate(found[1:])}
    ids, offsets, _ = _core.WordEncoder(list(known)).encode_sentences(sentences)
    assert nested(ids, offsets) == [[known[word] for word in sentence if word in known] for sentence in sentences]


def test_threads_blocks_and_budgets_do_not_change_the_counts() -> None:
    random = np.random.default_rng(1)
    numbers = random.zipf(1.3, 120_000) % 40_000
    text = " ".join(f"word{n}{'-and-a-long-tail' if n % 9 == 0 else ''}" + "\n" * int(n % 11 == 0) for n in numbers)
    wanted = Counter(text.split())
    blocks = [part + "\n" for part in text.split("\n")]
    with TemporaryDirectory() as folder:
        for threads, budget, per_call in ((1, 1 << 30, len(blocks)), (3, 1 << 30, 4000), (2, 900_000, 1000)):
            counter = _core.WordCounter(threads, budget, folder)
            for at in range(0, len(blocks), per_call):
                counter.add_lines("".join(blocks[at : at + per_call]).encode())
            spilled = len(list(Path(folder).iterdir()))
            assert (spilled > 3) == (budget < 1 << 20)
            found, counts, dropped, occurrences = counter.finish(2)
            kept = {word: count for word, count in wanted.items() if count >= 2}
            assert found == list(kept)
            assert counts.tolist() == list(kept.values())
            assert (dropped, occurrences) == (len(wanted) - len(kept), len(wanted) - len(kept))
            assert not list(Path(folder).iterdir())


@settings(max_examples=200, deadline=None)
@given(counts=st.lists(st.integers(0, 9), max_size=40))
def test_huffman_codes_are_the_twins(counts: list[int]) -> None:
    twin = huffman.tree([(str(i), count) for i, count in enumerate(counts)])
    tree = huffman_tree(np.array(counts, np.int64))
    assert [(tuple(code.tolist()), tuple(points.tolist())) for code, points in tree] == (
        [(leaf.code, leaf.points) for leaf in twin]
    )


ids_of = st.lists(st.lists(st.integers(0, 30), max_size=25), max_size=12)


@settings(max_examples=60, deadline=None)
@given(sentences=ids_of, window=st.integers(1, 9), symmetric=st.booleans(), weighted=st.booleans())
def test_cooccurrences_are_the_twins(sentences: list[list[int]], window: int, symmetric: bool, weighted: bool) -> None:
    twin = glove.cooccurrences([[str(i) for i in sentence] for sentence in sentences], window, symmetric, weighted)
    ids = np.array([i for sentence in sentences for i in sentence], np.int32)
    offsets = np.cumsum([0, *map(len, sentences)]).astype(np.int64)
    control = _core.TrainControl()
    for threads, budget in ((1, 1 << 24), (3, 3 << 9)):  # the second: nothing fits into the array of frequent pairs
        counts = _core.Cooccurrences(31, window, symmetric, weighted, threads, budget)
        counts.add(ids, offsets, control)
        rows, columns, sums = counts.to_arrays(control)
        found = {
            (str(row), str(column)): total for row, column, total in zip(rows, columns, sums.tolist(), strict=True)
        }
        assert found.keys() == twin.keys()
        assert all(abs(found[pair] - twin[pair]) < 1e-7 * twin[pair] for pair in twin)
