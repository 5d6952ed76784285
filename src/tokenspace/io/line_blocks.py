"""A byte stream as blocks of whole lines of valid UTF-8, without Python work per line.

The texts are the same whatever the size of the blocks: a line is kept whole, with its line ending, up to ``longest``
bytes. A longer one is cut before the last ASCII white space of its first ``longest`` bytes (between characters when
there is none), so memory stays bounded; the cut ends its block, and what follows is a text of its own.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from .expand import Source
from .streams import ErrorPolicy, ReadState, bad_bytes, mark_length

LONGEST_TEXT = 64 << 20
_SLICE = 1 << 16


def cut_point(data: bytes, longest: int) -> int:
    """Where to cut ``data``, which is longer than ``longest`` bytes; at least 1."""
    # From 1: a cut at the very beginning would not shorten anything.
    at = max(data.rfind(space, 1, longest) for space in (b" ", b"\n", b"\t", b"\r", b"\f", b"\v"))
    if at > 0:
        return at
    at = longest
    while at > max(1, longest - 3) and data[at] & 0xC0 == 0x80:
        at -= 1
    return longest if data[at] & 0xC0 == 0x80 else at


def _pieces(stream: BinaryIO, size: int, longest: int, head: bytes) -> Iterator[bytes]:
    """``head`` and the rest of the stream in pieces that end where a text ends."""
    size = min(size, longest)  # so that only the first line of what is held can be too long
    pending, held = [head], len(head)
    while chunk := stream.read(size):
        end = chunk.rfind(b"\n") + 1
        if not end:
            pending.append(chunk)
            held += len(chunk)
            if held > longest:
                data = b"".join(pending)
                while len(data) > longest:
                    at = cut_point(data, longest)
                    yield data[:at]
                    data = data[at:]
                pending, held = [data], len(data)
            continue
        data = b"".join((*pending, memoryview(chunk)[:end]))
        first = data.find(b"\n", held) + 1
        while first > longest:
            at = cut_point(data, longest)
            yield data[:at]
            data, first = data[at:], first - at
        yield data
        pending, held = [chunk[end:]], len(chunk) - end
    if held:
        yield b"".join(pending)


def _whole(stream: BinaryIO, longest: int, head: bytes) -> Iterator[bytes]:
    """The stream as one text, cut like a line when it is longer than ``longest``."""
    data = head + stream.read(longest + 1 - len(head))
    while len(data) > longest:
        at = cut_point(data, longest)
        yield data[:at]
        data = data[at:]
        data += stream.read(longest + 1 - len(data))
    if data:
        yield data


def _without_bad_lines(data: bytes, state: ReadState) -> bytes:
    kept = []
    for line in io.BytesIO(data):
        try:
            line.decode()
        except UnicodeDecodeError:
            state.skipped += 1
        else:
            kept.append(line)
    return b"".join(kept)


def _first_error(data: bytes) -> tuple[int, UnicodeDecodeError] | None:
    """(offset of a slice, the error in it), or None for valid UTF-8.

    In slices: a string of the whole block would take fresh pages each time, and twice as long.
    """
    view, at = memoryview(data), 0
    while at < len(view):
        end = at + _SLICE
        try:
            at += codecs.utf_8_decode(view[at:end], "strict", end >= len(view))[1]
        except UnicodeDecodeError as error:
            return at, error
    return None


def _valid(
    pieces: Iterable[bytes], position: int, source: Source, errors: ErrorPolicy, state: ReadState, by_line: bool
) -> Iterator[tuple[int, bytes]]:
    for data in pieces:
        length = len(data)
        if not data.isascii():
            bad = _first_error(data)
            if bad is not None:
                if errors == "strict":
                    raise bad_bytes(source, position + bad[0], None, bad[1])
                if errors != "skip":
                    data = data.decode("utf-8", errors).encode()
                elif by_line:
                    data = _without_bad_lines(data, state)
                else:
                    state.skipped += 1
                    data = b""
        if data:
            yield position, data
        position += length


def line_blocks(
    stream: BinaryIO, source: Source, errors: ErrorPolicy, state: ReadState, size: int, longest: int = LONGEST_TEXT
) -> Iterator[tuple[int, bytes]]:
    """(byte offset in the decompressed file, whole lines) of a UTF-8 stream, its byte order mark dropped.

    Args:
        stream: ``read(n)`` gives n bytes unless the stream ends.
        source: what messages call the stream.
        errors: bytes that are not UTF-8: strict, replace (by U+FFFD), ignore, skip (the line; counted in ``state.skipped``).
        state: receives the number of lines left out.
        size: bytes of a block, about.
        longest: bytes of the longest line that stays whole, at least 4.

    Raises:
        FormatError: bytes that are not UTF-8, with file and byte offset, when ``errors`` is "strict".
    """
    head = stream.read(3)
    mark = mark_length(head, source, errors)
    yield from _valid(_pieces(stream, size, longest, head[mark:]), mark, source, errors, state, True)


def document_texts(
    stream: BinaryIO, source: Source, errors: ErrorPolicy, state: ReadState, longest: int = LONGEST_TEXT
) -> Iterator[str]:
    """All of a UTF-8 stream as one text, or as several when it is longer than ``longest`` bytes.

    Arguments and errors are those of `line_blocks`; "skip" leaves out the text, not a line.
    """
    head = stream.read(3)
    mark = mark_length(head, source, errors)
    for _, data in _valid(_whole(stream, longest, head[mark:]), mark, source, errors, state, False):
        yield data.decode()
