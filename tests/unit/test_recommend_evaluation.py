"""Splits that leak nothing, metrics with known values, intervals, baselines against published formulas, tuning."""

from __future__ import annotations

import itertools
import json
import math
import random
import time
from collections.abc import Sequence

import numpy as np
import pytest

from tests.unit.recommend_samples import cyclic_sessions
from tokenspace.errors import ArgumentError
from tokenspace.progress import ProgressEvent
from tokenspace.recommend import (
    ALS,
    CoOccurrence,
    ItemKNN,
    Popularity,
    Query,
    Recommender,
    Session,
    SessionKNN,
    Sessions,
    Split,
    baselines,
    evaluate,
    split_last,
    split_sessions,
    split_time,
    tune,
)
from tokenspace.recommend.metrics import Bootstrap, coverage, per_query, popularity_ranks, ranks
from tokenspace.recommend.ranking import history_weights, top_k
from tokenspace.recommend.tuning import Trial

SMALL = [["a", "b", "c"], ["b", "c", "c", "d"], ["a", "d"], ["c", "e", "a", "b"], ["f", "b"]]


def timed(count: int = 60, seed: int = 0) -> Sessions:
    """Sessions with times that overlap; some of one event, some with repeated items."""
    draw = random.Random(seed)
    items = [f"i{number}" for number in range(20)]
    ids, times, offsets = [], [], [0]
    for _ in range(count):
        begin = draw.random() * 100
        length = draw.randint(1, 7)
        times += sorted(begin + draw.random() * 30 for _ in range(length))
        ids += [draw.randrange(20) for _ in range(length)]
        offsets.append(len(ids))
    return Sessions(items, ids, offsets, times=times, keys=[f"u{number}" for number in range(count)])


class Fixed:
    """Recommends the same list to everyone."""

    def __init__(self, name: str, items: list[str]) -> None:
        self.name, self.items, self.fitted = name, items, 0

    def fit(self, sessions: Sessions) -> None:
        self.fitted += 1

    def recommend_batch(
        self, histories: Sequence[Session], k: int = 10, *, filter_seen: bool = True
    ) -> list[list[str]]:
        return [[item for item in self.items if not (filter_seen and item in one.items)][:k] for one in histories]


# ---- splits ----
def test_split_last() -> None:
    sessions = Sessions.of({"u": ["a", "b", "c"], "v": ["a"], "w": [("c", 2), ("a", 5)]})
    split = split_last(sessions)
    assert split.queries == [
        Query(Session(("a", "b"), (1.0, 1.0), None, "u"), "c"),
        Query(Session(("c",), (2.0,), None, "w"), "a"),
    ]
    assert [one.items for one in split.train] == [("a", "b"), ("a",), ("c",)]
    some = split_last(timed(), max_queries=5, seed=3)
    assert len(some.queries) == 5
    assert len(some.train.ids) == len(timed().ids) - 5
    assert some.queries == split_last(timed(), max_queries=5, seed=3).queries
    with pytest.raises(ArgumentError, match="at least two events"):
        split_last(Sessions.of([["a"], ["b"]]))


def test_split_time_shows_nothing_from_the_moment_on() -> None:
    sessions = timed()
    split = split_time(sessions, 70)
    assert max(one.times[-1] for one in split.train) < 70
    assert len(split.train.ids) == int((sessions.times < 70).sum())
    for query in split.queries:
        whole = sessions[query.history.key]
        place = len(query.history)
        assert whole.items[:place] == query.history.items
        assert whole.items[place] == query.truth
        begun = whole.times[0] < 70
        # The next item after the moment for those that had begun; the last for those that are new.
        assert (whole.times[place - 1] < 70 <= whole.times[place]) if begun else place == len(whole) - 1
        assert begun == (query.history.key in split.train.keys)
    assert {query.history.key in split.train.keys for query in split.queries} == {True, False}
    assert math.isclose(len(split_time(sessions, share=0.3).train.ids), 0.7 * len(sessions.ids), abs_tol=1)
    with pytest.raises(ArgumentError, match="times"):
        split_time(Sessions.of(SMALL))
    with pytest.raises(ArgumentError, match="at least two events"):
        split_time(sessions, 1000)


def test_split_sessions_keeps_whole_sessions_apart() -> None:
    sessions = timed()
    split = split_sessions(sessions, share=0.25)
    asked = {query.history.key for query in split.queries}
    assert not asked & set(split.train.keys)
    latest = min(sessions[key].times[0] for key in asked)
    fit = [one for one in split.train if len(one) >= 2]
    assert all(one.times[0] <= latest for one in fit)
    assert len(asked) == round(0.25 * (len(fit) + len(asked)))
    drawn = split_sessions(Sessions.of(SMALL), share=0.4, seed=1)
    assert len(drawn.queries) == 2
    assert len(drawn.train) == 3


# ---- metrics ----
def test_metrics_of_known_lists() -> None:
    rank = ranks([["a", "b", "c"], ["a", "b", "c"], ["a"], []], ["a", "c", "z", "a"])
    assert rank.tolist() == [1, 3, 0, 0]
    assert per_query(rank, 2)["hit_rate"].tolist() == [1, 0, 0, 0]
    at_three = per_query(rank, 3)
    assert at_three["hit_rate"].tolist() == [1, 1, 0, 0]
    assert at_three["ndcg"].tolist() == [1, 0.5, 0, 0]  # 1 / log2(1 + 3)
    assert at_three["mrr"].tolist() == [1, 1 / 3, 0, 0]
    assert coverage([["a", "b"], ["a", "c"]], 1, 4) == 0.25
    assert popularity_ranks({"a": 9, "b": 2, "c": 2, "d": 1}) == {"a": 0, "b": 0.5, "c": 0.5, "d": 1}


def test_bootstrap_interval_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(3, 2, (400, 1))
    [found] = Bootstrap(400, 4000, 0.95, 1).intervals(values)
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=error / 10)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=error / 10)
    again = Bootstrap(400, 4000, 0.95, 1).intervals(np.concatenate([values, values + 1], axis=1))
    assert (again[0].low, again[0].high) == pytest.approx((found.low, found.high))
    assert again[1].low == pytest.approx(found.low + 1)  # the same queries are drawn for every column


def test_bootstrap_leaves_out_what_is_not_known() -> None:
    column = np.array([[1.0], [np.nan], [3.0]])
    [found] = Bootstrap(3, 200).intervals(column)
    assert found.value == 2
    assert 1 <= found.low <= found.high <= 3
    assert math.isnan(Bootstrap(2, 10).intervals(np.full((2, 1), np.nan))[0].value)


def test_top_k_is_a_stable_sort() -> None:
    draw = np.random.default_rng(4)
    for _ in range(300):
        scores = draw.integers(0, 5, draw.integers(0, 12)).astype(float)
        scores[draw.random(len(scores)) < 0.2] = -np.inf
        k = int(draw.integers(0, 14))
        wanted = [place for place in np.argsort(-scores, kind="stable")[:k] if scores[place] > -np.inf]
        assert top_k(scores, k).tolist() == wanted


def test_history_weights() -> None:
    session = Session(("a", "b", "c"), (1.0, 2.0, 4.0))
    assert history_weights(session, None).tolist() == [1, 2, 4]
    assert history_weights(session, 1).tolist() == [0.25, 1, 4]
    assert history_weights(Session(("a", "b")), 2).tolist() == [0.5**0.5, 1]


# ---- evaluation ----
def split_of(*queries: tuple[list[str], str]) -> Split:
    train = Sessions.of([["a", "b"], ["a", "c"], ["a", "b", "d"]])
    return Split(train, [Query(Session(tuple(history)), truth) for history, truth in queries], "by hand")


def test_evaluate_counts_one_truth_a_query() -> None:
    split = split_of((["a"], "b"), (["a"], "c"), (["b"], "d"), (["a", "b"], "z"), (["a", "b"], "a"))
    good, poor = Fixed("good", ["b", "c", "d", "a"]), Fixed("poor", ["a", "d", "b"])
    found = evaluate([good, poor], split, k=[1, 2])
    assert (found.queries, found.dropped_repeats, found.unknown_truths) == (4, 1, 1)
    assert good.fitted == poor.fitted == 1
    row = found.row("good", 2)
    assert row.metrics["hit_rate"].value == 3 / 4  # b, c and d at ranks 1, 2 and 2; z nowhere
    assert row.metrics["mrr"].value == (1 + 1 / 2 + 1 / 2) / 4
    assert row.metrics["ndcg"].value == pytest.approx((1 + 2 / math.log2(3)) / 4)
    assert row.metrics["coverage"].value == 3 / 4
    assert row.differences == {}
    poor_row = found.row("poor", 2)
    # d, b for both queries of a; then a, d; then d alone.
    assert poor_row.metrics["hit_rate"].value == 2 / 4
    assert poor_row.differences["hit_rate"].value == pytest.approx(2 / 4 - 3 / 4)
    assert poor_row.metrics["popularity_rank"].value == pytest.approx(((2.5 + 1) / 6 * 2 + (0 + 2.5) / 6 + 2.5 / 3) / 4)
    assert found.truth_popularity_rank == pytest.approx((1 / 3 + 2.5 / 3 * 2) / 3)
    assert found.rows[0].system == found.reference == "good"


def test_repeats_are_kept_when_seen_items_may_come_again() -> None:
    split = split_of((["a", "b"], "a"), (["a"], "b"))
    again = evaluate(Fixed("same", ["a", "b"]), split, k=1, filter_seen=False)
    assert (again.queries, again.dropped_repeats, again.filter_seen) == (2, 0, False)
    assert again.rows[0].metrics["hit_rate"].value == 0.5
    kept = evaluate(Fixed("same", ["a", "b"]), split, k=1, repeats="keep")
    assert (kept.queries, kept.rows[0].metrics["hit_rate"].value) == (2, 0.5)
    assert evaluate(Fixed("same", ["a", "b"]), split, k=1, filter_seen=False, repeats="drop").queries == 1
    with pytest.raises(ArgumentError, match="none whose truth is new"):
        evaluate(Fixed("same", []), split_of((["a"], "a")))


def test_tables_say_the_conditions() -> None:
    found = evaluate([Popularity(), Fixed("x", [])], split_of((["a"], "b"), (["a"], "a"), (["b"], "q")), k=3)
    text = found.to_text()
    assert "2 queries (by hand), one truth each; items of the history are never recommended" in text
    assert "left out: 1 queries whose truth is in their history" in text
    assert "1 truths are in no training session" in text
    assert json.loads(json.dumps(found.to_dict()))["rows"][1]["metrics"]["popularity_rank"]["value"] is None


@pytest.mark.parametrize("options", [{"k": 0}, {"k": []}, {"reference": "none"}])
def test_evaluate_refuses(options: dict) -> None:
    with pytest.raises(ArgumentError, match=r"\[evaluate\]"):
        evaluate(Popularity(), split_of((["a"], "b")), **options)
    with pytest.raises(ArgumentError, match="distinct names"):
        evaluate([Popularity(), Popularity()], split_of((["a"], "b")))


# ---- baselines ----
def similarity(system: CoOccurrence | ItemKNN, items: str) -> np.ndarray:
    """Its matrix by item, asked one item at a time."""
    system.fit(Sessions.of(SMALL))
    order = system.incidence.items
    found = np.zeros((len(items), len(items)))
    for row, item in enumerate(items):
        scores = system._scores(np.array([order.index(item)]), np.ones(1))
        found[row] = [scores[order.index(other)] for other in items]
    return found


# implicit 0.7.3: CosineRecommender(K=6), TFIDFRecommender(K=6), BM25Recommender(K=6) fitted on SMALL as a matrix of counts;
# ``similarity`` without its diagonal.
IMPLICIT = {
    "cosine": [
        [0.57735, 0.471405, 0.408248, 0.57735, 0], [0.57735, 0.816497, 0.353553, 0.5, 0.5],
        [0.471405, 0.816497, 0.57735, 0.408248, 0], [0.408248, 0.353553, 0.57735, 0, 0],
        [0.57735, 0.5, 0.408248, 0, 0], [0, 0.5, 0, 0, 0],
    ],
    "tfidf": [
        [0.261488, 0.330795, 0.726565, 0.221408, 0], [0.261488, 0.645878, 0.223044, 0.198634, 0.755164],
        [0.330795, 0.645878, 0.399037, 0.251282, 0], [0.726565, 0.223044, 0.399037, 0, 0],
        [0.221408, 0.198634, 0.251282, 0, 0], [0, 0.755164, 0, 0, 0],
    ],
    "bm25": [
        [0.14669, 0.14669, 0.483691, 0.040723, 0], [0.14669, 0.282713, 0.143764, 0.035372, 0.511255],
        [0.14669, 0.282713, 0.210649, 0.035372, 0], [0.483691, 0.143764, 0.210649, 0, 0],
        [0.040723, 0.035372, 0.035372, 0, 0], [0, 0.511255, 0, 0, 0],
    ],
}  # fmt: skip


@pytest.mark.parametrize("weighting", list(IMPLICIT))
def test_item_knn_is_that_of_implicit(weighting: str) -> None:
    found = similarity(ItemKNN(weighting, neighbours=None), "abcdef")  # type: ignore[arg-type]
    off = found[~np.eye(6, dtype=bool)].reshape(6, 5)
    assert np.abs(off - np.array(IMPLICIT[weighting])).max() < 1e-6
    assert (np.diag(found) == 0).all()


def test_co_occurrence_counts_sessions() -> None:
    found = similarity(CoOccurrence(), "abcdef")
    wanted = np.zeros((6, 6))
    for one in SMALL:
        for first, second in itertools.permutations(sorted(set(one)), 2):
            wanted["abcdef".index(first), "abcdef".index(second)] += 1
    assert (found == wanted).all()
    near = CoOccurrence(neighbours=1).fit(Sessions.of(SMALL))
    assert near.recommend_batch([Session(("a",))], 2) == [["b", "c"]]  # c only by its popularity


def test_session_knn() -> None:
    system = SessionKNN(neighbours=2).fit(Sessions.of(SMALL))
    # Cosines to the history {e}: session 3 only; its items score alike and come by popularity (b and c 4, a 3).
    assert system.recommend_batch([Session(("e",))], 5) == [["b", "c", "a", "d", "f"]]
    # {a, d}: session 2 has cosine 1, session 0 one of 1/sqrt(6): d is seen, so b and c of session 0 follow.
    assert system.recommend_batch([Session(("a", "d"))], 2) == [["b", "c"]]
    assert system.recommend_batch([Session(("a", "d"))], 2, filter_seen=False) == [["a", "d"]]


def test_als_solves_its_least_squares() -> None:
    """Conjugate gradients come to what the normal equations of the paper give."""
    system = ALS(factors=3, iterations=30, regularization=0.1, alpha=4, seed=1).fit(Sessions.of(SMALL))
    incidence = system.incidence
    history = np.array([incidence.index["a"], incidence.index["c"]])
    weights = np.array([1.0, 2.0])
    items = system._items
    confidence = np.ones(len(items))
    confidence[history] += 4 * weights
    preference = np.zeros(len(items))
    preference[history] = 1
    exact = np.linalg.solve(
        items.T @ (confidence[:, None] * items) + 0.1 * np.eye(3), items.T @ (confidence * preference)
    )
    assert np.allclose(system._scores(history, weights), items @ exact, atol=1e-8)


def test_baselines_learn_what_comes_together() -> None:
    """Two worlds of items that never meet: every baseline but popularity stays in the world of the history."""
    sessions = [[f"x{(i + j) % 8}" for j in range(4)] for i in range(8)] + [
        [f"y{(i + j) % 8}" for j in range(4)] for i in range(8)
    ] * 2
    for system in baselines(half_life=2):
        system.fit(Sessions.of(sessions))
        [found, unknown] = system.recommend_batch([Session(("x0", "x2")), Session(("nothing",))], 3)
        if isinstance(system, Popularity):
            assert found == ["y0", "y1", "y2"]
        else:
            assert {item[0] for item in found} == {"x"}, system.name
            assert "x1" in found, system.name
        assert unknown == ["y0", "y1", "y2"], system.name


@pytest.mark.parametrize(
    "make",
    [lambda: ItemKNN("dice"), lambda: ItemKNN(neighbours=0), lambda: SessionKNN(0), lambda: ALS(factors=0),
     lambda: CoOccurrence(half_life=0), lambda: Popularity().recommend_batch([Session(("a",))])],
)  # fmt: skip
def test_baselines_refuse(make) -> None:
    with pytest.raises(ArgumentError):
        make()


# ---- tuning ----
def test_tune_looks_at_the_training_part_alone() -> None:
    split = split_last(Sessions.of(cyclic_sessions()))
    base = Recommender(vector_size=8, workers=1, epochs=3)
    space = {"window": (1, 5), "half_life": (0.5, None)}
    found = tune(split, space=space, method="grid", recommender=base, metric="mrr", k=5)
    assert len(found.trials) == 4
    assert found.best == found.trials[0].settings
    assert set(found.best) == set(space)
    order = [trial.metrics["mrr"].value for trial in found.trials]
    assert order == sorted(order, reverse=True)
    # The truths of the split are no part of it: other truths, the same table.
    other = Split(split.train, [Query(query.history, "i0") for query in split.queries], "other truths")
    again = tune(other, space=space, method="grid", recommender=base, metric="mrr", k=5)
    assert [trial.settings for trial in again.trials] == [trial.settings for trial in found.trials]
    assert [trial.metrics for trial in again.trials] == [trial.metrics for trial in found.trials]
    assert "4 trials" not in found.to_text()
    assert found.to_text().count("[") == 4


def test_random_search_and_halving() -> None:
    sessions = Sessions.of(cyclic_sessions(120))
    base = Recommender(vector_size=4, workers=1)
    space = {"window": (1, 2, 3), "ns_exponent": (0.5, 0.75, 1.0), "epochs": (3, 9)}
    drawn = tune(sessions, space=space, trials=5, recommender=base, seed=1)
    assert len({tuple(trial.settings.items()) for trial in drawn.trials}) == 5
    assert [trial.settings for trial in tune(sessions, space=space, trials=5, recommender=base, seed=1).trials] == [
        trial.settings for trial in drawn.trials
    ]
    halved = tune(sessions, space=space, method="halving", trials=9, recommender=base)
    assert [round(trial.share, 3) for trial in halved.trials] == [1] + [0.333] * 2 + [0.111] * 6
    assert json.loads(json.dumps(halved.to_dict()))["best"] == halved.best
    events = []
    tune(sessions, space={"window": (1, 2)}, method="grid", recommender=Recommender(vector_size=4, workers=1, epochs=2),
         progress=events.append)  # fmt: skip
    assert (events[-1].done, events[-1].total, events[-1].unit) == (4, 4, "epochs")


@pytest.mark.parametrize(
    "options",
    [
        {"space": {"windows": (1,)}},
        {"space": {"window": ()}},
        {"space": {}},
        {"method": "guess"},
        {"metric": "recall"},
        {"trials": 0},
    ],
)
def test_tune_refuses(options: dict) -> None:
    with pytest.raises(ArgumentError, match=r"\[tune\]"):
        tune(Sessions.of(cyclic_sessions(20)), **options)


@pytest.mark.parametrize("options", [{"repeats": "drpo"}, {"confidence": 95}, {"confidence": 0}, {"resamples": -1}])
def test_evaluate_refuses_what_it_would_misread(options: dict) -> None:
    split = split_last(Sessions.of([["a", "b"], ["b", "a"], ["a", "c", "b"]]))
    with pytest.raises(ArgumentError, match=r"\[evaluate\]"):
        evaluate(Popularity(), split, **options)


def test_effects_say_what_a_setting_is_worth() -> None:
    sessions = Sessions.of(cyclic_sessions(120))
    seen: list[Trial] = []
    base = Recommender(vector_size=4, workers=1, epochs=3)
    space = {"window": (1, 4), "ns_exponent": (1.0, 0.0, 0.5), "half_life": (None, 2.0), "negative": (5,)}
    found = tune(sessions, space=space, method="grid", recommender=base, on_trial=seen.append)
    assert sorted(map(id, seen)) == sorted(map(id, found.trials))
    effects = {effect.setting: effect for effect in found.effects}
    assert set(effects) == {"window", "ns_exponent", "half_life"}  # one value is no choice
    assert [effect.spread for effect in found.effects] == sorted((e.spread for e in effects.values()), reverse=True)
    one = effects["ns_exponent"]
    assert one.values == [0.0, 0.5, 1.0]
    assert effects["half_life"].values == [2.0, None]
    for value, mean in zip(one.values, one.means, strict=True):
        scores = [trial.metrics["ndcg"].value for trial in seen if trial.settings["ns_exponent"] == value]
        assert mean == pytest.approx(sum(scores) / 4)
    assert one.best == one.values[int(np.argmax(one.means))]
    assert json.loads(json.dumps(found.to_dict()))["effects"][0]["spread"] == found.effects[0].spread


def test_a_training_inside_a_measurement_can_be_stopped() -> None:
    class Stop(Exception):
        pass

    def stop(event: ProgressEvent) -> None:
        if event.stage in ("train", "tune") and event.done:
            raise Stop

    sessions = Sessions.of(cyclic_sessions(400))
    endless = Recommender(vector_size=16, workers=1, epochs=1_000_000)
    begin = time.perf_counter()
    with pytest.raises(Stop):
        evaluate([endless, Popularity()], split_last(sessions), progress=stop)
    with pytest.raises(Stop):
        tune(sessions, space={"window": (1, 2)}, method="grid", recommender=endless, progress=stop)
    assert time.perf_counter() - begin < 20
