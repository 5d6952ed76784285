"""The protobuf wire format, as far as sentencepiece_model.proto needs it: fields one after the other."""

from __future__ import annotations

import struct

__all__ = ["flag", "integer", "message", "single", "text"]


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative int32 take ten bytes, as protobuf has them
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(number: int, value: int) -> bytes:
    """An int32, int64 or enum field."""
    return _varint(number << 3) + _varint(value)


def flag(number: int, value: bool) -> bytes:
    """A bool field."""
    return integer(number, int(value))


def single(number: int, value: float) -> bytes:
    """A float field; the value is rounded to 32 bits."""
    return _varint(number << 3 | 5) + struct.pack("<f", value)


def message(number: int, content: bytes) -> bytes:
    """A bytes field, or a message already written."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def text(number: int, value: str) -> bytes:
    """A string field."""
    return message(number, value.encode("utf-8"))
