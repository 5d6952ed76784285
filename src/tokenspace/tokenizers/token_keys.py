"""The tokens of a vocabulary as words of a vector space: readable, distinct, and without white space.

A byte-level vocabulary spells each byte as a character of its own ("ä½ł" is "你"), which nobody reads or types. The keys made
here are written as SentencePiece writes its pieces: a space is "▁" (U+2581), a byte that is part of a character is "<0xE4>".
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tokenizer import Tokenizer

__all__ = ["bytes_key", "token_keys"]

_SPACE = "▁"
_BYTE = re.compile("<(?=0x[0-9A-F]{2}>)")  # text that looks like a byte written out


def bytes_key(data: bytes) -> str:
    """Bytes as a key that no other bytes have.

    What is UTF-8 stands as text, with "▁" for the space. Written out byte by byte, as "<0xHH>", is what is part of a character,
    what is white space or a control, and what would read as one of these two marks.

    >>> bytes_key(" 你好".encode()), bytes_key("你".encode()[:2]), bytes_key(b"\\n"), bytes_key(b"<0xE4>")
    ('▁你好', '<0xE4><0xBD>', '<0x0A>', '<0x3C>0xE4>')
    """
    text = data.decode("utf-8", "surrogateescape")
    if text.isprintable() and " " not in text and _SPACE not in text and "<0x" not in text:
        return text
    return _written(text, {match.start() for match in _BYTE.finditer(text)}, _SPACE)


def _written(text: str, places: set[int], also: str) -> str:
    """``text`` without white space; the characters at ``places`` and those of ``also`` byte by byte too."""
    out = []
    for place, char in enumerate(text):
        if char == " ":
            out.append(_SPACE)
        elif place in places or char in also or _is_blank(char):
            out.extend(f"<0x{byte:02X}>" for byte in char.encode("utf-8", "surrogateescape"))
        else:
            out.append(char)
    return "".join(out)


def _is_blank(char: str) -> bool:
    """White space, a control, or a byte that is part of a character (as U+DC80 to U+DCFF)."""
    return char.isspace() or unicodedata.category(char) == "Cc" or 0xDC80 <= ord(char) <= 0xDCFF


def _key(token: str, data: bytes | None) -> str:
    """The key of a token by its spelling and what it stands for."""
    from ..reference.byte_level import CHARACTER_TO_BYTE

    if token.isascii() and token.isalnum():
        return token
    if all(char in CHARACTER_TO_BYTE for char in token):
        spelled = bytes(CHARACTER_TO_BYTE[char] for char in token)
        # Of CLIP's "ä½ł</w>" the mark of a word's end stands for a space.
        if data is not None and (spelled == data or (data.endswith(b" ") and spelled.startswith(data[:-1]))):
            return bytes_key(spelled)
    return _written(token, set(), "")


def token_keys(tokenizer: Tokenizer) -> dict[int, str]:
    """id -> key, for all tokens of a vocabulary; no key is twice, is empty or holds white space.

    >>> from tokenspace import Tokenizer
    >>> keys = token_keys(Tokenizer.from_pretrained("tokenspace/bpe"))
    >>> keys[24689], keys[201], keys[175]  # " king", a line feed, the first byte of many emoji
    ('▁king', '<0x0A>', '<0xF0>')

    Tokens of a byte-level vocabulary are what they stand for (`bytes_key`). All others, and added tokens, are as the vocabulary
    spells them: "▁king" and "<0xE4>" of SentencePiece, "##ing" of WordPiece, "<|endoftext|>"; white space in them is written
    as `bytes_key` writes it. Where two tokens would have one key (one added as text beside the bytes of that text), the one
    that is spelled so has it, else the first; the other has its id behind it, as "name#1250".
    """
    rows = [(row.id, row.token, _key(row.token, row.bytes)) for row in tokenizer.vocab.rows()]
    keys: dict[int, str] = {}
    taken = {""}
    for as_spelled in (True, False):
        for id, token, key in rows:
            if (token == key) is as_spelled and key not in taken:
                keys[id] = key
                taken.add(key)
    for id, _, key in rows:
        if id not in keys:
            while key in taken:
                key = f"{key}#{id}"
            keys[id] = key
            taken.add(key)
    return {id: keys[id] for id, _, _ in rows}
