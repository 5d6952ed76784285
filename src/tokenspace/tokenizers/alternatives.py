"""Alternatives: other segmentations of the same text under the same vocabulary."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..errors import ArgumentError, message

if TYPE_CHECKING:
    from .encoding import Encoding
    from .tokenizer import Tokenizer

__all__ = ["Alternative", "Drawn", "Occurrence", "alternatives", "distinct", "method", "occurrences"]

Method = Literal["unigram", "bpe", "wordpiece"]
_METHODS: dict[str, Method] = {"unigram": "unigram", "bpe": "bpe", "wordpiece": "wordpiece"}


@dataclass(frozen=True)
class Alternative:
    """One segmentation: ids, tokens and offsets (half-open, in code points of the text) in parallel, and its score.

    score: higher is better. Unigram: log-probability; BPE: minus the number of merges not taken; WordPiece: minus the
    number of tokens. Only comparable for one text.
    """

    ids: list[int]
    tokens: list[str]
    score: float
    offsets: list[tuple[int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Drawn:
    """One of several sampled segmentations: how often it was drawn, and its ids, tokens and offsets in code points."""

    times: int
    ids: list[int]
    tokens: list[str]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True)
class Occurrence:
    """A token over samples: in how many of them it occurs, and how often in all of them together."""

    id: int
    token: str
    samples: int
    times: int


def method(tokenizer: Tokenizer) -> Method | None:
    """How the tokenizer can cut a text otherwise; None for those with one segmentation a text: words, characters, bytes."""
    return _METHODS.get(tokenizer.kind)


class _CodePoints:
    """Byte positions of a text's UTF-8 as code points; a position inside a character is the character's."""

    def __init__(self, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        self._ascii = data.isascii()
        self._starts = [] if self._ascii else [i for i, byte in enumerate(data) if byte & 0xC0 != 0x80]
        self._size = len(data)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        if self._ascii:
            return begin, end
        first = bisect_right(self._starts, begin) - 1
        last = bisect_right(self._starts, end - 1) if end > begin else first
        return max(first, 0), max(last, 0)


def alternatives(core: Any, text: str | bytes, n: int) -> list[Alternative]:
    """Up to n distinct segmentations, best first."""
    if n < 1:
        raise ArgumentError(message("encodings", "n of at least 1", str(n)))
    points = _CodePoints(text)
    return [
        Alternative(
            ids, [token or "" for token in core.ids_to_tokens(ids)], score, [points.span(*span) for span in spans]
        )
        for ids, spans, score in core.alternatives(text, n)
    ]


def distinct(encodings: Sequence[Encoding]) -> list[Drawn]:
    """The different segmentations among samples of one text, most frequent first; equal numbers in order of drawing."""
    times: dict[tuple[int, ...], int] = {}
    first: dict[tuple[int, ...], Encoding] = {}
    for encoding in encodings:
        key = tuple(encoding.ids)
        times[key] = times.get(key, 0) + 1
        first.setdefault(key, encoding)
    ordered = sorted(first, key=lambda key: -times[key])
    return [Drawn(times[key], list(key), first[key].tokens, first[key].offsets) for key in ordered]


def occurrences(encodings: Sequence[Encoding]) -> list[Occurrence]:
    """Every token of the samples with its counts: by falling number of samples, then of occurrences, then by id."""
    samples: dict[int, int] = {}
    times: dict[int, int] = {}
    tokens: dict[int, str] = {}
    for encoding in encodings:
        for id, token in zip(encoding.ids, encoding.tokens, strict=True):
            times[id] = times.get(id, 0) + 1
            tokens[id] = token
        for id in set(encoding.ids):
            samples[id] = samples.get(id, 0) + 1
    ordered = sorted(times, key=lambda id: (-samples[id], -times[id], id))
    return [Occurrence(id, tokens[id], samples[id], times[id]) for id in ordered]
