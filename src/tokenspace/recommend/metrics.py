"""Hit rate, NDCG, MRR, coverage and popularity bias of ranked lists, one truth a query; bootstrap intervals.

With one relevant item at rank r (from 1): hit rate at k is 1 when r <= k, NDCG at k is 1 / log2(1 + r) for r <= k (the
ideal gain is 1), MRR at k is 1 / r for r <= k; else 0. A truth that occurs twice in a list would count once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .sessions import Floats

PER_QUERY = ("hit_rate", "ndcg", "mrr")
METRICS = (*PER_QUERY, "popularity_rank", "coverage")
_BLOCK = 1 << 24  # random places drawn at once


def ranks(lists: Sequence[Sequence[str]], truths: Sequence[str]) -> npt.NDArray[np.int64]:
    """The rank from 1 of each truth in its list; 0 when it is not there. Shape (queries,)."""
    found = np.zeros(len(truths), dtype=np.int64)
    for place, (items, truth) in enumerate(zip(lists, truths, strict=True)):
        if truth in items:
            found[place] = items.index(truth) + 1
    return found


def per_query(rank: npt.NDArray[np.int64], k: int) -> dict[str, Floats]:
    """The metrics of `PER_QUERY` at ``k``, each of shape (queries,)."""
    hit = (rank >= 1) & (rank <= k)
    safe = np.where(hit, rank, 1).astype(np.float64)
    return {
        "hit_rate": hit.astype(np.float64),
        "ndcg": np.where(hit, 1.0 / np.log2(1.0 + safe), 0.0),
        "mrr": np.where(hit, 1.0 / safe, 0.0),
    }


def popularity_ranks(counts: Mapping[str, float]) -> dict[str, float]:
    """Each item's place by popularity: 0 for the most popular, 1 for the least; ties share their mean place."""
    items = list(counts)
    values = np.array([counts[item] for item in items], dtype=np.float64)
    _, inverse, size = np.unique(-values, return_inverse=True, return_counts=True)
    ends = np.cumsum(size)
    middle = ends - (size + 1) / 2
    return dict(zip(items, (middle[inverse] / max(1, len(items) - 1)).tolist(), strict=True))


def mean_popularity_rank(lists: Sequence[Sequence[str]], k: int, place: Mapping[str, float]) -> Floats:
    """Mean of `popularity_ranks` over the first ``k`` of each list; nan for an empty list. Shape (queries,)."""
    found = np.full(len(lists), np.nan)
    for number, items in enumerate(lists):
        known = [place[item] for item in items[:k] if item in place]
        if known:
            found[number] = sum(known) / len(known)
    return found


def coverage(lists: Sequence[Sequence[str]], k: int, catalogue: int) -> float:
    """Share of the catalogue's items that stand among the first ``k`` of any list."""
    return len({item for items in lists for item in items[:k]}) / catalogue if catalogue else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over queries with its bootstrap interval; ``low`` and ``high`` are None where none is known."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        return f"{self.value:.4f}" + ("" if self.low is None else f" [{self.low:.4f}, {self.high:.4f}]")


class Bootstrap:
    """Percentile bootstrap over queries (Efron 1979); the same queries are drawn for every call, so differences of two
    systems are paired.

    Args:
        queries: how many there are.
        resamples: how many samples of as many queries are drawn.
        confidence: of the intervals, such as 0.95.
        seed: of the draws.
    """

    def __init__(self, queries: int, resamples: int = 2000, confidence: float = 0.95, seed: int = 0) -> None:
        self.queries, self.resamples, self.confidence, self._seed = queries, resamples, confidence, seed

    def intervals(self, columns: Floats) -> list[Interval]:
        """The mean of each column and its interval.

        Args:
            columns: shape (queries, n); nan leaves a query out of that column.
        """
        known = ~np.isnan(columns)
        values = np.where(known, columns, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = values.sum(0) / known.sum(0)
            samples = self._samples(values, known.astype(np.float64))
        tail = (1 - self.confidence) / 2
        found = []
        for column, mean in enumerate(means.tolist()):
            sample = samples[:, column]
            sample = sample[~np.isnan(sample)]
            if np.isnan(mean) or not len(sample):
                found.append(Interval(float("nan")))
                continue
            low, high = np.quantile(sample, (tail, 1 - tail)).tolist()
            found.append(Interval(mean, low, high))
        return found

    def _samples(self, values: Floats, known: Floats) -> Floats:
        random = np.random.default_rng(self._seed)
        at_once = max(1, _BLOCK // max(1, self.queries))
        found = []
        for begin in range(0, self.resamples, at_once):
            rows = min(at_once, self.resamples - begin)
            # How often each query is drawn says all: a sum of rows is a product with those numbers.
            drawn = random.integers(0, self.queries, (rows, self.queries))
            drawn += np.arange(rows)[:, None] * self.queries
            times = np.bincount(drawn.ravel(), minlength=rows * self.queries).reshape(rows, self.queries)
            found.append((times @ values) / (times @ known))
        return np.concatenate(found) if found else np.zeros((0, values.shape[1]))
