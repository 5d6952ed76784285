"""Alternatives: other segmentations of a text, the best by score and some drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from ....tokenizers.alternatives import Alternative, Drawn, distinct, method, occurrences
from ....tokenizers.id_lists import describe_ids
from ....tokenizers.positions import Positions
from ...contracts import Contract, ModelName
from ...state import StudioDep

__all__ = ["router"]

MOST_CHARACTERS = 1000
_OCCURRENCES_SHOWN = 400

router = APIRouter()


class AlternativesRequest(Contract):
    """A short text. ``dropout`` is for BPE and WordPiece, ``alpha`` and ``nbest_size`` for Unigram."""

    tokenizer: ModelName
    text: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    n: Annotated[int, Field(ge=1, le=64)] = 10
    samples: Annotated[int, Field(ge=0, le=1000)] = 100
    dropout: Annotated[float, Field(ge=0, le=1)] | None = None
    alpha: Annotated[float, Field(ge=0, le=100)] | None = None
    nbest_size: Annotated[int, Field(ge=2, le=512)] | None = None
    seed: Annotated[int, Field(ge=0, le=(1 << 53) - 1)] = 0


class SegmentationView(Contract):
    """One segmentation: ids, tokens and places in parallel. ``score`` of the best, ``times`` drawn of samples."""

    ids: list[int]
    tokens: list[str]
    utf16_starts: list[int]
    utf16_ends: list[int]
    score: float | None = None
    times: int | None = None


class OccurrenceView(Contract):
    """A token over the samples: in how many of them, and how often in all; ``bytes`` in hex, no text for parts of characters."""

    id: int
    token: str
    text: str | None
    bytes: str
    samples: int
    times: int


class AlternativesView(Contract):
    """``method`` is null for a tokenizer with one segmentation a text; the first of ``best`` is the tokenizer's own."""

    method: Literal["unigram", "bpe", "wordpiece"] | None
    best: list[SegmentationView]
    drawn: list[SegmentationView]
    samples: int
    occurrences: list[OccurrenceView]
    n_occurrences: int


def _segmentation(one: Alternative | Drawn, places: Positions) -> SegmentationView:
    spans: Sequence[tuple[int, int]] = one.offsets
    return SegmentationView(
        ids=one.ids, tokens=one.tokens,
        utf16_starts=places.utf16([start for start, _ in spans]).tolist(),
        utf16_ends=places.utf16([end for _, end in spans]).tolist(),
        score=one.score if isinstance(one, Alternative) else None,
        times=one.times if isinstance(one, Drawn) else None,
    )  # fmt: skip


@router.post("/alternatives")
def token_alternatives(studio: StudioDep, request: AlternativesRequest) -> AlternativesView:
    """Other segmentations of a text of at most 1,000 characters."""
    tokenizer = studio.tokenizer(request.tokenizer)
    places = Positions(request.text)
    kind = method(tokenizer)
    best = tokenizer.encodings(places.text, request.n)
    samples = []
    if kind is not None and request.samples:
        unigram = kind == "unigram"
        samples = tokenizer.sample(
            places.text, request.samples, seed=request.seed,
            dropout=None if unigram else request.dropout,
            alpha=request.alpha if unigram else None,
            nbest_size=request.nbest_size if unigram else None,
        )  # fmt: skip
    counts = occurrences(samples)
    shown = counts[:_OCCURRENCES_SHOWN]
    rows = describe_ids(tokenizer, [one.id for one in shown])
    return AlternativesView(
        method=kind,
        best=[_segmentation(one, places) for one in best],
        drawn=[_segmentation(one, places) for one in distinct(samples)],
        samples=len(samples),
        occurrences=[
            OccurrenceView(
                id=one.id,
                token=one.token,
                text=row.text,
                bytes=(row.data or b"").hex(),
                samples=one.samples,
                times=one.times,
            )
            for one, row in zip(shown, rows, strict=True)
        ],
        n_occurrences=len(counts),
    )
