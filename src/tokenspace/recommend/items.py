"""Items: what an id is, and the table of what is known of them (title, artist, genre)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ArgumentError, TokenspaceError, message


class _UnknownError(TokenspaceError, KeyError):
    exit_code = 4

    def __str__(self) -> str:
        # KeyError shows the repr of its argument; this is a sentence.
        return str(self.args[0]) if self.args else ""


class UnknownItemError(_UnknownError):
    """An item that was in no session and has no metadata to place it by."""


class UnknownSessionError(_UnknownError):
    """No session or user of that key."""


def item_id(value: Any, what: str = "item id") -> str:
    """The id as text: a str as it is, an int (or a float that is whole, as tables with gaps give it) in digits.

    Raises:
        ArgumentError: anything else, an empty text, or a lone surrogate.
    """
    if isinstance(value, str):
        if not value or (not value.isascii() and not _is_unicode(value)):
            raise ArgumentError(message("sessions", f"an {what} of Unicode characters", repr(value)))
        return value
    if not isinstance(value, bool):
        if hasattr(value, "item"):  # a NumPy scalar
            value = value.item()
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            return str(int(value))
        if isinstance(value, str):
            return item_id(value, what)
    raise ArgumentError(message("sessions", f"an {what} (str or int)", f"{type(value).__name__} {str(value)[:40]!r}"))


def unicode(value: Any) -> Any:
    """A JSON value whose texts have U+FFFD in the place of lone surrogates, which no encoding has."""
    if isinstance(value, str):
        return (
            value
            if value.isascii() or _is_unicode(value)
            else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, dict):
        return {unicode(name): unicode(one) for name, one in value.items()}
    return [unicode(one) for one in value] if isinstance(value, list) else value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class ItemTable(Mapping[str, dict[str, Any]]):
    """What is known of items: id -> a row such as ``{"title": ..., "artist": ...}``; the order is that of the input.

    Args:
        rows: mapping from item id (str or int) to a mapping of fields; values are JSON values.

    Raises:
        ArgumentError: a row that is no mapping, or an id that is none.
    """

    def __init__(self, rows: Mapping[Any, Mapping[str, Any]] | None = None) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        if rows is not None and not isinstance(rows, Mapping):
            raise ArgumentError(
                message("items", "a mapping from item id to its fields", type(rows).__name__, "read_items() for a file")
            )
        for key, row in (rows or {}).items():
            if not isinstance(row, Mapping):
                raise ArgumentError(
                    message("items", "a mapping of fields for each item", f"{type(row).__name__} for {key!r}")
                )
            self._rows[item_id(key)] = {unicode(str(name)): unicode(value) for name, value in row.items()}

    def __getitem__(self, item: str) -> dict[str, Any]:
        return self._rows[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"ItemTable({len(self)} items)"

    def merged(self, other: Mapping[Any, Mapping[str, Any]]) -> ItemTable:
        """Both tables; where both have an item, the row of ``other``."""
        return ItemTable({**self._rows, **ItemTable(other)})

    def text(self, item: str) -> str:
        """The row on one line, for people: the values of its fields; the id when there is no row."""
        row = self._rows.get(item, {})
        shown = [_flat(value) for value in row.values()]
        return " · ".join(value for value in shown if value) or item

    def field(self, item: str, name: str) -> str:
        """A field of the row as text, "" where there is none."""
        return _flat(self._rows.get(item, {}).get(name))

    def find(self, text: str) -> list[str]:
        """Ids of the items one of whose fields is ``text``; when there is none, of those one of whose fields holds it.

        Case is ignored. An id that is ``text`` itself comes first.
        """
        wanted = text.casefold().strip()
        exact: list[str] = []
        partial: list[str] = []
        if not wanted:
            return exact
        for item, row in self._rows.items():
            fields = [_flat(value).casefold() for value in row.values()]
            if item == text or wanted in fields:
                exact.append(item)
            elif any(wanted in field for field in fields):
                partial.append(item)
        exact.sort(key=lambda item: item != text)
        return exact or partial


def _flat(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_flat(one) for one in value)
    return "" if value is None else str(value)
