"""The encoding of a text by its beginning, where nobody says it: marks, UTF-8, and GB 18030 with Chinese in it."""

from __future__ import annotations

import codecs

__all__ = ["marked_encoding", "text_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Signs of which any Chinese holds many; what other encodings look like as GB 18030 holds few.
_USUAL = frozenset("，。、：；！？“”（）的一是不了在人有我他这中大来上国个到说们为子和你地出也时年得要以")
_LEAST_COMMON, _LEAST_USUAL = 0.6, 0.08


def marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning says."""
    return next((codec for mark, codec in _MARKS if head.startswith(mark)), None)


def text_encoding(head: bytes, whole: bool = False) -> str | None:
    """Python's name of the encoding of a text that begins with ``head``; None for what is no text.

    A byte order mark decides, then UTF-8 where all of ``head`` is; else GB 18030 (which holds GBK and GB 2312), where ``head`` is
    that and reads as Chinese: six tenths of its characters beyond ASCII are punctuation or first-level characters of GB 2312, and
    a twelfth are among the forty most usual signs. Other encodings are not guessed.

    >>> text_encoding("你好，世界。".encode("gb18030"), whole=True), text_encoding("Größe".encode("latin-1"), whole=True)
    ('gb18030', None)

    Args:
        head: 64 KiB do. whole: nothing follows; else a character may be cut at the end.
    """
    if (marked := marked_encoding(head)) is not None:
        return marked
    if b"\0" in head:
        return None
    if _decoded(head, "utf-8", whole) is not None:
        return "utf-8"
    text = _decoded(head, "gb18030", whole)
    return "gb18030" if text is not None and _is_chinese(text) else None


def _decoded(data: bytes, codec: str, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(codec)().decode(data, final=whole)
    except UnicodeDecodeError:
        return None


def _is_chinese(text: str) -> bool:
    beyond = [char for char in text if not char.isascii()]
    common = sum(char in _USUAL or _is_first_level(char) for char in beyond)
    usual = sum(char in _USUAL for char in beyond)
    return common >= _LEAST_COMMON * len(beyond) and usual >= _LEAST_USUAL * len(beyond)


def _is_first_level(char: str) -> bool:
    """One of the 3,755 characters of the first level of GB 2312, those in use."""
    data = char.encode("gb18030")
    return len(data) == 2 and 0xB0 <= data[0] <= 0xD7 and data[1] >= 0xA1
