"""Sentences to train on: readers of gensim's names, and `as_source` for whatever a model is given."""

from __future__ import annotations

from .id_block import IdBlock
from .readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
from .source import SentencesError, SentenceSource, as_source

__all__ = [
    "BrownCorpus",
    "IdBlock",
    "LineSentence",
    "PathLineSentences",
    "SentenceSource",
    "SentencesError",
    "Text8Corpus",
    "as_source",
]
