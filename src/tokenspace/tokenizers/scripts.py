"""Which writing system a text is mostly in, by code-point blocks: enough to group a corpus, no language model."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

# (first code point, script) in ascending order; a block ends where the next one begins, "" is no script.
_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x0000, ""), (0x0041, "Latin"), (0x005B, ""), (0x0061, "Latin"), (0x007B, ""), (0x00AA, "Latin"), (0x00AB, ""),
    (0x00C0, "Latin"), (0x00D7, ""), (0x00D8, "Latin"), (0x00F7, ""), (0x00F8, "Latin"), (0x02B0, ""),
    (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, "Armenian"), (0x0590, "Hebrew"), (0x0600, "Arabic"),
    (0x0700, "Syriac"), (0x0750, "Arabic"), (0x0780, "Thaana"), (0x07C0, "Nko"), (0x0800, ""), (0x08A0, "Arabic"),
    (0x0900, "Devanagari"), (0x0980, "Bengali"), (0x0A00, "Gurmukhi"), (0x0A80, "Gujarati"), (0x0B00, "Odia"),
    (0x0B80, "Tamil"), (0x0C00, "Telugu"), (0x0C80, "Kannada"), (0x0D00, "Malayalam"), (0x0D80, "Sinhala"),
    (0x0E00, "Thai"), (0x0E80, "Lao"), (0x0F00, "Tibetan"), (0x1000, "Myanmar"), (0x10A0, "Georgian"),
    (0x1100, "Hangul"), (0x1200, "Ethiopic"), (0x13A0, ""), (0x1780, "Khmer"), (0x1800, "Mongolian"), (0x18B0, ""),
    (0x1E00, "Latin"), (0x1F00, "Greek"), (0x2000, ""), (0x2C60, "Latin"), (0x2C80, ""), (0x2E80, "Han"),
    (0x2FE0, ""), (0x3005, "Han"), (0x3008, ""), (0x3041, "Kana"), (0x3100, "Bopomofo"), (0x3130, "Hangul"),
    (0x3190, ""), (0x31F0, "Kana"), (0x3200, ""), (0x3400, "Han"), (0x4DC0, ""), (0x4E00, "Han"), (0xA000, ""),
    (0xA720, "Latin"), (0xA800, ""), (0xA8E0, "Devanagari"), (0xA900, ""), (0xAC00, "Hangul"), (0xD7B0, ""),
    (0xF900, "Han"), (0xFB00, "Latin"), (0xFB07, ""), (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""),
    (0xFE70, "Arabic"), (0xFF00, ""), (0xFF21, "Latin"), (0xFF3B, ""), (0xFF41, "Latin"), (0xFF5B, ""),
    (0xFF66, "Kana"), (0xFFA0, "Hangul"), (0xFFE0, ""), (0x1F300, "Emoji"), (0x1FB00, ""), (0x20000, "Han"),
    (0x323B0, ""),
)  # fmt: skip
_STARTS = [start for start, _ in _BLOCKS]
WITHOUT_SPACES = frozenset({"Han", "Japanese", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"})


def script_of(char: str) -> str:
    """The script of one character, "Kana" for both Japanese syllabaries; "" for no letter of one."""
    return _BLOCKS[bisect_right(_STARTS, ord(char)) - 1][1]


def main_script(text: str, look_at: int = 400) -> str:
    """The script of most letters among the first ``look_at`` characters; "Japanese" for any real share of kana, "other"
    for text without letters."""
    if text.isascii():
        return "Latin" if any(map(str.isalpha, text[:look_at])) else "other"
    counts = Counter(map(script_of, text[:look_at]))
    del counts[""]
    if not counts:
        return "other"
    kana = counts.get("Kana", 0)
    if kana and kana * 10 >= kana + counts.get("Han", 0):
        counts["Japanese"] = kana + counts.pop("Han", 0)
        del counts["Kana"]
    return counts.most_common(1)[0][0]
