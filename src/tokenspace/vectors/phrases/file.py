"""Phrase models as JSON files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import FormatError
from ...io.expand import Source
from ...io.streams import open_bytes
from ...io.writers import atomic_writer

_VERSION = 1
_NUMBER = (int, float)
_FIELDS: dict[str, dict[str, Any]] = {
    "phrases": {
        "min_count": _NUMBER, "threshold": _NUMBER, "max_vocab_size": int, "delimiter": str, "scoring": str,
        "connector_words": list, "min_reduce": int, "corpus_word_count": int, "vocab": dict,
    },
    "frozen phrases": {
        "min_count": _NUMBER, "threshold": _NUMBER, "delimiter": str, "scoring": str, "connector_words": list,
        "phrasegrams": dict,
    },
}  # fmt: skip


def write_model(path: str | os.PathLike[str], kind: str, fields: Mapping[str, Any]) -> None:
    """Write a model of that kind; the file appears whole or not at all."""
    with atomic_writer(path) as file:
        # One key: value pair a line would be readable, but three times slower; escapes keep lone surrogates.
        json.dump({"format": f"tokenspace {kind}", "version": _VERSION, **fields}, file, ensure_ascii=True)


def read_model(path: str | os.PathLike[str], kind: str) -> dict[str, Any]:
    """The fields of a model of that kind.

    Raises:
        FormatError: the file is no such model. FileError: it cannot be read.
    """
    name = os.fspath(path)
    with open_bytes(Source(name, Path(name), "json")) as stream:
        data = stream.read()
    try:
        model = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"[phrases] {name}: expected a model as save() writes it, received {error}") from None
    found = model.get("format") if isinstance(model, dict) else type(model).__name__
    if found != f"tokenspace {kind}" or model.get("version") != _VERSION:
        hint = "; a gensim pickle cannot be read, export its vocab with gensim" if data.startswith(b"\x80") else ""
        raise FormatError(
            f"[phrases] {name}: expected 'tokenspace {kind}' of version {_VERSION}, received {found!r}{hint}"
        )
    for field, types in _FIELDS[kind].items():
        if not isinstance(model.get(field), types):
            raise FormatError(
                f"[phrases] {name}: expected the field {field}, received {type(model.get(field)).__name__}"
            )
    values, number = ("vocab", int) if kind == "phrases" else ("phrasegrams", _NUMBER)
    if not all(isinstance(value, number) for value in model[values].values()):
        raise FormatError(f"[phrases] {name}: expected numbers in the field {values}, received something else")
    return model  # type: ignore[no-any-return]
