"""Bytes of a source as text lines: decompression by content, decoding with a policy and exact positions."""

from __future__ import annotations

import codecs
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal, cast

from ..errors import ArgumentError, FileError, FormatError, LimitError, UnsupportedError
from .expand import Source

# Text compresses to a tenth, very uniform text to a hundredth; what is made to fill the memory, to a thousandth and less.
_RATIO, _EXPANDED = 250, 1 << 30
ErrorPolicy = Literal["strict", "replace", "ignore", "skip"]


class ReadState:
    """Filled in while reading: what the policy "skip" left out, how many bytes of the files have been read, and, in files of
    lines, the line at which the row that was read last ends."""

    def __init__(self) -> None:
        self.skipped = 0
        self.line: int | None = None
        self._finished = 0
        self._raw: BinaryIO | None = None

    def opened(self, raw: BinaryIO | None) -> None:
        """A file begins (compressed bytes are what counts), or None: it ends."""
        self._finished = self.bytes_read()
        self._raw = raw
        self.line = None

    def bytes_read(self) -> int:
        """Bytes consumed of all files so far; standard input counts nothing."""
        return self._finished + (self._raw.tell() if self._raw is not None and not self._raw.closed else 0)


def _zstd(raw: BinaryIO, name: str) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd

        return cast(BinaryIO, zstd.ZstdFile(raw))
    try:
        import zstandard
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            f"[read] {name}: reading .zst needs Python 3.14 or the package zstandard; try pip install 'tokenspace[data]'"
        ) from error
    return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))


class _Expanding(io.RawIOBase):
    """Decompressed bytes, up to what compressed text can expand to."""

    def __init__(self, stream: BinaryIO, raw: BinaryIO, name: str) -> None:
        self._stream, self._raw, self._name = cast(Any, stream), raw, name
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._stream.readinto(buffer)
        self._count += count
        if self._count > _EXPANDED and self._count > _RATIO * self._raw.tell():
            raise LimitError(
                f"[read] {self._name}: expected compressed text, received more than {_EXPANDED:,} bytes that are over "
                f"{_RATIO} times what they are compressed to; try decompressing it first"
            )
        return count


@contextmanager
def open_bytes(source: Source, state: ReadState | None = None) -> Iterator[BinaryIO]:
    """The decompressed bytes of ``source``; gzip, zstd, bzip2 and xz are known by their first bytes, not their name.

    Raises:
        FileError: the file cannot be opened or read. FormatError: damaged compressed data. LimitError: compressed data that
        expands over 250 times, beyond a gibibyte.
    """
    try:
        if source.path is None:
            raw = cast(BinaryIO, io.BufferedReader(cast(Any, sys.stdin.buffer), 1 << 16))
        else:
            raw = open(source.path, "rb", buffering=1 << 16)  # noqa: SIM115 - closed below, after its wrapper
    except OSError as error:
        raise FileError(f"[read] {source.name}: {error.strerror}") from error
    try:
        if state is not None and source.path is not None:
            state.opened(raw)
        head = cast(io.BufferedReader, raw).peek(6)[:6]
        stream: BinaryIO = raw
        if head.startswith(b"\x1f\x8b"):
            import gzip

            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        elif head.startswith(b"\x28\xb5\x2f\xfd"):
            stream = _zstd(raw, source.name)
        elif head.startswith(b"BZh"):
            import bz2

            stream = cast(BinaryIO, bz2.BZ2File(raw))
        elif head == b"\xfd7zXZ\x00":
            import lzma

            stream = cast(BinaryIO, lzma.LZMAFile(raw))  # noqa: SIM115 - lives as long as raw
        if stream is not raw:
            stream = cast(BinaryIO, io.BufferedReader(_Expanding(stream, raw, source.name), 1 << 16))
        yield stream
    except FormatError:  # of the reader of these bytes; it may be an EOFError as well
        raise
    except (EOFError, zlib.error) as error:
        raise FormatError(f"[read] {source.name}: compressed data ends early or is damaged: {error}") from error
    except OSError as error:
        if isinstance(error, (FileError, BrokenPipeError)):
            raise
        if type(error).__name__ == "BadGzipFile" or error.errno is None:
            raise FormatError(f"[read] {source.name}: damaged compressed data: {error}") from error
        raise FileError(f"[read] {source.name}: {error.strerror}") from error
    except Exception as error:
        if type(error).__name__ in ("ZstdError", "LZMAError"):  # optional modules: known by name only
            raise FormatError(f"[read] {source.name}: damaged compressed data: {error}") from error
        raise
    finally:
        if source.path is not None:
            if state is not None:
                state.opened(None)
            raw.close()


def codec_name(encoding: str) -> str:
    """Python's own name of ``encoding``.

    Raises:
        ArgumentError: an encoding that Python does not know, or one that is not a text encoding.
    """
    try:
        info = codecs.lookup(encoding)
    except LookupError:
        raise ArgumentError(
            f"[read] expected a text encoding such as utf-8 or latin-1, received {encoding!r}"
        ) from None
    if not getattr(info, "_is_text_encoding", True):
        raise ArgumentError(f"[read] expected a text encoding, received {encoding!r}")
    return info.name


def bad_bytes(source: Source, offset: int, line: int | None, error: UnicodeDecodeError) -> FormatError:
    """The error for bytes that are not text; ``offset`` is where the decoded buffer begins, ``line`` is from 1."""
    seen = error.object[error.start : error.start + 4].hex(" ")
    place = "" if line is None else f" (line {line})"
    head = error.object[: 2 if offset == 0 else 0]
    if error.encoding != "utf-8":
        likely = "utf-8"
    else:
        likely = "utf-16" if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "gb18030"
    return FormatError(
        f"[read] {source.name}: expected {error.encoding}, received bytes {seen} at byte {offset + error.start}{place}; "
        f'try saving it as UTF-8, its own encoding such as encoding="{likely}", or errors="replace" or errors="skip"'
    )


def mark_length(head: bytes, source: Source, errors: ErrorPolicy) -> int:
    """Bytes of the byte order mark at the beginning of a UTF-8 file.

    Raises:
        FormatError: the mark is that of UTF-16 and the policy is "strict".
    """
    if head.startswith(codecs.BOM_UTF8):
        return 3
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and errors == "strict":
        raise FormatError(f'[read] {source.name}: expected utf-8, received UTF-16; try encoding="utf-16"')
    return 0


def decode_whole(data: bytes, source: Source, encoding: str, errors: ErrorPolicy, state: ReadState) -> str | None:
    """All of ``data`` as text; None when the policy is "skip" and it is not valid."""
    if encoding == "utf-8" and data.startswith(codecs.BOM_UTF8):
        data = b"".join((data[3:],))
        shift = 3
    else:
        shift = 0
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if errors == "strict":
            raise bad_bytes(source, shift, data.count(b"\n", 0, error.start) + 1, error) from None
        if errors != "skip":
            return data.decode(encoding, errors)
        state.skipped += 1
        return None


def _recoded(stream: BinaryIO, encoding: str, errors: ErrorPolicy) -> BinaryIO:
    """UTF-16 and UTF-32 as UTF-8: their line feeds cannot be found byte by byte."""
    handler = "replace" if errors == "skip" else errors
    # Without a byte order mark the machine's own order is taken, as for files read whole.
    return io.BytesIO(stream.read().decode(encoding, handler).encode("utf-8", "surrogatepass"))


def text_lines(
    stream: BinaryIO, source: Source, encoding: str, errors: ErrorPolicy, state: ReadState
) -> Iterator[tuple[int, str | None]]:
    """(line number from 1, text with its line ending) for each line; None for a line left out by "skip".

    Lines end at ``\\n`` alone: U+2028, form feeds and lone carriage returns are text.
    """
    if encoding.startswith(("utf-16", "utf-32")):
        try:
            stream, encoding = _recoded(stream, encoding, errors), "utf-8"
        except UnicodeDecodeError as error:
            raise bad_bytes(source, 0, 1, error) from None
    offset = 0
    for number, raw in enumerate(stream, 1):
        start = mark_length(raw, source, errors) if number == 1 and encoding == "utf-8" else 0
        body = raw[start:] if start else raw
        try:
            yield number, body.decode(encoding)
        except UnicodeDecodeError as error:
            if errors == "strict":
                raise bad_bytes(source, offset + start, number, error) from None
            if errors != "skip":
                yield number, body.decode(encoding, errors)
            else:
                state.skipped += 1
                yield number, None
        offset += len(raw)
