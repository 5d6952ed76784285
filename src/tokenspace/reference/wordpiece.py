"""WordPiece: take the longest piece of the vocabulary that starts the word, then the longest that continues it, and so on.

>>> vocabulary = {"token": 0, "##ization": 1, "##s": 2, "[UNK]": 3}
>>> tokenize("tokenizations", vocabulary)
['token', '##ization', '##s']
>>> tokenize("tokenizer", vocabulary)
['[UNK]']
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One look-up: is `piece` (characters start..end of the word) in the vocabulary?"""

    start: int
    end: int
    piece: str
    found: bool


def steps(word: str, vocabulary: Container[str], prefix: str = "##", max_characters: int = 100) -> list[Step]:
    """Every look-up in order. The last one tells the outcome: a miss at length one means the whole word is unknown."""
    out: list[Step] = []
    if len(word) > max_characters:
        return out
    start = 0
    while start < len(word):
        end = len(word)
        while end > start:
            piece = (prefix if start else "") + word[start:end]
            out.append(Step(start, end, piece, piece in vocabulary))
            if out[-1].found:
                break
            end -= 1
        if end == start:
            return out
        start = end
    return out


def tokenize(
    word: str, vocabulary: Container[str], unknown: str = "[UNK]", prefix: str = "##", max_characters: int = 100
) -> list[str]:
    """Tokens of one word. One miss makes the whole word unknown: nothing of a half-known word is kept."""
    if not word:
        return []
    taken = steps(word, vocabulary, prefix, max_characters)
    if not taken or not taken[-1].found:
        return [unknown]
    return [step.piece for step in taken if step.found]
