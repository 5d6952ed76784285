"""Files -> sessions: playlists (a line each), tables of events (CSV, TSV, JSONL, JSON, Parquet), rows that are sessions."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import Any, TypeAlias, cast

from ..errors import ArgumentError, FormatError, TokenspaceError, message
from ..io import ReadOptions, ReadState, Source, expand_inputs
from ..io.readers import read_rows
from ..io.streams import codec_name, open_bytes, text_lines
from ..progress import ProgressLike, Reporter
from .items import ItemTable, item_id
from .sessions import Session, SessionBuilder, Sessions

# Looked for, in this order, when no column is named.
SESSION_COLUMNS = (
    *("session", "session_id", "sessionId", "playlist", "playlist_id", "user", "user_id", "userId"),
    *("会话", "会话编号", "歌单", "用户", "用户编号"),
)
ITEM_COLUMNS = (
    *("item", "item_id", "itemId", "items", "product", "product_id", "song", "track", "movieId"),
    *("物品", "物品编号", "商品", "商品编号", "歌曲", "电影"),
)
TIME_COLUMNS = ("time", "timestamp", "datetime", "date", "ts", "时间", "时间戳", "日期")
EVENT_COLUMNS = ("event", "event_type", "eventType", "type", "action", "事件", "行为")
WEIGHT_COLUMNS = ("weight", "权重")
Files: TypeAlias = str | os.PathLike[str] | Source | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Names (or, without a header, numbers from 1) of the columns of a table of events.

    None looks for a usual name (`SESSION_COLUMNS` and so on); a time, event or weight that is not there is done without.
    """

    session: str | None = None
    item: str | None = None
    time: str | None = None
    event: str | None = None
    weight: str | None = None


@dataclass(slots=True)
class _Event:
    item: str
    weight: float
    time: float | None


@dataclass(slots=True)
class _Found:
    """The columns of one file, once its first row has been seen."""

    session: str | None
    item: str
    time: str | None
    event: str | None
    weight: str | None


@dataclass(slots=True)
class _Table:
    """Events by session, in the order read."""

    sessions: dict[str, list[_Event]] = field(default_factory=dict)


def read_sessions(
    paths: Files,
    *,
    columns: Columns | None = None,
    event_weights: Mapping[str, float] | None = None,
    min_length: int = 1,
    skip_lines: int = 0,
    format: str | None = None,
    header: bool = True,
    encoding: str = "utf-8",
    errors: str = "strict",
    progress: ProgressLike = None,
) -> Sessions:
    """Sessions from files.

    - ``txt``: a session a line, item ids between white space.
    - ``csv``, ``tsv``, ``jsonl``, ``json``, ``parquet``: an event a row. Rows of one session are put together wherever they
      stand, and sorted by time (equal times, and tables without a time, keep the order of the rows).
    - JSON rows that are lists, or whose item column holds a list, are a session each.

    Args:
        paths: a path, a glob, a folder, "-" for standard input, or several of them; or one `tokenspace.io.Source`, a file
            that messages call by a name of its own.
        columns: which columns mean what.
        event_weights: what an event of each name weighs (``{"view": 1, "cart": 3, "buy": 10}``); 0 leaves it out. None:
            every event weighs 1. A weight column multiplies.
        min_length: shorter sessions are left out.
        skip_lines: lines of a txt file before the first session (2 in the files of the playlist data).
        format: one of txt, jsonl, json, csv, tsv, parquet; None decides by the extension.
        header: CSV and TSV begin with a line of names.
        encoding, errors: as for all readers of this package.
        progress: see `tokenspace.progress`; counted in bytes.

    Times are numbers, or dates in ISO 8601, which become seconds since 1970 (UTC where no zone is given).

    Raises:
        NotFoundError: no such file. FormatError: contents that do not fit, with file and row. ArgumentError: an event that
        ``event_weights`` does not name.
    """
    sources = _sources(paths, format)
    state = ReadState()
    options = _options(errors, encoding, header)
    sizes = [source.path.stat().st_size for source in sources if source.path is not None]
    builder = SessionBuilder()
    keys: list[str] = []
    table = _Table()
    total = sum(sizes) if len(sizes) == len(sources) else None
    with Reporter("read", total, "bytes", progress) as report:
        for source in sources:
            if source.format == "txt":
                for session in _lines(source, options, state, skip_lines):
                    builder.add(session)
                    report.update(state.bytes_read())
                continue
            for session in _rows(source, options, state, columns or Columns(), event_weights, table):
                builder.add(session)
                if session.key is not None:
                    keys.append(session.key)
                report.update(state.bytes_read())
    for key, events in table.sessions.items():
        builder.add(_ordered(key, events))
        keys.append(key)
    sessions = builder.build(keys if keys and len(keys) == len(builder) else None)
    return sessions.of_length(min_length) if min_length > 1 else sessions


def read_playlists(
    playlists: str | os.PathLike[str], songs: str | os.PathLike[str] | None = None, *, encoding: str = "utf-8"
) -> tuple[Sessions, ItemTable]:
    """The two-file form of the playlist data: ``train.txt`` and ``song_hash.txt``.

    ``train.txt``: two lines of other data, then a playlist a line as ids between blanks; playlists of one song are left
    out. ``song_hash.txt``: ``id <tab> title <tab> artist`` a line.

    Returns:
        The sessions, and the rows ``{"title", "artist"}`` by song id (empty without ``songs``).

    Raises:
        As `read_sessions` and `read_items`.
    """
    sessions = read_sessions(playlists, skip_lines=2, min_length=2, format="txt", encoding=encoding)
    table = ItemTable() if songs is None else read_items(songs, fields=("title", "artist"), encoding=encoding)
    return sessions, table


def read_items(
    paths: Files,
    *,
    id_column: str | None = None,
    fields: Iterable[str] = ("title", "artist"),
    format: str | None = None,
    header: bool = True,
    encoding: str = "utf-8",
    errors: str = "strict",
) -> ItemTable:
    """What is known of items, from tables with an id column, or text files of ``id <tab> field <tab> field`` lines.

    A text file whose first line has no tab but ``|`` is cut there (MovieLens' ``u.item``); fields beyond the names are left out.

    Args:
        paths: as for `read_sessions`.
        id_column: None looks for one of `ITEM_COLUMNS` or "id", then takes the first.
        fields: names of the fields of a txt file, after the id. A line with more tabs has them in its last field, one with
            fewer has empty fields.
        format, header, encoding, errors: as for `read_sessions`.

    The first row of an id counts.

    Raises:
        NotFoundError: no such file. FormatError: a row without id, or contents that are not what the format says.
    """
    options = _options(errors, encoding, header)
    state = ReadState()
    rows: dict[str, dict[str, Any]] = {}
    titles = list(fields)
    for source in _sources(paths, format):
        if source.format == "txt":
            bars: bool | None = None
            for number, line in _text(source, options, state):
                bars = "|" in line and "\t" not in line if bars is None else bars
                cut = line.split("|")[: len(titles) + 1] if bars else line.split("\t", len(titles))
                parts = [part.strip() for part in cut]
                parts += [""] * (len(titles) + 1 - len(parts))
                key = _id(parts[0], source, f"line {number}")
                rows.setdefault(key, dict(zip(titles, parts[1:], strict=True)))
            continue
        column = id_column
        for number, row in read_rows(source, options, state):
            place = _place(number, state)
            row = _mapping(row, source, place)
            if column is None:
                column = next((name for name in (*ITEM_COLUMNS, "id") if name in row), next(iter(row), ""))
            key = _id(_value(row, column, source, place), source, place)
            rows.setdefault(key, {name: value for name, value in row.items() if name != column})
    return ItemTable(rows)


def _sources(paths: Files, format: str | None) -> list[Source]:
    if isinstance(paths, Source):
        return [paths if format is None else Source(paths.name, paths.path, format)]
    names = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    return expand_inputs([os.fspath(name) for name in names], format)


def _options(errors: str, encoding: str, header: bool) -> ReadOptions:
    return ReadOptions(errors=cast(Any, errors), encoding=codec_name(encoding), header=header, every_column=True)


# ---- text files ----
def _text(source: Source, options: ReadOptions, state: ReadState) -> Iterator[tuple[int, str]]:
    with open_bytes(source, state) as stream:
        for number, line in text_lines(stream, source, options.encoding, options.errors, state):
            if line is not None and line.strip():
                yield number, line


def _lines(source: Source, options: ReadOptions, state: ReadState, skip: int) -> Iterator[Session]:
    for number, line in _text(source, options, state):
        if number > skip:
            yield Session(tuple(line.split()))


# ---- tables ----
def _rows(
    source: Source,
    options: ReadOptions,
    state: ReadState,
    columns: Columns,
    event_weights: Mapping[str, float] | None,
    table: _Table,
) -> Iterator[Session]:
    """Yields the rows that are sessions; events go into ``table``."""
    found: _Found | None = None
    for number, row in read_rows(source, options, state):
        place = _place(number, state)
        if isinstance(row, list):
            yield Session(tuple(_id(one, source, place) for one in row))
            continue
        row = _mapping(row, source, place)
        if found is None:
            found = _find(columns, row, source, place)
        items = _value(row, found.item, source, place)
        key = None
        if found.session is not None:
            key = _id(_value(row, found.session, source, place), source, place, "session key")
        if isinstance(items, list):
            yield Session(tuple(_id(one, source, place) for one in items), key=key)
            continue
        if key is None:
            remedy = 'its name, session="NAME"'
            raise FormatError(
                message("read", f"a column of the session in {source.name}", f"columns {', '.join(row)}", remedy)
            )
        event = _event(row, found, items, event_weights, source, place)
        if event.weight > 0:
            table.sessions.setdefault(key, []).append(event)


def _event(
    row: Mapping[str, Any],
    found: _Found,
    item: Any,
    event_weights: Mapping[str, float] | None,
    source: Source,
    place: str,
) -> _Event:
    weight = 1.0
    if event_weights is not None and found.event is not None:
        name = str(_value(row, found.event, source, place))
        if name not in event_weights:
            raise ArgumentError(
                message(
                    "read", f"an event with a weight ({', '.join(event_weights)})",
                    f"{name!r} in {source.name}, {place}", "a weight for it; 0 leaves it out",
                )
            )  # fmt: skip
        weight = float(event_weights[name])
    if found.weight is not None:
        weight *= _number(_value(row, found.weight, source, place), "a weight", source, place)
    if not (math.isfinite(weight) and weight >= 0):
        raise FormatError(message("read", f"a weight of at least 0 in {source.name}, {place}", str(weight)))
    time = None if found.time is None else _time(_value(row, found.time, source, place), source, place)
    return _Event(_id(item, source, place), weight, time)


def _ordered(key: str, events: list[_Event]) -> Session:
    """A session in the order of its times."""
    if events[0].time is not None:
        events.sort(key=lambda event: event.time or 0.0)  # stable: equal times keep their order
    weighted = any(event.weight != 1.0 for event in events)
    return Session(
        tuple(event.item for event in events),
        tuple(event.weight for event in events) if weighted else None,
        None if events[0].time is None else tuple(event.time or 0.0 for event in events),
        key,
    )


def _find(columns: Columns, row: Mapping[str, Any], source: Source, place: str) -> _Found:
    def pick(named: str | None, usual: tuple[str, ...]) -> str | None:
        if named is not None:
            _value(row, named, source, place)
            return named
        return next((name for name in usual if name in row), None)

    session = pick(columns.session, SESSION_COLUMNS)
    item = pick(columns.item, tuple(name for name in ITEM_COLUMNS if name != session))
    if item is None:
        raise FormatError(
            message(
                "read", f"a column of the item in {source.name}", f"columns {', '.join(row)}", 'its name, item="NAME"'
            )
        )
    return _Found(
        session,
        item,
        pick(columns.time, TIME_COLUMNS),
        pick(columns.event, EVENT_COLUMNS),
        pick(columns.weight, WEIGHT_COLUMNS),
    )


def _place(number: int, state: ReadState) -> str:
    return f"row {number}" if state.line is None else f"row {number} (line {state.line})"


def _mapping(row: Any, source: Source, place: str) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    raise FormatError(message("read", f"an object in {source.name}, {place}", type(row).__name__))


def _value(row: Mapping[str, Any], name: str, source: Source, place: str) -> Any:
    if name not in row:
        known = ", ".join(map(str, row)) or "none"
        raise FormatError(message("read", f"a column {name!r} in {source.name}, {place}", f"columns {known}"))
    return row[name]


def _id(value: Any, source: Source, place: str, what: str = "item id") -> str:
    try:
        return item_id(value.strip() if isinstance(value, str) else value, what)
    except TokenspaceError as error:
        raise FormatError(f"{error} ({source.name}, {place})") from None


def _number(value: Any, what: str, source: Source, place: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise FormatError(message("read", f"{what} in {source.name}, {place}", repr(value))) from None


def _time(value: Any, source: Source, place: str) -> float:
    if isinstance(value, str):
        try:
            found = float(value)
        except ValueError:
            try:
                # Python 3.10 does not read the letter that stands for UTC.
                value = datetime.fromisoformat(value.strip().removesuffix("Z"))
            except ValueError:
                raise FormatError(
                    message("read", f"a number or an ISO date in {source.name}, {place}", repr(value))
                ) from None
            found = _seconds(value)
    elif isinstance(value, date):
        found = _seconds(value)
    else:
        found = _number(value, "a time", source, place)
    if not math.isfinite(found):
        raise FormatError(message("read", f"a time in {source.name}, {place}", repr(value)))
    return found


def _seconds(value: date) -> float:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)).timestamp()
