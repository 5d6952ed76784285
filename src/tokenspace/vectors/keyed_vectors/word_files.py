"""Lines of the evaluation files, and the spellings they are looked up by."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...io.expand import Source
from ...io.streams import ReadState, codec_name, open_bytes, text_lines
from .storage import VectorStorage

__all__ = ["first_spellings", "lines_of", "spelled_row"]


def lines_of(path: str | os.PathLike[str], encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """(line number from 1, line); compressed files are expanded.

    Raises:
        FileError: the file cannot be read. FormatError: it is not in that encoding.
    """
    source = Source(str(path), Path(path), "txt")
    state = ReadState()
    with open_bytes(source, state) as stream:
        for number, line in text_lines(stream, source, codec_name(encoding), "strict", state):
            if line is not None:
                yield number, line


def first_spellings(vectors: VectorStorage, restrict_vocab: int | None, case_insensitive: bool) -> dict[str, int]:
    """The rows of the first ``restrict_vocab`` keys, by the key or by its upper-case form; of several keys with one
    form the first row, which is the most frequent word where rows are sorted by count."""
    keys = vectors.index_to_key[:restrict_vocab]
    out: dict[str, int] = {}
    for row, key in enumerate(keys):
        if isinstance(key, str):
            out.setdefault(key.upper() if case_insensitive else key, row)
    return out


def spelled_row(spellings: dict[str, int], key: Any, case_insensitive: bool) -> int:
    """The row that stands for the spelling of ``key`` in what `first_spellings` gives; -1 for keys that are no text."""
    if not isinstance(key, str):
        return -1
    return spellings.get(key.upper() if case_insensitive else key, -1)
