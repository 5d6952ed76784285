"""Measuring recommenders on held-out next items, beside baselines, with intervals and paired differences."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from ..errors import ArgumentError, message
from ..progress import ProgressCallback, ProgressLike, Reporter, progress_callback
from .baselines import ALS, CoOccurrence, ItemKNN, Popularity, SessionKNN
from .metrics import (
    METRICS,
    PER_QUERY,
    Bootstrap,
    Interval,
    coverage,
    mean_popularity_rank,
    per_query,
    popularity_ranks,
    ranks,
)
from .ranking import System
from .recommender import Recommender
from .sessions import Floats, Sessions
from .splits import Split

_BATCH = 256  # histories a system is asked at once


@dataclass(frozen=True, slots=True)
class Row:
    """One system at one k.

    Attributes:
        system: its name.
        k: length of the lists looked at.
        metrics: by the names of `METRICS`: hit_rate, ndcg, mrr; popularity_rank (mean place of what is recommended, 0 the
            most popular item of the training part, 1 the least); coverage (share of the training part's items that stand
            in any list; without interval, since fewer distinct queries cover less).
        differences: of hit_rate, ndcg and mrr to the reference system, paired by query; empty for the reference itself.
        fit_seconds: what fitting took.
        query_seconds: what all queries took.
    """

    system: str
    k: int
    metrics: dict[str, Interval]
    differences: dict[str, Interval]
    fit_seconds: float
    query_seconds: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        rows: a system and a k each, in the order given.
        how: the rule of the split.
        queries: how many were asked.
        dropped_repeats: queries not asked because their truth is in their history, which no list holds.
        unknown_truths: queries whose truth no training session holds: a miss for every system that learns from sessions.
        filter_seen: whether items of the history could be recommended (False) or not (True).
        reference: the system the differences are to.
        confidence: of the intervals.
        truth_popularity_rank: mean place of the truths by popularity, to compare popularity_rank with.
        items: items of the training part.
    """

    rows: list[Row]
    how: str
    queries: int
    dropped_repeats: int
    unknown_truths: int
    filter_seen: bool
    reference: str
    confidence: float
    truth_popularity_rank: float
    items: int

    def row(self, system: str, k: int) -> Row:
        """The row of a system at ``k``.

        Raises:
            KeyError: there is none.
        """
        for row in self.rows:
            if (row.system, row.k) == (system, k):
                return row
        raise KeyError(
            f"[evaluate] expected one of {[(row.system, row.k) for row in self.rows]}, received {(system, k)}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON values; nan becomes None."""
        found: dict[str, Any] = asdict(self)
        return {key: _jsonable(value) for key, value in found.items()}

    def to_text(self, columns: int | None = None, k: int | None = None) -> str:
        """A table for each k (or for one), the conditions above it.

        Args:
            columns: width to wrap at.
            k: only that one.
        """
        from ..tokenizers.tables import text_table
        from ..tokenizers.visible import visible

        seen = (
            "items of the history are never recommended" if self.filter_seen else "items of the history may come again"
        )
        lines = [f"{self.queries:,} queries ({self.how}), one truth each; {seen}"]
        if self.dropped_repeats:
            lines.append(f"left out: {self.dropped_repeats:,} queries whose truth is in their history")
        lines.append(
            f"{self.items:,} items; {self.unknown_truths:,} truths are in no training session; mean popularity rank of the "
            f"truths {self.truth_popularity_rank:.3f} (0 most popular, 1 least)"
        )
        lines.append(
            f"brackets: {self.confidence:.0%} bootstrap over queries; difference in ndcg to {self.reference}, paired"
        )
        for size in dict.fromkeys(row.k for row in self.rows if k in (None, row.k)):
            header = [
                "system",
                f"hit rate@{size}",
                f"ndcg@{size}",
                f"mrr@{size}",
                "difference",
                "pop. rank",
                "coverage",
            ]
            cells = [
                [
                    visible(row.system, spaces=False),
                    *(_shown(row.metrics[name]) for name in PER_QUERY),
                    _shown(row.differences["ndcg"], sign=True) if row.differences else "",
                    f"{row.metrics['popularity_rank'].value:.3f}",
                    f"{row.metrics['coverage'].value:.1%}",
                ]
                for row in self.rows
                if row.k == size
            ]
            lines.append("\n" + text_table(header, cells, columns, right=(5, 6)).rstrip("\n"))
        return "\n".join(lines) + "\n"


def evaluate(
    systems: System | Sequence[System] | Mapping[str, System],
    split: Split,
    *,
    k: int | Sequence[int] = (10, 20),
    filter_seen: bool = True,
    repeats: Literal["drop", "keep"] | None = None,
    fit: bool = True,
    reference: str | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    progress: ProgressLike = None,
) -> Evaluation:
    """Fits systems on the training part of a split and asks each all of its queries.

    Each query has one truth, so a hit is a hit whatever else is in the list, and nothing is divided by k. A truth that no
    training session holds counts as a miss.

    Args:
        systems: one, several, or several by name; see `System`.
        split: from `split_last`, `split_time` or `split_sessions`.
        k: lengths of the lists looked at.
        filter_seen: items of the history are not recommended. False lets them, the query's last item included, come again.
        repeats: queries whose truth is in their history: "drop" them or "keep" them; None: drop them when ``filter_seen``,
            for then no system could answer, else keep them.
        fit: False takes the systems as they are; they must not have seen the truths.
        reference: name of the system to which differences are given; None: the first.
        confidence: of the bootstrap intervals.
        resamples: bootstrap samples.
        seed: of the bootstrap.
        progress: see `tokenspace.progress`; counted in queries, the training of each `Recommender` in its own stage.

    Raises:
        ArgumentError: no query is left, names that are not distinct, a k below 1, an unknown reference, another ``repeats``,
        or a confidence out of its range.
    """
    named = _named(systems)
    sizes = sorted({k} if isinstance(k, int) else set(k))
    if not sizes or sizes[0] < 1:
        raise ArgumentError(message("evaluate", "k of at least 1", repr(k)))
    if repeats not in (None, "drop", "keep"):
        raise ArgumentError(message("evaluate", "repeats= drop, keep or None", repr(repeats)))
    if not 0 < confidence < 1 or resamples < 0:
        received = f"confidence={confidence!r}, resamples={resamples!r}"
        raise ArgumentError(message("evaluate", "a confidence between 0 and 1, and resamples of at least 0", received))
    reference = next(iter(named)) if reference is None else reference
    if reference not in named:
        raise ArgumentError(message("evaluate", f"a reference among {', '.join(named)}", repr(reference)))
    drop = filter_seen if repeats is None else repeats == "drop"
    queries = [query for query in split.queries if not (drop and query.truth in query.history.items)]
    if not queries:
        raise ArgumentError(message("evaluate", "queries", "none whose truth is new", "filter_seen=False"))
    truths = [query.truth for query in queries]
    counts = dict(zip(split.train.items, split.train.counts().tolist(), strict=True))
    places = popularity_ranks(counts)
    bootstrap = Bootstrap(len(queries), resamples, confidence, seed)
    measured: dict[str, tuple[list[list[str]], float, float]] = {}
    emit = progress_callback(progress)
    with Reporter("evaluate", len(named) * len(queries), "queries", emit) as report:
        for name, system in named.items():
            begin = time.perf_counter()
            if fit:
                _fit(system, split.train, emit)
            fitted = time.perf_counter()
            lists: list[list[str]] = []
            for at in range(0, len(queries), _BATCH):
                part = [query.history for query in queries[at : at + _BATCH]]
                lists += system.recommend_batch(part, sizes[-1], filter_seen=filter_seen)
                report.advance(len(part))
            measured[name] = (lists, fitted - begin, time.perf_counter() - fitted)
    rank = {name: ranks(lists, truths) for name, (lists, _, _) in measured.items()}
    rows = []
    for size in sizes:
        base = per_query(rank[reference], size)
        for name, (lists, fit_seconds, query_seconds) in measured.items():
            own = per_query(rank[name], size)
            columns: list[Floats] = [own[metric] for metric in PER_QUERY]
            columns.append(mean_popularity_rank(lists, size, places))
            columns += [own[metric] - base[metric] for metric in PER_QUERY]
            found = bootstrap.intervals(np.stack(columns, axis=1))
            covered = Interval(coverage(lists, size, len(counts)))
            differences = {} if name == reference else dict(zip(PER_QUERY, found[len(PER_QUERY) + 1 :], strict=True))
            values = dict(zip(METRICS, [*found[: len(PER_QUERY) + 1], covered], strict=True))
            rows.append(Row(name, size, values, differences, fit_seconds, query_seconds))
    known = [places[truth] for truth in truths if truth in places]
    return Evaluation(
        rows=rows,
        how=split.how,
        queries=len(queries),
        dropped_repeats=len(split.queries) - len(queries),
        unknown_truths=len(truths) - len(known),
        filter_seen=filter_seen,
        reference=reference,
        confidence=confidence,
        truth_popularity_rank=sum(known) / len(known) if known else math.nan,
        items=len(counts),
    )


def baselines(half_life: float | None = None) -> list[System]:
    """Fresh systems to be measured against: popularity, co-occurrence, item-kNN (cosine, TF-IDF, BM25), session-kNN, ALS.

    Args:
        half_life: of the events of a history, where a baseline weighs them; see `history_weights`.
    """
    return [
        Popularity(),
        CoOccurrence(half_life=half_life),
        ItemKNN("cosine", half_life=half_life),
        ItemKNN("tfidf", half_life=half_life),
        ItemKNN("bm25", half_life=half_life),
        SessionKNN(half_life=half_life),
        ALS(half_life=half_life),
    ]


def _fit(system: System, train: Sessions, emit: ProgressCallback | None) -> None:
    if isinstance(system, Recommender):
        system.fit(train, progress=emit)  # the one that takes long
    else:
        system.fit(train)


def _named(systems: System | Sequence[System] | Mapping[str, System]) -> dict[str, System]:
    if isinstance(systems, Mapping):
        named = dict(systems)
    else:
        given = list(systems) if isinstance(systems, Sequence) else [systems]
        named = {system.name: system for system in given}
        if len(named) != len(given):
            names = ", ".join(system.name for system in given)
            raise ArgumentError(
                message("evaluate", "systems of distinct names", names, "a mapping from name to system")
            )
    if not named:
        raise ArgumentError(message("evaluate", "at least one system", "none"))
    return named


def _shown(interval: Interval, sign: bool = False) -> str:
    form = "+.4f" if sign else ".4f"
    return f"{interval.value:{form}}" + (
        "" if interval.low is None or interval.high is None else f" [{interval.low:{form}}, {interval.high:{form}}]"
    )


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_jsonable(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
