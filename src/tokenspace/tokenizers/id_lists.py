"""Ids as people paste them, what each of them is, and whether encoding their text gives them back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import LimitError
from .like import TokenizerLike, plain_ids

# What separates ids in JSON, in Python's and NumPy's output, and in Chinese prose.
_ITEM = re.compile(r"""[^\s,;:=|，、；：\[\](){}<>"'`\ufeff\x00]+""")
_NUMBER = re.compile(r"\+?[0-9]+")
_LARGEST = (1 << 32) - 1
# "tensor([[101, 102]])", "array([1, 2], dtype=uint32)" and {"input_ids": [...]} are lists with their printer's words.
_PRINTED = re.compile(
    r"(?:torch\.|np\.|numpy\.)?(?:tensor|Tensor|array|u?int(?:8|16|32|64)|long)|input_ids|token_ids|ids|dtype|device|cpu|cuda"
)

Change = Literal["none", "unknown id", "partial character", "text", "segmentation"]


@dataclass(frozen=True, slots=True)
class PlacedId:
    """An id and where it stood in the pasted text, half-open in code points."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NotAnId:
    """Something in a list that is no id: its text (at most 40 code points), its place and what is wrong with it."""

    text: str
    start: int
    end: int
    reason: Literal["not a number", "negative", "not whole", "too large"]


@dataclass(frozen=True, slots=True)
class IdRow:
    """An id as its tokenizer knows it; token and data are None for an id without a token.

    ``text`` is None where the bytes are not whole characters by themselves.
    """

    id: int
    token: str | None
    data: bytes | None
    text: str | None
    special: bool


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Whether ``encode(decode(ids))`` gives ``ids`` again.

    Attributes:
        change: "none"; "unknown id": some id has no token; "partial character": the ids end or begin within a character;
            "segmentation": the same text, which the tokenizer cuts otherwise; "text": decoding or encoding changes the text.
        at: index of the first id that differs, None when none does.
        ids: what encoding gives.
    """

    change: Change
    at: int | None
    ids: list[int]


def parse_ids(text: str, limit: int = 1_000_000) -> tuple[list[PlacedId], list[NotAnId]]:
    """The ids in a pasted text, and what in it is no id.

    Args:
        text: numbers between white space, commas, semicolons or brackets of any kind: JSON (nested or not), lines, what
            Python, NumPy and torch print, numbers in quotes.
        limit: most items.

    Raises:
        LimitError: more than ``limit`` items.

    Example:
        >>> [one.id for one in parse_ids("[15496, 995]")[0]]
        [15496, 995]
    """
    ids: list[PlacedId] = []
    others: list[NotAnId] = []
    for item in _ITEM.finditer(text):
        found, start, end = item.group(), item.start(), item.end()
        if _NUMBER.fullmatch(found) and len(found) <= 11 and int(found) <= _LARGEST:
            ids.append(PlacedId(int(found), start, end))
        elif not _PRINTED.fullmatch(found):
            others.append(NotAnId(found[:40], start, end, _why(found)))
        if len(ids) + len(others) > limit:
            raise LimitError(f"[ids] expected at most {limit:,} ids, received more; try a part of them")
    return ids, others


def _why(found: str) -> Literal["not a number", "negative", "not whole", "too large"]:
    if _NUMBER.fullmatch(found):
        return "too large"
    if re.fullmatch(r"[-−][0-9]+", found):
        return "negative"
    return (
        "not whole"
        if re.fullmatch(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9.]+[eE][-+]?[0-9]+)", found)
        else "not a number"
    )


def describe_ids(tokenizer: TokenizerLike, ids: Sequence[int]) -> list[IdRow]:
    """What each id is."""
    special = {int(id) for id in getattr(tokenizer, "all_special_ids", ())}
    rows = []
    for id in ids:
        token = tokenizer.id_to_token(id)
        data = tokenizer.id_to_bytes(id) if token is not None else None
        text: str | None = None
        if data is not None:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                text = None
        rows.append(IdRow(id, token, data, text, id in special))
    return rows


def round_trip(tokenizer: Any, ids: Sequence[int]) -> RoundTrip:
    """Decode ``ids`` with their special tokens, encode the text (no token is added) and compare."""
    given = [int(id) for id in ids]
    text = tokenizer.decode(given, skip_special_tokens=False)
    back = plain_ids(tokenizer, text)
    if back == given:
        return RoundTrip("none", None, back)
    at = next((i for i, (a, b) in enumerate(zip(given, back, strict=False)) if a != b), min(len(given), len(back)))
    change: Change
    if any(tokenizer.id_to_token(id) is None for id in given):
        change = "unknown id"
    elif "\ufffd" in text and not _spells(tokenizer, given):
        change = "partial character"
    elif tokenizer.decode(back, skip_special_tokens=False) == text:
        change = "segmentation"
    else:
        change = "text"
    return RoundTrip(change, at, back)


def _spells(tokenizer: Any, ids: list[int]) -> bool:
    """Whether the bytes of the ids together are text."""
    try:
        b"".join(tokenizer.id_to_bytes(id) or b"" for id in ids).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
