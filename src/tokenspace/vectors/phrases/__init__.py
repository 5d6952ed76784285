"""Phrases: neighbouring words that occur together more often than chance has it, as gensim's ``models.phrases``."""

from __future__ import annotations

from .detection import PhrasedSentences
from .phrases import FrozenPhrases, Phraser, Phrases
from .scoring import ENGLISH_CONNECTOR_WORDS, npmi_scorer, original_scorer

__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "FrozenPhrases",
    "PhrasedSentences",
    "Phraser",
    "Phrases",
    "npmi_scorer",
    "original_scorer",
]
