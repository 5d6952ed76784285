"""Correlation of two lists of numbers, with p-values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

__all__ = ["Correlation", "pearson", "ranks", "spearman"]


@dataclass(frozen=True)
class Correlation:
    """A correlation coefficient; unpacks as (statistic, pvalue), which is what scipy's results do.

    statistic: in [-1, 1]; NaN for fewer than two pairs, or where a list holds one value only.
    pvalue: two-sided, against the hypothesis of no correlation, from Student's t with pairs - 2 degrees of freedom. Of
        two pairs it is 1 (`pearson`) or NaN (`spearman`), as scipy has it.
    pairs: how many there were.
    """

    statistic: float
    pvalue: float
    pairs: int

    @property
    def correlation(self) -> float:
        """Another name of ``statistic``."""
        return self.statistic

    def __iter__(self) -> Iterator[float]:
        return iter((self.statistic, self.pvalue))

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> float:
        return (self.statistic, self.pvalue)[index]

    def confidence_interval(self, confidence_level: float = 0.95) -> tuple[float, float]:
        """(low, high) by Fisher's transformation; (-1, 1) for fewer than four pairs."""
        if self.pairs < 4 or math.isnan(self.statistic):
            return (-1.0, 1.0)
        if abs(self.statistic) >= 1:
            return (self.statistic, self.statistic)
        half = NormalDist().inv_cdf(0.5 + confidence_level / 2) / math.sqrt(self.pairs - 3)
        centre = math.atanh(self.statistic)
        return (math.tanh(centre - half), math.tanh(centre + half))


def pearson(first: npt.ArrayLike, second: npt.ArrayLike) -> Correlation:
    """The linear correlation of two lists of the same length."""
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    count = len(x)
    if count < 2:
        return Correlation(math.nan, math.nan, count)
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float(np.dot(x, x)) * float(np.dot(y, y)))
    if not scale > 0:
        return Correlation(math.nan, math.nan, count)
    r = max(-1.0, min(1.0, float(np.dot(x, y)) / scale))
    return Correlation(r, _p_value(r, count), count)


def spearman(first: npt.ArrayLike, second: npt.ArrayLike) -> Correlation:
    """The correlation of the `ranks` of two lists of the same length; NaN if they hold one."""
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if np.isnan(x).any() or np.isnan(y).any():
        return Correlation(math.nan, math.nan, len(x))
    found = pearson(ranks(x), ranks(y))
    return found if found.pairs > 2 else Correlation(found.statistic, math.nan, found.pairs)


def ranks(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The place of each value in order, from 1; equal values share the mean of their places."""
    _, group, sizes = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    shared: npt.NDArray[np.float64] = (last - (sizes - 1) / 2)[group.reshape(-1)]
    return shared


def _p_value(r: float, count: int) -> float:
    """Chance of a correlation of at least this magnitude: t = r sqrt(df / (1 - r^2)) is Student's."""
    freedom = count - 2
    if freedom < 1:
        return 1.0
    return _incomplete_beta(freedom / 2, 0.5, (1 - r) * (1 + r))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b), by its continued fraction (modified Lentz's method)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # where the fraction converges slowly, the other tail's does not
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 10_000):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + factor * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + factor / c
            c = c if abs(c) > tiny else tiny
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * value / a
