"""Which format a file has, by its content."""

from __future__ import annotations

import re

from ..errors import FormatError, message

__all__ = ["FORMATS", "detect"]

FORMATS = (
    "tokenizer.json",
    "tiktoken",
    "sentencepiece",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "clip",
    "tekken",
)
_TIKTOKEN_LINE = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)? \d{1,10}\r?")
_FIRST_MEMBER = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*(.)')
_REMEDY = "a file of one of these kinds, or format= where it is none by its content"


def _is_sentencepiece(data: bytes) -> bool:
    # A ModelProto starts with its first piece: field 1, length-delimited, itself starting with field 1 (the text).
    if len(data) < 4 or data[0] != 0x0A:
        return False
    length, shift, i = 0, 0, 1
    while i < min(len(data), 6):
        length |= (data[i] & 0x7F) << shift
        shift += 7
        i += 1
        if data[i - 1] < 0x80:
            break
    return 0 < length <= len(data) and i < len(data) and data[i] in (0x0A, 0x15, 0x18)


def detect(data: bytes, name: str) -> str:
    """One of FORMATS.

    Raises FormatError when the content is none of them.
    """
    head = data[:4096]
    if head.startswith(b"\xef\xbb\xbf"):
        head = head[3:]
    if head.lstrip()[:1] == b"{":
        first = _FIRST_MEMBER.match(data[:65536])
        if first is not None and first.group(1).isdigit():
            return "vocab.json"
        # Settled by the beginning where it can be: a look through megabytes takes a tenth of a load from the cache.
        if b'"added_tokens"' in head and b'"token_bytes"' not in head:
            return "tokenizer.json"
        if b'"token_bytes"' in data:
            return "tekken"
        return "tokenizer.json"
    if _is_sentencepiece(data):
        return "sentencepiece"
    lines = head.split(b"\n")
    whole = lines[:-1] if len(data) > len(head) else lines
    if head.startswith(b'"bpe_simple_vocab'):
        return "clip"
    if head.startswith(b"#version"):
        return "merges.txt"
    filled = [line for line in whole if line.strip()]
    if filled and all(_TIKTOKEN_LINE.fullmatch(line) for line in filled):
        return "tiktoken"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(
            message(f"read {name}", "a tokenizer file", f"bytes of no known format (at byte {error.start})", _REMEDY)
        ) from error
    words = text.split("\n")
    if len(words) > 1 and "\0" not in text and not any(" " in word.strip() for word in words[:1000]):
        return "vocab.txt"
    raise FormatError(
        message(f"read {name}", f"one of {', '.join(FORMATS)}", f"{len(data)} bytes of no known format", _REMEDY)
    )
