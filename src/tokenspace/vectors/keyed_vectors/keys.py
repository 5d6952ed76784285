"""What may stand for a vector in a query, and the errors of keys that are not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, NotFoundError, TokenspaceError, message

__all__ = ["KEY_TYPES", "EmptyListError", "Floats", "Key", "KeyOrVector", "UnknownKeyError", "as_list", "unknown_key"]

# A row of the matrix: its key (a word as a rule), or its number where that number is no key.
Key: TypeAlias = "str | int | np.integer[Any]"
Floats: TypeAlias = npt.NDArray[Any]
KeyOrVector: TypeAlias = "Key | Floats"

KEY_TYPES = (str, int, np.integer)


class UnknownKeyError(TokenspaceError, KeyError):
    """The vocabulary does not hold this key, or the vectors have no such attribute."""

    exit_code = NotFoundError.exit_code

    def __str__(self) -> str:  # KeyError shows the repr of its message
        return str(self.args[0]) if self.args else ""


class EmptyListError(ArgumentError, ZeroDivisionError):
    """A mean over no keys at all. gensim lets the division by zero show, so callers may wait for that."""


def unknown_key(
    key: object, vocabulary: Mapping[Any, int], operation: str = "vectors", rows: int | None = None
) -> UnknownKeyError:
    """The error for a key that is not in ``vocabulary``, naming another spelling of it where there is one.

    Args:
        rows: of the matrix, where there are more than keys (whole-number tags of documents).
    """
    rows = len(vocabulary) if rows is None else rows
    received = f"{key!r}, which is not present" if isinstance(key, str) else f"{key!r}"
    if isinstance(key, (int, np.integer)):
        expected = f"a key of the vocabulary or a row number below {rows}"
        return UnknownKeyError(message(operation, expected, received))
    remedy = "another word; `key in vectors` says whether it is there"
    if isinstance(key, str):
        written = (key.lower(), key.capitalize(), key.upper(), key.strip(), "▁" + key)  # "▁": a token behind a space
        spellings = [spelling for spelling in written if spelling in vocabulary]
        if spellings:
            remedy = repr(spellings[0])
    return UnknownKeyError(message(operation, f"a key of the vocabulary ({rows:,} keys)", received, remedy))


def as_list(value: Any) -> list[Any]:
    """A single key or vector wrapped into a list, a matrix as the list of its rows; None is the empty list."""
    if value is None:
        return []
    if isinstance(value, KEY_TYPES) or (isinstance(value, np.ndarray) and value.ndim == 1):
        return [value]
    if isinstance(value, Iterable):
        return list(value)
    expected = "a key, a vector, or a list of them"
    raise ArgumentError(message("vectors", expected, type(value).__name__))
