"""``gensim.models.callbacks``."""

from __future__ import annotations

from ..lazy import lazy_names

_HOMES = {"CallbackAny2Vec": "vectors.train"}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
