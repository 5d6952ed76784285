"""``gensim.models.word2vec``."""

from __future__ import annotations

from ..lazy import lazy_names

_HOMES = {
    "BrownCorpus": "vectors.corpora",
    "CallbackAny2Vec": "vectors.train",
    "KeyedVectors": "vectors.keyed_vectors",
    "LineSentence": "vectors.corpora",
    "PathLineSentences": "vectors.corpora",
    "Text8Corpus": "vectors.corpora",
    "Word2Vec": "vectors.word2vec",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
