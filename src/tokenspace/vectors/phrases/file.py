"""Phrase models as JSON files, and those that gensim pickled."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import FormatError, message
from ...io.expand import Source
from ...io.streams import open_bytes
from ...io.writers import atomic_writer
from ..formats.pickle_data import Global, Record, is_pickle, load_pickle

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
        FormatError: the file is no such model. UnsupportedError: a pickle with other objects than gensim's phrases.
        FileError: it cannot be read.
    """
    name = os.fspath(path)
    with open_bytes(Source(name, Path(name), "json")) as stream:
        data = stream.read()
    if is_pickle(data):
        return _of_gensim(data, name, kind)
    try:
        model = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"[phrases] {name}: expected a model as save() writes it, received {error}") from None
    found = model.get("format") if isinstance(model, dict) else type(model).__name__
    if found != f"tokenspace {kind}" or model.get("version") != _VERSION:
        raise FormatError(f"[phrases] {name}: expected 'tokenspace {kind}' of version {_VERSION}, received {found!r}")
    return _checked(model, name, kind)


def _checked(model: dict[str, Any], name: str, kind: str) -> dict[str, Any]:
    for field, types in _FIELDS[kind].items():
        if not isinstance(model.get(field), types):
            raise FormatError(
                f"[phrases] {name}: expected the field {field}, received {type(model.get(field)).__name__}"
            )
    values, number = ("vocab", int) if kind == "phrases" else ("phrasegrams", _NUMBER)
    if not all(isinstance(value, number) for value in model[values].values()):
        raise FormatError(f"[phrases] {name}: expected numbers in the field {values}, received something else")
    if not all(isinstance(word, str) for word in (*model["connector_words"], *model[values])):
        raise FormatError(f"[phrases] {name}: expected words of text, received something else")
    return model


def _of_gensim(data: bytes, name: str, kind: str) -> dict[str, Any]:
    """The fields of a model that gensim pickled, read without running anything of the pickle."""
    record = load_pickle(memoryview(data), name)
    names = {"phrases": ("Phrases",), "frozen phrases": ("FrozenPhrases", "Phraser")}[kind]
    if not isinstance(record, Record) or record.name not in names:
        received = record.name if isinstance(record, Record) else type(record).__name__
        readers = {"Phrases": "Phrases.load", "FrozenPhrases": "FrozenPhrases.load", "Phraser": "FrozenPhrases.load"}
        remedy = readers.get(received, "")
        raise FormatError(message(f"phrases {name}", f"gensim's {' or '.join(names)}", received, remedy))
    state = dict(record.state)
    # gensim 3 kept words as bytes and called connector words common terms.
    state.setdefault("connector_words", state.get("common_terms") or [])
    scoring = state.get("scoring")
    known = {"original_scorer": "default", "npmi_scorer": "npmi"}
    state["scoring"] = known.get(scoring.name, "custom") if isinstance(scoring, Global) else scoring or "default"
    state.setdefault("min_reduce", 1)
    state.setdefault("corpus_word_count", 0)
    try:
        fields = {field: _text(state.get(field)) for field in _FIELDS[kind]}
        # gensim 3 kept the words of a phrase apart, and its count before its score.
        join = str(fields["delimiter"]).join
        if isinstance(grams := fields.get("phrasegrams"), dict):
            fields["phrasegrams"] = {
                join(key) if isinstance(key, tuple) else key: value[-1] if isinstance(value, tuple) and value else value
                for key, value in grams.items()
            }
    except (UnicodeDecodeError, TypeError, RecursionError) as error:
        raise FormatError(message(f"phrases {name}", "words in UTF-8", str(error)[:100])) from None
    return _checked(fields, name, kind)


def _text(value: Any) -> Any:
    """``value`` with its bytes as text, sets as lists."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, tuple):
        return tuple(_text(one) for one in value)
    if isinstance(value, (set, frozenset, list)):
        return [_text(one) for one in value]
    if isinstance(value, dict):
        return {_text(key): one for key, one in value.items()}
    return value
