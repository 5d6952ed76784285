"""Poles of several words, and how differently two groups lean."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.unit.vector_space import WORDS, space
from tokenspace.errors import ArgumentError
from tokenspace.vectors.keyed_vectors import UnknownKeyError


def unit(word: str) -> np.ndarray:
    return space().get_vector(word, norm=True).astype(np.float64)


def test_lists_are_the_way_from_mean_to_mean() -> None:
    line = unit("woman") + unit("queen") + unit("nurse")
    line = line / 3 - (unit("man") + unit("king")) / 2
    found = space().direction(["man", "king"], ["woman", "queen", "nurse"])
    np.testing.assert_allclose(found, line / np.linalg.norm(line), atol=1e-6)
    leans = space().bias(["doctor", "rome"], ["man", "king"], ["woman", "queen"], topn=2)
    assert [len(lean.neighbours) for lean in leans] == [2, 2]
    with pytest.raises(UnknownKeyError):
        space().direction(["man", "unheard"], ["woman"])
    with pytest.raises(ArgumentError, match="different means"):
        space().direction(["man"], ["man"])


def test_one_word_a_list_is_the_direction_of_the_two() -> None:
    np.testing.assert_allclose(space().direction(["man"], ["woman"]), space().direction("man", "woman"), atol=1e-6)


def test_association_is_the_formula_of_its_source() -> None:
    words, others = ["king", "prince", "doctor"], ["Paris", "London", "rome"]
    start, end = ["man"], ["woman", "queen"]

    def lean(word: str) -> float:
        return float(np.mean([unit(word) @ unit(e) for e in end]) - np.mean([unit(word) @ unit(s) for s in start]))

    each = [lean(word) for word in (*words, *others)]
    found = space().association(words, others, start, end)
    np.testing.assert_allclose(found.words + found.others, each, atol=1e-6)
    expected = (np.mean(each[:3]) - np.mean(each[3:])) / np.std(each, ddof=1)
    assert found.effect_size == pytest.approx(expected, abs=1e-5)
    sums = [sum(group) for group in combinations(each, 3)]
    assert found.p == pytest.approx(np.mean([total >= sum(each[:3]) - 1e-9 for total in sums]))
    turned = space().association(others, words, start, end)
    assert turned.effect_size == pytest.approx(-found.effect_size)


def test_drawn_permutations_come_near_to_all() -> None:
    parts = WORDS[:5], WORDS[5:], ["man"], ["woman"]
    every = space().association(*parts).p
    drawn = space().association(*parts, permutations=400, seed=3).p
    assert drawn == pytest.approx(every, abs=0.08)
    assert drawn == space().association(*parts, permutations=400, seed=3).p
    with pytest.raises(ArgumentError):
        space().association(["man"], ["woman", "king"], ["rome"], ["doctor"])


def test_a_table_of_similarities_is_the_similarities() -> None:
    vectors = space()
    table = vectors.similarities(WORDS, WORDS[:4])
    expected = [[vectors.similarity(one, other) for other in WORDS[:4]] for one in WORDS]
    np.testing.assert_allclose(table, expected, atol=1e-6)
    assert vectors.similarities(["man"]).shape == (1, 1)
    assert vectors.similarities([]).shape == (0, 0)
