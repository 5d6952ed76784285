"""A small space of eleven words in six dimensions, made by a formula, so that other programs can make the same one."""

from __future__ import annotations

import numpy as np

import tokenspace as ts

WORDS = "king queen man woman prince Paris paris London rome doctor nurse".split()  # noqa: SIM905


def matrix() -> np.ndarray:
    """(11, 6) float32; row 1 is near row 0 - row 2 + row 3."""
    rows = np.sin(np.arange(66.0) ** 2 * 0.37).reshape(11, 6) * np.arange(1, 12)[:, None] ** 0.5
    rows[1] = rows[0] - rows[2] + rows[3] + 0.05
    return rows.astype(np.float32)


def space() -> ts.KeyedVectors:
    """The space as KeyedVectors."""
    vectors = ts.KeyedVectors(6)
    vectors.add_vectors(WORDS, matrix())
    return vectors
