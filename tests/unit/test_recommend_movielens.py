"""Real sessions: the ratings of MovieLens 100k, which are not part of the repository."""

from __future__ import annotations

import pytest

from tests.data import require
from tokenspace.recommend import (
    Columns,
    ItemKNN,
    Popularity,
    Recommender,
    Sessions,
    evaluate,
    read_sessions,
    split_last,
    split_time,
)


@pytest.fixture(scope="module")
def ratings() -> Sessions:
    path = require("benchmarks/ml-100k/u.data")
    return read_sessions(path, format="tsv", header=False, columns=Columns("1", "2", "4"))


def test_the_whole_file_is_read(ratings: Sessions) -> None:
    assert (len(ratings), len(ratings.ids), len(ratings.items)) == (943, 100_000, 1682)
    assert min(ratings.lengths) == 20
    longest = max(ratings, key=len)
    assert (longest.key, len(longest)) == ("405", 737)


def test_item_vectors_beat_popularity(ratings: Sessions) -> None:
    split = split_last(ratings.with_shuffled_ties(0))
    fast = Recommender(vector_size=32, negative=5, epochs=6, workers=2)
    found = evaluate([Popularity(), fast, ItemKNN(half_life=3)], split, k=10)
    assert (found.queries, found.dropped_repeats) == (943, 0)
    popular, vectors, knn = found.rows
    # All of these have been measured many times over: popularity 0.088, item vectors about 0.17, item-kNN 0.16.
    assert popular.metrics["hit_rate"].value == pytest.approx(0.088, abs=0.005)
    assert vectors.differences["hit_rate"].low > 0
    assert knn.differences["hit_rate"].low > 0
    assert popular.metrics["popularity_rank"].value < 0.01 < vectors.metrics["popularity_rank"].value
    assert popular.metrics["coverage"].value < vectors.metrics["coverage"].value


def test_nothing_of_the_future_is_trained_on(ratings: Sessions) -> None:
    split = split_time(ratings, share=0.2)
    assert split.train.times is not None
    assert split.train.times.max() < min(
        ratings[query.history.key].times[len(query.history)] for query in split.queries
    )
