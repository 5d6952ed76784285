"""A word in many sentences, and what context changes in a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....encoders.contextual import Senses
from ....tokenizers.tokenizer import Tokenizer
from ...arrays import pack
from ...jobs import JobContext
from ...state import Studio
from .contracts import ChangeRequest, SensesRequest
from .given import texts_of

__all__ = ["find_change", "find_senses", "senses_view", "unknown_tokens"]


def find_senses(studio: Studio, request: SensesRequest, job: JobContext) -> dict[str, Any]:
    """`senses_view` of what `ContextualEncoder.senses` finds."""
    texts = texts_of(studio, request.sentences, request.file)
    job.check()
    encoder = studio.contextual(request.model)
    senses = encoder.senses(
        request.word,
        texts,
        labels=request.labels,
        case=request.case,
        pool=request.pool,
        clusters=request.clusters,
        limit=request.limit,
        seed=request.seed,
        threads=studio.settings.threads,
        progress=job.progress,
    )
    job.check()
    return senses_view(senses, encoder.tokenizer) | {"texts": len(texts)}


def senses_view(senses: Senses, tokenizer: Tokenizer) -> dict[str, Any]:
    """`Senses` as JSON values: all layers at once, so that nothing is computed anew when another is looked at.

    ``tables``: f4 (layers, n, n), cosines of the occurrences. ``planes``: f4 (layers, n, 2). ``to_static``: f4 (layers, n).
    """
    layers = []
    planes = senses.planes()
    for row, plane in zip(senses.rows, planes, strict=True):
        found = row.to_dict() | {
            "labels": senses.clusters(row.layer).labels.tolist(),
            "members": senses.members(row.layer),
            "words_around": senses.words_around(row.layer),
            "explained": sum(plane.explained),
        }
        layers.append(found)
    tables = np.stack([senses.similarity(row.layer) for row in senses.rows])
    return {
        "word": senses.word,
        "model": senses.model,
        "found": senses.found,
        "best_layer": senses.best_layer,
        "unknown": unknown_tokens(tokenizer, [token for one in senses.occurrences for token in one.tokens]),
        "occurrences": [
            {
                "sentence": one.sentence,
                "text": one.text,
                "start": one.start,
                "end": one.end,
                "utf16_start": _utf16(one.text, one.start),
                "utf16_end": _utf16(one.text, one.end),
                "tokens": list(one.tokens),
                "label": one.label,
            }
            for one in senses.occurrences
        ],
        "layers": layers,
        "tables": pack(tables, "f4").model_dump(),
        "planes": pack(np.stack([plane.coordinates for plane in planes]), "f4").model_dump(),
        "to_static": pack(senses.to_static, "f4").model_dump(),
    }


def find_change(studio: Studio, request: ChangeRequest, job: JobContext) -> dict[str, Any]:
    """`ContextualEncoder.context_change` as JSON values."""
    texts = texts_of(studio, request.sentences, request.file)
    job.check()
    found = studio.contextual(request.model).context_change(
        texts,
        words=request.words,
        min_texts=request.min_texts,
        max_words=request.max_words,
        seed=request.seed,
        threads=studio.settings.threads,
        progress=job.progress,
    )
    return found.to_dict()


def unknown_tokens(tokenizer: Tokenizer, tokens: Sequence[str]) -> bool:
    """Whether the tokenizer's token for what it does not know is among some."""
    return tokenizer.unk_token is not None and tokenizer.unk_token in tokens


def _utf16(text: str, place: int) -> int:
    return place + sum(char > "\uffff" for char in text[:place])
