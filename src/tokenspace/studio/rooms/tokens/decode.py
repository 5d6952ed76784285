"""Ids -> text: what each pasted id is, what they say together, whether encoding gives them back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from ....tokenizers.id_lists import IdRow, NotAnId, PlacedId, describe_ids, parse_ids, round_trip
from ....tokenizers.positions import Positions
from ...contracts import Contract, ModelName
from ...state import StudioDep

__all__ = ["router"]

MOST_IDS = 200_000
_TEXT_SHOWN = 200_000
_PROBLEMS_SHOWN = 200
_AROUND = 6

router = APIRouter()


class DecodeRequest(Contract):
    """Pasted ids. ``first`` and ``count`` say which of them are described."""

    tokenizer: ModelName
    ids: Annotated[str, Field(max_length=2_500_000)]
    skip_special_tokens: bool = False
    first: Annotated[int, Field(ge=0, le=MOST_IDS)] = 0
    count: Annotated[int, Field(ge=0, le=2000)] = 500


class IdView(Contract):
    """One id: token and bytes (hex) are null where the vocabulary has none, text where it is no whole character."""

    id: int
    utf16_start: int
    utf16_end: int
    token: str | None
    bytes: str | None
    text: str | None
    special: bool


class NotAnIdView(Contract):
    """Something that is no id, and where it stands in what was pasted."""

    text: str
    utf16_start: int
    utf16_end: int
    reason: Literal["not a number", "negative", "not whole", "too large", "not in the vocabulary"]


class RoundTripView(Contract):
    """Whether encoding the text gives the ids again; the ids around the first that differs."""

    change: Literal["none", "unknown id", "partial character", "text", "segmentation"]
    at: int | None
    first: int
    given: list[int]
    back: list[int]
    n_back: int


class DecodeView(Contract):
    """``n`` ids in all, described from ``first`` on; ``n_problems`` things that are no ids of the vocabulary."""

    n: int
    first: int
    rows: list[IdView]
    text: str
    text_cut: bool
    problems: list[NotAnIdView]
    n_problems: int
    round_trip: RoundTripView


def _row(row: IdRow, placed: PlacedId, places: Positions) -> IdView:
    start, end = places.utf16([placed.start, placed.end]).tolist()
    return IdView(
        id=row.id, utf16_start=start, utf16_end=end, token=row.token,
        bytes=None if row.data is None else row.data.hex(), text=row.text, special=row.special,
    )  # fmt: skip


def _problem(one: NotAnId | PlacedId, text: str, places: Positions) -> NotAnIdView:
    start, end = places.utf16([one.start, one.end]).tolist()
    reason = one.reason if isinstance(one, NotAnId) else "not in the vocabulary"
    return NotAnIdView(text=text[one.start : one.end][:40], utf16_start=start, utf16_end=end, reason=reason)


@router.post("/decode")
def decode_ids(studio: StudioDep, request: DecodeRequest) -> DecodeView:
    """What pasted ids are; at most 200,000."""
    tokenizer = studio.tokenizer(request.tokenizer)
    places = Positions(request.ids)
    placed, others = parse_ids(places.text, limit=MOST_IDS)
    ids = [one.id for one in placed]
    window = placed[request.first : request.first + request.count]
    rows = describe_ids(tokenizer, [one.id for one in window])
    known = {id: tokenizer.id_to_token(id) is not None for id in set(ids)}
    unknown = [one for one in placed if not known[one.id]]
    problems: list[NotAnId | PlacedId] = sorted([*others, *unknown], key=lambda one: one.start)
    text = tokenizer.decode(ids, skip_special_tokens=request.skip_special_tokens)
    found = round_trip(tokenizer, ids)
    begin = max(0, (found.at or 0) - _AROUND)
    end = begin + 2 * _AROUND if found.at is not None else begin
    return DecodeView(
        n=len(ids),
        first=request.first,
        rows=[_row(row, one, places) for row, one in zip(rows, window, strict=True)],
        text=text[:_TEXT_SHOWN],
        text_cut=len(text) > _TEXT_SHOWN,
        problems=[_problem(one, places.text, places) for one in problems[:_PROBLEMS_SHOWN]],
        n_problems=len(problems),
        round_trip=RoundTripView(
            change=found.change, at=found.at, first=begin, given=ids[begin:end], back=found.ids[begin:end],
            n_back=len(found.ids),
        ),
    )  # fmt: skip
