"""``gensim.models.doc2vec``."""

from __future__ import annotations

from ..lazy import lazy_names

_HOMES = {
    "Doc2Vec": "vectors.doc2vec",
    "KeyedVectors": "vectors.keyed_vectors",
    "TaggedBrownCorpus": "vectors.doc2vec",
    "TaggedDocument": "vectors.doc2vec",
    "TaggedLineDocument": "vectors.doc2vec",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
