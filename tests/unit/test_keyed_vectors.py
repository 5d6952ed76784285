"""KeyedVectors as storage: keys, rows, attributes, norms, other number types."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.vector_space import WORDS, matrix, space
from tokenspace.errors import ArgumentError, UnsupportedError
from tokenspace.vectors.keyed_vectors import UnknownKeyError


def test_keys_and_rows() -> None:
    vectors = space()
    assert len(vectors) == 11
    assert str(vectors) == "KeyedVectors<vector_size=6, 11 keys>"
    assert vectors.get_index("man") == 2
    assert vectors.get_index(4) == 4
    assert vectors.get_index("unheard", -5) == -5
    assert "man" in vectors
    assert 10 in vectors
    assert 11 not in vectors
    assert "unheard" not in vectors
    np.testing.assert_array_equal(vectors["man"], matrix()[2])
    np.testing.assert_array_equal(vectors[["man", 0]], matrix()[[2, 0]])
    assert vectors[[]].shape == (0, 6)


def test_an_integer_key_goes_before_a_row_number() -> None:
    vectors = ts.KeyedVectors(2)
    vectors.add_vectors([1, 0, "x"], np.arange(6).reshape(3, 2))
    assert vectors.get_index(1) == 0
    assert vectors.get_index(2) == 2


def test_an_unknown_key_is_a_key_error_that_knows_other_spellings() -> None:
    with pytest.raises(KeyError, match=r"'KING', which is not present; try 'king'"):
        space()["KING"]
    with pytest.raises(UnknownKeyError, match="`key in vectors`"):
        space()["unheard"]
    with pytest.raises(KeyError, match="row number below 11"):
        space()[11]
    with pytest.raises(KeyError):
        space()[-1]


def test_a_vector_cannot_be_changed_behind_the_norms() -> None:
    vectors = space()
    with pytest.raises(ValueError, match="read-only"):
        vectors["man"][0] = 1
    vectors.vectors[2] = 7  # the matrix itself can: training does


def test_norms_are_computed_once_and_dropped_with_the_matrix() -> None:
    vectors = space()
    assert vectors.norms is None
    unit = vectors.get_vector("rome", norm=True)
    np.testing.assert_allclose(unit, matrix()[8] / np.linalg.norm(matrix()[8]), rtol=1e-6)
    np.testing.assert_allclose(vectors.norms, np.linalg.norm(matrix(), axis=1), rtol=1e-6)
    vectors.vectors = vectors.vectors * 2
    assert vectors.norms is None
    vectors.fill_norms()
    vectors.vectors[0] *= 10
    vectors.fill_norms(force=True)
    np.testing.assert_allclose(vectors.norms[0], 20 * np.linalg.norm(matrix()[0]), rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors.get_normed_vectors(), axis=1), 1, rtol=1e-6)
    vectors.unit_normalize_all()
    np.testing.assert_allclose(np.linalg.norm(vectors.vectors, axis=1), 1, rtol=1e-6)
    assert set(vectors.norms) == {1.0}


def test_adding_after_a_query() -> None:
    # gensim 4.4 keeps norms of the old length here, and the next query fails.
    vectors = space()
    vectors.most_similar("king")
    vectors.add_vectors(["new"], matrix()[:1] * 3)
    assert vectors.most_similar("king", topn=1)[0] == ("new", pytest.approx(1.0))


def test_add_vectors_keeps_or_replaces_and_takes_attributes_along() -> None:
    vectors = ts.KeyedVectors(2)
    vectors.add_vectors(["a", "b", "a"], np.arange(6).reshape(3, 2), {"count": np.array([5, 6, 7])})
    assert vectors.index_to_key == ["a", "b"]
    assert vectors["a"].tolist() == [0, 1]
    assert vectors.expandos["count"].tolist() == [5, 6]
    vectors.add_vectors(["b", "c"], np.full((2, 2), 9.0))
    assert vectors["b"].tolist() == [2, 3]
    assert vectors.get_vecattr("c", "count") == 0
    vectors.add_vectors(["b"], np.full((1, 2), 8.0), {"count": np.array([60])}, replace=True)
    assert vectors["b"].tolist() == [8, 8]
    assert vectors.get_vecattr("b", "count") == 60
    vectors["a"] = np.array([4.0, 4.0])
    vectors[["c", "d"]] = [np.array([1.0, 1.0]), np.array([2.0, 2.0])]
    assert vectors.vectors.tolist() == [[4, 4], [8, 8], [1, 1], [2, 2]]
    assert vectors.vectors.dtype == np.float32
    vectors.add_vectors("one", np.array([3.0, 3.0]))
    assert vectors["one"].tolist() == [3, 3]
    with pytest.raises(ArgumentError, match="2 vectors of 2 numbers"):
        vectors.add_vectors(["x", "y"], np.zeros((2, 3)))
    assert "x" not in vectors
    vectors.add_vectors([], [])
    assert len(vectors) == 5


def test_add_vector_fills_rows_made_in_advance_and_warns_beyond() -> None:
    vectors = ts.KeyedVectors(2, count=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert vectors.add_vector("a", np.ones(2)) == 0
        assert vectors.add_vector("b", np.ones(2)) == 1
    with pytest.warns(UserWarning, match="add_vectors"):
        assert vectors.add_vector("c", np.zeros(2)) == 2
    assert vectors.index_to_key == ["a", "b", "c"]
    assert vectors.vectors.shape == (3, 2)


def test_a_matrix_that_does_not_fit_is_refused_or_made_to() -> None:
    vectors = space()
    with pytest.raises(ArgumentError, match=r"shape \(3,\)"):
        vectors.vectors = np.ones(3, np.float32)
    for other in (matrix().astype(">f4"), np.asfortranarray(matrix()), matrix().tolist()):
        vectors.vectors = other
        assert vectors.most_similar("king", topn=1)[0][0] == "queen"
    for shape in ((12, 6), (10, 6), (11, 5)):
        vectors.vectors = np.ones(shape, np.float32)
        with pytest.raises(ValueError, match=r"shape|vector of 6"):
            vectors.similar_by_vector(np.ones(6))
    vectors.vectors = matrix().astype(np.int64)
    with pytest.raises(ArgumentError, match="astype"):
        vectors.most_similar("king")


def test_attributes() -> None:
    vectors = space()
    vectors.set_vecattr("king", "count", 12)
    vectors.set_vecattr("man", "note", "a text of any length")
    assert vectors.get_vecattr("king", "count") == 12
    assert vectors.get_vecattr("queen", "count") == 0
    assert vectors.expandos["count"].dtype == np.int64
    assert vectors.get_vecattr("man", "note") == "a text of any length"
    with pytest.raises(TypeError, match="int64"):
        vectors.set_vecattr("king", "count", "many")
    with pytest.raises(KeyError):
        vectors.set_vecattr("unheard", "count", 1)
    with pytest.raises(KeyError, match="'missing'"):
        vectors.get_vecattr("king", "missing")


def test_growing_draws_the_rows_gensim_draws() -> None:
    # KeyedVectors(4); index_to_key = ["a", "b", "c"]; vectors = zeros((1, 4)); resize_vectors(seed=3) with gensim 4.4.0
    vectors = ts.KeyedVectors(4)
    vectors.index_to_key = ["a", "b", "c"]
    vectors.vectors = np.zeros((1, 4), np.float32)
    vectors.resize_vectors(seed=3)
    expected = [[0, 0, 0, 0], [-0.15931761, 0.15063721, 0.1846163, 0.04108101]]
    expected += [[-0.23030046, -0.2029357, -0.08389923, -0.03343654]]
    np.testing.assert_allclose(vectors.vectors, expected, rtol=1e-6)


def test_sorting_by_count_puts_the_later_of_equal_ones_first() -> None:
    vectors = ts.KeyedVectors(2)
    vectors.add_vectors(list("abcd"), np.arange(8).reshape(4, 2), {"count": np.array([2, 5, 5, 1])})
    vectors.sort_by_descending_frequency()
    assert vectors.index_to_key == ["c", "b", "a", "d"]
    assert vectors.vectors.tolist() == [[4, 5], [2, 3], [0, 1], [6, 7]]
    assert vectors.expandos["count"].tolist() == [5, 5, 2, 1]
    assert vectors.get_index("c") == 0
    ts.KeyedVectors(3).sort_by_descending_frequency()


@pytest.mark.parametrize("name", ["vocab", "index2word", "index2entity", "vectors_norm"])
def test_names_that_gensim_took_away_say_what_to_use(name: str) -> None:
    with pytest.raises(AttributeError, match=r"use `"):
        getattr(space(), name)


def test_vectors_for_all_takes_each_known_key_once() -> None:
    vectors = space()
    vectors.set_vecattr("rome", "place", 1)
    chosen = vectors.vectors_for_all(iter(["rome", "unheard", "king", "rome"]))
    assert chosen.index_to_key == ["rome", "king"]
    np.testing.assert_array_equal(chosen.vectors, matrix()[[8, 0]])
    assert chosen.expandos["count"].tolist() == [2, 1]
    copied = vectors.vectors_for_all(["king", "rome"], copy_vecattrs=True)
    assert copied.expandos["place"].tolist() == [0, 1]
    assert len(vectors.vectors_for_all([])) == 0


@pytest.mark.parametrize(("dtype", "error"), [("float16", 1e-3), ("int8", 1e-2), ("float64", 1e-6)])
def test_other_number_types_answer_nearly_the_same(dtype: str, error: float) -> None:
    vectors = space()
    other = vectors.astype(dtype)
    assert other.vectors.dtype == np.dtype(dtype)
    assert (other.scales is not None) == (dtype == "int8")
    np.testing.assert_allclose(other.to_numpy(), matrix(), atol=4 * error)
    np.testing.assert_allclose(other["rome"], matrix()[8], atol=4 * error)
    np.testing.assert_allclose(other.distances("king"), vectors.distances("king"), atol=error)
    assert [key for key, _ in other.most_similar("king", topn=3)] == ["queen", "rome", "Paris"]
    assert other.similarity("king", "queen") == pytest.approx(vectors.similarity("king", "queen"), abs=error)
    assert other.doesnt_match(["king", "queen", "rome"]) == vectors.doesnt_match(["king", "queen", "rome"])
    words = [["king", "queen"], ["man", "woman", "rome"]]
    assert other.wmdistance(*words) == pytest.approx(vectors.wmdistance(*words), abs=error)


def test_int8_is_fixed_and_needs_finite_numbers() -> None:
    small = space().astype("int8")
    with pytest.raises(UnsupportedError, match="astype"):
        small.add_vectors(["x"], np.zeros((1, 6)))
    back = small.astype("float32")
    np.testing.assert_array_equal(back.vectors, small.to_numpy())
    back.add_vectors(["x"], np.zeros((1, 6)))
    broken = ts.KeyedVectors(2)
    broken.add_vectors(["a", "b"], np.array([[0, 0], [np.nan, 1]]))
    with pytest.raises(ArgumentError, match="row 1"):
        broken.astype("int8")
    with pytest.raises(ArgumentError, match="complex"):
        broken.astype("complex64")


def test_a_mapped_file_is_queried_where_it_lies(tmp_path) -> None:
    path = tmp_path / "rows.f32"
    matrix().tofile(path)
    vectors = ts.KeyedVectors(6)
    vectors.index_to_key = list(WORDS)
    vectors.key_to_index = {word: row for row, word in enumerate(WORDS)}
    vectors.vectors = np.memmap(path, dtype=np.float32, mode="r", shape=(11, 6))
    assert isinstance(vectors.vectors, np.memmap)
    assert vectors.most_similar("king", topn=1)[0][0] == "queen"
    with pytest.raises(UnsupportedError, match="read-only"):
        vectors["king"] = np.zeros(6)


def test_the_first_query_keeps_nothing_but_norms(tmp_path) -> None:
    # A matrix of 64 MB; what is allocated at the peak of a query, measured in a process of its own.
    code = """
import resource, numpy as np, tokenspace as ts
vectors = ts.KeyedVectors(256)
vectors.index_to_key = [str(i) for i in range(65536)]
vectors.key_to_index = {key: row for row, key in enumerate(vectors.index_to_key)}
vectors.vectors = np.ones((65536, 256), np.float32)
small = ts.KeyedVectors(2); small.add_vectors(["a", "b"], np.eye(2)); small.most_similar("a")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
vectors.most_similar("7"); vectors.distances("7"); vectors.most_similar_batch(["1", "2", "3", "4", "5", "6"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 16 * 1024  # KiB


def test_to_torch_is_an_embedding_with_the_same_rows() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    layer = space().to_torch()
    assert isinstance(layer, torch.nn.Embedding)
    assert not layer.weight.requires_grad
    np.testing.assert_array_equal(layer(torch.tensor([8])).detach().numpy()[0], matrix()[8])
    assert space().to_torch(freeze=False).weight.requires_grad


def test_to_torch_without_torch_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UnsupportedError, match="pip install torch"):
        space().to_torch()


def test_another_number_type_is_a_table_of_its_own() -> None:
    vectors = space()
    vectors.set_vecattr("king", "count", 3)
    half = vectors.astype("float16")
    half.add_vectors(["new"], np.ones((1, 6)), {"count": np.array([1])})
    half.set_vecattr("king", "count", 9)
    assert len(vectors) == 11
    assert "new" not in vectors
    assert vectors.get_vecattr("king", "count") == 3
    assert len(vectors.most_similar("king")) == 10
    assert half.most_similar("new")
