"""Byte-pair encoding: start from single symbols, keep merging the pair that training merged earliest.

The rule in one sentence: among all adjacent pairs that have a rank, take the lowest rank, the leftmost if it occurs more than
once, replace it by its merge, repeat. The core reaches the same tokens without trying every pair after every merge.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One merge: `left` + `right` at `position` became `merged`; `tokens` is the sequence after it."""

    rank: int
    position: int
    left: str
    right: str
    merged: str
    tokens: tuple[str, ...]


def merge_steps(symbols: Sequence[str], ranks: Mapping[Pair, int], prefix: str = "") -> list[Step]:
    """Every merge from single symbols to the final tokens, in the order in which they happen.

    `prefix` marks symbols inside a word (WordPiece's "##" style); it is cut off the right part when two symbols join.

    >>> steps = merge_steps(list("banana"), {("a", "n"): 0, ("an", "a"): 1, ("b", "ana"): 2})
    >>> [(s.merged, s.position) for s in steps]
    [('an', 1), ('an', 2), ('ana', 2)]
    >>> steps[-1].tokens
    ('b', 'an', 'ana')
    """
    tokens = list(symbols)
    steps: list[Step] = []
    while True:
        candidates = [
            (ranks[pair], position) for position, pair in enumerate(itertools.pairwise(tokens)) if pair in ranks
        ]
        if not candidates:
            return steps
        rank, position = min(candidates)
        left, right = tokens[position], tokens[position + 1]
        merged = left + right[len(prefix) :]
        tokens[position : position + 2] = [merged]
        steps.append(Step(rank, position, left, right, merged, tuple(tokens)))


@dataclass(frozen=True)
class Bpe:
    """The BPE model of tokenizer.json (tokenizers 0.23.3): merges by pair of strings, and what to do with unknown symbols."""

    vocab: Mapping[str, int]
    merges: Sequence[Pair]
    unk_token: str | None = None
    fuse_unk: bool = False
    byte_fallback: bool = False
    ignore_merges: bool = False
    continuing_subword_prefix: str = ""
    end_of_word_suffix: str = ""

    def symbols(self, word: str) -> list[str]:
        """Single characters with the prefix on all but the first and the suffix on the last, unknown ones replaced."""
        out: list[str] = []
        pending_unknown = False  # fused unknown symbols wait here, as in the reference: bytes may overtake them

        def flush() -> None:
            nonlocal pending_unknown
            if pending_unknown and self.unk_token is not None:
                out.append(self.unk_token)
            pending_unknown = False

        for index, character in enumerate(word):
            symbol = (self.continuing_subword_prefix if index else "") + character
            if index == len(word) - 1:
                symbol += self.end_of_word_suffix
            if symbol in self.vocab:
                flush()
                out.append(symbol)
                continue
            fallback = [f"<0x{byte:02X}>" for byte in symbol.encode()]
            if self.byte_fallback and all(token in self.vocab for token in fallback):
                out.extend(fallback)
            elif self.unk_token is not None:
                if pending_unknown and not self.fuse_unk:
                    flush()
                pending_unknown = True
        flush()
        return out

    def steps(self, word: str) -> list[Step]:
        """The merges of one word."""
        # A pair listed twice keeps its last rank.
        ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        return merge_steps(self.symbols(word), ranks, self.continuing_subword_prefix)

    def tokenize(self, word: str) -> list[str]:
        """Tokens of one pre-tokenized word."""
        if self.ignore_merges and word in self.vocab:
            return [word]
        steps = self.steps(word)
        return list(steps[-1].tokens) if steps else self.symbols(word)


def encode_by_rank(piece: bytes, ranks: Mapping[bytes, int]) -> list[int]:
    """tiktoken's form of the same idea: no merge list, two parts may join when the joined bytes have a rank.

    >>> encode_by_rank(b"aab", {b"a": 0, b"b": 1, b"ab": 2, b"aa": 3})
    [0, 2]
    """
    if piece in ranks:
        return [ranks[piece]]
    parts = [piece[i : i + 1] for i in range(len(piece))]
    while True:
        joined = [(ranks[a + b], i) for i, (a, b) in enumerate(itertools.pairwise(parts)) if a + b in ranks]
        if not joined:
            return [ranks[part] for part in parts]
        _, at = min(joined)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
