"""The texts most similar to one, among any number of them: exact, holding a batch at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..engines.protocol import FloatArray
from .similarity import similarity_matrix

if TYPE_CHECKING:
    from .encoder import TextEncoder

__all__ = ["nearest_texts"]

T = TypeVar("T")


def nearest_texts(
    encoder: TextEncoder, query: str, batches: Iterable[Sequence[tuple[str, T]]], k: int = 10, **options: Any
) -> list[tuple[float, str, T]]:
    """The best ``k`` texts for a query by the encoder's similarity, best first; equals in the order they came.

    Args:
        query: encoded by `TextEncoder.encode_query`, the texts by `TextEncoder.encode_document`.
        batches: lists of (text, whatever belongs to it).
        options: of `TextEncoder.encode`.

    Returns:
        (similarity, text, what belongs to it). A text without a cosine (a vector of zeros) has 0.
    """
    asked = encoder.encode_query([query], **options)
    best: list[tuple[float, int, str, T]] = []
    seen = 0
    for batch in batches:
        vectors = encoder.encode_document([text for text, _ in batch], **options)
        for row, score in _best_rows(encoder.similarity_name, vectors, asked, k):
            text, rest = batch[row]
            best.append((score, -(seen + row), text, rest))
        best = heapq.nlargest(k, best, key=lambda found: found[:2])
        seen += len(batch)
    return [(score, text, rest) for score, _, text, rest in best]


def _best_rows(name: str, vectors: FloatArray, query: FloatArray, k: int) -> list[tuple[int, float]]:
    from ... import _core

    if name == "manhattan":  # the kernel knows products and Euclidean distances
        scores = similarity_matrix(query, vectors, name)[0]
        rows = np.argsort(-scores, kind="stable")[:k]
        return [(int(row), float(scores[row])) for row in rows]
    norms = None
    if name == "cosine":
        norms = _core.knn_norms(vectors)
        query = query / max(float(np.linalg.norm(query)), 1e-12)
    found, scores = _core.knn_search(
        vectors, query, min(k, len(vectors)), metric="l2" if name == "euclidean" else "dot", norms=norms
    )
    sign = -1.0 if name == "euclidean" else 1.0
    return [
        (row, 0.0 if np.isnan(score) else sign * score)
        for row, score in zip(found[0].tolist(), scores[0].tolist(), strict=True)
        if row >= 0
    ]
