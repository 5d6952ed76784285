"""Matrix factorization of implicit feedback by alternating least squares.

Hu, Koren and Volinsky, Collaborative filtering for implicit feedback datasets (ICDM 2008): a meeting of weight r has
preference 1 and confidence 1 + alpha * r, everything else preference 0 and confidence 1. The least-squares problems of all
sessions (then of all items) are solved together by a few steps of conjugate gradients (Takács, Pilászy and Tikk, RecSys
2011), which is exact enough and never builds their matrices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...errors import ArgumentError, message
from ..ranking import Places
from ..sessions import Floats
from .baseline import Baseline, Incidence

Worth = Callable[[Floats, Places, slice], Floats]  # (vectors met, rows they are met by, which pairs) -> number each
_BLOCK = 1 << 13  # pairs looked at together
_STEPS, _STEPS_OF_A_QUERY = 3, 12


class ALS(Baseline):
    """Factors of sessions and items; a history is folded in by a least-squares step of its own.

    Args:
        factors: width of the vectors.
        regularization: of both.
        alpha: confidence gained by a weight of 1.
        iterations: each solves for all sessions, then for all items.
        half_life: see `Baseline`; weights of a history change its confidences.
        seed: of the first item vectors.
    """

    name = "ALS"

    def __init__(
        self,
        factors: int = 64,
        regularization: float = 0.05,
        alpha: float = 10.0,
        iterations: int = 15,
        half_life: float | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(half_life)
        if factors < 1 or iterations < 1 or not regularization > 0 or not alpha > 0:
            received = f"{factors}, {iterations}, {regularization}, {alpha}"
            raise ArgumentError(message("recommend", "factors, iterations, regularization and alpha above 0", received))
        self.factors, self.regularization, self.alpha = factors, regularization, alpha
        self.iterations, self.seed = iterations, seed
        self._items: Floats = np.zeros((0, factors))
        self._gram_of_items: Floats = np.zeros((factors, factors))

    def _learn(self, incidence: Incidence) -> None:
        random = np.random.default_rng(self.seed)
        items = random.normal(0, 0.01, (len(incidence.items), self.factors))
        sessions = np.zeros((incidence.n_sessions, self.factors))
        order = incidence.by_item
        for _ in range(self.iterations):
            sessions = self._solve(
                sessions,
                self._gram(items),
                items,
                incidence.item_of,
                incidence.session_starts,
                incidence.weight,
                _STEPS,
            )
            items = self._solve(
                items, self._gram(sessions), sessions, incidence.session_of[order], incidence.item_starts,
                incidence.weight[order], _STEPS,
            )  # fmt: skip
        self._items, self._gram_of_items = items, self._gram(items)

    def _gram(self, vectors: Floats) -> Floats:
        return np.asarray(vectors.T @ vectors + self.regularization * np.eye(self.factors))

    def _solve(
        self, start: Floats, gram: Floats, other: Floats, met: Places, starts: Places, weights: Floats, steps: int
    ) -> Floats:
        """Rows x of ``start``, each improved towards the least squares of its own pairs.

        Args:
            start: shape (rows, factors).
            gram: of ``other``, with the regularization.
            other: vectors of the other side.
            met: for every pair, which of them it is with; pairs ordered by row.
            starts: row r has the pairs ``starts[r]`` to ``starts[r + 1]``.
            weights: of the pairs.
            steps: of conjugate gradients.
        """
        gain = self.alpha * weights

        def product(x: Floats) -> Floats:
            def worth(vectors: Floats, own: Places, pairs: slice) -> Floats:
                return np.asarray(gain[pairs] * np.einsum("pf,pf->p", vectors, x[own]))

            return np.asarray(x @ gram + _gathered(other, met, starts, worth))

        x = start
        residual = _gathered(other, met, starts, lambda vectors, own, pairs: 1 + gain[pairs]) - product(x)
        direction = residual
        size = np.einsum("rf,rf->r", residual, residual)
        for _ in range(steps):
            moved = product(direction)
            along = np.einsum("rf,rf->r", direction, moved)
            step = np.divide(size, along, out=np.zeros_like(size), where=along > 0)
            x = x + step[:, None] * direction
            residual = residual - step[:, None] * moved
            before, size = size, np.einsum("rf,rf->r", residual, residual)
            turn = np.divide(size, before, out=np.zeros_like(size), where=before > 0)
            direction = residual + turn[:, None] * direction
        return x

    def _scores(self, items: Places, weights: Floats) -> Floats:
        start = np.zeros((1, self.factors))
        starts = np.array([0, len(items)])
        query = self._solve(start, self._gram_of_items, self._items, items, starts, weights, _STEPS_OF_A_QUERY)
        return np.asarray(self._items @ query[0])


def _gathered(other: Floats, met: Places, starts: Places, worth: Worth) -> Floats:
    """For every row the sum over its pairs of ``worth`` times the vector met; ``worth`` is asked for blocks of pairs."""
    found = np.zeros((len(starts) - 1, other.shape[1]))
    row, last = 0, len(starts) - 1
    while row < last:
        end = max(row + 1, int(np.searchsorted(starts, starts[row] + _BLOCK, side="right")) - 1)
        lengths = np.diff(starts[row : end + 1])
        own = np.repeat(np.arange(row, end), lengths)
        pairs = slice(int(starts[row]), int(starts[end]))
        vectors = other[met[pairs]]
        held = np.flatnonzero(lengths)
        if len(held):
            weighted = vectors * worth(vectors, own, pairs)[:, None]
            found[row + held] = np.add.reduceat(weighted, (starts[row:end] - starts[row])[held], axis=0)
        row = end
    return found
