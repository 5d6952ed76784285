"""GloVe: counts, steps, costs, reproducibility, memory, checkpoints, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tokenspace import _core
from tokenspace.errors import ArgumentError, CheckpointError, LimitError
from tokenspace.reference.glove import Row, step
from tokenspace.vectors.glove import GloVe

RANDOM = np.random.default_rng(5)
# Two topics that share a few words: words of a topic must end nearer to each other.
SENTENCES = [
    [f"{'ab'[topic]}{n}" if n < 12 else f"common{n % 3}" for n in RANDOM.integers(0, 15, 12)]
    for topic in RANDOM.integers(0, 2, 400).tolist()
]
SMALL: dict[str, Any] = {"vector_size": 13, "window": 4, "min_count": 1, "epochs": 6, "x_max": 20.0}


def flat(sentences: list[list[int]]) -> tuple[Any, Any]:
    ids = np.array([i for sentence in sentences for i in sentence], np.int32)
    return ids, np.cumsum([0, *map(len, sentences)]).astype(np.int64)


def test_one_record_is_one_step_of_the_twin() -> None:
    control = _core.TrainControl()
    for count, dim in ((1, 1), (3, 16), (40, 33)):
        pairs = _core.Cooccurrences(2, 1, False, True, 1)
        pairs.add(*flat([[0, 1]] * count), control)
        records = _core.GloveRecords(pairs, control, x_max=10.0, threads=1)
        assert len(records) == 1
        random = np.random.default_rng(count)
        shapes = ((2, dim), (2, dim), (2,), (2,))
        values = [(random.random(shape, np.float32) - np.float32(0.5)) * 4 for shape in shapes]
        squares = [np.ones(shape, np.float32) for shape in shapes]
        word = Row.of(values[0][0].tolist(), float(values[2][0]))
        context = Row.of(values[1][1].tolist(), float(values[3][1]))
        still = values[0][1].copy()
        for epoch in range(3):
            cost = records.train_epoch(*values, *squares, eta=0.05, clip=1.5, epoch=epoch, control=control)
            assert cost == pytest.approx(step(word, context, count, 10.0, 0.75, 0.05, 1.5).cost, rel=1e-3, abs=1e-6)
        assert np.allclose(values[0][0], word.vector, atol=1e-5)
        assert np.allclose(values[1][1], context.vector, atol=1e-5)
        assert np.allclose(squares[0][0], word.vector_squares, atol=1e-4)
        assert np.allclose(squares[1][1], context.vector_squares, atol=1e-4)
        assert np.allclose([values[2][0], values[3][1]], [word.bias, context.bias], atol=1e-5)
        assert np.array_equal(values[0][1], still)


def test_words_of_a_topic_come_together_and_costs_fall() -> None:
    model = ts.GloVe(SENTENCES, **{**SMALL, "epochs": 30, "vector_size": 20})
    assert sorted(model.epoch_costs[:4], reverse=True) == model.epoch_costs[:4]
    assert model.epoch_costs[-1] < model.epoch_costs[0] / 4
    wv = model.wv
    own = np.mean([wv.similarity("a1", f"a{n}") for n in range(2, 12)])
    other = np.mean([wv.similarity("a1", f"b{n}") for n in range(2, 12)])
    assert own > other + 0.3
    assert wv.get_vecattr("a1", "count") == sum(sentence.count("a1") for sentence in SENTENCES)


def test_every_number_of_workers_and_every_kind_of_corpus_gives_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    path.write_text("\n".join(map(" ".join, SENTENCES)))
    one = GloVe(SENTENCES, workers=1, **SMALL)
    for other in (GloVe(SENTENCES, workers=3, **SMALL), GloVe(corpus_file=path, workers=2, **SMALL)):
        assert np.array_equal(one.wv.vectors, other.wv.vectors)
        assert one.epoch_costs == other.epoch_costs
    assert not np.array_equal(one.wv.vectors, GloVe(SENTENCES, seed=2, **SMALL).wv.vectors)
    assert np.array_equal(one.wv.vectors, one.words + one.contexts)
    assert GloVe(SENTENCES, vectors="concat", **SMALL).wv.vectors.shape == (27, 26)
    assert np.array_equal(GloVe(SENTENCES, vectors="words", **SMALL).wv.vectors, one.words)


def test_counts_beyond_the_budget_wait_in_files_that_vanish(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    ids, offsets = flat([random.integers(0, 3000, 40).tolist() for _ in range(1500)])
    control = _core.TrainControl()

    def sums(budget: int, folder: str, threads: int) -> tuple[dict[tuple[int, int], float], int]:
        counts = _core.Cooccurrences(3000, 5, True, True, threads, budget, folder)
        for begin in range(0, 1500, 100):
            counts.add(ids, offsets[begin : begin + 101], control)
        spilled = counts.spilled_bytes
        rows, columns, found = counts.to_arrays(control)
        pairs = list(zip(rows.tolist(), columns.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)
        return dict(zip(pairs, found.tolist(), strict=True)), spilled

    wanted, none = sums(1 << 30, "", 2)
    assert none == 0
    for threads in (1, 2):
        found, spilled = sums(1 << 20, str(tmp_path), threads)
        assert spilled > 1 << 20
        assert found == wanted
        assert not list(tmp_path.iterdir())
    with pytest.raises(LimitError, match="memory_budget"):
        sums(1 << 20, "", 1)


def test_records_beyond_the_budget_are_trained_on_in_parts(tmp_path: Path) -> None:
    model = GloVe(SENTENCES, memory_budget=1 << 12, temp_dir=tmp_path, **SMALL)
    again = GloVe(SENTENCES, memory_budget=1 << 12, temp_dir=tmp_path, workers=1, **SMALL)
    whole = GloVe(SENTENCES, **SMALL)
    assert np.array_equal(model.wv.vectors, again.wv.vectors)
    assert not np.array_equal(model.wv.vectors, whole.wv.vectors)  # another order of the records
    assert model.epoch_costs[-1] == pytest.approx(whole.epoch_costs[-1], rel=0.1)
    assert not list(tmp_path.iterdir())


class StopAfter:
    def __init__(self, epochs: int) -> None:
        self.left = epochs

    def on_epoch_end(self, model: GloVe) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_a_training_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    whole = GloVe(SENTENCES, **SMALL)
    with pytest.raises(KeyboardInterrupt):
        GloVe(SENTENCES, checkpoint_dir=tmp_path / "c", callbacks=[StopAfter(3)], **SMALL)
    seen: list[Any] = []
    resumed = GloVe(SENTENCES, checkpoint_dir=tmp_path / "c", progress=seen.append, **SMALL)
    assert np.array_equal(resumed.wv.vectors, whole.wv.vectors)
    assert resumed.epoch_costs == whole.epoch_costs
    trained = [event for event in seen if event.stage == "train"]
    assert trained[0].total == 6 * whole.record_count
    assert {event.stage for event in seen} == {"count", "co-occurrences", "train"}
    with pytest.raises(CheckpointError):
        GloVe(SENTENCES, checkpoint_dir=tmp_path / "c", **{**SMALL, "eta": 0.1})


def test_sub_words_of_a_tokenizer() -> None:
    texts = ["low lower lowest", "newer wider", "low low"] * 4
    tokenizer = ts.Tokenizer.train(texts, vocab_size=280)
    model = GloVe(texts, tokenize=tokenizer, vector_size=4, min_count=1, epochs=1)
    assert set(model.wv.index_to_key) == {
        token.replace("Ġ", "▁") for text in texts for token in tokenizer.encode(text).tokens
    }


def test_small_corpora() -> None:
    one = GloVe([["word"]], vector_size=3, min_count=1, epochs=2)
    assert (one.record_count, one.epoch_costs) == (0, [0.0, 0.0])
    assert one.wv.vectors.shape == (1, 3)
    assert GloVe([["w", "w"]], vector_size=3, min_count=1, epochs=1).record_count == 1
    for nothing in ([], [[]], [["rare"]]):
        with pytest.raises(RuntimeError, match="min_count"):
            GloVe(nothing)
    untrained = GloVe(vector_size=5)
    assert len(untrained.wv) == 0
    assert len(untrained.fit(SENTENCES).wv) == 27
    with pytest.raises(TypeError, match="walked 2 times"):
        GloVe(iter(SENTENCES))


@pytest.mark.parametrize(
    "arguments",
    [
        {"vector_size": 0}, {"window": 0}, {"min_count": -1}, {"x_max": 0}, {"x_max": float("nan")}, {"eta": -1.0},
        {"alpha": -1.0}, {"grad_clip": 0}, {"vectors": "all"}, {"seed": -1}, {"workers": 0}, {"epochs": 0},
    ],
)  # fmt: skip
def test_arguments_outside_their_range(arguments: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=r"\[GloVe\]"):
        GloVe(SENTENCES, **arguments)


def test_the_core_refuses_what_does_not_fit() -> None:
    control = _core.TrainControl()
    counts = _core.Cooccurrences(3, 2)
    for ids, offsets in (([0, 3], [0, 2]), ([-1], [0, 1]), ([0, 1], [0, 3]), ([0, 1], [1, 0]), ([0], [-1, 1])):
        with pytest.raises(ArgumentError, match=r"\[GloVe\]"):
            counts.add(np.array(ids, np.int32), np.array(offsets, np.int64), control)
    counts.add(*flat([[0, 1, 2]]), control)
    records = _core.GloveRecords(counts, control)
    good = [np.zeros(shape, np.float32) for shape in ((3, 2), (3, 2), (3,), (3,))] * 2
    bad: list[tuple[int, tuple[int, ...]]] = [(0, (2, 2)), (1, (3, 3)), (2, (4,)), (5, (3,)), (7, (3, 1)), (0, (3, 0))]
    for place, shape in bad:
        matrices = list(good)
        matrices[place] = np.zeros(shape, np.float32)
        with pytest.raises(ArgumentError, match=r"\[GloVe\]"):
            records.train_epoch(*matrices, eta=0.05, clip=1.0, epoch=0, control=control)
    control.cancel()
    with pytest.raises(KeyboardInterrupt):
        counts.add(*flat([[0, 1, 2]]), control)


def test_vectors_that_are_not_finite_are_left_alone() -> None:
    control = _core.TrainControl()
    counts = _core.Cooccurrences(2, 1, False, True, 1)
    counts.add(*flat([[0, 1]]), control)
    records = _core.GloveRecords(counts, control)
    shapes = ((2, 4), (2, 4), (2,), (2,))
    matrices = [np.full(shape, np.nan, np.float32) for shape in shapes] + [
        np.ones(shape, np.float32) for shape in shapes
    ]
    assert records.train_epoch(*matrices, eta=0.05, clip=1.0, epoch=0, control=control) == 0
    assert all((matrix == 1).all() for matrix in matrices[4:])


@pytest.mark.parametrize("window", [5000, 2**31, 2**32 - 1])
def test_a_window_wider_than_any_sentence_counts_all_pairs_of_it(window: int) -> None:
    sentences = [[str(n) for n in range(6)], ["1", "5"]] * 3
    one, other = (GloVe(sentences, **{**SMALL, "window": size}) for size in (window, 6))
    assert one.record_count == other.record_count == 30
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)


def test_a_distance_beyond_the_table_counts_its_reciprocal() -> None:
    counts = _core.Cooccurrences(3, window=9000)
    counts.add(*flat([[0, *[2] * 5999, 1]]), _core.TrainControl())
    rows, columns, amounts = counts.to_arrays(_core.TrainControl())
    assert amounts[(rows == 1) & (columns == 0)] == pytest.approx(1 / 6000, rel=1e-5)


def test_matrices_of_another_type_are_refused_not_copied() -> None:
    counts = _core.Cooccurrences(2)
    counts.add(*flat([[0, 1]]), _core.TrainControl())
    records = _core.GloveRecords(counts, _core.TrainControl())
    matrices: list[Any] = [np.ones((2, 3)), np.ones((2, 3)), np.ones(2), np.ones(2)] * 2
    with pytest.raises(TypeError):
        records.train_epoch(*matrices, eta=0.05, clip=100.0, epoch=0, control=_core.TrainControl())


def test_a_checkpoint_of_other_words_is_refused(tmp_path: Path) -> None:
    # As many words, records and occurrences, but others.
    def renamed(prefix: str) -> list[list[str]]:
        return [[prefix + word for word in sentence] for sentence in SENTENCES]

    GloVe(renamed("a"), **SMALL, checkpoint_dir=tmp_path)
    with pytest.raises(CheckpointError):
        GloVe(renamed("b"), **SMALL, checkpoint_dir=tmp_path)


def test_workers_beyond_the_cores_and_budgets_below_nothing() -> None:
    assert len(GloVe(SENTENCES[:5], **SMALL, workers=10**9).wv)
    with pytest.raises(ArgumentError, match="memory_budget"):
        GloVe(SENTENCES[:5], **SMALL, memory_budget=-1)
