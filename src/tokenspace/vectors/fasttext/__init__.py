"""fastText: word vectors from character n-grams, and text classification."""

from __future__ import annotations

from .classifier import FastTextClassifier
from .keyed_vectors import FastTextKeyedVectors
from .model import FastText

__all__ = ["FastText", "FastTextClassifier", "FastTextKeyedVectors"]
