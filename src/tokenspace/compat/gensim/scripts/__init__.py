"""``gensim.scripts``."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {}, ("glove2word2vec",))
