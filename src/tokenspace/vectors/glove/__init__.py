"""GloVe: word vectors from co-occurrence counts."""

from __future__ import annotations

from .model import GloVe

__all__ = ["GloVe"]
