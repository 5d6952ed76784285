"""Unigram: of all ways to cut a text into pieces of the vocabulary, the one with the highest sum of log-probabilities.

Viterbi: the best way to reach position e is the best way to reach some s plus the piece s..e. Filled left to right, read back
from the end. What no piece covers is one unknown character, at a price below every piece.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

UNKNOWN_PENALTY = 10.0


@dataclass(frozen=True)
class Node:
    """The best way to reach position `end`: the piece start..end on top of the best way to `start`."""

    start: int
    end: int
    piece: str
    known: bool
    total: float


@dataclass(frozen=True)
class Unigram:
    """The Unigram model of tokenizer.json (tokenizers 0.23.3): double-precision scores, the first best is kept on ties."""

    scores: Mapping[str, float]
    unknown: str = "<unk>"
    byte_fallback: bool = False

    @cached_property
    def longest(self) -> int:
        """Characters of the longest piece."""
        return max(map(len, self.scores))

    @cached_property
    def unknown_score(self) -> float:
        """Ten below the worst piece."""
        return min(self.scores.values()) - UNKNOWN_PENALTY

    def pieces_at(self, text: str, start: int) -> list[tuple[str, float, bool]]:
        """Pieces that match at `start`, shortest first; an unknown character where no single character is known."""
        found = [
            (text[start:end], self.scores[text[start:end]], True)
            for end in range(start + 1, min(len(text), start + self.longest) + 1)
            if text[start:end] in self.scores
        ]
        if not any(len(piece) == 1 for piece, _, _ in found):
            found.append((text[start], self.unknown_score, False))
        return found

    def table(self, text: str) -> list[Node | None]:
        """Entry e is the best way to reach position e (entry 0 is None)."""
        best: list[Node | None] = [None] * (len(text) + 1)
        for start in range(len(text)):
            here = best[start]
            base = here.total if here else 0.0
            for piece, score, known in self.pieces_at(text, start):
                end = start + len(piece)
                there = best[end]
                if there is None or base + score > there.total:
                    best[end] = Node(start, end, piece, known, base + score)
        return best

    def best_path(self, text: str) -> list[Node]:
        """The winning pieces from left to right."""
        table = self.table(text)
        path: list[Node] = []
        position = len(text)
        while position:
            node = table[position]
            assert node is not None  # every position can be reached: unknown characters see to it
            path.append(node)
            position = node.start
        return path[::-1]

    def tokenize(self, text: str) -> list[str]:
        """Tokens; neighbouring unknown characters become one token, or their bytes with byte_fallback.

        >>> Unigram({"hug": -1.0, "h": -3.0, "u": -3.0, "g": -3.0, "s": -2.0}).tokenize("hugs")
        ['hug', 's']
        """
        out: list[str] = []
        run = ""
        for node in [*self.best_path(text), None]:
            # The text "<unk>" itself counts as unknown too: the reference looks at the id.
            if node is not None and (not node.known or node.piece == self.unknown):
                run += node.piece
                continue
            if run:
                out.extend(self.unknown_tokens(run))
                run = ""
            if node is not None:
                out.append(node.piece)
        return out

    def unknown_tokens(self, run: str) -> list[str]:
        fallback = [f"<0x{byte:02X}>" for byte in run.encode()]
        if run in self.scores:
            return [run]
        if self.byte_fallback and all(token in self.scores for token in fallback):
            return fallback
        return [run]


def n_best(model: Unigram, text: str, n: int) -> list[tuple[float, list[str]]]:
    """The n best segmentations with their scores: A* from the end, the Viterbi table is the exact remaining cost.

    >>> model = Unigram({"ab": -1.0, "a": -1.0, "b": -1.5})
    >>> n_best(model, "ab", 3)
    [(-1.0, ['ab']), (-2.5, ['a', 'b'])]
    """
    table = model.table(text)
    ending: list[list[tuple[int, str, float]]] = [[] for _ in range(len(text) + 1)]
    for start in range(len(text)):
        for piece, score, _ in model.pieces_at(text, start):
            ending[start + len(piece)].append((start, piece, score))

    def reach(position: int) -> float:
        node = table[position]
        return node.total if node else 0.0

    out: list[tuple[float, list[str]]] = []
    # (minus the best total through here, tie-break, position, score so far, pieces to the right)
    queue: list[tuple[float, int, int, float, Sequence[str]]] = [(-reach(len(text)), 0, len(text), 0.0, ())]
    counter = 0
    while queue and len(out) < n:
        _, _, position, score, right = heapq.heappop(queue)
        if position == 0:
            out.append((score, list(right)))
            continue
        for start, piece, gain in ending[position]:
            counter += 1
            heapq.heappush(queue, (-(reach(start) + gain + score), counter, start, gain + score, (piece, *right)))
    return out


def log_likelihood(scores: Mapping[str, float], text: str) -> float:
    """Log of the text's probability, all segmentations added up; -inf when the pieces cannot write it.

    >>> round(log_likelihood({"ab": math.log(0.5), "a": math.log(0.25), "b": math.log(0.25)}, "ab"), 6)
    -0.575364
    """
    longest = max(map(len, scores))
    forward = [0.0]
    for end in range(1, len(text) + 1):
        ways = [
            forward[start] + scores[text[start:end]]
            for start in range(max(0, end - longest), end)
            if text[start:end] in scores
        ]
        # Relative to the likeliest way, so that a long text does not underflow.
        best = max(ways, default=-math.inf)
        forward.append(best + math.log(sum(math.exp(way - best) for way in ways)) if best > -math.inf else best)
    return forward[-1]
