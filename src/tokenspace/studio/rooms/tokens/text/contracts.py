"""Contracts of the text as tokens. Positions are UTF-16 units where the name says so, code points otherwise."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ....arrays import PackedArray
from ....contracts import Contract, ModelName
from ..encoded import Encoded, Encoding

__all__ = [
    "CodePoint", "DisagreementAnswer", "DisagreementRequest", "EncodeAnswer", "EncodeRequest", "IdsAnswer", "IdsRequest",
    "LineView", "Neighbour", "ReplayAnswer", "Stretch", "Summary", "TokenAnswer", "TokenEntry", "TokenRequest", "WindowAnswer",
    "WindowRequest",
]  # fmt: skip

Kind = Literal["text", "special", "unknown", "byte", "partial"]
MOST_UNITS = 65_536
MOST_IDS = 1_000_000
Place = Annotated[int, Field(ge=0, le=2**31)]


class Summary(Contract):
    """Counts of a text under a tokenizer. Ratios leave the template's tokens out."""

    tokens: int
    tokens_of_text: int
    distinct: int
    characters: int
    bytes: int
    words: int | None = Field(description="None for scripts without spaces between words.")
    bytes_per_token: float | None
    characters_per_token: float | None
    tokens_per_word: float | None
    unknown: int
    byte_tokens: int


class LineView(Contract):
    """A line with many tokens."""

    line: int
    utf16_start: int
    tokens: int
    characters: int
    text: str = Field(description="Its beginning, at most 120 characters.")


class TokenEntry(Contract):
    """What an id is."""

    id: int
    token: str | None = Field(description="The vocabulary's spelling.")
    text: str = Field(description="What it stands for, U+FFFD for parts of characters.")
    bytes: str = Field(description="Those bytes in hexadecimal; empty where the id stands for none.")
    kind: Kind


class WindowAnswer(Contract):
    """Tokens that cover a part of the text: parallel arrays, and what their ids are."""

    first: int = Field(description="Number of the first of them in the whole encoding.")
    ids: PackedArray
    utf16_starts: PackedArray
    utf16_ends: PackedArray
    entries: list[TokenEntry]
    head: int = Field(description="How many tokens the template puts before the text's.")
    tail: int
    tokens: int = Field(description="Tokens of the whole encoding.")


class WindowRequest(Encoded):
    """Tokens of [utf16_start, utf16_end); places beyond the text's end are its end."""

    utf16_start: Place = 0
    utf16_end: Place = MOST_UNITS


class EncodeRequest(Encoded):
    """A text and a tokenizer."""


class EncodeAnswer(Contract):
    """The encoding as a whole, and its beginning."""

    method: str = Field(description="bpe, unigram, wordpiece, word, char or byte.")
    vocab_size: int
    seconds: float = Field(description="How long the tokenizer took.")
    utf16_length: int
    summary: Summary
    longest: list[LineView]
    window: WindowAnswer


class TokenRequest(Encoded):
    """One token by its number in the encoding."""

    index: Place


class CodePoint(Contract):
    """A character a token covers."""

    code: int
    char: str
    name: str


class Neighbour(Contract):
    """A token beside another."""

    index: int
    entry: TokenEntry


class TokenAnswer(Contract):
    """Everything about one token."""

    index: int
    entry: TokenEntry
    covered: str = Field(description="The part of the text it covers, at most 200 characters.")
    code_points: list[CodePoint] = Field(description="Of that part, at most 32.")
    start: int
    end: int
    byte_start: int
    byte_end: int
    utf16_start: int
    utf16_end: int
    count: int = Field(description="How often the id occurs in this text.")
    previous: int | None = Field(description="Number of the token with the same id before this one.")
    following: int | None
    group: list[Neighbour] = Field(description="Tokens that share a character with it, itself included; at most 64.")
    before: Neighbour | None
    after: Neighbour | None
    rank: int | None = Field(description="BPE: the number of the merge that makes it.")
    score: float | None = Field(description="Unigram: the logarithm of its probability.")


class IdsRequest(Encoded):
    """Ids of a part of the encoding."""

    first: Place = 0
    count: Annotated[int, Field(ge=0, le=MOST_IDS)] = MOST_IDS


class IdsAnswer(Contract):
    """Ids, uint32."""

    first: int
    tokens: int
    ids: PackedArray


class DisagreementRequest(Encoding):
    """Where these tokenizers cut the text differently."""

    tokenizers: Annotated[list[ModelName], Field(min_length=2, max_length=6)]
    utf16_start: Place = 0
    utf16_end: Place = 2**31
    count: Annotated[int, Field(ge=0, le=20_000)] = 2_000
    last: bool = Field(False, description="The last ones of the part instead of the first.")
    detailed: Annotated[int, Field(ge=0, le=100)] = Field(0, description="For how many the tokens are listed.")


class Stretch(Contract):
    """One place of disagreement: what each tokenizer makes of it."""

    utf16_start: int
    utf16_end: int
    text: str = Field(description="At most 120 characters.")
    tokens: list[list[str]] = Field(description="Per tokenizer the texts of its tokens, at most 24.")


class DisagreementAnswer(Contract):
    """Stretches within a part of the text."""

    total: int = Field(description="Of the whole text.")
    first: int = Field(description="Number of the first of them among all.")
    shared: int = Field(description="Cuts all tokenizers have.")
    cuts: int = Field(description="Different cuts.")
    utf16_starts: PackedArray
    utf16_ends: PackedArray
    detailed: list[Stretch]


class MergeView(Contract):
    """BPE: two neighbours become one."""

    rank: int
    position: int = Field(description="Of the left one among the symbols before.")
    left: str
    right: str
    merged: str
    symbols: list[str] = Field(description="After it.")


class LookupView(Contract):
    """WordPiece: is this piece in the vocabulary?"""

    start: int
    end: int
    piece: str
    found: bool


class CandidateView(Contract):
    """Unigram: a piece that ends at a place."""

    start: int
    piece: str
    score: float
    total: float = Field(description="Of the best way to the place through it.")
    known: bool


class ArrivalView(Contract):
    """Unigram: the ways to reach a place by one more piece, the best first."""

    end: int
    candidates: list[CandidateView]


class WayView(Contract):
    """Unigram: one way to cut the whole piece."""

    score: float
    pieces: list[str]


class ReplayAnswer(Contract):
    """The steps behind a token, on the piece of text the model works on."""

    index: int
    method: Literal["bpe", "wordpiece", "unigram", "lookup", "special"]
    piece: str = Field(description="As the model receives it, in the vocabulary's spelling.")
    first: int = Field(description="Its tokens [first, last) in the encoding.")
    last: int
    tokens: list[str]
    symbols: list[str] = Field(description="BPE: what the merges begin with.")
    merges: list[MergeView]
    lookups: list[LookupView]
    arrivals: list[ArrivalView]
    ways: list[WayView]
    whole: bool = Field(description="BPE: the piece is an entry, no merge is needed.")
    too_long: bool
    agrees: bool = Field(description="Whether the steps end in the tokenizer's tokens.")
    readable: dict[str, str] = Field(description="Symbol -> its text, where that is not its spelling.")
