"""``gensim.models.keyedvectors``."""

from __future__ import annotations

from ..lazy import lazy_names

_HOMES = {
    "KeyedVectors": "vectors.keyed_vectors",
    "FastTextKeyedVectors": "vectors.fasttext",
    "load_word2vec_format": "vectors.keyed_vectors:KeyedVectors.load_word2vec_format",
    # Names of gensim 3 that its version 4 still has.
    "Doc2VecKeyedVectors": "vectors.keyed_vectors:KeyedVectors",
    "EuclideanKeyedVectors": "vectors.keyed_vectors:KeyedVectors",
    "Word2VecKeyedVectors": "vectors.keyed_vectors:KeyedVectors",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
