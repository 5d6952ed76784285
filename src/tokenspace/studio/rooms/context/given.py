"""The texts that a request names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ....errors import LimitError, message
from ....io import ReadOptions, Source, read_records
from ....io.expand import format_of
from ...state import Studio

__all__ = ["texts_of"]

_MOST = 100_000


def texts_of(studio: Studio, sentences: Sequence[str], file: str | None) -> list[str]:
    """The sentences, or the texts of a file of the shelf: one a line, or the text column of a table.

    Raises:
        StudioError: 404, no such file. FormatError: contents that are not what the file's name says. LimitError: more than
        100,000 texts.
    """
    if file is None:
        return [text for text in sentences if text.strip()]
    found = studio.shelf.file(file)
    source = Source(found.name, found.path, format_of(found.name) or "txt")
    texts = [record.text for record in islice(read_records([source], ReadOptions()), _MOST + 1)]
    if len(texts) > _MOST:
        raise LimitError(message("read", f"at most {_MOST:,} texts in {found.name}", "more", "a part of the file"))
    return texts
