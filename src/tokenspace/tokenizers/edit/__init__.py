"""Changing a tokenizer that exists: more entries, fewer entries, what differs between two."""

from __future__ import annotations

from .diff import TokenizerDiff, diff
from .embeddings import CutTensor, cut_embeddings
from .extend import Extended, extend, extend_entries
from .prune import Pruned, prune

__all__ = [
    "CutTensor",
    "Extended",
    "Pruned",
    "TokenizerDiff",
    "cut_embeddings",
    "diff",
    "extend",
    "extend_entries",
    "prune",
]
