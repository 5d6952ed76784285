"""Looking for the settings of item vectors that suit the data, on a validation split carved out of the training part."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..errors import ArgumentError, message
from ..progress import ProgressCallback, ProgressEvent, ProgressLike, Reporter
from .evaluation import evaluate
from .metrics import PER_QUERY, Interval
from .recommender import Recommender, with_settings
from .sessions import Sessions
from .settings import ItemVectorSettings
from .splits import Split, split_last

Method = Literal["random", "grid", "halving"]
METHODS = ("random", "grid", "halving")
# What was searched in the papers named by `ItemVectorSettings`, with the half-life of a history besides.
SPACE: Mapping[str, Sequence[Any]] = {
    "window": (2, 3, 5, 8, 13, 20, 50),
    "negative": (5, 10, 16, 32, 50),
    "ns_exponent": (-1.0, -0.5, 0.0, 0.5, 0.75, 1.0),
    "sample": (1e-5, 1e-4, 1e-3),
    "epochs": (10, 20, 50, 100, 150),
    "half_life": (1.0, 3.0, 10.0, 30.0, None),
}
_KEPT = 3  # halving keeps one candidate in so many, and gives those that stay so many times the epochs
_RUNGS = 2  # at most, before the full training: less than a ninth of the epochs says little of the rest


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings tried and what they gave on the validation queries.

    Attributes:
        settings: those that were searched.
        share: of their epochs that were trained, 1 unless halving dropped them earlier.
        metrics: hit_rate, ndcg and mrr with intervals.
        seconds: training and asking.
    """

    settings: dict[str, Any]
    share: float
    metrics: dict[str, Interval]
    seconds: float


@dataclass(frozen=True, slots=True)
class Effect:
    """One setting and the metric at each of its values, as a mean over the trials that had it.

    Attributes:
        setting: its name.
        values: rising, None last. means: the metric at each.
    """

    setting: str
    values: list[Any]
    means: list[float]

    @property
    def spread(self) -> float:
        """The largest mean less the smallest: what choosing this setting well or badly is worth."""
        return max(self.means) - min(self.means)

    @property
    def best(self) -> Any:
        """The value of the largest mean."""
        return self.values[self.means.index(max(self.means))]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What `tune` found.

    Attributes:
        trials: the best first; those that halving dropped come after those that were trained in full.
        metric, k: what was maximized.
        queries: of the validation split.
        how: the rule of that split.
    """

    trials: list[Trial]
    metric: str
    k: int
    queries: int
    how: str

    @property
    def best(self) -> dict[str, Any]:
        """The settings of the best trial, to be given to `Recommender`."""
        return dict(self.trials[0].settings)

    @property
    def effects(self) -> list[Effect]:
        """What each setting that was given several values moves, the most first.

        Of the trials trained in full, so that a grid compares like with like: every value of a setting meets the same
        values of the others. Empty where nothing was varied.
        """
        full = [trial for trial in self.trials if trial.share == 1]
        found = []
        for name in full[0].settings if full else ():
            by_value: dict[Any, list[float]] = {}
            for trial in full:
                by_value.setdefault(trial.settings[name], []).append(trial.metrics[self.metric].value)
            if len(by_value) > 1:
                means = {value: sum(scores) / len(scores) for value, scores in by_value.items()}
                ordered = sorted(means.items(), key=lambda one: (one[0] is None, one[0] or 0))
                found.append(Effect(name, [value for value, _ in ordered], [mean for _, mean in ordered]))
        return sorted(found, key=lambda effect: -effect.spread)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON values, the best settings first."""
        effects = [{**asdict(effect), "spread": effect.spread, "best": effect.best} for effect in self.effects]
        return {"best": self.best, **asdict(self), "effects": effects}

    def to_text(self, columns: int | None = None) -> str:
        """A table, the best trial first."""
        from ..tokenizers.tables import text_table

        names = list(self.trials[0].settings)
        header = [*names, "epochs run", f"{self.metric}@{self.k}", "seconds"]
        cells = [
            [*(f"{trial.settings[name]}" for name in names), f"{trial.share:.0%}", str(trial.metrics[self.metric]),
             f"{trial.seconds:.1f}"]
            for trial in self.trials
        ]  # fmt: skip
        right = (*range(len(names) + 1), len(header) - 1)
        head = f"{self.queries:,} validation queries ({self.how}); brackets: 95% bootstrap over queries\n\n"
        return head + text_table(header, cells, columns, right)


def tune(
    train: Sessions | Split,
    *,
    space: Mapping[str, Sequence[Any]] | None = None,
    method: Method = "random",
    trials: int = 20,
    metric: str = "ndcg",
    k: int = 10,
    recommender: Recommender | None = None,
    validation: Split | None = None,
    max_queries: int | None = 5000,
    filter_seen: bool = True,
    seed: int = 0,
    on_trial: Callable[[Trial], object] | None = None,
    progress: ProgressLike = None,
) -> Tuning:
    """Tries settings of item vectors on a validation split of the training sessions.

    Nothing but the training part is looked at: given a `Split`, its queries stay untouched. The combinations are the same for
    every run; what they give is too where the recommender has one worker, or is deterministic.

    Args:
        train: training sessions, or a split whose training part is taken.
        space: setting -> values; names of `ItemVectorSettings` or "half_life". None: `SPACE`.
        method: "random" draws ``trials`` of the combinations without repetition; "grid" tries all; "halving" draws
            ``trials``, trains them with a fraction of their epochs, keeps the best third with three times as much, and so on
            (successive halving, Jamieson and Talwalkar 2016).
        trials: combinations drawn.
        metric: hit_rate, ndcg or mrr.
        k: length of the lists.
        recommender: what the other settings, the seed, workers and event weights are taken from.
        validation: in place of the last items of the training sessions; its training part is trained on.
        max_queries: of the validation split made here, drawn at random.
        filter_seen: as for `evaluate`.
        seed: of the draws; the training's own is the recommender's.
        on_trial: called with each trial when it is done, in the order they are tried.
        progress: see `tokenspace.progress`; counted in epochs of training.

    Raises:
        ArgumentError: a name or value that is none, no session of three events.
    """
    grid = _grid(SPACE if space is None else space)
    if method not in METHODS or metric not in PER_QUERY or trials < 1:
        expected = f"method among {', '.join(METHODS)}, metric among {', '.join(PER_QUERY)} and at least 1 trial"
        raise ArgumentError(message("tune", expected, f"{method!r}, {metric!r}, {trials}"))
    base = Recommender() if recommender is None else recommender
    sessions = train.train if isinstance(train, Split) else train
    split = split_last(sessions, max_queries=max_queries, seed=seed) if validation is None else validation
    size = math.prod(len(values) for values in grid.values())
    drawn = range(size) if method == "grid" else random.Random(seed).sample(range(size), min(trials, size))
    candidates = [_combination(grid, number) for number in drawn]
    rungs = min(_RUNGS, int(math.log(len(candidates), _KEPT) + 1e-9)) if method == "halving" else 0
    shares = [1 / _KEPT**rung for rung in range(rungs, -1, -1)]
    finished: list[Trial] = []
    total = _epochs(candidates, shares, base.settings.epochs)
    with Reporter("tune", total, "epochs", progress) as report:
        for share in shares:
            tried = []
            for settings in candidates:
                epochs = max(1, round(settings.get("epochs", base.settings.epochs) * share))
                done = report.done + epochs
                found = evaluate(
                    with_settings(base, **{**settings, "epochs": epochs}),
                    split,
                    k=k,
                    filter_seen=filter_seen,
                    resamples=500,
                    progress=_epochs_within(report, epochs),
                )
                row = found.rows[0]
                report.update(done)
                values = {name: row.metrics[name] for name in PER_QUERY}
                tried.append(Trial(settings, share, values, row.fit_seconds + row.query_seconds))
                if on_trial is not None:
                    on_trial(tried[-1])
            tried.sort(key=lambda trial: -trial.metrics[metric].value)
            kept = max(1, len(tried) // _KEPT) if share < 1 else len(tried)
            candidates = [trial.settings for trial in tried[:kept]]
            finished = [*(tried if share == 1 else tried[kept:]), *finished]
    return Tuning(finished, metric, k, found.queries, split.how)


def _epochs_within(report: Reporter, epochs: int) -> ProgressCallback:
    """Shows the epochs of one training while it runs."""
    before = report.done

    def look(event: ProgressEvent) -> None:
        if event.stage == "train" and event.total:
            report.update(before + epochs * min(event.done, event.total) // event.total)

    return look


def _grid(space: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    grid = {name: list(values) for name, values in space.items()}
    known = {*ItemVectorSettings.__dataclass_fields__, "half_life"}
    unknown = [name for name in grid if name not in known]
    empty = [name for name, values in grid.items() if not values]
    if unknown or empty or not grid:
        received = ", ".join(unknown) or (f"no value of {empty[0]}" if empty else "an empty space")
        raise ArgumentError(message("tune", f"values of {', '.join(sorted(known))}", received))
    return grid


def _combination(grid: Mapping[str, Sequence[Any]], number: int) -> dict[str, Any]:
    """The combination of that number, the last name running fastest."""
    found: dict[str, Any] = {}
    for name in reversed(list(grid)):
        number, place = divmod(number, len(grid[name]))
        found[name] = grid[name][place]
    return {name: found[name] for name in grid}


def _epochs(candidates: Sequence[Mapping[str, Any]], shares: Sequence[float], default: int) -> int | None:
    """Epochs that all trials take together; None when that depends on which are kept."""
    if len(shares) > 1:
        return None
    return sum(max(1, round(int(one.get("epochs", default)) * shares[0])) for one in candidates)
