"""What a file of sessions looks like before it is read: its form, its columns, what each of them seems to be."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..io import ReadOptions, ReadState, Source, expand_inputs
from ..io.readers import read_rows
from ..io.streams import codec_name
from .read_sessions import (
    EVENT_COLUMNS,
    ITEM_COLUMNS,
    SESSION_COLUMNS,
    TIME_COLUMNS,
    WEIGHT_COLUMNS,
    Columns,
)

__all__ = ["SessionFile", "look_at_sessions"]

_ROWS = 1000  # looked at for the names of the events
_MOST_EVENTS = 50


@dataclass(frozen=True)
class SessionFile:
    """What `look_at_sessions` found.

    Attributes:
        format: txt, csv, tsv, jsonl, json or parquet.
        kind: "lines" (a session a line), "lists" (rows that are sessions), "events" (an event a row).
        columns: names of the columns; empty for lines and lists.
        guess: what `read_sessions` takes them for when none are named.
        events: names of events among the first 1,000 rows, the most frequent first; empty without such a column.
        first: the first rows, as they are.
    """

    format: str
    kind: str
    columns: list[str]
    guess: Columns
    events: list[str]
    first: list[Any]


def look_at_sessions(
    path: str | os.PathLike[str] | Source,
    *,
    format: str | None = None,
    header: bool = True,
    encoding: str = "utf-8",
    rows: int = 5,
) -> SessionFile:
    """The form of a file of sessions, from its first 1,000 rows.

    Args:
        path: one file, or a `tokenspace.io.Source`.
        format, header, encoding: as for `read_sessions`.
        rows: how many are given as they are.

    Raises:
        NotFoundError: no such file. FormatError: contents that are not what the format says.
    """
    if isinstance(path, Source):
        source = path if format is None else Source(path.name, path.path, format)
    else:
        (source,) = expand_inputs([os.fspath(path)], format)
    options = ReadOptions(header=header, encoding=codec_name(encoding), every_column=True)
    found = list(islice(read_rows(source, options, ReadState()), _ROWS))
    values = [row for _, row in found]
    first = values[0] if values else None
    if source.format == "txt":
        return SessionFile("txt", "lines", [], Columns(), [], values[:rows])
    if not isinstance(first, dict):
        return SessionFile(source.format, "lists", [], Columns(), [], values[:rows])
    columns = list(map(str, first))

    def pick(usual: tuple[str, ...], taken: str | None = None) -> str | None:
        return next((name for name in usual if name in first and name != taken), None)

    session = pick(SESSION_COLUMNS)
    item, event = pick(ITEM_COLUMNS, session), pick(EVENT_COLUMNS)
    guess = Columns(session, item, pick(TIME_COLUMNS), event, pick(WEIGHT_COLUMNS))
    counts: dict[str, int] = {}
    for row in values:
        if event is not None and isinstance(row, dict) and event in row:
            counts[str(row[event])] = counts.get(str(row[event]), 0) + 1
    events = sorted(counts, key=lambda name: -counts[name])[:_MOST_EVENTS]
    kind = "lists" if item is not None and isinstance(first[item], list) else "events"
    return SessionFile(source.format, kind, columns, guess, events, values[:rows])
