"""Word2Vec: skip-gram and CBOW with negative sampling or hierarchical softmax."""

from __future__ import annotations

from .model import Word2Vec

__all__ = ["Word2Vec"]
