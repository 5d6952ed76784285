"""The context window laid over a text: what is cut, and where the chunker cuts."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter
from pydantic import Field

from ....errors import LimitError
from ....tokenizers.chunk import Chunk, Keep, Unit, chunk, window
from ....tokenizers.positions import Positions
from ....tokenizers.ruler import TokenPlaces
from ....tokenizers.tokenizer import Tokenizer
from ...arrays import PackedArray, pack
from ...contracts import Contract, ModelName
from ...state import StudioDep
from .source import Source

__all__ = ["router"]

MOST_CHUNKS = 200_000
_MOST_TOKENS = 100_000_000
_MOST_WORK = 40_000_000

router = APIRouter()


class ChunkOptions(Contract):
    """Options of the chunker."""

    size: Annotated[int, Field(ge=1, le=_MOST_TOKENS)]
    overlap: Annotated[int, Field(ge=0, le=_MOST_TOKENS)] = 0
    unit: Unit = "tokens"


class RulerRequest(Contract):
    """A text, a window of so many tokens, and what is kept of a longer text; chunks when they are asked for."""

    source: Source
    tokenizer: ModelName
    size: Annotated[int, Field(ge=0, le=_MOST_TOKENS)]
    keep: Keep = "head"
    add_special_tokens: bool = True
    chunks: ChunkOptions | None = None


class StretchView(Contract):
    """A part of the text: half-open in UTF-16 units, and as a range of its tokens."""

    utf16_start: int
    utf16_end: int
    first_token: int
    end_token: int


class ChunksView(Contract):
    """``n`` chunks as arrays of n numbers: places in UTF-16 units, ranges among the tokens of the text (u4), and the tokens
    of each chunk encoded by itself."""

    n: int
    utf16_starts: PackedArray
    utf16_ends: PackedArray
    first_tokens: PackedArray
    end_tokens: PackedArray
    tokens: PackedArray


class RulerView(Contract):
    """The text and the window. ``text_tokens`` are of the text alone, ``n_tokens`` with the ``n_special`` added ones."""

    utf16_length: int
    text_tokens: int
    n_tokens: int
    n_special: int
    n_kept: int
    fits: bool
    kept: list[StretchView]
    chunks: ChunksView | None


class SliceRequest(Contract):
    """A part of a text, half-open in UTF-16 units."""

    source: Source
    utf16_start: Annotated[int, Field(ge=0, le=40_000_000)]
    utf16_end: Annotated[int, Field(ge=0, le=40_000_000)]


class SliceView(Contract):
    """The part, at most 20,000 code points of it."""

    text: str
    cut: bool


_SLICE_CHARACTERS = 20_000


def _stretches(spans: list[tuple[int, int]], places: Positions, tokens: TokenPlaces) -> list[StretchView]:
    return [
        StretchView(utf16_start=start, utf16_end=end, first_token=first, end_token=last)
        for (start, end), (first, last) in zip(
            places.utf16(spans).reshape(-1, 2).tolist(),
            tokens.tokens_before(spans).reshape(-1, 2).tolist(),
            strict=True,
        )
    ]


def _chunks(chunks: list[Chunk], places: Positions, tokens: TokenPlaces) -> ChunksView:
    starts, ends = [one.start for one in chunks], [one.end for one in chunks]
    return ChunksView(
        n=len(chunks),
        utf16_starts=pack(places.utf16(starts), "u4"),
        utf16_ends=pack(places.utf16(ends), "u4"),
        first_tokens=pack(tokens.tokens_before(starts), "u4"),
        end_tokens=pack(tokens.tokens_before(ends), "u4"),
        tokens=pack(np.array([one.n_tokens for one in chunks], dtype=np.int64), "u4"),
    )


def _check_work(asked: ChunkOptions, n_tokens: int) -> None:
    """Refuse what would take minutes: every token is encoded once for each chunk that holds it."""
    step = asked.size - asked.overlap
    if step > 0 and n_tokens > asked.size and n_tokens * asked.size // step > _MOST_WORK:
        raise LimitError(
            f"[chunk] expected at most {_MOST_WORK:,} tokens in all chunks together, received {n_tokens:,} tokens in chunks "
            f"of {asked.size:,} that share {asked.overlap:,}; try less overlap"
        )


def _token_places(studio: StudioDep, request: RulerRequest, text: str, tokenizer: Tokenizer) -> TokenPlaces:
    key = request.source.key(studio)
    if not key:
        return TokenPlaces(text, tokenizer)
    stamp = studio.models.stamp(request.tokenizer)
    return studio.keep.get(
        "token places", f"{request.tokenizer} {key}", lambda: TokenPlaces(text, tokenizer), stamp=stamp
    )


@router.post("/ruler")
def token_ruler(studio: StudioDep, request: RulerRequest) -> RulerView:
    """What a window of so many tokens holds of a text, and the chunks of the text; at most 200,000 chunks."""
    tokenizer = studio.tokenizer(request.tokenizer)
    places = request.source.positions(studio)
    text = places.text
    chunks = None
    with studio.long_texts.place(len(text)):
        tokens = _token_places(studio, request, text, tokenizer)
        cut = window(text, tokenizer, request.size, request.keep, request.add_special_tokens)
        if (asked := request.chunks) is not None:
            _check_work(asked, tokens.n_tokens)
            found = chunk(
                text, tokenizer, asked.size, asked.overlap, asked.unit, request.add_special_tokens, most=MOST_CHUNKS
            )
            chunks = _chunks(found, places, tokens)
    return RulerView(
        utf16_length=places.utf16_length,
        text_tokens=tokens.n_tokens,
        n_tokens=cut.n_tokens,
        n_special=cut.n_special,
        n_kept=cut.n_kept,
        fits=cut.fits,
        kept=_stretches(list(cut.kept), places, tokens),
        chunks=chunks,
    )


@router.post("/slice")
def token_slice(studio: StudioDep, request: SliceRequest) -> SliceView:
    """A part of a text by its place."""
    places = request.source.positions(studio)
    start, end = places.chars_of_utf16([request.utf16_start, request.utf16_end]).tolist()
    part = places.text[start:end]
    return SliceView(text=part[:_SLICE_CHARACTERS], cut=len(part) > _SLICE_CHARACTERS)
