"""``gensim.similarities``: approximate search for ``most_similar(indexer=...)``."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {"AnnoyIndexer": "compat.gensim.similarities.annoy"}, ("annoy",))
