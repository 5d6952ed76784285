"""``/api/tokens``: the text as tokens."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from .....tokenizers.disagreement import Disagreement
from .....tokenizers.replay import replay
from .....tokenizers.vocabulary_ranks import VocabularyRanks
from ....arrays import pack
from ....state import Studio, StudioDep
from ..encoded import token_map
from ..source import Source
from . import shape
from .contracts import (
    MOST_UNITS,
    DisagreementAnswer,
    DisagreementRequest,
    EncodeAnswer,
    EncodeRequest,
    IdsAnswer,
    IdsRequest,
    ReplayAnswer,
    Stretch,
    Summary,
    TokenAnswer,
    TokenRequest,
    WindowAnswer,
    WindowRequest,
)

__all__ = ["router"]

router = APIRouter()
_FIRST_UNITS = 16_384


@router.get(
    "/text",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def text_of_file(
    studio: StudioDep, file: Annotated[str, Query(min_length=1, max_length=64, description="A file of the shelf.")]
) -> PlainTextResponse:
    """The whole text of a file, as positions count it."""
    text = Source(file=file).read(studio)
    return PlainTextResponse(text, headers={"Cache-Control": "no-store"})


@router.post("/encode")
def encode(studio: StudioDep, asked: EncodeRequest) -> EncodeAnswer:
    """A text under a tokenizer: counts, longest lines, and the tokens of its beginning."""
    map = asked.map(studio)
    return EncodeAnswer(
        method=map.tokenizer.kind,
        vocab_size=len(map.tokenizer),
        seconds=map.seconds,
        utf16_length=map.positions.utf16_length,
        summary=Summary.model_validate(map.summary()),
        longest=shape.longest(map),
        window=shape.window(map, 0, _FIRST_UNITS),
    )


@router.post("/window")
def window(studio: StudioDep, asked: WindowRequest) -> WindowAnswer:
    """The tokens of a part of the text, at most 65,536 UTF-16 units of it."""
    end = min(asked.utf16_end, asked.utf16_start + MOST_UNITS)
    return shape.window(asked.map(studio), asked.utf16_start, end)


@router.post("/token")
def token(studio: StudioDep, asked: TokenRequest) -> TokenAnswer:
    """Everything about one token."""
    map = asked.index_in(studio, asked.index)
    return shape.token(map, asked.index, _ranks(studio, asked.tokenizer))


@router.post("/replay")
def replay_token(studio: StudioDep, asked: TokenRequest) -> ReplayAnswer:
    """How a token comes about: merges, look-ups or the best path, step by step."""
    map = asked.index_in(studio, asked.index)
    found = replay(map, asked.index, _ranks(studio, asked.tokenizer))
    return ReplayAnswer(index=asked.index, **asdict(found))


@router.post("/ids")
def ids(studio: StudioDep, asked: IdsRequest) -> IdsAnswer:
    """The ids of a part of the encoding."""
    map = asked.map(studio)
    return IdsAnswer(
        first=asked.first, tokens=len(map), ids=pack(map.ids[asked.first : asked.first + asked.count], "u4")
    )


@router.post("/disagreements")
def disagreements(studio: StudioDep, asked: DisagreementRequest) -> DisagreementAnswer:
    """Where tokenizers cut the text differently, within a part of it."""
    maps = [token_map(studio, asked, name) for name in asked.tokenizers]
    key = f"{asked.tokenizers} {asked.source.key(studio)} {asked.special_tokens} {asked.add_special_tokens}"
    stamp = [studio.models.stamp(name) for name in asked.tokenizers]
    found = studio.keep.get("disagreement", key, lambda: Disagreement(maps), stamp=stamp)
    places = maps[0].positions
    start, end = places.chars_of_utf16([asked.utf16_start, max(asked.utf16_start, asked.utf16_end)]).tolist()
    first, last = found.window(start, end)
    if asked.last:
        first = max(first, last - asked.count)
    last = min(last, first + asked.count)
    detailed = [
        Stretch(
            utf16_start=int(places.utf16(begin)),
            utf16_end=int(places.utf16(stop)),
            text=places.text[begin : min(stop, begin + 120)],
            tokens=[shape.tokens_of(map, begin, stop, 24) for map in maps],
        )
        for begin, stop in zip(
            found.starts[first:last].tolist()[: asked.detailed],
            found.ends[first:last].tolist()[: asked.detailed],
            strict=True,
        )
    ]
    return DisagreementAnswer(
        total=len(found),
        first=first,
        shared=found.shared,
        cuts=found.cuts,
        utf16_starts=pack(places.utf16(found.starts[first:last]), "u4"),
        utf16_ends=pack(places.utf16(found.ends[first:last]), "u4"),
        detailed=detailed,
    )


def _ranks(studio: Studio, name: str) -> VocabularyRanks:
    tokenizer = studio.tokenizer(name)
    return studio.keep.get("ranks", name, lambda: VocabularyRanks(tokenizer), stamp=studio.models.stamp(name))
