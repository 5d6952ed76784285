"""What a model knows of its entries beside their ids: ranks of BPE merges, scores of Unigram pieces."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import UnsupportedError

if TYPE_CHECKING:
    from .tokenizer import Tokenizer

__all__ = ["VocabularyRanks"]


class VocabularyRanks:
    """Ranks and scores of a tokenizer's entries, read from its model when first asked for.

    Attributes:
        model: the model's object in the form of tokenizer.json; empty for a tokenizer that has no such form.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    @cached_property
    def model(self) -> dict[str, Any]:
        try:
            model = json.loads(self._tokenizer._core.to_json())["model"]
        except UnsupportedError:
            return {}
        return model if isinstance(model, dict) else {}

    @property
    def nbytes(self) -> int:
        """Memory once everything was asked for, about."""
        return 500 * self._tokenizer.vocab_size

    @cached_property
    def merges(self) -> dict[tuple[str, str], int]:
        """BPE: pair of parts -> rank. A pair listed twice keeps its last rank, as the models do."""
        if self.model.get("type") != "BPE":
            return {}
        pairs = (
            tuple(merge.split(" ", 1)) if isinstance(merge, str) else tuple(merge) for merge in self.model["merges"]
        )
        return {(pair[0], pair[1]): rank for rank, pair in enumerate(pairs)}

    @cached_property
    def scores(self) -> dict[str, float]:
        """Unigram: piece -> logarithm of its probability."""
        if self.model.get("type") != "Unigram":
            return {}
        return {str(piece): float(score) for piece, score in self.model["vocab"]}

    @cached_property
    def _made(self) -> dict[str, int]:
        prefix = len(self.model.get("continuing_subword_prefix") or "")
        made: dict[str, int] = {}
        for (left, right), rank in self.merges.items():
            made.setdefault(left + right[prefix:], rank)
        return made

    def rank(self, token: str) -> int | None:
        """The number, from 0, of the first merge that makes a token; None for single symbols and other models."""
        return self._made.get(token)

    def score(self, token: str) -> float | None:
        """The score of a piece; None for other models."""
        return self.scores.get(token)
