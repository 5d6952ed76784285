"""Single components of tokenizer.json: build one, see what it does to a text.

>>> from tokenspace import components
>>> components.Normalizer("BertNormalizer", lowercase=True).normalize_str("Héllo")
'hello'
>>> components.PreTokenizer("Whitespace").pre_tokenize_str("Hi there!")
[('Hi', (0, 2)), ('there', (3, 8)), ('!', (8, 9))]
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..errors import ArgumentError, message

__all__ = ["Decoder", "Normalizer", "PostProcessor", "PreTokenizer"]


class _Component:
    """Made from a type name and its options, from a dict or JSON text of tokenizer.json, or from None (does nothing)."""

    _native = ""

    def __init__(self, type: str | dict[str, Any] | None = None, /, **options: Any) -> None:
        from .. import _core

        if isinstance(type, str) and type.lstrip().startswith("{"):
            text = type
        elif isinstance(type, str):
            text = json.dumps({"type": type, **_plain(options)})
        else:
            if options:
                raise ArgumentError(message(self._native, "a type name before options", repr(type)))
            text = json.dumps(type)
        self._part = getattr(_core, self._native)(text)

    @property
    def json(self) -> str:
        """Its object in tokenizer.json."""
        return str(self._part.json())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.json})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and json.loads(self.json) == json.loads(other.json)

    __hash__ = None  # type: ignore[assignment]


def _plain(value: Any) -> Any:
    """Components among the options (of a Sequence) as their objects."""
    if isinstance(value, _Component):
        return json.loads(value.json)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


class Normalizer(_Component):
    """One of the 14 normalizers: BertNormalizer, NFC, Lowercase, Replace, Precompiled, Sequence, ..."""

    _native = "Normalizer"

    def normalize_str(self, text: str) -> str:
        """The normalized text."""
        return str(self._part.normalize_str(text))


class PreTokenizer(_Component):
    """One of the 12 pre-tokenizers: ByteLevel, Whitespace, Split, Metaspace, Digits, Sequence, ..."""

    _native = "PreTokenizer"

    def pre_tokenize_str(self, text: str) -> list[tuple[str, tuple[int, int]]]:
        """(piece, (begin, end)) with offsets in code points of ``text``."""
        pieces = self._part.pre_tokenize_str(text)
        if text.isascii():
            return [(piece, (begin, end)) for piece, begin, end in pieces]
        # Byte -> code point that holds it; one past the end -> number of code points.
        at = [i for i, char in enumerate(text) for _ in range(_width(char))]
        at.append(len(text))
        return [(piece, (at[begin], at[end])) for piece, begin, end in pieces]


def _width(char: str) -> int:
    code = ord(char)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


class Decoder(_Component):
    """One of the 10 decoders: ByteLevel, WordPiece, Metaspace, ByteFallback, Sequence, ..."""

    _native = "Decoder"

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of tokens."""
        return str(self._part.decode(list(tokens)))


class PostProcessor(_Component):
    """One of the 5 post-processors: BertProcessing, TemplateProcessing, ..."""

    _native = "PostProcessor"

    def num_special_tokens_to_add(self, is_pair: bool) -> int:
        """How many tokens it adds to a text (or pair)."""
        return int(self._part.num_special_tokens_to_add(is_pair))
