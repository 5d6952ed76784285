"""Sessions, splits and baselines on random input, against a few lines of plain Python."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("hypothesis")

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tokenspace.errors import ArgumentError, TokenspaceError
from tokenspace.recommend import (
    CoOccurrence,
    Session,
    SessionKNN,
    Sessions,
    read_items,
    read_sessions,
    split_last,
    split_sessions,
    split_time,
)
from tokenspace.recommend.weighted_sentences import layers_of, sentences_of

ITEMS = st.sampled_from("abcdefgh")
EVENTS = st.lists(st.tuples(ITEMS, st.integers(1, 6)), max_size=7)
WEIGHTED = st.lists(EVENTS, min_size=1, max_size=8)


def pairs(sessions: list[list[tuple[str, int]]]) -> list[dict[str, float]]:
    """The summed weight of each item of a session."""
    found = []
    for session in sessions:
        summed: dict[str, float] = defaultdict(float)
        for item, weight in session:
            summed[item] += weight
        found.append(dict(summed))
    return found


@given(WEIGHTED, st.data())
def test_where_is_a_filter(given_sessions: list[list[tuple[str, int]]], data: st.DataObject) -> None:
    sessions = Sessions.of(dict(enumerate(given_sessions)))
    mask = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(sessions.ids), max_size=len(sessions.ids))), dtype=bool
    )
    kept, at = {}, 0
    for number, one in enumerate(given_sessions):
        part = [event for event, keep in zip(one, mask[at : at + len(one)], strict=True) if keep]
        at += len(one)
        if part:
            kept[str(number)] = part
    found = sessions.where(mask)
    assert {one.key: list(zip(one.items, map(int, one.weights or ()), strict=True)) for one in found} == kept
    assert set(found.items) == {item for one in kept.values() for item, _ in one}


@given(
    st.lists(st.lists(st.tuples(ITEMS, st.integers(0, 30)), max_size=6), min_size=1, max_size=10), st.integers(0, 31)
)
def test_splits_ask_for_what_is_not_trained_on(given_sessions: list[list[tuple[str, int]]], moment: int) -> None:
    made = [
        Session(tuple(item for item, _ in one), None, tuple(float(time) for _, time in one), str(number))
        for number, one in (
            (number, sorted(one, key=lambda event: event[1])) for number, one in enumerate(given_sessions)
        )
    ]
    sessions = Sessions.of(made)
    for make in (
        lambda: split_last(sessions),
        lambda: split_time(sessions, moment),
        lambda: split_sessions(sessions, share=0.5),
    ):
        try:
            split = make()
        except ArgumentError:
            continue
        trained = {one.key: one.items for one in split.train}
        for query in split.queries:
            whole = sessions[query.history.key]
            place = len(query.history)
            assert place >= 1
            assert whole.items[:place] == query.history.items
            assert whole.items[place] == query.truth
            # The training part of an asked session never reaches the truth.
            assert len(trained.get(query.history.key, ())) <= place
            assert trained.get(query.history.key, ()) == whole.items[: len(trained.get(query.history.key, ()))]


@settings(max_examples=60)
@given(WEIGHTED, st.lists(ITEMS, min_size=1, max_size=4))
def test_neighbour_baselines(given_sessions: list[list[tuple[str, int]]], history: list[str]) -> None:
    sessions = Sessions.of(given_sessions)
    assume(sessions.items)
    held = pairs(given_sessions)
    counts = dict(zip(sessions.items, sessions.counts(), strict=True))
    order = sorted(sessions.items, key=lambda item: -counts[item])
    known = [item for item in history if item in counts]

    together: dict[str, float] = defaultdict(float)
    for mine in known:
        for one in held:
            for item in one:
                if mine in one and item != mine:
                    together[item] += min(one[mine], one[item])
    wanted = sorted(order, key=lambda item: -together[item])
    assert CoOccurrence().fit(sessions).recommend_batch([Session(tuple(history))], 9, filter_seen=False) == [wanted]

    likeness = []
    for one in held:
        length = math.sqrt(sum(weight**2 for weight in one.values()))
        likeness.append(sum(one.get(item, 0) for item in known) / length if length else 0.0)
    scores = {item: sum(like * (item in one) for like, one in zip(likeness, held, strict=True)) for item in order}
    [found] = SessionKNN(neighbours=99).fit(sessions).recommend_batch([Session(tuple(history))], 9, filter_seen=False)
    assert set(found) == set(order)
    assert [scores[item] for item in found] == pytest.approx(sorted(scores.values(), reverse=True))


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30))
def test_layers_keep_the_order_of_weights(weights: list[float]) -> None:
    layers = layers_of(np.array(weights))
    assert ((layers >= 1) & (layers <= 8) & (layers == np.floor(layers))).all()
    order = np.argsort(weights)
    assert (np.diff(layers[order]) >= 0).all()
    if max(weights) / min(weights) <= 8:
        assert np.abs(layers - np.array(weights) / min(weights)).max() <= 0.5 + 1e-9


@given(st.lists(st.lists(st.tuples(ITEMS, st.integers(1, 8)), max_size=6), min_size=1, max_size=6))
def test_pairs_meet_by_the_smaller_weight(given_sessions: list[list[tuple[str, int]]]) -> None:
    """With a weight of 1 somewhere, layers are the weights themselves."""
    given_sessions = [
        [("z", 1)],
        *[[(f"{item}{place}", weight) for place, (item, weight) in enumerate(one)] for one in given_sessions],
    ]
    met: dict[tuple[str, str], int] = defaultdict(int)
    for sentence in sentences_of(Sessions.of(given_sessions)):
        for place, first in enumerate(sentence):
            for second in sentence[place + 1 :]:
                met[first, second] += 1
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    for one in given_sessions:
        for place, (first, weight) in enumerate(one):
            for second, other in one[place + 1 :]:
                wanted[first, second] += min(weight, other)
    assert met == wanted


FILES = {
    "csv": b"user,item,time,event,weight\n1,a,3,view,2\n1,b,2020-01-01,buy,1\n2,c d,5,view,0\n",
    "jsonl": b'{"user":1,"item":"a","time":3}\n{"user":1,"item":["a",2]}\n["x",3]\n',
    "json": b'[{"user":1,"item":"a","time":2},{"user":2,"item":3.0,"time":"1"}]',
    "txt": "a b c\nd e\n中 f\n".encode(),
}
PARTS = [b"nan", b'"', b"\n", b",", b"null", b"1e999", b"-1", b"[", b"{", b"\xff", b"\\ud800", b"true", b"\x00"]


def damaged(whole: bytes, draw: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(data) + 1)
        kind = draw.randrange(3)
        if kind == 0:
            data[place : place + 1] = bytes([draw.randrange(256)])
        elif kind == 1:
            del data[place : place + draw.randint(1, 9)]
        else:
            data[place:place] = draw.choice(PARTS)
    return bytes(data)


@pytest.mark.parametrize("format", [*FILES, "parquet"])
def test_damaged_files_give_named_errors(tmp_path: Path, format: str) -> None:
    """Or sessions; never another exception."""
    path = tmp_path / "sessions"
    if format == "parquet":
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet as pq

        pq.write_table(
            pa.Table.from_pylist([{"user": 1, "item": "a", "time": 1.5}, {"user": 1, "item": "b", "time": 2.0}]), path
        )
        whole = path.read_bytes()
    else:
        whole = FILES[format]
    draw, refused = random.Random(format), 0
    for _ in range(300):
        path.write_bytes(damaged(whole, draw))
        for read in (
            lambda: read_sessions(path, format=format, event_weights={"view": 1, "buy": 2}),
            lambda: read_items(path, format=format),
        ):
            try:
                read()
            except TokenspaceError:
                refused += 1
    assert 0 < refused < 600
