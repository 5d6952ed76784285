"""`Recommender`: what it learns, what it recommends and why, weights, cold items, updates, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.recommend_samples import cyclic_sessions, genre_of, songs, write_two_files
from tokenspace.errors import ArgumentError, FileError, FormatError, NotFoundError
from tokenspace.recommend import Recommender, Session, Sessions, UnknownItemError, read_playlists
from tokenspace.recommend.text_vectors import TextVectors, words_of

# R1 of the specification.
MISSION = {"vector_size": 32, "window": 20, "negative": 50, "min_count": 1, "workers": 4}


@pytest.fixture(scope="module")
def playlists(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    sessions, table = read_playlists(*write_two_files(tmp_path_factory.mktemp("two")))
    return ts.Recommender.from_sessions(sessions, table, epochs=10, **MISSION)


@pytest.fixture(scope="module")
def ring() -> Recommender:
    """Items on a ring, each followed by the next: i0, i1, ... i29, i0."""
    # Of so few items all are frequent: sub-sampling would leave one event in five.
    return Recommender(vector_size=16, workers=1, window=1, sample=0, epochs=40, seed=2).fit(cyclic_sessions())


def items(found: list[Any]) -> list[str]:
    return [one.item for one in found]


# ---- R1, R2 ----
def test_neighbours_of_a_song_are_of_its_genre(playlists: Recommender) -> None:
    of_genre = total = 0
    for key, title, _, genre in songs()[::7]:
        [found] = playlists.find(title)
        assert found == key
        near = playlists.similar(key, k=10)
        assert key not in items(near)
        of_genre += sum(genre_of(one.item) == genre for one in near)
        total += len(near)
        assert all(set(one.metadata) == {"title", "artist"} and one.metadata["title"] for one in near)
        assert [one.score for one in near] == sorted((one.score for one in near), reverse=True)
    assert of_genre / total > 0.95


def test_a_session_is_continued_in_its_genre(playlists: Recommender) -> None:
    for genre in range(4):
        history = [str(genre * 60 + place) for place in range(5)]
        found = playlists.recommend(history, k=10)
        assert sum(int(one.item) // 60 == genre for one in found) >= 9
        assert not set(items(found)) & set(history)


def test_model_is_word2vec_with_the_settings(playlists: Recommender) -> None:
    model = playlists.model
    assert (model.vector_size, model.window, model.negative, model.min_count) == (32, 20, 50, 1)
    assert len(playlists) == len(model.wv) == 240
    assert "0" in playlists
    assert 0 in playlists
    assert "x" not in playlists


# ---- what comes next ----
def test_next_follows_the_order_of_sessions(ring: Recommender) -> None:
    for place in range(0, 30, 3):
        found = items(ring.recommend([f"i{place}"], k=2))
        assert f"i{(place + 1) % 30}" in found  # window 1 knows the one before and the one after


def test_next_is_the_probability_of_the_model(ring: Recommender) -> None:
    """exp(v·o) * count ** ns_exponent over its sum, written out."""
    wv, outputs = ring.model.wv, ring.model.syn1neg
    history = ["i3", "i4", "i5"]
    weights = np.array([0.5 ** (2 / 3), 0.5 ** (1 / 3), 1])
    query = weights @ np.array([wv[item] for item in history]) / weights.sum()
    counts = np.array([wv.get_vecattr(item, "count") for item in wv.index_to_key])
    probability = np.exp(outputs @ query) * counts**0.6
    probability /= probability.sum()
    unit = np.array([wv[item] / np.linalg.norm(wv[item]) for item in history])
    found = ring.recommend(history, k=30, half_life=3, filter_seen=False)
    assert sum(np.exp(one.score) for one in found) == pytest.approx(1)
    for one in found:
        assert np.exp(one.score) == pytest.approx(probability[wv.key_to_index[one.item]], rel=1e-4)
        cosine = float(weights @ unit @ wv[one.item] / np.linalg.norm(weights @ unit) / np.linalg.norm(wv[one.item]))
        assert one.similarity == pytest.approx(cosine, abs=1e-5)
    by_cosine = ring.recommend(history, k=5, half_life=3, scoring="cosine")
    assert [one.score for one in by_cosine] == pytest.approx([one.similarity for one in by_cosine], abs=1e-6)


def test_similar_agrees_with_keyed_vectors(ring: Recommender) -> None:
    wv = ring.model.wv
    unit = wv.vectors / np.linalg.norm(wv.vectors, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit[wv.key_to_index["i7"]]))
    assert items(ring.similar("i7", k=5)) == [wv.index_to_key[place] for place in order[1:6]]


def test_batch_is_many_calls(ring: Recommender, monkeypatch: pytest.MonkeyPatch) -> None:
    histories = [["i1"], ["unknown"], [], ["i4", "i9", "unknown"], Session(("i2",), (3.0,))]
    wanted = [items(ring.recommend(one, 7)) if len(one) and one != ["unknown"] else [] for one in histories]
    assert ring.recommend_batch(histories, 7) == wanted
    monkeypatch.setattr("tokenspace.recommend.recommender._BATCH_BYTES", 1)
    assert ring.recommend_batch(histories, 7) == wanted
    assert ring.recommend_batch([["i1"]], 1, filter_seen=False, scoring="cosine") == [["i1"]]


# ---- filters, popularity ----
def test_filters(ring: Recommender) -> None:
    assert "i3" not in items(ring.recommend("i3", 40))
    assert len(ring.recommend("i3", 40)) == 29
    assert items(ring.recommend("i3", 1, filter_seen=False, scoring="cosine")) == ["i3"]
    best = items(ring.recommend("i3", 3))
    assert items(ring.recommend("i3", 3, exclude=[best[0], "unknown"]))[:2] == best[1:]
    assert set(items(ring.recommend("i3", 9, candidates=["i9", "i10", "i3", "unknown"]))) == {"i9", "i10"}
    assert ring.recommend("i3", 0) == []


@pytest.mark.parametrize("scoring", ["next", "cosine"])
def test_popularity_control(scoring: Any) -> None:
    draw = np.random.default_rng(0)
    share = 1 / np.arange(1, 41)
    sessions = [[f"p{item}" for item in draw.choice(40, 6, replace=False, p=share / share.sum())] for _ in range(400)]
    recommender = Recommender(vector_size=8, workers=1, epochs=5).fit(sessions)
    counts = [
        np.mean([one.count for one in recommender.recommend(["p5", "p20"], 10, popularity=level, scoring=scoring)])
        for level in (-1, -0.5, 0, 0.5, 1)
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[2] < counts[4]
    if scoring == "cosine":
        ranked = recommender.recommend("p0", 3, popularity=1, scoring="cosine")
        assert [one.count for one in ranked] == sorted(recommender.catalogue.counts[1:], reverse=True)[:3]
    with pytest.raises(ArgumentError, match="popularity from -1 to 1"):
        recommender.recommend("p0", popularity=1.5)


# ---- weights, recency ----
def test_a_heavier_event_draws_the_query(playlists: Recommender) -> None:
    def share_of_first(weight: float) -> float:
        found = playlists.recommend([("0", weight), ("60", 1.0)], k=20, half_life=None)
        return sum(genre_of(one.item) == genre_of("0") for one in found) / 20

    assert share_of_first(0.1) < 0.3
    assert share_of_first(10) > 0.7


def test_recent_events_draw_the_query(playlists: Recommender) -> None:
    history = [*(str(place) for place in range(5)), *(str(60 + place) for place in range(5))]
    recent = playlists.recommend(history, k=20, half_life=1)
    assert sum(genre_of(one.item) == genre_of("60") for one in recent) >= 18
    old = playlists.recommend(history[::-1], k=20, half_life=1)
    assert sum(genre_of(one.item) == genre_of("0") for one in old) >= 18


def test_event_weights_in_training_and_query() -> None:
    weights = {"view": 1, "buy": 5, "return": 0}
    sessions = [[("a", "buy"), ("b", "buy"), ("c", "view"), ("d", "return")]] * 5
    recommender = Recommender(event_weights=weights, vector_size=4, workers=1, epochs=2).fit(sessions)
    assert dict(zip(recommender.catalogue.items, recommender.catalogue.counts.tolist(), strict=True)) == {
        "a": 25, "b": 25, "c": 5
    }  # fmt: skip
    wv = recommender.model.wv
    assert {item: wv.get_vecattr(item, "count") for item in wv.index_to_key} == {"a": 25, "b": 25, "c": 5}
    by_event = recommender.explain([("a", "view"), ("b", "buy")], "c", half_life=None)
    by_number = recommender.explain([("a", 1), ("b", 5)], "c", half_life=None)
    assert by_event == by_number
    with pytest.raises(ArgumentError, match="'rent'"):
        recommender.recommend([("a", "rent")])


# ---- explanation ----
@pytest.mark.parametrize("scoring", ["next", "cosine"])
def test_reasons_add_up_to_the_score(playlists: Recommender, scoring: Any) -> None:
    history = ["3", ("70", 4.0), "5", "unknown", "3"]
    for one in playlists.recommend(history, k=3, scoring=scoring, reasons=9):
        whole = playlists.explain(history, one.item, scoring=scoring)
        assert {reason.item for reason in whole} == {"3", "70", "5"}
        assert [reason.item for reason in one.because] == [reason.item for reason in whole]
        assert [reason.share for reason in one.because] == pytest.approx([reason.share for reason in whole])
        assert [reason.share for reason in whole] == sorted((reason.share for reason in whole), reverse=True)
        added = sum(reason.share for reason in whole)
        if scoring == "cosine":
            assert added == pytest.approx(one.score, abs=1e-5)
            continue
        # What the history says of this item above the mean of all: scores differ from it by popularity and a constant.
        rest = [
            other.score - 0.6 * np.log(other.count) for other in playlists.recommend(history, k=240, filter_seen=False)
        ]
        assert added == pytest.approx(one.score - 0.6 * np.log(one.count) - np.mean(rest), abs=1e-4)
    assert len(playlists.recommend(history, k=1)[0].because) == 3


def test_the_heaviest_event_is_the_first_reason(playlists: Recommender) -> None:
    for scoring in ("next", "cosine"):
        [one] = playlists.recommend([("0", 1.0), ("60", 9.0)], k=1, half_life=None, scoring=scoring)
        assert genre_of(one.item) == genre_of("60")
        assert one.because[0].item == "60"
        assert one.because[0].share > 0


def test_to_dict_is_json(playlists: Recommender) -> None:
    [one] = playlists.recommend("0", 1)
    assert json.loads(json.dumps(one.to_dict()))["because"][0]["item"] == "0"


# ---- items without sessions ----
def test_cold_items_are_placed_by_their_words(tmp_path: Path) -> None:
    sessions, table = read_playlists(*write_two_files(tmp_path))
    tagged = {key: {**table[key], "genre": genre} for key, _, _, genre in songs()}
    cold = {key for key, *_ in songs() if int(key) % 6 == 1}
    warm = [[item for item in one.items if item not in cold] for one in sessions]
    recommender = Recommender.from_sessions(warm, tagged, epochs=10, **MISSION)
    assert cold < set(recommender.catalogue.items)
    near = [one.item for key in cold for one in recommender.similar(key, 10)]
    assert sum(
        genre_of(item) == genre_of(key) for key in cold for item in items(recommender.similar(key, 10))
    ) > 0.9 * len(near)
    found = recommender.recommend(
        [str(place) for place in range(60, 66) if str(place) not in cold], k=10, candidates=cold
    )
    assert sum(genre_of(one.item) == "forgecore" for one in found) >= 9
    assert all(one.count == 0 for one in found)
    added = recommender.add_items(
        {"new": {"genre": "pulsegrid"}, "blank": {"genre": "never heard"}, "0": {"title": "Changed"}}
    )
    assert added == ["new"]
    assert {genre_of(one.item) for one in recommender.similar("new", 10)} == {"pulsegrid"}
    assert recommender.metadata["0"] == {"title": "Changed"}
    with pytest.raises(UnknownItemError):
        recommender.similar("blank")
    assert recommender.find("new") == ["new"]


def test_text_vectors_by_hand() -> None:
    rows = [{"t": "red car"}, {"t": "red bus"}, {"t": "Blue bus", "year": 1999}]
    vectors = np.array([[1, 0], [0, 1], [0, 3]], dtype=np.float32)
    words = TextVectors(rows, vectors)
    # red: mean (.5, .5), idf ln(4/3); car: (1, 0), idf ln(4/2).
    red, car = np.log(4 / 3), np.log(2)
    wanted = (red * np.array([0.5, 0.5]) + car * np.array([1, 0])) / (red + car)
    assert words.vector({"t": "red CAR, unknown"}) == pytest.approx(wanted)
    assert words.vector({"year": 1999}) == pytest.approx([0, 3])
    assert words.vector({"title": "red"}) is None  # another field, another word
    assert words.vector({}) is None
    assert words_of({"a": "x x", "b": ["y", 2], "c": None, "d": True, "e": False}) == {
        "a=x": 2, "b=y": 1, "b=2": 1, "d=true": 1
    }  # fmt: skip


def test_a_word_that_all_items_have_says_nothing() -> None:
    words = TextVectors([{"t": "a x"}, {"t": "a y"}], np.eye(2, dtype=np.float32))
    assert words.vector({"t": "a x"}) == pytest.approx([1, 0])


# ---- going on ----
def test_update_learns_new_items() -> None:
    rows = {"n0": {"t": "z"}, "a0": {"t": "z"}, "a1": {"t": "y"}}
    recommender = Recommender(vector_size=16, workers=1, window=5, sample=0, metadata=rows)
    old = [[f"a{(i + j) % 6}" for j in range(4)] for i in range(6)] * 20
    recommender.fit([*old, ["b0", "b1"]])
    assert recommender.catalogue.placed[0] == ["n0"]
    before = {item: recommender.model.wv[item].copy() for item in recommender.model.wv.index_to_key}
    new = [[f"n{(i + j) % 4}" for j in range(3)] for i in range(4)] * 20
    recommender.update([*new, *old[:30]], {"c": {"t": "z"}})
    assert set(before) | {f"n{number}" for number in range(4)} == set(recommender.model.wv.index_to_key)
    assert recommender.catalogue.placed[0] == ["c"]
    assert recommender.catalogue.counts[recommender.catalogue.index["n0"]] == 60
    assert recommender.catalogue.counts[recommender.catalogue.index["a0"]] == 80 + 20
    assert {one.item[0] for one in recommender.recommend("n1", 3)} == {"n"}
    assert {one.item[0] for one in recommender.recommend("a1", 4)} == {"a"}
    moved = {item for item in before if not np.array_equal(before[item], recommender.model.wv[item])}
    assert moved == {f"a{number}" for number in range(6)}  # those in the new sessions


def test_fit_again_forgets() -> None:
    recommender = Recommender(vector_size=4, workers=1, epochs=1).fit([["a", "b"]])
    recommender.fit([["c", "d", "e"]])
    assert set(recommender.catalogue.items) == {"c", "d", "e"}


# ---- files ----
def test_save_and_load(playlists: Recommender, tmp_path: Path) -> None:
    playlists.add_items({"cold": {"artist": "Iron Oriole"}})
    playlists.save(tmp_path / "model")
    again = Recommender.load(tmp_path / "model")
    assert again.recommend(["0", "61"], 5) == playlists.recommend(["0", "61"], 5)
    assert again.similar("cold", 3) == playlists.similar("cold", 3)
    assert (again.settings, again.half_life, again.scoring) == (
        playlists.settings,
        playlists.half_life,
        playlists.scoring,
    )
    assert dict(again.metadata) == dict(playlists.metadata)
    assert not [path for path in (tmp_path / "model").iterdir() if path.suffix in (".pkl", ".pickle", ".npy")]


def test_a_loaded_recommender_goes_on_as_the_saved_one(tmp_path: Path) -> None:
    recommender = Recommender(vector_size=8, workers=1, epochs=5, half_life=None, name="mine").fit(
        [["b", "a"], ["a", "c"]] * 9
    )
    recommender.update([["z", "a"], ["c", "z", "y"]])  # the rows are no longer in the order of their counts
    recommender.save(tmp_path / "model")
    again = Recommender.load(tmp_path / "model")
    assert (again.name, again.half_life) == ("mine", None)
    for one in (recommender, again):
        one.update([["q", "a", "b"]] * 3)
    assert again.model.wv.index_to_key == recommender.model.wv.index_to_key
    assert np.array_equal(again.model.wv.vectors, recommender.model.wv.vectors)
    assert np.array_equal(again.model.syn1neg, recommender.model.syn1neg)


def test_hierarchical_softmax_has_cosine_alone(tmp_path: Path) -> None:
    recommender = Recommender(vector_size=8, workers=1, epochs=3, hs=1, negative=0).fit([["a", "b", "c"]] * 5)
    assert recommender.scoring == "cosine"
    recommender.save(tmp_path / "model")
    assert Recommender.load(tmp_path / "model").recommend("a") == recommender.recommend("a")
    with pytest.raises(ArgumentError, match="scoring='cosine'"):
        recommender.recommend("a", scoring="next")


def test_nothing_half_written(ring: Recommender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", fail)
    with pytest.raises(FileError, match="room on the disk"):
        ring.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def damage(folder: Path, name: str, change: Any) -> None:
    path = folder / name
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("recommender.json", lambda value: value.update(version=99)),
        ("recommender.json", lambda value: value.pop("settings")),
        ("recommender.json", lambda value: value["settings"].update(vector_size=17)),
        ("recommender.json", lambda value: value["settings"].update(min_count=10**6)),
        ("recommender.json", lambda value: value["model"].update(window="wide")),
        ("recommender.json", lambda value: value["settings"].update(epochs="many")),
        ("recommender.json", lambda value: value["options"].update(half_life=-1)),
        ("items.json", lambda value: value["trained"].pop()),
        ("items.json", lambda value: value["trained"].__setitem__(0, value["trained"][1])),
        ("items.json", lambda value: value["trained"].__setitem__(0, 3)),
        ("items.json", lambda value: value.update(metadata=[1])),
    ],
)
def test_damaged_settings_are_refused(ring: Recommender, tmp_path: Path, name: str, change: Any) -> None:
    ring.save(tmp_path / "model")
    damage(tmp_path / "model", name, change)
    with pytest.raises(FormatError, match=r"\[load\]"):
        Recommender.load(tmp_path / "model")


def test_damaged_files_are_refused(ring: Recommender, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Recommender.load(tmp_path / "none")
    folder = tmp_path / "model"
    ring.save(folder)
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(whole) == {"recommender.json", "items.json", "vectors.safetensors"}
    for name, data in whole.items():
        for part in (b"", data[: len(data) // 2], b"\xff\xfe" + data, b"[]"):
            (folder / name).write_bytes(part)
            with pytest.raises(FormatError, match=r"\[load\]"):
                Recommender.load(folder)
        (folder / name).unlink()
        with pytest.raises(NotFoundError, match=name):
            Recommender.load(folder)
        (folder / name).write_bytes(data)
    assert Recommender.load(folder).recommend("i3") == ring.recommend("i3")


# ---- what is refused ----
def test_refusals(ring: Recommender) -> None:
    with pytest.raises(ArgumentError, match=r"settings among .*vector_size"):
        Recommender(dimensions=3)
    with pytest.raises(ArgumentError, match="epochs= a number"):
        Recommender(epochs="many")
    with pytest.raises(ArgumentError, match="negative"):
        Recommender(negative=-1, workers=1).fit([["a", "b"]])
    with pytest.raises(ArgumentError, match="half_life above 0"):
        Recommender(half_life=0)
    with pytest.raises(ArgumentError, match="next or cosine"):
        Recommender(scoring="dot")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="fit"):
        Recommender().recommend("a")
    for empty in ([], [["a"], ["b"]], Sessions.of([])):
        with pytest.raises(ArgumentError, match="session of at least two items"):
            Recommender(workers=1).fit(empty)
    with pytest.raises(ArgumentError, match="min_count"):
        Recommender(workers=1, min_count=5).fit([["a", "b"]])
    with pytest.raises(ArgumentError, match="at least one item"):
        ring.recommend([])
    with pytest.raises(UnknownItemError, match=r"'x', 'y'.*find") as caught:
        ring.recommend(["x", "y"])
    assert isinstance(caught.value, KeyError)
    with pytest.raises(UnknownItemError):
        ring.explain("i1", "x")


def test_an_item_that_never_meets_another_is_not_known() -> None:
    """It would keep the random vector it began with."""
    recommender = Recommender(vector_size=4, workers=1, epochs=1).fit([["a", "b"], ["alone"]])
    assert "alone" not in recommender
    with pytest.raises(UnknownItemError):
        recommender.recommend("alone")


def test_same_seed_same_vectors() -> None:
    one, two, other = (
        Recommender(vector_size=8, workers=1, epochs=2, seed=seed).fit(cyclic_sessions(50)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.model.wv.vectors, two.model.wv.vectors)
    assert not np.array_equal(one.model.wv.vectors, other.model.wv.vectors)
    threads = [
        Recommender(vector_size=8, workers=workers, epochs=2, deterministic=True).fit(cyclic_sessions(50))
        for workers in (1, 3)
    ]
    assert np.array_equal(threads[0].model.wv.vectors, threads[1].model.wv.vectors)


def test_window_of_the_longest_session() -> None:
    recommender = Recommender(vector_size=4, workers=1, epochs=1, window=None).fit([["a", "b"], list("cdefg")])
    assert recommender.model.window == 5


def test_one_id_is_no_list_of_its_letters(ring: Recommender) -> None:
    first = ring.recommend(["i3"], k=1)[0].item
    assert first not in items(ring.recommend(["i3"], k=5, exclude=first))
    assert items(ring.recommend(["i3"], k=5, candidates="i9")) == ["i9"]


def test_an_update_that_fails_leaves_what_can_be_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recommender = Recommender(vector_size=4, workers=1, epochs=1, sample=0).fit(cyclic_sessions())
    known = len(recommender)
    for epochs in (0, -1, 1.5, "2"):
        with pytest.raises(ArgumentError, match="epochs"):
            recommender.update([["new", "i1"]], epochs=epochs)  # type: ignore[arg-type]
    assert len(recommender) == known

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(recommender.model, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        recommender.update([["new", "i1"]])
    recommender.save(tmp_path / "saved")
    assert items(Recommender.load(tmp_path / "saved").recommend("i1")) == items(recommender.recommend("i1"))


@pytest.mark.parametrize(
    "given",
    [{"event_weights": {"buy": -1}}, {"event_weights": {"buy": "x"}}, {"event_weights": [1]}, {"metadata": ["a"]}],
)
def test_settings_of_another_form_are_refused_when_they_are_given(given: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        Recommender(**given)


@pytest.mark.parametrize("given", [{"k": 2.5}, {"k": "3"}, {"popularity": "x"}, {"popularity": None}])
def test_questions_of_another_form_are_refused(ring: Recommender, given: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        ring.recommend("i3", **given)


def test_search_is_for_people_who_type(playlists: Recommender) -> None:
    title = playlists.metadata["7"]["title"]
    assert playlists.search(f"  {title.upper()} ")[0] == "7"
    assert playlists.search("17")[0] == "17"  # an id before titles that hold it
    found = playlists.search("line kelp")
    assert found
    assert {playlists.metadata[item]["artist"] for item in found} == {"The Kelp Line"}
    counts = [playlists.catalogue.counts[playlists.catalogue.index[item]] for item in found]
    assert counts == sorted(counts, reverse=True)
    assert playlists.search("") == playlists.search("no such song") == []
    bare = Recommender(vector_size=4, workers=1, epochs=1, sample=0).fit([["a1", "b"], ["a2", "a1"]])
    assert bare.search("a") == ["a1", "a2"]
