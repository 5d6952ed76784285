"""``gensim.models.fasttext``."""

from __future__ import annotations

from ..lazy import lazy_names

_HOMES = {
    "FastText": "vectors.fasttext",
    "FastTextKeyedVectors": "vectors.fasttext",
    "KeyedVectors": "vectors.keyed_vectors",
    "load_facebook_model": "vectors.fasttext",
    "load_facebook_vectors": "vectors.fasttext",
    "save_facebook_model": "vectors.fasttext",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
