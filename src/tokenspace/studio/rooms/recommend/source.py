"""Sessions from files of the shelf, read once for the same request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ....errors import ArgumentError, message
from ....io import Source as FileSource
from ....io.expand import format_of
from ....progress import ProgressLike
from ....recommend import Columns, ItemTable, Sessions, look_at_sessions, read_items, read_sessions
from ....recommend.items import unicode
from ...shelf import ShelfFile
from ...state import Studio
from .contracts import ColumnNames, FileLook, LookRequest, SessionSource

__all__ = ["Read", "look", "read", "summary"]

_TOP = 10


@dataclass(frozen=True)
class Read:
    """Sessions with the rows of their items."""

    sessions: Sessions
    items: ItemTable

    @property
    def nbytes(self) -> int:
        """Roughly what it takes."""
        return 32 * len(self.sessions.ids) + 400 * (len(self.sessions.items) + len(self.items))


def look(studio: Studio, request: LookRequest) -> FileLook:
    """The form of a file of sessions.

    Raises:
        StudioError: 404. FormatError: contents that are not what the file's name says.
    """
    file = _source(studio.shelf.file(request.file))
    found = look_at_sessions(file, format=request.format, header=request.header, encoding=request.encoding, rows=5)
    guess = found.guess
    return FileLook(
        format=found.format,
        kind=found.kind,  # type: ignore[arg-type]
        columns=[_short(name) for name in found.columns[:200]],
        guess=ColumnNames(
            session=guess.session, item=guess.item, time=guess.time, event=guess.event, weight=guess.weight
        ),
        events=[_short(name) for name in found.events],
        first=[_shown(row) for row in found.first],
    )


def read(studio: Studio, source: SessionSource, progress: ProgressLike = None) -> Read:
    """The sessions and items of a source, kept for the next request.

    Raises:
        StudioError: 404. FormatError: contents that do not fit, with line. ArgumentError: columns or events that are not
        there, no session at all.
    """
    files = [source.sessions, *([] if source.items is None else [source.items])]
    stamp = [studio.models.stamp(f"file:{file}") for file in files]
    return studio.keep.get("sessions", source.key, lambda: _read(studio, source, progress), stamp=stamp)


def _read(studio: Studio, source: SessionSource, progress: ProgressLike) -> Read:
    playlists = source.form == "playlists"
    file = studio.shelf.file(source.sessions)
    sessions = read_sessions(
        _source(file),
        columns=Columns(**source.columns.model_dump()),
        event_weights=source.event_weights,
        min_length=max(source.min_length, 2 if playlists else 1),
        skip_lines=2 if playlists else 0,
        format="txt" if playlists else source.format,
        header=source.header,
        encoding=source.encoding,
        progress=progress,
    )
    if source.gap is not None:
        sessions = sessions.split_by_gap(source.gap)
    if not len(sessions.ids):
        raise ArgumentError(message("sessions", f"events in {file.name}", "none", "another file, or another form"))
    items = ItemTable()
    if source.items is not None:
        rows = _source(studio.shelf.file(source.items))
        items = read_items(
            rows, fields=source.item_fields, format="txt" if playlists else None, encoding=source.encoding
        )
    return Read(sessions, items)


def summary(found: Read) -> dict[str, Any]:
    """What was read, in numbers, as JSON values."""
    sessions = found.sessions
    lengths = sessions.lengths
    counts = sessions.counts()
    top = np.argsort(-counts, kind="stable")[:_TOP]
    known = sum(item in found.items for item in sessions.items)
    edges = [1, 2, 3, 5, 9, 17, 33, 65, 129, 1 << 62]
    bars = [int(((lengths >= low) & (lengths < high)).sum()) for low, high in pairwise(edges)]
    return {
        "sessions": len(sessions),
        "events": len(sessions.ids),
        "items": len(sessions.items),
        "timed": sessions.times is not None,
        "weighted": sessions.weights is not None,
        "keyed": sessions.keys is not None,
        "known_items": known,
        "rows": len(found.items),
        "fields": fields(found.items),
        "lengths": [[low, count] for low, count in zip(edges, bars, strict=False)],
        "median_length": float(np.median(lengths)),
        "longest": int(lengths.max()),
        "top": [
            {
                "item": sessions.items[place],
                "title": found.items.text(sessions.items[place]),
                "count": float(counts[place]),
            }
            for place in top.tolist()
        ],
    }


def fields(items: ItemTable) -> list[str]:
    """Names of the fields of the items' rows, the most frequent first."""
    counts: Counter[str] = Counter(name for row in items.values() for name in row)
    return [name for name, _ in counts.most_common(50)]


def _source(file: ShelfFile) -> FileSource:
    """The file under the name that a person knows; it decides the form where the request does not."""
    return FileSource(file.name, file.path, format_of(file.name) or "txt")


def _shown(row: Any) -> Any:
    """A row short enough to be looked at, as JSON values."""
    if isinstance(row, dict):
        return {_short(name): _short(value) for name, value in list(row.items())[:200]}
    if isinstance(row, list):
        return [_short(value) for value in row[:50]]
    return _short(row)


def _short(value: Any) -> str:
    text: str = unicode(str(value))
    return text if len(text) <= 200 else text[:200] + "…"
