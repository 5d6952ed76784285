"""gensim's module tree over this package: existing code changes one import.

    import tokenspace.compat.gensim as gensim
    from tokenspace.compat.gensim.models import Word2Vec
    import tokenspace.compat.gensim.downloader as api

What is here is gensim 4.4.0's word vectors: training, queries, files. Its topic models and corpora of other kinds are
not. Where the behaviour differs (gensim's known faults are not copied), docs/parity.md says so.
"""

from __future__ import annotations

from .lazy import lazy_names

# The version whose interface this is; programs ask for it.
__version__ = "4.4.0"

_SUBMODULES = ("downloader", "models", "scripts", "similarities", "test", "utils")
__getattr__, __dir__, __all__ = lazy_names(__name__, {}, _SUBMODULES)
