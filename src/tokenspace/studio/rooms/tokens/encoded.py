"""A text under a tokenizer, as every question of this room names it; what was encoded is kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ....tokenizers.token_map import TokenMap
from ...contracts import Contract, ModelName
from ...faults import StudioError
from ...state import Studio
from .source import Source

__all__ = ["Encoded", "Encoding", "token_map"]


class Encoding(Contract):
    """A text and the options of its encoding."""

    source: Source
    special_tokens: Literal["allow", "as_text", "error"] = Field(
        "allow", description="What a special token written in the text means: its id, ordinary text, an error."
    )
    add_special_tokens: bool = Field(True, description="Whether the template's tokens ([CLS], <s>) are added.")


class Encoded(Encoding):
    """A text under one tokenizer."""

    tokenizer: ModelName

    def map(self, studio: Studio) -> TokenMap:
        """Its tokens.

        Raises:
            StudioError: 404, no such tokenizer or file. ArgumentError: a special token with "error".
        """
        return token_map(studio, self, self.tokenizer)

    def index_in(self, studio: Studio, index: int) -> TokenMap:
        """Its tokens, of which ``index`` is one.

        Raises:
            StudioError: 404.
        """
        map = self.map(studio)
        if index >= len(map):
            there = f"a token from 0 to {len(map) - 1}" if len(map) else "a text with tokens (this one has no token)"
            raise StudioError(404, f"[token] expected {there}, received {index}")
        return map


def token_map(studio: Studio, asked: Encoding, name: str) -> TokenMap:
    """The text under the tokenizer of that name."""
    tokenizer = studio.tokenizer(name)
    key = f"{name} {asked.source.key(studio)} {asked.special_tokens} {asked.add_special_tokens}"

    def encode() -> TokenMap:
        positions = asked.source.positions(studio)
        with studio.long_texts.place(len(positions)):
            return TokenMap(tokenizer, positions, asked.add_special_tokens, asked.special_tokens)

    def size(map: TokenMap) -> int:
        # A text of the page has no other owner; that of a file is kept, and counted, for itself.
        return map.nbytes + (map.positions.nbytes if asked.source.text is not None else 0)

    return studio.keep.get("tokens", key, encode, size, studio.models.stamp(name))
