"""``gensim.models.phrases``."""

from __future__ import annotations

from ..lazy import lazy_names

_NAMES = ("ENGLISH_CONNECTOR_WORDS", "FrozenPhrases", "Phraser", "Phrases", "npmi_scorer", "original_scorer")
_HOMES = dict.fromkeys(_NAMES, "vectors.phrases")
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
