"""Texts one by one -> lists of bounded size: the rows of tables, documents, and what a caller's iterable gives."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import ArgumentError, FormatError
from .line_blocks import cut_point
from .streams import ErrorPolicy, ReadState


def _cut(text: str, longest: int) -> Iterator[str]:
    data = text.encode()
    while len(data) > longest:
        at = cut_point(data, longest)
        yield data[:at].decode()
        data = data[at:]
    yield data.decode()


def row_blocks(texts: Iterable[str], size: int, longest: int) -> Iterator[tuple[int, list[str], int]]:
    """(number of the first text from 1, texts, their UTF-8 bytes), texts in order.

    Empty texts come along; one of more than ``longest`` bytes is cut as a line is. A list ends when it holds ``size``
    bytes.
    """
    rows: list[str] = []
    total, first, number = 0, 1, 0
    for number, text in enumerate(texts, 1):
        length = len(text) if text.isascii() else len(text.encode())
        if length > longest:
            rows += _cut(text, longest)
        else:
            rows.append(text)
        total += length
        if total >= size:
            yield first, rows, total
            rows, total, first = [], 0, number + 1
    if rows:
        yield first, rows, total


def _one(value: Any, column: str | None, number: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        name = column or "text"
        if name not in value:
            known = ", ".join(map(str, value)) or "none"
            raise ArgumentError(
                f"[corpus] text {number}: expected a column {name!r}, received columns {known}; try column="
            )
        found = value[name]
        if isinstance(found, str):
            return found
        if found is None:
            return ""
        value = found
    hint = ""
    if isinstance(value, (bytes, bytearray)):
        hint = "; try .decode()"
    elif isinstance(value, os.PathLike):
        hint = "; try a list of paths"
    raise ArgumentError(f"[corpus] text {number}: expected a str, received {type(value).__name__}{hint}")


def given_texts(
    items: Iterable[Any], column: str | None, errors: ErrorPolicy, state: ReadState, name: str
) -> Iterator[str]:
    """Texts of an iterable of str, of batches (lists or tuples of str), or of mappings with a text column.

    Raises:
        ArgumentError: an item that is none of these, with its number from 1. FormatError: a lone surrogate, which no
        encoding of Unicode holds, when ``errors`` is "strict".
    """
    number = 0
    for item in items:
        for value in item if isinstance(item, (list, tuple)) else (item,):
            number += 1
            text = value if isinstance(value, str) else _one(value, column, number)
            if not text.isascii():
                try:
                    text.encode()
                except UnicodeEncodeError as error:
                    if errors == "strict":
                        raise FormatError(
                            f"[read] {name}, text {number}: lone surrogate U+{ord(text[error.start]):04X} at character "
                            f"{error.start}; try errors='replace' or errors='skip'"
                        ) from None
                    if errors == "skip":
                        state.skipped += 1
                        continue
                    text = text.encode("utf-16", "surrogatepass").decode("utf-16", errors)
            yield text
