"""The pieces of a .model file, apart from everything else in it, which stays as its bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from ..export import protobuf
from ..export.sentencepiece_model import PieceKind

__all__ = ["FilePiece", "join_pieces", "split_pieces"]

_KINDS = dict(enumerate(get_args(PieceKind), 1))
_NUMBERS = {kind: number for number, kind in _KINDS.items()}


@dataclass(frozen=True)
class FilePiece:
    """One piece: text, score (a 32-bit float), kind."""

    text: str
    score: float
    kind: PieceKind = "normal"


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """(field number, content or raw value, begin, end of the whole field); the reader of the core has checked the file."""
    at = 0
    while at < len(data):
        begin = at
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value_at = at
            _, at = _varint(data, at)
            yield key >> 3, data[value_at:at], begin, at
            continue
        size = 4 if wire == 5 else 8
        if wire == 2:
            size, at = _varint(data, at)
        yield key >> 3, data[at : at + size], begin, at + size
        at += size


def _piece(content: bytes) -> FilePiece:
    text, score, kind = "", 0.0, 1
    for number, value, _, _ in _fields(content):
        if number == 1:
            text = value.decode("utf-8", "surrogateescape")
        elif number == 2:
            score = struct.unpack("<f", value)[0]
        elif number == 3:
            kind = _varint(value, 0)[0]
    return FilePiece(text, score, _KINDS.get(kind, "normal"))


def split_pieces(data: bytes) -> tuple[list[FilePiece], bytes]:
    """(pieces in order of id, the other fields of the file)."""
    pieces: list[FilePiece] = []
    rest = bytearray()
    for number, content, begin, end in _fields(data):
        if number == 1:
            pieces.append(_piece(content))
        else:
            rest += data[begin:end]
    return pieces, bytes(rest)


def join_pieces(pieces: list[FilePiece], rest: bytes) -> bytes:
    """A file of these pieces and the other fields, whose vocabulary size is stated anew."""
    out = bytearray()
    for piece in pieces:
        content = protobuf.message(1, piece.text.encode("utf-8", "surrogateescape")) + protobuf.single(2, piece.score)
        if piece.kind != "normal":
            content += protobuf.integer(3, _NUMBERS[piece.kind])
        out += protobuf.message(1, content)
    # A field given twice counts as the last one says, and messages given twice are merged.
    return bytes(out) + rest + protobuf.message(2, protobuf.integer(4, len(pieces)))
