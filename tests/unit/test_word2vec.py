"""Word2Vec as gensim's users know it."""

from __future__ import annotations

import numpy as np
import pytest

from tokenspace.vectors.corpora import SentencesError
from tokenspace.vectors.train import ModelStateError, TrainingArgumentError
from tokenspace.vectors.word2vec import Word2Vec

# The mission's example after simple_preprocess: lower case, words of 2 to 15 letters.
SENTENCES = [
    ["love", "programming", "in", "python"],
    ["python", "is", "versatile", "language"],
    ["machine", "learning", "is", "fascinating"],
    ["deep", "learning", "is", "subset", "of", "machine", "learning"],
    ["natural", "language", "processing", "is", "field", "of", "ai"],
]


def test_the_small_example_gives_the_known_similarity() -> None:
    model = Word2Vec(SENTENCES, vector_size=100, window=5, min_count=1, sg=1)
    python, language = model.wv["python"], model.wv["language"]
    similarity = float(python @ language / np.linalg.norm(python) / np.linalg.norm(language))
    assert similarity == pytest.approx(0.1389, abs=5e-4)  # gensim 4.4.0 with the same call: 0.1389


def test_wrong_calls_are_told_with_the_classes_gensim_uses() -> None:
    with pytest.raises(TypeError):
        Word2Vec((words for words in SENTENCES), min_count=1)
    with pytest.raises(SentencesError):
        Word2Vec(SENTENCES, corpus_file="x", min_count=1)
    with pytest.raises(RuntimeError):
        Word2Vec(SENTENCES, min_count=100)
    with pytest.raises(RuntimeError):
        Word2Vec([], min_count=1)
    model = Word2Vec(min_count=1)
    with pytest.raises(ModelStateError):
        model.train(SENTENCES, total_examples=5, epochs=1)
    model.build_vocab(SENTENCES)
    with pytest.raises(TrainingArgumentError):
        model.train(SENTENCES, total_examples=5)
    with pytest.raises(TrainingArgumentError):
        model.train(SENTENCES, epochs=1)
    with pytest.raises(ValueError):
        Word2Vec(SENTENCES, min_count=1, hs=0, negative=0)
