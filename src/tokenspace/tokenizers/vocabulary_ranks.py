"""What a model knows of its entries beside their ids: ranks of BPE merges, scores of pieces, WordPiece's words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import UnsupportedError

if TYPE_CHECKING:
    from .tokenizer import Tokenizer

__all__ = ["VocabularyRanks"]

Pair = tuple[str, str]


class _JoinedPairs(Mapping[Pair, int]):
    """Ranks of pairs where the joined spelling decides: two parts may merge when together they are an entry."""

    def __init__(self, ranks: Mapping[str, int]) -> None:
        self._ranks = ranks

    def __getitem__(self, pair: Pair) -> int:
        return self._ranks[pair[0] + pair[1]]

    def __contains__(self, pair: object) -> bool:
        return isinstance(pair, tuple) and pair[0] + pair[1] in self._ranks

    def __len__(self) -> int:
        return sum(len(token) - 1 for token in self._ranks)

    def __iter__(self) -> Iterator[Pair]:
        return ((token[:at], token[at:]) for token in self._ranks for at in range(1, len(token)))


class VocabularyRanks:
    """Ranks and scores of a tokenizer's entries, read from its model when first asked for.

    Spellings are those of the vocabulary, byte-level ones ("Ġthe") for byte-level tokenizers of every format.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._by_rank = tokenizer.format in ("tiktoken", "tekken")

    @property
    def nbytes(self) -> int:
        """Memory once everything was asked for, about."""
        return 500 * self._tokenizer.vocab_size

    @cached_property
    def model(self) -> dict[str, Any]:
        """The model's object in the form of tokenizer.json; empty for a tokenizer that has no such form."""
        try:
            model = json.loads(self._tokenizer._core.to_json())["model"]
        except UnsupportedError:
            return {}
        return model if isinstance(model, dict) else {}

    @cached_property
    def _pieces(self) -> tuple[dict[str, float], set[str]] | None:
        """(piece -> score, the pieces that stand for bytes) of a SentencePiece file; None for other formats."""
        if self._tokenizer.format != "sentencepiece":
            return None
        from .edit.sentencepiece_pieces import split_pieces

        pieces, _ = split_pieces(self._tokenizer._source.parts[0])
        usable = {
            piece.text: float(piece.score) for piece in pieces if piece.kind in ("normal", "user_defined", "byte")
        }
        return usable, {piece.text for piece in pieces if piece.kind == "byte"}

    @property
    def kind(self) -> str:
        """ "bpe", "unigram", "wordpiece" or "wordlevel"."""
        return str(self._tokenizer._core.model_kind).lower()

    @cached_property
    def pairs(self) -> Mapping[Pair, int]:
        """BPE: which pairs may merge, and their ranks: the lowest goes first. Empty for other models.

        The number in the list of merges; the id of what they make in rank files (tiktoken); the place of its score among
        all scores in SentencePiece models.
        """
        if self.kind != "bpe":
            return {}
        if self._pieces is not None:
            scores, of_bytes = self._pieces
            merged = {piece: score for piece, score in scores.items() if piece not in of_bytes}
            order = {score: rank for rank, score in enumerate(sorted(set(merged.values()), reverse=True))}
            return _JoinedPairs({piece: order[score] for piece, score in merged.items()})
        if self._by_rank:
            return _JoinedPairs(self.model.get("vocab", {}))
        # A pair listed twice keeps its last rank, as in the models.
        merges = (merge.split(" ", 1) if isinstance(merge, str) else merge for merge in self.model.get("merges", ()))
        return {(left, right): rank for rank, (left, right) in enumerate(merges)}

    @cached_property
    def scores(self) -> dict[str, float]:
        """Unigram: piece -> logarithm of its probability, of pieces that text may match. Empty for other models."""
        if self.kind != "unigram":
            return {}
        if self._pieces is not None:
            scores, of_bytes = self._pieces  # "<0x41>" written in a text is six characters
            return {piece: score for piece, score in scores.items() if piece not in of_bytes}
        return {str(piece): float(score) for piece, score in self.model.get("vocab", ())}

    def unknown(self, run: str) -> list[str]:
        """Unigram: the tokens of characters that no piece has: their bytes where the file has pieces for bytes, else one."""
        bytes_ = [f"<0x{byte:02X}>" for byte in run.encode("utf-8", "replace")]
        if self._pieces is not None and set(bytes_) <= self._pieces[1]:
            return bytes_
        return [self._tokenizer.unk_token or run]

    @cached_property
    def _made(self) -> Mapping[str, int]:
        pairs = self.pairs
        if isinstance(pairs, _JoinedPairs):
            return pairs._ranks
        prefix = len(self.model.get("continuing_subword_prefix") or "")
        made: dict[str, int] = {}
        for (left, right), rank in pairs.items():
            made.setdefault(left + right[prefix:], rank)
        return made

    def rank(self, token: str) -> int | None:
        """The rank of the first merge that makes a token; None for single symbols and other models."""
        return self._made.get(token)

    def score(self, token: str) -> float | None:
        """The score of a piece; None for other models."""
        return self.scores.get(token)
