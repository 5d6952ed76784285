"""Just enough protobuf to take a SentencePiece model apart and to build random ones (sentencepiece_model.proto)."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value) in order; fixed32 and fixed64 as raw bytes."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = read_varint(data, at)
            yield number, value
            continue
        size, at = read_varint(data, at) if wire == 2 else (4 if wire == 5 else 8, at)
        yield number, data[at : at + size]
        at += size


def field_bytes(data: bytes, number: int) -> bytes:
    """The last length-delimited field with this number."""
    found = [value for key, value in fields(data) if key == number and isinstance(value, bytes)]
    return found[-1] if found else b""


def message(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def single(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)
