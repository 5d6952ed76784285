"""Alternatives: other segmentations of the same text under the same vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import ArgumentError, message

__all__ = ["Alternative", "alternatives"]


@dataclass(frozen=True)
class Alternative:
    """One segmentation: ids and tokens in parallel, and its score (higher is better).

    score: Unigram: log-probability; BPE: minus the number of merges not taken. Only comparable for one text.
    """

    ids: list[int]
    tokens: list[str]
    score: float

    def __len__(self) -> int:
        return len(self.ids)


def alternatives(core: Any, text: str | bytes, n: int) -> list[Alternative]:
    """Up to n distinct segmentations, best first."""
    if n < 1:
        raise ArgumentError(message("encodings", "n of at least 1", str(n)))
    return [
        Alternative(ids, [token or "" for token in core.ids_to_tokens(ids)], score)
        for ids, _, score in core.alternatives(text, n)
    ]
