"""Vectors of tokens in their context, aligned to words and characters; senses of words; attention."""

from .alignment import Overlap, TokenAlignment
from .change import ContextChange
from .comparison import WordComparison
from .encoder import ContextualEncoder
from .senses import Occurrence, Senses
from .vectors import ContextualVectors
from .word_vectors import WordVectors

__all__ = [
    "ContextChange", "ContextualEncoder", "ContextualVectors", "Occurrence", "Overlap", "Senses", "TokenAlignment",
    "WordComparison", "WordVectors",
]  # fmt: skip
