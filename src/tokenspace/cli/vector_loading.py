"""Vectors by the names given on the command line, and words as they come from there."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from .options import Settings, applied

F = TypeVar("F", bound=Callable[..., Any])


def reading_options(function: F) -> F:
    """How files of vectors are read."""
    return applied(
        function,
        click.option("--limit", type=click.IntRange(1), metavar="N", help="Read the first N rows only."),
        click.option("--encoding", metavar="NAME", help="Encoding of words in word2vec and GloVe files (utf-8)."),
        click.option(
            "--unicode-errors", type=click.Choice(["strict", "replace", "ignore"]),
            help="Bytes of words that are not text (strict).",
        ),
        click.option("--no-mmap", is_flag=True, help="Read files of ours into memory instead of mapping them."),
        click.option(
            "--allow-unverified", is_flag=True, help="Also download files whose publisher tells no checksum."
        ),
    )  # fmt: skip


def vectors_option(function: F, required: bool = True) -> F:
    """``-m`` and how it is read."""
    named = click.option(
        "-m", "--model", "model", required=required, metavar="FILE|NAME|MODEL",
        help="Vectors: a file in any known format, or a published name of 'tokenspace vectors list'; or a model, whose "
        "token matrix is asked: its folder or hub id.",
    )  # fmt: skip
    return named(reading_options(function))


def load(name: str, given: dict[str, Any], run: Settings) -> Any:
    """The vectors named; warnings of the reader become notes."""
    from ..vectors.formats.open import load_vectors

    options = {key: given[key] for key in ("encoding", "unicode_errors") if given.get(key) is not None}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        vectors = load_vectors(
            name,
            limit=given.get("limit"),
            mmap=None if given.get("no_mmap") else "r",
            local_files_only=run.offline,
            allow_unverified=bool(given.get("allow_unverified")),
            progress=run.progress,
            **options,
        )
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            run.note(str(warning.message))
    return vectors


def load_or_open(name: str, given: dict[str, Any], run: Settings) -> Any:
    """The vectors named, or the token matrix of the model named."""
    from .token_matrix import TokenMatrixVectors, is_checkpoint

    if not is_checkpoint(name):
        return load(name, given, run)
    for option in ("limit", "encoding", "unicode_errors", "no_mmap", "allow_unverified"):
        if given.get(option):
            raise click.UsageError(f"--{option.replace('_', '-')} is for files of vectors, not for a model")
    return TokenMatrixVectors(name, run)


def words_of(arguments: Iterable[str], vectors: Any) -> list[Any]:
    """Words of the command line as keys: bytes that are not UTF-8 arrive as lone surrogates, and vectors of numbered
    items have numbers as keys."""
    words: list[Any] = []
    for argument in arguments:
        word = argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        is_number = word not in vectors.key_to_index and word.isdecimal() and int(word) in vectors.key_to_index
        words.append(int(word) if is_number else word)
    return words
