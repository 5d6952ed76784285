"""Any text as something safe and readable on one line: glyphs for white space, names for what has no picture.

Text from outside may hold escape sequences, bidirectional overrides and zero-width characters. On a terminal they would
move the cursor, recolour or reorder what we print, so nothing but printable characters leaves this module.
"""

from __future__ import annotations

import unicodedata

SPACE, NEWLINE, TAB, RETURN = "·", "⏎", "⇥", "␍"
_GLYPHS = {"\n": NEWLINE, "\t": TAB, "\r": RETURN}
_JOINERS = ("\u200c", "\u200d", "\ufe0e", "\ufe0f")  # part of emoji and of Persian or Indic words


def _shown(char: str, alone: bool) -> str:
    glyph = _GLYPHS.get(char)
    if glyph:
        return glyph
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)  # control pictures: ␀ ␛
    if 0xDC80 <= code <= 0xDCFF:
        return f"<0x{code - 0xDC00:02X}>"  # a byte that is part of a character, see bytes_as_text
    if char in _JOINERS and not alone:
        return char
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or char in _JOINERS:
        return f"<U+{code:04X}>"
    if char != " " and unicodedata.category(char) == "Zs":
        return f"<U+{code:04X}>"
    return char


def visible(text: str, spaces: bool = True) -> str:
    """``text`` with every character printable.

    Args:
        text: anything; lone surrogates U+DC80..U+DCFF are shown as the bytes they carry.
        spaces: show every space as ``·``; False shows only those at the end, and texts of nothing but spaces, so.
    """
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    if not text:
        return ""
    shown = text if text.isprintable() else "".join(_shown(char, len(text) == 1) for char in text)
    if unicodedata.combining(text[0]):
        shown = "◌" + shown  # a combining mark needs a base, or it lands on our own separator
    if spaces:
        return shown.replace(" ", SPACE)
    body = shown.rstrip(" ")
    return body + SPACE * (len(shown) - len(body))


def bytes_as_text(data: bytes) -> str:
    """UTF-8 as text, bytes that are part of a character as U+DC80..U+DCFF."""
    return data.decode("utf-8", "surrogateescape")


def is_partial(data: bytes) -> bool:
    """True when ``data`` is not whole characters."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def is_right_to_left(text: str) -> bool:
    """True when a character of ``text`` is written from the right."""
    return not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)


def width(text: str) -> int:
    """Columns ``text`` takes on a terminal: wide East Asian characters and emoji two, combining marks none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, columns: int) -> tuple[str, str]:
    """The part of ``text`` that fits in ``columns`` (at least one character) and the rest."""
    used = 0
    for index, char in enumerate(text):
        used += width(char)
        if used > columns and index:
            return text[:index], text[index:]
    return text, ""
