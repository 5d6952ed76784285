"""Whole texts: how alike they are, and which are nearest to a question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ....encoders.contextual.clusters import cluster, similarities
from ....encoders.engines.protocol import FloatArray
from ....pictures.plane import plane
from ....progress import ProgressLike
from ...arrays import pack
from ...jobs import JobContext
from ...state import Studio
from .contracts import NearestRequest, NearestText, NearestView, TextsRequest

__all__ = ["compare_texts", "nearest"]


def compare_texts(studio: Studio, request: TextsRequest, job: JobContext) -> dict[str, Any]:
    """Similarity of every two texts, their plane, and their groups.

    ``table``: f4 (n, n), by the model's similarity. ``plane``: f4 (n, 2). ``groups``: a number a text.
    """
    encoder = studio.encoder(request.model)
    vectors = _vectors(studio, request.model, request.texts, job.progress)
    table = np.asarray(encoder.similarity(vectors, vectors))
    drawn = plane(vectors)
    return {
        "model": request.model,
        "similarity": encoder.similarity_name,
        "dimension": encoder.dimension,
        "engine": encoder.engine,
        "table": pack(table, "f4").model_dump(),
        "plane": pack(drawn.coordinates, "f4").model_dump(),
        "explained": sum(drawn.explained),
        "groups": cluster(similarities(vectors)).labels.tolist(),
    }


def nearest(studio: Studio, request: NearestRequest) -> NearestView:
    """The texts nearest to a question; the vectors of the texts are those kept from before."""
    encoder = studio.encoder(request.model)
    vectors = _vectors(studio, request.model, request.texts, None)
    asked = encoder.encode_query([request.query], threads=studio.settings.threads)
    scores = np.asarray(encoder.similarity(asked, vectors))[0]
    order = np.argsort(-scores, kind="stable")[: request.count]
    return NearestView(
        model=request.model,
        similarity=encoder.similarity_name,
        nearest=[NearestText(text=int(place), similarity=float(scores[place])) for place in order],
    )


def _vectors(studio: Studio, model: str, texts: Sequence[str], progress: ProgressLike) -> FloatArray:
    """Vectors of texts, computed once for the same texts."""

    def load() -> FloatArray:
        found: FloatArray = studio.encoder(model).encode_document(
            list(texts), threads=studio.settings.threads, progress=progress, on_truncate="ignore"
        )
        return found

    digest = hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()
    return studio.keep.get("texts", f"{model} {digest}", load, stamp=studio.models.stamp(model))
