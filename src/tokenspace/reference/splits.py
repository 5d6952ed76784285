"""How GPT-2 and GPT-4 cut text before BPE sees it, as scanners that can be followed by eye.

The published rules are regular expressions; these functions take the same alternatives in the same order. Categories come from
Python's unicodedata, so code points that are newer than this Python's Unicode fall outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

CONTRACTIONS = ("ll", "ve", "re", "s", "d", "m", "t")


def is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L")


def is_number(character: str) -> bool:
    return unicodedata.category(character).startswith("N")


def is_space(character: str) -> bool:
    """White_Space. str.isspace would also take U+001C to U+001F, which the patterns do not."""
    return character.isspace() and character not in "\x1c\x1d\x1e\x1f"


def is_other(character: str) -> bool:
    """Punctuation, symbols, marks, controls: neither space, letter nor number."""
    return not (is_space(character) or is_letter(character) or is_number(character))


def run(text: str, start: int, test: Callable[[str], bool], limit: int | None = None) -> int:
    """End of the longest run from `start` whose characters pass `test`."""
    end = start
    while end < len(text) and test(text[end]) and (limit is None or end - start < limit):
        end += 1
    return end


def spaces(text: str, start: int) -> int:
    """End of white space at `start` by the rule `\\s+(?!\\S)|\\s+`: a run before a word leaves its last space to the word."""
    end = run(text, start, is_space)
    return end if end == len(text) or end - start == 1 else end - 1


def gpt2(text: str) -> list[str]:
    """GPT-2, also r50k and p50k.

    >>> gpt2("It's 2024,   ok")
    ['It', "'s", ' 2024', ',', '  ', ' ok']
    """
    pieces = []
    at = 0
    while at < len(text):
        end = gpt2_piece(text, at)
        pieces.append(text[at:end])
        at = end
    return pieces


def gpt2_piece(text: str, at: int) -> int:
    """End of the piece at `at`."""
    if text[at] == "'":
        for contraction in CONTRACTIONS:
            if text.startswith(contraction, at + 1):
                return at + 1 + len(contraction)
    start = at + 1 if text[at] == " " else at  # every class may take one space with it
    if start < len(text) and not is_space(text[start]):
        for test in (is_letter, is_number, is_other):
            if test(text[start]):
                return run(text, start, test)
    return spaces(text, at)


def is_newline(character: str) -> bool:
    return character in "\r\n"


def cl100k(text: str) -> list[str]:
    """GPT-4 (cl100k_base).

    >>> cl100k("I'LL pay 12345!\\n\\n  then go")
    ['I', "'LL", ' pay', ' ', '123', '45', '!\\n\\n', ' ', ' then', ' go']
    """
    pieces = []
    at = 0
    while at < len(text):
        end = cl100k_piece(text, at)
        pieces.append(text[at:end])
        at = end
    return pieces


def cl100k_piece(text: str, at: int) -> int:
    """End of the piece at `at`; the order of the alternatives is the order of the pattern."""
    if text[at] == "'":
        # case-insensitive with simple folding: U+017F, the long s, counts as s
        folded = text[at + 1 : at + 3].replace("ſ", "s").lower()
        for contraction in ("s", "d", "m", "t", "ll", "ve", "re"):
            if folded.startswith(contraction):
                return at + 1 + len(contraction)
    # One leading character that is no newline, letter or number may join the letters behind it.
    if is_letter(text[at]):
        return run(text, at, is_letter)
    lead = not is_newline(text[at]) and not is_number(text[at])
    if lead and at + 1 < len(text) and is_letter(text[at + 1]):
        return run(text, at + 1, is_letter)
    if is_number(text[at]):
        return run(text, at, is_number, limit=3)
    start = at + 1 if text[at] == " " else at
    if start < len(text) and is_other(text[start]):
        return run(text, run(text, start, is_other), is_newline)
    # White space: up to its end if the text ends there, else up to the last newline in it, else all but the last space.
    end = run(text, at, is_space)
    if end == len(text):
        return end
    newline = max((i for i in range(at, end) if is_newline(text[i])), default=-1)
    return newline + 1 if newline >= at else spaces(text, at)


def bert(text: str) -> list[str]:
    """BertPreTokenizer: white space separates, every punctuation character stands alone.

    >>> bert("can't stop")
    ['can', "'", 't', 'stop']
    """
    pieces: list[str] = []
    fresh = True
    for character in text:
        if is_space(character):
            fresh = True
        elif is_bert_punctuation(character):
            pieces.append(character)
            fresh = True
        elif fresh:
            pieces.append(character)
            fresh = False
        else:
            pieces[-1] += character
    return pieces


def is_bert_punctuation(character: str) -> bool:
    """ASCII that is neither letter, digit, space nor control, and Unicode category P (the reference: as of Unicode 8)."""
    ascii_punctuation = "!" <= character <= "~" and not character.isalnum()
    return ascii_punctuation or unicodedata.category(character).startswith("P")
