"""``gensim.models``: the classes, and the modules they are in."""

from __future__ import annotations

from ..lazy import lazy_names

_HOMES = {
    "Doc2Vec": "vectors.doc2vec",
    "FastText": "vectors.fasttext",
    "KeyedVectors": "vectors.keyed_vectors",
    "Phrases": "vectors.phrases",
    "Word2Vec": "vectors.word2vec",
}
_SUBMODULES = ("callbacks", "doc2vec", "fasttext", "keyedvectors", "phrases", "word2vec")
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES, _SUBMODULES)
