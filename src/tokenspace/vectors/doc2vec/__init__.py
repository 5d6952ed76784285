"""Paragraph vectors: documents have vectors beside those of their words."""

from .documents import DocumentBlock, DocumentSource, TaggedBrownCorpus, TaggedDocument, TaggedLineDocument
from .model import Doc2Vec
from .tags import TagIndex

__all__ = [
    "Doc2Vec",
    "DocumentBlock",
    "DocumentSource",
    "TagIndex",
    "TaggedBrownCorpus",
    "TaggedDocument",
    "TaggedLineDocument",
]
