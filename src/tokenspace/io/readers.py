"""Sources -> records, one format a function, all streaming except a JSON array and whole files.

A record is one text with its place: the file, the row or line number from 1, and its id when a column holds one.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from ..errors import ArgumentError, FormatError, UnsupportedError
from .expand import Source
from .streams import ErrorPolicy, ReadState, codec_name, decode_whole, open_bytes, text_lines
from .table_rows import TableRows, separator_of

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Record:
    """One text. ``id`` is the value of the id column, else ``row``; ``extra`` holds the columns asked for by name."""

    text: str
    id: str | int
    source: str
    row: int
    pair: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read.

    Attributes:
        column: name (or 1-based number, for tables without a header) of the text column; None: "text", or the only one.
        id_column, pair_column, extra: further columns to keep.
        whole: a txt file is one record instead of one a line.
        keep_empty: empty lines of txt files are records too (they are rows of something, such as parallel files).
        errors: bytes (or lone surrogates in JSON) that are not text: strict, replace, skip.
        encoding: of txt, json, jsonl, csv and tsv files.
        header: CSV and TSV files begin with a line of names.
        every_column: for `read_rows`: rows are wanted whole, with columns that are not named here.
    """

    column: str | None = None
    id_column: str | None = None
    pair_column: str | None = None
    extra: tuple[str, ...] = ()
    whole: bool = False
    keep_empty: bool = False
    errors: ErrorPolicy = "strict"
    encoding: str = "utf-8"
    header: bool = True
    every_column: bool = False


def _pick(row: Any, name: str, source: Source, number: int) -> Any:
    """A field by name, then by dotted path (``meta.title``)."""
    if isinstance(row, dict):
        if name in row:
            return row[name]
        value: Any = row
        for part in name.split("."):
            if not isinstance(value, dict) or part not in value:
                known = ", ".join(map(str, row)) or "none"
                raise FormatError(
                    f"[read] {source.name}, row {number}: expected a column {name!r}, received columns {known}; "
                    "try one of these"
                )
            value = value[part]
        return value
    raise FormatError(
        f"[read] {source.name}, row {number}: expected an object with {name!r}, received {type(row).__name__}"
    )


def _as_text(value: Any, name: str, source: Source, number: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return json.dumps(value)
    raise FormatError(
        f"[read] {source.name}, row {number}: expected text in column {name!r}, received {type(value).__name__}"
    )


class _Builder:
    """Turns rows (strings or mappings) into records by the options."""

    def __init__(self, source: Source, options: ReadOptions, state: ReadState) -> None:
        self.source, self.options, self.state = source, options, state
        self._column = options.column

    def _column_of(self, row: Any, number: int) -> str:
        if self._column is None:
            keys = list(row) if isinstance(row, dict) else []
            if "text" in keys:
                self._column = "text"
            elif len(keys) == 1:
                self._column = keys[0]
            else:
                raise FormatError(
                    f"[read] {self.source.name}, row {number}: expected a column named 'text', received columns "
                    f'{", ".join(map(str, keys)) or "none"}; try column="NAME"'
                )
        return self._column

    def build(self, row: Any, number: int) -> Record | None:
        """The record of a row; None when the policy "skip" leaves it out."""
        options, source = self.options, self.source
        record_id: str | int = number
        extra: dict[str, Any] = {}
        if isinstance(row, str):
            text, pair = row, None
            if options.pair_column or options.id_column or options.extra:
                raise FormatError(f"[read] {source.name}, row {number}: expected an object with columns, received text")
        else:
            column = self._column_of(row, number)
            text = _as_text(_pick(row, column, source, number), column, source, number)
            if options.id_column:
                found = _pick(row, options.id_column, source, number)
                record_id = found if isinstance(found, (str, int)) else json.dumps(found, ensure_ascii=False)
            pair = None
            if options.pair_column:
                pair = _as_text(_pick(row, options.pair_column, source, number), options.pair_column, source, number)
            extra = {name: _pick(row, name, source, number) for name in options.extra}
        cleaned = self._clean(text, number)
        if cleaned is None:
            return None
        if pair is not None:
            pair = self._clean(pair, number)
            if pair is None:
                return None
        return Record(cleaned, record_id, source.name, number, pair, extra)

    def _clean(self, text: str, number: int) -> str | None:
        # JSON can spell lone surrogates (backslash-u d800), which no encoding of Unicode holds.
        found = None if text.isascii() else _SURROGATE.search(text)
        if found is None:
            return text
        if self.options.errors == "strict":
            raise FormatError(
                f"[read] {self.source.name}, row {number}: lone surrogate U+{ord(found.group()):04X} at character "
                f'{found.start()}; try errors="replace" or errors="skip"'
            )
        if self.options.errors == "replace":
            return _SURROGATE.sub("�", text)
        self.state.skipped += 1
        return None


def _lines(
    stream: BinaryIO, source: Source, options: ReadOptions, state: ReadState
) -> Iterator[tuple[int, str | None]]:
    return text_lines(stream, source, options.encoding, options.errors, state)


def _read_txt(stream: BinaryIO, source: Source, options: ReadOptions, state: ReadState) -> Iterator[tuple[int, Any]]:
    if options.whole:
        text = decode_whole(stream.read(), source, options.encoding, options.errors, state)
        if text is not None:
            yield 1, text
        return
    for number, line in _lines(stream, source, options, state):
        if line is None:
            continue
        line = line.removesuffix("\n").removesuffix("\r")
        if line or options.keep_empty:
            yield number, line


def _json_value(text: str, source: Source, number: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # The decoder counts lines within the text it was given, which is this one line.
        raise FormatError(
            f"[read] {source.name}, line {number}, column {error.colno}: expected one JSON value a line, received: "
            f"{error.msg}"
        ) from None
    except ValueError as error:
        raise FormatError(f"[read] {source.name}, line {number}: expected one JSON value, received: {error}") from None
    except RecursionError:
        raise FormatError(f"[read] {source.name}, line {number}: JSON nested too deeply") from None


def _read_jsonl(stream: BinaryIO, source: Source, options: ReadOptions, state: ReadState) -> Iterator[tuple[int, Any]]:
    for number, line in _lines(stream, source, options, state):
        if line is not None and not line.isspace() and line:
            state.line = number
            yield number, _json_value(line, source, number)


def _read_json(stream: BinaryIO, source: Source, options: ReadOptions, state: ReadState) -> Iterator[tuple[int, Any]]:
    text = decode_whole(stream.read(), source, options.encoding, options.errors, state)
    if text is None:
        return
    try:
        document = json.loads(text)
    except RecursionError:
        raise FormatError(f"[read] {source.name}: JSON nested too deeply") from None
    except ValueError as error:
        if "Extra data" not in str(error):
            raise FormatError(
                f"[read] {source.name}: expected a JSON document, received one with a fault: {error}"
            ) from None
        # Many files named .json hold one object a line.
        for number, line in enumerate(text.split("\n"), 1):
            if line and not line.isspace():
                yield number, _json_value(line, source, number)
        return
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        document = lists[0] if len(lists) == 1 and options.column not in document else [document]
    if isinstance(document, str):
        document = [document]
    if not isinstance(document, list):
        raise FormatError(f"[read] {source.name}: expected a JSON array, received {type(document).__name__}")
    yield from enumerate(document, 1)


def _table_fault(error: csv.Error) -> str:
    # Python's own words for a lone carriage return are advice on how to open files.
    said = str(error)
    return "a carriage return outside quotes" if said.startswith("new-line character") else said


def _read_table(stream: BinaryIO, source: Source, options: ReadOptions, state: ReadState) -> Iterator[tuple[int, Any]]:
    given = ((number, line) for number, line in _lines(stream, source, options, state) if line is not None)
    lines: Iterator[tuple[int, str]] = given
    separator = "\t" if source.format == "tsv" else ","
    # Without a line of names only tables of data are looked at: a text may well hold a semicolon and no comma.
    if source.format == "csv" and (options.header or options.every_column):
        first = list(islice(given, 1))
        separator = separator_of(first[0][1]) if first else separator
        lines = chain(first, given)
    table = TableRows(lines, separator)
    rows = iter(table)
    names: list[str] | None = None
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError(
                f"[read] {source.name}, line {table.line}: expected fields of a table, received {_table_fault(error)}; try "
                'a quote inside a field in quotes written twice, or format="tsv" or format="txt"'
            ) from None
        if not row:
            continue
        if names is None:
            names = row if options.header else [str(index) for index in range(1, len(row) + 1)]
            if options.header:
                continue
        number += 1
        state.line = table.line
        if len(row) > len(names):
            raise FormatError(
                f"[read] {source.name}, line {table.line}: expected {len(names)} fields, received {len(row)}; "
                'try quotes around fields that hold the separator, or format="txt"'
            )
        yield number, dict(zip(names, row + [""] * (len(names) - len(row)), strict=True))


def _read_parquet(
    stream: BinaryIO, source: Source, options: ReadOptions, state: ReadState
) -> Iterator[tuple[int, Any]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            f"[read] {source.name}: reading Parquet needs pyarrow; try pip install 'tokenspace[data]'"
        ) from error
    try:
        if source.path is not None and stream.seekable():
            file = pq.ParquetFile(source.path)
        else:
            file = pq.ParquetFile(pa.BufferReader(stream.read()))
        have = set(file.schema_arrow.names)
        # Only what is asked for is decoded: other columns may be images or embeddings.
        column = options.column or ("text" if "text" in have else None)
        wanted = [column, options.id_column, options.pair_column, *options.extra]
        columns = [name for name in wanted if name] if column else None
        if options.every_column or (columns is not None and not set(columns) <= have):
            columns = None  # let the missing name be reported with the ones there are
        number = 0
        for batch in file.iter_batches(batch_size=1024, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # names of columns are decoded by pyarrow
        raise FormatError(f"[read] {source.name}: expected Parquet, received something else: {error}") from error


_Reader = Callable[[BinaryIO, Source, ReadOptions, ReadState], Iterator[tuple[int, Any]]]
_READERS: dict[str, _Reader] = {
    "txt": _read_txt,
    "jsonl": _read_jsonl,
    "json": _read_json,
    "csv": _read_table,
    "tsv": _read_table,
    "parquet": _read_parquet,
}


def read_rows(source: Source, options: ReadOptions, state: ReadState) -> Iterator[tuple[int, Any]]:
    """(row number from 1, string or mapping) of one source, columns not looked at yet."""
    reader = _READERS.get(source.format)
    if reader is None:
        raise ArgumentError(f"[read] expected a format among {', '.join(_READERS)}, received {source.format!r}")
    with open_bytes(source, state) as stream:
        yield from reader(stream, source, options, state)


def read_records(
    sources: Iterable[Source], options: ReadOptions | None = None, state: ReadState | None = None
) -> Iterator[Record]:
    """Records of all sources in order, streaming.

    Args:
        sources: from `expand_inputs`.
        options: columns, encoding and error policy.
        state: receives the number of rows that ``errors="skip"`` left out and the bytes read.

    Raises:
        FormatError: contents that are not what the format says, with file, row and, for bad bytes, the byte offset.
        FileError: a file that cannot be read. UnsupportedError: an optional package is missing.
    """
    if options is None:
        options = ReadOptions()
    options = ReadOptions(**{**_fields(options), "encoding": codec_name(options.encoding)})
    progress = ReadState() if state is None else state
    for source in sources:
        builder = _Builder(source, options, progress)
        for number, row in read_rows(source, options, progress):
            record = builder.build(row, number)
            if record is not None:
                yield record


def _fields(options: ReadOptions) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__dataclass_fields__}
