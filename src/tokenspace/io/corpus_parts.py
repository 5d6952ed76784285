"""The weighted parts a corpus is made of: files, or an iterable of texts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from .expand import Source
from .line_blocks import LONGEST_TEXT, document_texts, line_blocks
from .readers import ReadOptions, Record, read_records
from .row_blocks import given_texts, row_blocks
from .streams import ReadState, codec_name, open_bytes, text_lines

Unit = Literal["line", "document"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of a block (about), and of the longest text that stays whole."""

    # A block stands in memory three times while lines are cut; of 4 MB it leaves the cache between reading and counting.
    block: int = 2 << 20
    longest: int = LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class Piece:
    """Texts on their way to a block: ``size`` is their length in UTF-8 bytes, ``number`` the place of the first."""

    name: str
    number: int
    data: bytes | list[str]
    size: int


@dataclass(slots=True)
class Reading:
    """One pass over a corpus: where it is."""

    state: ReadState = field(default_factory=ReadState)
    given_bytes: int = 0  # of iterables, whose texts no file position counts

    def bytes_read(self) -> int:
        """Bytes consumed so far: of files as they lie on the disk, of iterables as UTF-8."""
        return self.state.bytes_read() + self.given_bytes


class FilesPart:
    """Files of one weight, read in order."""

    def __init__(self, sources: Iterable[Source], options: ReadOptions, unit: Unit) -> None:
        self.sources = tuple(sources)
        self.options, self.unit = options, unit

    @property
    def reiterable(self) -> bool:
        """False with standard input or a pipe among the files."""
        return all(source.path is not None and source.path.is_file() for source in self.sources)

    @property
    def total_bytes(self) -> int | None:
        """Bytes on the disk; None with standard input or a pipe."""
        if not self.reiterable:
            return None
        return sum(source.path.stat().st_size for source in self.sources if source.path is not None)

    @property
    def description(self) -> str:
        """How messages call it."""
        return self.sources[0].name if len(self.sources) == 1 else f"{len(self.sources)} files"

    def identity(self) -> Any:
        """Names, sizes and times of the files, and how they are read; None when they cannot be read again."""
        if not self.reiterable:
            return None
        files = []
        for source in self.sources:
            assert source.path is not None
            found = source.path.stat()
            files.append(
                {
                    "path": os.path.abspath(source.path),
                    "format": source.format,
                    "bytes": found.st_size,
                    "modified_ns": found.st_mtime_ns,
                }
            )
        options = self.options
        return {
            "files": files,
            "unit": self.unit,
            "column": options.column,
            "encoding": codec_name(options.encoding),
            "errors": options.errors,
            "header": options.header,
        }

    def pieces(self, reading: Reading, sizes: Sizes) -> Iterator[Piece]:
        """Bytes of whole lines where the file is UTF-8 and read by line, else lists of texts."""
        options, state = self.options, reading.state
        encoding = codec_name(options.encoding)
        for source in self.sources:
            if source.format != "txt":
                yield from _rows(source.name, _records(source, options, state), sizes)
                continue
            with open_bytes(source, state) as stream:
                if encoding != "utf-8":
                    if self.unit == "line":
                        lines = text_lines(stream, source, encoding, options.errors, state)
                        yield from _rows(source.name, (line for _, line in lines if line is not None), sizes)
                elif self.unit == "line":
                    for at, data in line_blocks(stream, source, options.errors, state, sizes.block, sizes.longest):
                        yield Piece(source.name, at, data, len(data))
                else:
                    texts = document_texts(stream, source, options.errors, state, sizes.longest)
                    yield from _rows(source.name, texts, sizes)
            if encoding != "utf-8" and self.unit == "document":
                yield from _rows(source.name, _records(source, options, state), sizes)


def _records(source: Source, options: ReadOptions, state: ReadState) -> Iterator[str]:
    records: Iterable[Record] = read_records([source], options, state)
    return (record.text for record in records)


def _rows(name: str, texts: Iterable[str], sizes: Sizes) -> Iterator[Piece]:
    for number, rows, size in row_blocks(texts, sizes.block, sizes.longest):
        yield Piece(name, number, rows, size)


class TextsPart:
    """Texts the caller gives: an iterable of str, of batches, or of mappings with a text column."""

    description = "texts"

    def __init__(self, items: Iterable[Any], options: ReadOptions) -> None:
        self.items, self.options = items, options

    @property
    def reiterable(self) -> bool:
        """False for an iterator or generator, which is used up by reading."""
        return iter(self.items) is not self.items

    @property
    def total_bytes(self) -> int | None:
        """None: counting would read it."""
        return None

    def identity(self) -> Any:
        """A hash of the texts of a list or tuple; None for anything else."""
        if not isinstance(self.items, (list, tuple)):
            return None
        digest = hashlib.sha256()
        count = 0
        for text in given_texts(self.items, self.options.column, "replace", ReadState(), self.description):
            data = text.encode()
            digest.update(len(data).to_bytes(8, "little"))
            digest.update(data)
            count += 1
        return {"texts": count, "sha256": digest.hexdigest(), "errors": self.options.errors}

    def pieces(self, reading: Reading, sizes: Sizes) -> Iterator[Piece]:
        """Lists of texts."""
        options = self.options
        texts = given_texts(self.items, options.column, options.errors, reading.state, self.description)
        for piece in _rows(self.description, texts, sizes):
            reading.given_bytes += piece.size
            yield piece


Part = FilesPart | TextsPart
