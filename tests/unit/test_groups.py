"""Groups of vectors by direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenspace.errors import ArgumentError
from tokenspace.pictures import group_directions


def bundles(seed: int, count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors about ``count`` directions of their own, and which each is of."""
    random = np.random.default_rng(seed)
    labels = np.sort(random.integers(count, size=60 * count))
    return np.eye(size)[labels] * random.uniform(0.2, 9, (len(labels), 1)) + random.normal(
        0, 0.02, (len(labels), size)
    ), labels


@pytest.mark.parametrize("seed", range(5))
def test_bundles_are_found(seed: int) -> None:
    vectors, labels = bundles(seed, 5, 12)
    found = group_directions(vectors, 5, seed=seed)
    pairs = set(zip(labels.tolist(), found.codes.tolist(), strict=True))
    assert len(pairs) == len(set(labels.tolist())) == len(found.centres)
    sizes = np.bincount(found.codes)
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)
    np.testing.assert_allclose(np.linalg.norm(found.centres, axis=1), 1, atol=1e-5)


@given(st.integers(0, 2000), st.integers(1, 8), st.integers(1, 30), st.integers(1, 5))
def test_every_vector_is_in_its_nearest_group(seed: int, count: int, rows: int, size: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, size))
    vectors[:: max(2, rows // 3)] = 0
    found = group_directions(vectors, count, seed=seed)
    lengths = np.linalg.norm(vectors, axis=1)
    assert ((found.codes == -1) == (lengths == 0)).all()
    there = lengths > 0
    if there.any():
        cosines = (vectors[there] / lengths[there, None]) @ found.centres.T
        np.testing.assert_allclose(cosines.max(axis=1), found.nearness[there], atol=1e-5)
        assert found.codes.max() < len(found.centres) <= count
        first = found.central(0)
        assert (np.diff(found.nearness[first]) <= 0).all()


def test_what_is_alike_is_one_group() -> None:
    found = group_directions(np.ones((7, 3)), 4)
    assert found.codes.tolist() == [0] * 7
    assert group_directions(np.zeros((3, 2)), 2).codes.tolist() == [-1, -1, -1]
    with pytest.raises(ArgumentError, match="count"):
        group_directions(np.ones((2, 2)), 0)
