"""Where a word occurs in texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from ...errors import ArgumentError, message
from .words import Span, is_unspaced, is_word_character

__all__ = ["Case", "find_word", "other_spelling"]

# smart: a word without capitals is found in any case, one with capitals only as it is written.
Case: TypeAlias = Literal["smart", "exact", "ignore"]


def _is_edge(text: str, at: int) -> bool:
    """True where a word may begin or end: not between two characters of one spaced script."""
    if at <= 0 or at >= len(text):
        return True
    left, right = text[at - 1], text[at]
    if not is_word_character(left) or not is_word_character(right):
        return True
    # A mark belongs to what stands before it, in every script.
    return (is_unspaced(left) or is_unspaced(right)) and right.isalnum()


def find_word(text: str, word: str, case: Case = "smart") -> list[Span]:
    """(begin, end) of every occurrence of a word or phrase, in order, none overlapping another.

    In scripts with spaces only whole words are found: "bank" not in "banker". In Chinese, Japanese, Thai and other scripts
    without spaces every occurrence of the characters is one. White space in a phrase stands for any white space.

    Raises:
        ArgumentError: an empty word, no such ``case``.
    """
    if case not in get_args(Case):
        raise ArgumentError(message("find", f"case {', '.join(get_args(Case))}", repr(case)))
    if not isinstance(word, str) or not word.strip():
        raise ArgumentError(message("find", "a word", repr(word)))
    ignore = case == "ignore" or (case == "smart" and word == word.lower())
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    found: list[Span] = []
    matcher = re.compile(pattern, re.IGNORECASE if ignore else 0)
    at = 0
    while (match := matcher.search(text, at)) is not None:
        begin, end = match.span()
        if _is_edge(text, begin) and _is_edge(text, end):
            found.append((begin, end))
            at = end
        else:
            at = begin + 1
    return found


def other_spelling(texts: Sequence[str], word: str, case: Case) -> str:
    """What to try where a word was not found: other cases where these are there."""
    if case != "ignore" and any(find_word(text, word, "ignore") for text in texts):
        return 'case "ignore"'
    return "another form of the word"
