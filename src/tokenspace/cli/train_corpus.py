"""From the arguments of ``tokenspace train`` to a `Corpus`: which file weighs how much."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

import click

from ..io import Source
from .inputs import sources_of, split_texts
from .options import Settings


def _parse_weight(text: str) -> tuple[str, Fraction]:
    pattern, equals, number = text.rpartition("=")
    try:
        weight = Fraction(number.strip())
    except (ValueError, ZeroDivisionError):
        weight = Fraction(0)
    if not equals or not pattern or weight <= 0:
        raise click.UsageError(f"--weight {text!r}: write a pattern, '=' and a number above 0, such as 'code/*=0.5'")
    return pattern, weight


def _matches(pattern: str, path: str) -> bool:
    """Whether the path, its file name or a folder it lies in is what the pattern says."""
    places = [path, os.path.basename(path)]
    folder = os.path.dirname(path)
    while folder and folder != os.path.dirname(folder):
        places.append(folder)
        folder = os.path.dirname(folder)
    return any(fnmatchcase(place, pattern.rstrip("/")) for place in places)


def _weighted(sources: Sequence[Source], weights: Sequence[str]) -> list[tuple[list[str], Fraction]]:
    """Files of equal weight together, in the order named."""
    rules = [_parse_weight(text) for text in weights]
    used = [False] * len(rules)
    groups: dict[Fraction, list[str]] = {}
    for source in sources:
        name = "-" if source.path is None else source.name if source.name.startswith("hf://") else str(source.path)
        weight = Fraction(1)
        for number, (pattern, given) in enumerate(rules):
            if _matches(pattern, name):
                weight, used[number] = given, True
        groups.setdefault(weight, []).append(name)
    for (pattern, _), found in zip(rules, used, strict=True):
        if not found:
            raise click.UsageError(f"--weight {pattern!r} matches none of the {len(sources)} files")
    return [(names, weight) for weight, names in groups.items()]


def corpus_of(given: dict[str, Any], run: Settings) -> Any:
    """The corpus named on the command line.

    Raises:
        UsageError: nothing to read, texts and files at once, or a weight that is none. Errors of `Corpus.of`.
    """
    from ..io.corpus import Corpus

    reading = {name: given[name] for name in ("encoding", "held_out", "limit")}
    reading["errors"] = run.errors
    files, texts = split_texts(given["inputs"], given["texts"], run)
    if texts:
        if files or given["weights"]:
            raise click.UsageError("texts and files are two corpora: name files, or use --text")
        clean = [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in texts]
        return Corpus.of(clean, kind="texts", **reading)
    sources = sources_of(files, False, given["format"], given["glob"])
    # A column from the settings is for tables; here it must not refuse plain text.
    tables = any(source.format != "txt" for source in sources)
    column = given["column"] or (run.column if tables else None)
    anything: Any = _weighted(sources, given["weights"]) if given["weights"] else (files or ["-"])
    return Corpus.of(
        anything,
        kind="paths",
        unit=given["unit"],
        column=column,
        format=given["format"],
        glob=given["glob"],
        header=not given["no_header"],
        **reading,
    )
