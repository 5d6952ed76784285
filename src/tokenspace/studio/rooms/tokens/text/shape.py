"""Token maps in the shape of the contracts."""

from __future__ import annotations

import unicodedata

import numpy as np

from .....tokenizers.token_map import TokenMap
from .....tokenizers.vocabulary_ranks import VocabularyRanks
from ....arrays import pack
from .contracts import (
    CodePoint,
    LineView,
    Neighbour,
    TokenAnswer,
    TokenEntry,
    WindowAnswer,
)

_SHOWN = 120


def entry(map: TokenMap, id: int) -> TokenEntry:
    """What an id is."""
    data = map.tokenizer.id_to_bytes(id)
    token = map.tokenizer.id_to_token(id)
    text = data.decode("utf-8", "replace") if data is not None else token or ""
    return TokenEntry(id=id, token=token, text=text, bytes=(data or b"").hex(), kind=map.kind(id))


def window(map: TokenMap, utf16_start: int, utf16_end: int) -> WindowAnswer:
    """Tokens that cover something of a part of the text."""
    places = map.positions
    start, end = places.chars_of_utf16([utf16_start, max(utf16_start, utf16_end)]).tolist()
    if end < len(places.text) and int(places.utf16(end)) < utf16_end:
        end += 1  # the part ends within a surrogate pair
    first, last = map.window(start, end)
    ids = map.ids[first:last]
    return WindowAnswer(
        first=first,
        ids=pack(ids, "u4"),
        utf16_starts=pack(places.utf16(map.starts[first:last]), "u4"),
        utf16_ends=pack(places.utf16(map.ends[first:last]), "u4"),
        entries=[entry(map, id) for id in np.unique(ids).tolist()],
        head=map.head,
        tail=map.tail,
        tokens=len(map),
    )


def longest(map: TokenMap) -> list[LineView]:
    """The lines with the most tokens, when there is more than one line."""
    places = map.positions
    lines = map.longest_lines(10) if len(places.line_starts) > 1 else []
    return [
        LineView(
            line=line.line,
            utf16_start=int(places.utf16(line.start)),
            tokens=line.tokens,
            characters=line.characters,
            text=places.text[line.start : line.start + min(line.characters, _SHOWN)].rstrip("\r\n"),
        )
        for line in lines
    ]


def token(map: TokenMap, index: int, ranks: VocabularyRanks) -> TokenAnswer:
    """Everything about one token."""
    places, id = map.positions, int(map.ids[index])
    start, end = int(map.starts[index]), int(map.ends[index])
    bytes_, utf16 = places.bytes([start, end]).tolist(), places.utf16([start, end]).tolist()
    same = map.places_of(id)
    at = int(np.searchsorted(same, index))
    first, last = map.group(index)
    covered = places.text[start : min(end, start + 200)]
    described = entry(map, id)
    return TokenAnswer(
        index=index,
        entry=described,
        covered=covered,
        code_points=[CodePoint(code=ord(char), char=char, name=name_of(char)) for char in covered[:32]],
        start=start,
        end=end,
        byte_start=bytes_[0],
        byte_end=bytes_[1],
        utf16_start=utf16[0],
        utf16_end=utf16[1],
        count=len(same),
        previous=int(same[at - 1]) if at else None,
        following=int(same[at + 1]) if at + 1 < len(same) else None,
        group=[neighbour(map, one) for one in range(first, min(last, first + 64))] if last - first > 1 else [],
        before=neighbour(map, index - 1) if index else None,
        after=neighbour(map, index + 1) if index + 1 < len(map) else None,
        rank=ranks.rank(described.token or ""),
        score=ranks.score(described.token or ""),
    )


def neighbour(map: TokenMap, index: int) -> Neighbour:
    """A token beside another."""
    return Neighbour(index=index, entry=entry(map, int(map.ids[index])))


def tokens_of(map: TokenMap, start: int, end: int, most: int) -> list[str]:
    """Texts of the tokens of a stretch: parts of characters by the vocabulary's spelling."""
    first, last = map.window(start, end)
    shown: list[str] = []
    for index in range(max(first, map.head), min(last, len(map) - map.tail)):
        if len(shown) == most:
            break
        described = entry(map, int(map.ids[index]))
        whole = described.kind in ("text", "special")
        shown.append(map.text_of(index) or described.token or "" if whole else described.token or "")
    return shown


def name_of(char: str) -> str:
    """The Unicode name of a character, its alias for controls."""
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return _CONTROLS[code] if code < 0x20 else "DELETE"
    return unicodedata.name(char, f"<{unicodedata.category(char)}>")


_CONTROLS = (
    "NULL", "START OF HEADING", "START OF TEXT", "END OF TEXT", "END OF TRANSMISSION", "ENQUIRY", "ACKNOWLEDGE", "BELL",
    "BACKSPACE", "CHARACTER TABULATION", "LINE FEED", "LINE TABULATION", "FORM FEED", "CARRIAGE RETURN", "SHIFT OUT",
    "SHIFT IN", "DATA LINK ESCAPE", "DEVICE CONTROL ONE", "DEVICE CONTROL TWO", "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR", "NEGATIVE ACKNOWLEDGE", "SYNCHRONOUS IDLE", "END OF TRANSMISSION BLOCK", "CANCEL",
    "END OF MEDIUM", "SUBSTITUTE", "ESCAPE", "INFORMATION SEPARATOR FOUR", "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO", "INFORMATION SEPARATOR ONE",
)  # fmt: skip
