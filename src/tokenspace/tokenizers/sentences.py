"""Where a text may be cut: sentence and paragraph beginnings, by rules that hold for most scripts."""

from __future__ import annotations

import re

# After the mark come closing quotes and brackets, then the space; CJK marks need no space.
_END = re.compile(
    r"""(?: [.!?…]+ [)\]}"'»”’]* (?:\s+|$)        # Latin, Cyrillic, Greek
        |   [।॥؟۔։።፧๏]+ [)\]}"'»”’]* \s*          # Devanagari, Arabic, Armenian, Ethiopic, Thai
        |   [。！？｡．]+ [」』）】〉》”’"']* \s*     # Chinese, Japanese
        |   \n\s*\n+                              # a blank line ends whatever stands before it
        )""",
    re.VERBOSE,
)
_WORDS = """mr mrs ms dr prof st sr jr vs etc e.g i.e cf al fig figs eq vol vols pp p ch sec ed eds inc ltd co corp
    dept est approx jan feb apr jun jul aug sep sept oct nov dec tue wed thu fri u.s u.k u.n a.m p.m ph.d
    gen col lt sgt capt rev hon bzw z.b d.h usw nr ca bspw vgl m mme mlle sra av"""
_ABBREVIATIONS = frozenset(_WORDS.split())
_LAST_WORD = re.compile(r"[\w.]*\w$")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


def _is_end(text: str, mark: re.Match[str]) -> bool:
    found = mark.group()
    if not found.startswith(".") or found.startswith(".."):
        return True
    before = _LAST_WORD.search(text, max(0, mark.start() - 30), mark.start())
    if before is not None:
        word = before.group().lower()
        if word in _ABBREVIATIONS or (len(word) == 1 and before.group().isupper()):
            return False  # "Dr. Who", "J. S. Bach"
    following = text[mark.end() : mark.end() + 1]
    if before is not None and before.group().lower() in ("no", "nos") and following.isdigit():
        return False  # "No. 5", but "He said no. Then"
    return not following.islower()  # "approx. five", "the .py file. and"


def sentence_starts(text: str) -> list[int]:
    """Positions where sentences begin, 0 first; white space after a sentence belongs to it."""
    starts = [0]
    for mark in _END.finditer(text):
        if mark.end() < len(text) and mark.end() > starts[-1] and _is_end(text, mark):
            starts.append(mark.end())
    return starts


def paragraph_starts(text: str) -> list[int]:
    """Positions where paragraphs begin, 0 first: after blank lines, which belong to the paragraph before."""
    starts = [0]
    for gap in _PARAGRAPH.finditer(text):
        # Indentation of the first line is part of its paragraph, not of the gap.
        end = gap.start() + len(gap.group().rstrip(" \t"))
        if starts[-1] < end < len(text):
            starts.append(end)
    return starts
