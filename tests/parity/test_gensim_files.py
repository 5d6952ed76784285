"""Files that gensim itself writes and reads: the same keys, bits and bytes on both sides."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import KeyedVectors, Word2Vec
from tokenspace.errors import TokenspaceError
from tokenspace.vectors.formats.gensim_files import read_gensim, read_gensim_model

gensim = pytest.importorskip("gensim", reason="gensim is not installed")
pytestmark = pytest.mark.parity

SENTENCES = [["the", "cat", "sat", "été", "naïve"], ["dog", "and", "cat", "the"], ["x", "y", "z", "the", "cat"]] * 5


@pytest.fixture(scope="module")
def model() -> Any:
    return gensim.models.Word2Vec(SENTENCES, vector_size=9, min_count=1, seed=3, workers=1, epochs=2)


def same(ours: KeyedVectors, theirs: Any) -> None:
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    for name, values in theirs.expandos.items():
        assert ours.expandos[name].tolist() == values.tolist(), name


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("options", [{}, {"prefix": "*p_"}, {"write_header": False}, {"total_vec": 99}])
def test_word2vec_files(tmp_path: Path, model: Any, binary: bool, options: dict[str, Any]) -> None:
    ours = KeyedVectors(9)
    ours.add_vectors(model.wv.index_to_key, model.wv.vectors, dict(model.wv.expandos))
    model.wv.save_word2vec_format(tmp_path / "theirs", fvocab=str(tmp_path / "v1"), binary=binary, **options)
    ours.save_word2vec_format(tmp_path / "ours", fvocab=tmp_path / "v2", binary=binary, **options)
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
    assert (tmp_path / "v1").read_bytes() == (tmp_path / "v2").read_bytes()
    if not options or "prefix" in options:
        read = {"fvocab": str(tmp_path / "v1"), "binary": binary}
        theirs = gensim.models.KeyedVectors.load_word2vec_format(str(tmp_path / "ours"), **read)
        same(KeyedVectors.load_word2vec_format(tmp_path / "theirs", **read), theirs)


def test_text_of_any_numbers(tmp_path: Path) -> None:
    chance = random.Random(4)
    lines = []
    for row in range(300):
        values = [f"{chance.gauss(0, 10 ** chance.randint(-9, 9)):.{chance.randint(1, 20)}g}" for _ in range(5)]
        lines.append(f"w{row} {' '.join(values)}\n")
    path = tmp_path / "text"
    path.write_text("".join(lines))
    theirs = gensim.models.KeyedVectors.load_word2vec_format(str(path), no_header=True)
    same(KeyedVectors.load_word2vec_format(path, no_header=True), theirs)
    theirs = gensim.models.KeyedVectors.load_word2vec_format(str(path), no_header=True, datatype=np.float16, limit=7)
    same(KeyedVectors.load_word2vec_format(path, no_header=True, datatype=np.float16, limit=7), theirs)


@pytest.mark.parametrize("name", ["plain.model", "packed.model.gz", "apart.model"])
def test_saved_models(tmp_path: Path, model: Any, name: str) -> None:
    path = tmp_path / name
    options = {"sep_limit": 10} if name == "apart.model" else {}
    model.save(str(path), **options)
    same(KeyedVectors.load(path), model.wv)
    same(KeyedVectors.load(path, mmap="r"), model.wv)
    read = read_gensim_model(path)
    np.testing.assert_array_equal(read.array("syn1neg"), model.syn1neg)
    assert read.fields["vector_size"] == 9
    model.wv.save(str(path) + ".kv", **options)
    same(KeyedVectors.load(str(path) + ".kv"), model.wv)


def test_saved_documents(tmp_path: Path) -> None:
    tagged = [gensim.models.doc2vec.TaggedDocument(words, [f"d{row}"]) for row, words in enumerate(SENTENCES)]
    model = gensim.models.Doc2Vec(tagged, vector_size=6, min_count=1, epochs=1)
    model.save(str(tmp_path / "d2v"))
    same(read_gensim(tmp_path / "d2v"), model.wv)
    same(read_gensim(tmp_path / "d2v", part="dv"), model.dv)


def test_saved_ngrams(tmp_path: Path) -> None:
    model = gensim.models.FastText(SENTENCES, vector_size=6, min_count=1, epochs=1, bucket=100)
    model.save(str(tmp_path / "ft"))
    ours = KeyedVectors.load(tmp_path / "ft")
    np.testing.assert_allclose(ours.vectors, model.wv.vectors, atol=1e-6)
    np.testing.assert_allclose(ours["unheard"], model.wv["unheard"], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_damaged_models(tmp_path: Path, model: Any, seed: int) -> None:
    model.save(str(tmp_path / "whole"))
    content = (tmp_path / "whole").read_bytes()
    chance = random.Random(seed)
    for _ in range(200):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 5)):
            damaged[chance.randrange(2, len(damaged))] = chance.randrange(256)
        (tmp_path / "damaged").write_bytes(bytes(damaged))
        try:
            read_gensim(tmp_path / "damaged")
        except TokenspaceError:
            continue


@pytest.mark.parametrize("options", [{}, {"hs": 1, "negative": 0}, {"sg": 1, "hs": 1}])
def test_models_are_taken_over(tmp_path: Path, options: dict[str, Any]) -> None:
    theirs = gensim.models.Word2Vec(SENTENCES, vector_size=9, min_count=1, seed=3, workers=1, epochs=2, **options)
    theirs.save(str(tmp_path / "model"))
    ours = Word2Vec.load(tmp_path / "model")
    np.testing.assert_array_equal(ours.wv.vectors, theirs.wv.vectors)
    if ours.negative:
        for (word, share), (other, expected) in zip(
            ours.predict_output_word(["cat"], topn=3), theirs.predict_output_word(["cat"], topn=3), strict=True
        ):
            assert (word, share) == (other, pytest.approx(expected, rel=1e-5))
    if ours.hs:
        for row, word in enumerate(theirs.wv.index_to_key):
            code, points = ours.tree.path(row)
            assert code.tolist() == theirs.wv.get_vecattr(word, "code").tolist()
            assert points.tolist() == theirs.wv.get_vecattr(word, "point").tolist()
    ours.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
