"""fastText: word vectors from character n-grams, and text classification."""

from __future__ import annotations

from .classifier import FastTextClassifier
from .facebook import load_facebook_model, load_facebook_vectors, save_facebook_model
from .keyed_vectors import FastTextKeyedVectors
from .model import FastText

__all__ = [
    "FastText",
    "FastTextClassifier",
    "FastTextKeyedVectors",
    "load_facebook_model",
    "load_facebook_vectors",
    "save_facebook_model",
]
