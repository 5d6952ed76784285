"""A corpus to train on: whatever holds text, with weights, a held-out share and bounded memory.

>>> corpus = Corpus.of(["low lower", "lowest"])
>>> [block.data for block in corpus.blocks()]
[['low lower', 'lowest']]
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from ..errors import ArgumentError, FormatError
from ..progress import ProgressLike, Reporter
from .block import Block, Packer, lines
from .corpus_given import Given, Kind, check_column, multipliers, weighted_parts
from .corpus_parts import Part, Piece, Reading, Sizes, Unit
from .corpus_stages import Splitter, beginning, without_empty
from .corpus_statistics import CorpusStatistics
from .expand import FORMATS
from .kept_texts import KeptTexts
from .readers import ReadOptions
from .streams import ErrorPolicy, codec_name

__all__ = ["Block", "Corpus", "CorpusStatistics", "NoTextError"]

_POLICIES: dict[str, ErrorPolicy] = {
    "error": "strict",
    "strict": "strict",
    "replace": "replace",
    "ignore": "ignore",
    "skip": "skip",
}


class NoTextError(FormatError):
    """A corpus without any text."""


class Corpus:
    """Texts to train on, made by `Corpus.of`.

    Attributes:
        weights: exact whole-number weight of each part, in order.
        scale: what the weight 1 became (weights 2 and 0.5 become 4 and 1, the scale is 2).
        held_out: share kept back.
        statistics: counts of the last pass of `blocks`.
    """

    def __init__(
        self, parts: list[tuple[Part, Fraction]], held_out: Fraction, limit: int | None, sizes: Sizes | None = None
    ) -> None:
        self.weighted_parts = parts
        self.weights, self.scale = multipliers(weight for _, weight in parts)
        self.held_out, self.limit = held_out, limit
        self._sizes = Sizes() if sizes is None else sizes
        self._reading = Reading()
        self._kept: KeptTexts | None = None
        self._used = False
        self.statistics = CorpusStatistics()

    @classmethod
    def of(
        cls,
        anything: Any,
        *,
        kind: Kind = "auto",
        unit: Unit = "line",
        column: str | None = None,
        format: str | None = None,
        glob: str | None = None,
        encoding: str = "utf-8",
        errors: Literal["error", "replace", "ignore", "skip"] = "error",
        header: bool = True,
        held_out: float = 0.0,
        limit: int | None = None,
        sizes: Sizes | None = None,
    ) -> Corpus:
        """A corpus from paths or texts.

        A str or path is a file, a glob, a folder, ``hf://datasets/OWNER/NAME/PATH`` or ``-`` (standard input); a list
        of them is all of these. Any other iterable gives texts: str, batches (lists of str), or mappings with a text
        column. A list of str holds paths when every one is ``folder/name`` of something there or has the extension of a
        text format, else texts; ``kind`` says it outright. Weighted sources: ``{"wiki/*.txt": 2, "code": 0.5}`` or
        ``[(source, weight), ...]``. Another corpus, or a list of corpora, is taken with the reading options it was
        made with; its share held out and its limit are not.

        Args:
            anything: see above.
            kind: "auto", "paths" or "texts": what the strings of a list are.
            unit: text files hold one text a "line" (the line ending stays part of it) or are one "document" each.
            column: text column of JSON, JSONL, CSV, TSV and Parquet files and of mappings; None: "text", or the only
                one.
            format: of all files: txt, jsonl, json, csv, tsv, parquet; None: by extension, txt when it says nothing.
            glob: which files of folders to read, such as ``*.py``; None: the known text and table extensions.
            encoding: of text files.
            errors: bytes that are not text: "error"; "replace" by U+FFFD; "ignore" them; "skip" the line, row or
                document and count it ("strict" is another name of "error").
            header: CSV and TSV files begin with a line of names.
            held_out: share of the texts kept back from training, 0.0 to 0.5, for measuring afterwards; by the place
                of a text alone, see `tokenspace.io.held_out`.
            limit: bytes of text (UTF-8) to take at most, from the beginning; whole texts. Several weighted sources
                get equal parts of it.
            sizes: bytes of a block and of the longest text kept whole; 2 MB and 64 MB. A longer text is cut before its
                last white space within this bound.

        Raises:
            ArgumentError: an option outside its range, or something that is no corpus. NotFoundError: nothing at a
            path, a glob without a file or a folder without files to read. FileError: a file that is not readable.
        """
        if isinstance(anything, (str, bytes)) and not anything:
            raise ArgumentError("[corpus] expected a path or texts, received an empty string; try a list for texts")
        if errors not in _POLICIES:
            raise ArgumentError(f"[corpus] expected errors= error, replace, ignore or skip, received {errors!r}")
        if unit not in ("line", "document"):
            raise ArgumentError(f"[corpus] expected unit= line or document, received {unit!r}")
        if kind not in ("auto", "paths", "texts"):
            raise ArgumentError(f"[corpus] expected kind= auto, paths or texts, received {kind!r}")
        if format is not None and format not in FORMATS:
            raise ArgumentError(f"[corpus] expected format= {', '.join(FORMATS)}, received {format!r}")
        if not 0 <= held_out <= 0.5:
            raise ArgumentError(f"[corpus] expected held_out= 0.0 to 0.5, received {held_out!r}")
        if limit is not None and limit < 1:
            raise ArgumentError(f"[corpus] expected limit= a positive number of bytes, received {limit!r}")
        options = ReadOptions(
            column=column,
            whole=unit == "document",
            errors=_POLICIES[errors],
            encoding=codec_name(encoding),
            header=header,
        )
        parts = weighted_parts(anything, Given(kind, unit, options, format, glob))
        check_column(parts, column)
        return cls(parts, Fraction(held_out).limit_denominator(10_000), limit, sizes)

    def __repr__(self) -> str:
        parts = [
            f"{part.description} x{weight}" for (part, _), weight in zip(self.weighted_parts, self.weights, strict=True)
        ]
        return f"Corpus({', '.join(parts[:5])}{', …' if len(parts) > 5 else ''})"

    @property
    def reiterable(self) -> bool:
        """Whether it can be read again: files and lists can, iterators, pipes and standard input cannot."""
        return all(part.reiterable for part, _ in self.weighted_parts)

    @property
    def total_bytes(self) -> int | None:
        """Bytes of the files as they lie on the disk (compressed ones so), `bytes_read` at the end; None if unknown."""
        total = 0
        for part, _ in self.weighted_parts:
            size = part.total_bytes
            if size is None:
                return None
            total += size if self.limit is None else min(size, self._part_limit or size)
        return total

    @property
    def bytes_read(self) -> int:
        """Bytes consumed by the current or last pass of `blocks`, comparable with `total_bytes`."""
        return self._reading.bytes_read()

    def fingerprint(self) -> dict[str, Any] | None:
        """What tells this corpus from another, as JSON; None when a part is an iterator, pipe or unknown iterable.

        Names, sizes and modification times of files, a hash of the texts of a list, weights and options.
        """
        identities = [part.identity() for part, _ in self.weighted_parts]
        if any(identity is None for identity in identities):
            return None
        return {
            "parts": identities,
            "weights": self.weights,
            "held_out": str(self.held_out),
            "limit": self.limit,
            "longest_text": self._sizes.longest,
        }

    @property
    def _part_limit(self) -> int | None:
        return None if self.limit is None else max(1, self.limit // max(1, len(self.weighted_parts)))

    def _pieces(self, part: Part, reading: Reading, statistics: CorpusStatistics) -> Iterator[tuple[Piece, bool]]:
        """(piece, held out?) of one part; counts what is left out."""
        splitter = Splitter(self.held_out) if self.held_out else None
        for piece, empty in without_empty(beginning(part.pieces(reading, self._sizes), self._part_limit)):
            statistics.empty += empty
            if splitter is None:
                yield piece, False
            else:
                yield from splitter.split(piece)
        if splitter is not None:
            yield from splitter.finish()

    def blocks(self, progress: ProgressLike = None, stage: str = "read") -> Iterator[Block]:
        """The texts to train on, in order, in blocks of about 2 MB.

        Args:
            progress: a style or callback of `tokenspace.progress`; events count bytes read of `total_bytes`.
            stage: their name.

        Raises:
            NoTextError: no text at all. FormatError: bytes that are not UTF-8, with file and byte offset; damaged files; a column
            that is not there. ArgumentError: an iterator was read before, or gives something that is not text.
            FileError: a file cannot be read. UnsupportedError: a package for a format is missing.
        """
        if self._used and not self.reiterable:
            raise ArgumentError(
                "[corpus] expected texts that can be read again, received an iterator already read; try a list or files"
            )
        self._used = True
        reading = self._reading = Reading()
        statistics = self.statistics = CorpusStatistics()
        self._kept = KeptTexts() if self.held_out and not self.reiterable else None
        with Reporter(stage, self.total_bytes, "bytes", progress) as report:
            for (part, _), weight in zip(self.weighted_parts, self.weights, strict=True):
                packer = Packer(weight, self._sizes.block)
                for piece, held_out in self._pieces(part, reading, statistics):
                    statistics.add(piece, held_out)
                    statistics.skipped = reading.state.skipped
                    if not held_out:
                        yield from packer.add(piece.name, piece.number, piece.data, piece.size)
                    elif self._kept is not None:
                        self._kept.add(piece.data)
                    report.update(reading.bytes_read())
                yield from packer.finish()
            statistics.skipped = reading.state.skipped
            report.update(reading.bytes_read())
        if not statistics.texts:
            raise NoTextError(self._without_text())

    def _without_text(self) -> str:
        parts = ", ".join(part.description for part, _ in self.weighted_parts[:3])
        more = len(self.weighted_parts) - 3
        received = f"none in {parts}" + (f" and {more} more" if more > 0 else "") if parts else "no source"
        notes = []
        if self.statistics.empty:
            notes.append(f"{self.statistics.empty} empty")
        if self.statistics.skipped:
            notes.append(f"{self.statistics.skipped} skipped because their bytes are not text")
        if self.limit is not None:
            notes.append(f"limit={self.limit}")
        return f"[train] expected text, received {received}" + (f" ({', '.join(notes)})" if notes else "")

    def held_out_texts(self, limit: int | None = None) -> Iterator[str]:
        """The texts kept back, in order, one by one (lines with their endings); weights do not repeat them.

        Files and lists are read again. What an iterator held back was set aside by `blocks`: the first 256 MB of it.

        Args:
            limit: bytes of text to give at most (UTF-8), whole texts.

        Raises:
            ArgumentError: an iterator that `blocks` has not read yet.
        """
        left = limit
        for text in self._held_out():
            if left is not None:
                left -= len(text.encode())
                if left < 0:
                    return
            yield text

    def _held_out(self) -> Iterator[str]:
        if not self.held_out:
            return
        if not self.reiterable:
            if self._kept is None:
                raise ArgumentError(
                    "[corpus] expected blocks() to be read before held_out_texts(), received an unread iterator"
                )
            yield from self._kept
            return
        reading, statistics = Reading(), CorpusStatistics()
        for part, _ in self.weighted_parts:
            for piece, held_out in self._pieces(part, reading, statistics):
                if held_out:
                    yield from lines(piece.data) if isinstance(piece.data, bytes) else piece.data
