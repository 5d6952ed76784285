"""Tokens of two texts beside each other, on vectors made by hand and on the real model."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

import tokenspace as ts
from tests.data import minilm_folder
from tests.unit.place_engine import PlaceEngine
from tokenspace.encoders.contextual import TokenAlignment
from tokenspace.errors import ArgumentError
from tokenspace.pictures.plane import Plane, plane, turned


def by_hand(table: list[list[float]]) -> TokenAlignment:
    values = np.asarray(table, dtype=np.float32)
    n, m = values.shape
    left, right = [f"a{i}" for i in range(n)], [f"b{i}" for i in range(m)]
    places = np.zeros((n, 2), dtype=np.int64), np.zeros((m, 2), dtype=np.int64)
    return TokenAlignment(("x", "y"), (left, right), places, (3,), values[None])


def test_pairs_and_overlap_of_a_known_table() -> None:
    found = by_hand([[0.9, 0.1, 0.2], [0.3, 0.8, 0.85]])
    assert found.pairs() == [(0, 0, pytest.approx(0.9)), (1, 2, pytest.approx(0.85))]
    overlap = found.overlap(3)
    precision, recall = (0.9 + 0.8 + 0.85) / 3, (0.9 + 0.85) / 2
    assert overlap.precision == pytest.approx(precision)
    assert overlap.recall == pytest.approx(recall)
    assert overlap.f1 == pytest.approx(2 * precision * recall / (precision + recall))
    assert by_hand([[-0.5]]).overlap().f1 == 0.0
    with pytest.raises(ArgumentError, match=r"\[layer\]"):
        found.similarity(2)


def test_an_empty_text_has_no_pairs() -> None:
    encoder = ts.ContextualEncoder.from_parts(ts.Tokenizer.from_pretrained("tokenspace/byte"), PlaceEngine(300))
    found = encoder.align("", "abc")
    assert found.similarities.shape == (3, 0, 3)
    assert found.pairs() == []
    assert found.overlap().f1 == 0
    with pytest.raises(ArgumentError):
        encoder.align("abc", 3)  # type: ignore[arg-type]


def test_aligned_on_the_real_model() -> None:
    encoder = ts.ContextualEncoder(minilm_folder())
    first, second = "The bank approved my mortgage.", "My home loan was granted by the bank."
    found = encoder.align(first, second)
    assert "[CLS]" not in found.tokens[0]
    assert found.layers == tuple(range(7))
    assert [first[a:b].lower() for a, b in found.offsets[0]] == found.tokens[0]
    vectors = [encoder.encode(text, layers="all") for text in (first, second)]
    i, j = found.tokens[0].index("mortgage"), found.tokens[1].index("loan")
    rows = [one.vectors[:, one.tokens.index(word)] for one, word in zip(vectors, ("mortgage", "loan"), strict=True)]
    cosines = [float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) for a, b in zip(*rows, strict=True)]
    assert found.similarities[:, i, j] == pytest.approx(cosines, abs=1e-5)
    assert (i, j) in [(a, b) for a, b, _ in found.pairs()]
    other = encoder.align(first, "Ducks nested near the water.")
    assert found.overlap().f1 > other.overlap().f1
    same = encoder.align(first, first)
    assert same.overlap().f1 == pytest.approx(1, abs=1e-5)
    assert json.loads(json.dumps(found.to_dict()))["tokens"][0] == found.tokens[0]


def test_to_static_is_the_cosine_with_layer_zero() -> None:
    encoder = ts.ContextualEncoder(minilm_folder())
    senses = encoder.senses("bank", ["The bank of the river.", "The bank approved it.", "A bank."])
    assert senses.to_static.shape == (7, 3)
    assert senses.to_static[0] == pytest.approx(1)
    assert senses.to_static.mean(axis=1) == pytest.approx([row.to_static for row in senses.rows])
    a, b = senses.static[1], senses.vectors[4, 1]
    assert senses.to_static[4, 1] == pytest.approx(float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)), abs=1e-5)


def test_planes_follow_each_other_without_changing_distances() -> None:
    encoder = ts.ContextualEncoder(minilm_folder())
    river = ["The bank of the river.", "A muddy bank.", "The bank of the stream."]
    senses = encoder.senses("bank", [*river, "The bank approved it.", "She robbed a bank."])
    planes = senses.planes()
    best = senses.layers.index(senses.best_layer)
    assert np.array_equal(planes[best].coordinates, plane(senses.vectors[best]).coordinates)
    for index, found in enumerate(planes):
        own = plane(senses.vectors[index])
        a, b = (p.coordinates[:, None] - p.coordinates[None] for p in (found, own))
        assert np.linalg.norm(a, axis=2) == pytest.approx(np.linalg.norm(b, axis=2), abs=1e-4)
        assert sum(found.explained) == pytest.approx(sum(own.explained))
    moved = [float(np.square(a.coordinates - b.coordinates).sum()) for a, b in pairwise(planes)]
    alone = [plane(vectors) for vectors in senses.vectors]
    assert sum(moved) <= sum(float(np.square(a.coordinates - b.coordinates).sum()) for a, b in pairwise(alone)) + 1e-6
    spun = Plane(planes[0].coordinates[:, ::-1] * [1, -1], planes[0].explained)
    assert turned(spun, planes[0]).coordinates == pytest.approx(planes[0].coordinates, abs=1e-5)
    with pytest.raises(ArgumentError, match=r"\[plane\]"):
        turned(plane(np.eye(3)), plane(np.eye(4)))
