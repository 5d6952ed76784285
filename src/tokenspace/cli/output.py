"""How results leave: a table for a terminal, one JSON document, JSON Lines, plain lines; stdout or an atomic file."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Literal

import click

Form = Literal["human", "json", "jsonl", "plain"]


def color_enabled(setting: str, output: str | None = None) -> bool:
    """Whether to colour stdout: the flag decides, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal."""
    if setting != "auto":
        return setting == "always"
    if output not in (None, "-") or os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced is not None and forced not in ("", "0", "false"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def terminal_width(output: str | None = None) -> int | None:
    """Columns to wrap at; None when the output is not a terminal, where lines stay whole."""
    if output not in (None, "-") or not sys.stdout.isatty():
        return None
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def form_of(as_json: bool, as_jsonl: bool, output: str | None, piped: Form = "jsonl", plain: bool = False) -> Form:
    """The form of the output: by flag, by the extension of the file, else human on a terminal and ``piped`` elsewhere.

    Raises:
        UsageError: two forms at once.
    """
    flags = [flag for flag, given in (("--json", as_json), ("--jsonl", as_jsonl), ("--plain", plain)) if given]
    if len(flags) > 1:
        raise click.UsageError(f"{' and '.join(flags)} are different forms of the same output: choose one")
    if as_json:
        return "json"
    if as_jsonl:
        return "jsonl"
    if plain:
        return "plain"
    if output not in (None, "-"):
        name = str(output).removesuffix(".gz")
        if name.endswith(".json"):
            return "json"
        return "jsonl" if name.endswith((".jsonl", ".ndjson")) else "plain" if name.endswith(".txt") else piped
    return "human" if sys.stdout.isatty() else piped


@contextmanager
def open_output(output: str | None, binary: bool = False) -> Iterator[IO[Any]]:
    """stdout, or a file that appears when everything has been written."""
    if output in (None, "-"):
        yield sys.stdout.buffer if binary else sys.stdout
        return
    from ..io.writers import atomic_writer

    with atomic_writer(str(output), "wb" if binary else "w") as file:
        yield file


def dumps(value: Any, indent: int | None = None) -> str:
    """JSON with readable characters; what JSON cannot hold in UTF-8 (lone surrogates) is escaped, and numbers it does not
    have (NaN, infinity) are null."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain_value, allow_nan=False)
    except ValueError:
        value = _finite(value)
        text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=_plain_value)
    return text


def _finite(value: Any) -> Any:
    """``value`` with None in place of floats that are no numbers."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return value if isinstance(value, (str, int, type(None))) else _finite(_plain_value(value))


def _plain_value(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


class RecordStream:
    """Records written one by one as JSON Lines, or as the array ``records`` of one document with ``head`` beside it."""

    def __init__(self, out: IO[Any], form: Form, head: dict[str, Any]) -> None:
        self._out, self._form, self._first = out, form, True
        self._head = head

    def __enter__(self) -> RecordStream:
        if self._form == "json":
            inner = dumps(self._head)[1:-1]
            self._out.write("{" + inner + (", " if inner else "") + '"records": [')
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self._form == "json" and kind is None:
            self._out.write("\n]}\n" if not self._first else "]}\n")

    def write(self, record: dict[str, Any]) -> None:
        """One record."""
        if self._form == "json":
            self._out.write(("\n" if self._first else ",\n") + dumps(record))
            self._first = False
        else:
            self._out.write(dumps(record) + "\n")
