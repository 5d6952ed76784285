"""The plane of an analogy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenspace.errors import ArgumentError
from tokenspace.pictures import parallelogram


def rows(seed: int, count: int, size: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size))


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(0, 5), st.booleans())
def test_the_corners_keep_their_distances_and_others_their_feet(seed: int, size: int, count: int, normal: bool) -> None:
    a, b, c, *others = points = rows(seed, 3 + count, size)
    shown = parallelogram(a, b, c, np.array(others), normalize=normal)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True) if normal else points
    corners = np.vstack([unit[:3], unit[0] - unit[1] + unit[2]])
    np.testing.assert_allclose(distances(shown.corners), distances(corners), atol=1e-4)
    np.testing.assert_allclose(shown.corner_heights, 0, atol=1e-4)
    # Pythagoras: the distance to a corner is made of what is seen and of the height.
    for foot, height, point in zip(shown.others, shown.heights, unit[3:], strict=True):
        seen = np.hypot(np.linalg.norm(foot - shown.corners, axis=1), height)
        np.testing.assert_allclose(seen, np.linalg.norm(point - corners, axis=1), atol=1e-4)
    assert 0 <= shown.explained <= 1


@given(st.integers(0, 10_000), st.integers(3, 9))
def test_principal_components_show_at_least_as_much(seed: int, size: int) -> None:
    a, b, c, *others = rows(seed, 8, size)
    exact = parallelogram(a, b, c, others)
    principal = parallelogram(a, b, c, others, plane="principal")
    assert principal.explained >= exact.explained - 1e-6
    # A projection of a parallelogram is one.
    np.testing.assert_allclose(
        principal.corners[0] - principal.corners[1], principal.corners[3] - principal.corners[2], atol=1e-4
    )


def test_a_plane_is_found_where_the_words_are_in_a_line() -> None:
    a, b = np.eye(4)[:2]
    others = np.eye(4)
    shown = parallelogram(a, b, b, others)
    np.testing.assert_allclose(distances(shown.corners)[0, 1], np.sqrt(2), atol=1e-5)
    assert shown.explained > 0.6
    same = parallelogram(a, a, a, np.zeros((0, 4)))
    assert same.explained == 0
    np.testing.assert_array_equal(same.corners, 0)


def test_wrong_vectors_are_refused() -> None:
    with pytest.raises(ArgumentError, match="one size"):
        parallelogram([1, 2], [1, 2, 3], [1, 2], np.zeros((0, 2)))
    with pytest.raises(ArgumentError, match="finite"):
        parallelogram([1, np.nan], [1, 2], [1, 2], np.zeros((0, 2)))
    with pytest.raises(ArgumentError, match="corners"):
        parallelogram([1, 0], [1, 2], [1, 2], np.zeros((0, 2)), plane="other")  # type: ignore[arg-type]
