"""Words of a text as stretches of characters, in scripts with spaces and without."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TypeAlias

from ...errors import ArgumentError, message
from ...tokenizers.scripts import WITHOUT_SPACES, script_of

__all__ = ["Segmenter", "Span", "given_words", "is_unspaced", "is_word_character", "overlapping", "split_words"]

Span: TypeAlias = tuple[int, int]
Segmenter: TypeAlias = Callable[[str], Sequence[str]]
_JOINER = "\u200d"
_INSIDE = "'’\u200c\u200d\u00b7"  # between letters they are part of the word: don't, Persian half spaces, Catalan l·l


def is_unspaced(char: str) -> bool:
    """True for letters of scripts that put no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan)."""
    script = script_of(char)
    return script in WITHOUT_SPACES or script == "Kana"


def is_word_character(char: str) -> bool:
    """True for letters, marks, digits and the underscore."""
    return unicodedata.category(char)[0] in "LMN" or char == "_"


def _continues_symbol(text: str, at: int) -> bool:
    """True where a character belongs to the emoji or symbol before it: marks, skin tones, tags, what a joiner joins."""
    char = text[at]
    return (
        unicodedata.category(char)[0] == "M"
        or char == _JOINER
        or text[at - 1] == _JOINER
        or 0x1F3FB <= ord(char) <= 0x1F3FF
        or 0xE0020 <= ord(char) <= 0xE007F
    )


def _is_flag_letter(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


@lru_cache(maxsize=1)
def _jieba() -> Segmenter | None:
    if find_spec("jieba") is None:
        return None
    from ...tokenizers.word_segmentation import segmenter_named

    return segmenter_named("jieba")


def _unspaced_words(run: str, segmenter: Segmenter | None) -> list[str]:
    """Words of a run of unspaced script, without a segmenter by rough rules: a Chinese character is a word; in Japanese a
    word ends where the script changes; other scripts stay whole."""
    scripts = [script_of(char) for char in run]
    if segmenter is None and "Kana" not in scripts and "Han" in scripts:
        segmenter = _jieba()
    if segmenter is not None:
        words = [word for word in segmenter(run) if word]
        if "".join(words) != run:
            raise ArgumentError(
                message("words", "a segmenter whose words, joined, are the text", f"others for {run[:40]!r}")
            )
        return words
    words = []
    kana = "Kana" in scripts
    for index, char in enumerate(run):
        alone = scripts[index] == "Han" and not kana and unicodedata.category(char)[0] != "M"
        changed = index > 0 and scripts[index] != scripts[index - 1] and unicodedata.category(char)[0] == "L"
        if not words or alone or changed:
            words.append(char)
        else:
            words[-1] += char
    return words


def split_words(text: str, segmenter: Segmenter | None = None) -> list[Span]:
    """(begin, end) of every word, in order: together they are all characters that are no white space.

    A word is a run of letters, marks and digits, with apostrophes inside; a run of a script without spaces is cut by
    ``segmenter``, else Chinese by jieba where that is installed (``pip install 'tokenspace[zh]'``), else by rough rules.
    Every punctuation mark, symbol and emoji (with all it is joined of) is a word of its own.

    Raises:
        ArgumentError: a segmenter that changes the text.
    """
    spans: list[Span] = []
    at, end = 0, len(text)
    while at < end:
        begin = at
        char = text[at]
        if char.isspace():
            at += 1
            continue
        at += 1
        if is_unspaced(char):
            while at < end and (is_unspaced(text[at]) or unicodedata.category(text[at])[0] == "M"):
                at += 1
            place = begin
            for word in _unspaced_words(text[begin:at], segmenter):
                spans.append((place, place + len(word)))
                place += len(word)
            continue
        if is_word_character(char):
            while at < end and not is_unspaced(text[at]):
                inside = text[at] in _INSIDE and at + 1 < end and unicodedata.category(text[at + 1])[0] == "L"
                if not is_word_character(text[at]) and not (inside and not is_unspaced(text[at + 1])):
                    break
                at += 1
        elif _is_flag_letter(char) and at < end and _is_flag_letter(text[at]):
            at += 1
        else:
            while at < end and not text[at].isspace() and _continues_symbol(text, at):
                at += 1
        spans.append((begin, at))
    return spans


def overlapping(spans: Sequence[Span], begin: int, end: int) -> slice:
    """Which of some stretches, which rise and do not overlap, share a character with ``begin`` to ``end``."""
    low = bisect_right(spans, begin, key=lambda span: span[1])
    return slice(low, max(low, bisect_left(spans, end, key=lambda span: span[0])))


def given_words(text: str, words: Sequence[str]) -> list[Span]:
    """Where the words of a list stand in ``text``, one after the other, anything in between left out.

    Raises:
        ArgumentError: a word that is empty or does not come after the one before it.
    """
    spans = []
    at = 0
    for index, word in enumerate(words):
        begin = text.find(word, at) if word else -1
        if begin < 0:
            raise ArgumentError(
                message("words", "words of the text in their order", f"{word!r} (number {index}), not found after {at}")
            )
        at = begin + len(word)
        spans.append((begin, at))
    return spans
