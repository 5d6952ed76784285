"""Tokenizers by the names given on the command line."""

from __future__ import annotations

from typing import Any

import click

from .options import Settings


def load_tokenizer(name: str, run: Settings, as_stored: bool = False) -> Any:
    """`Tokenizer.from_pretrained` with the settings' offline switch, without truncation and padding.

    Many files of encoders ask for both; here they would hide text or add tokens that are not of the text. ``as_stored``
    keeps them, for commands that write the tokenizer again.
    """
    from .. import Tokenizer

    tokenizer = Tokenizer.from_pretrained(name, local_files_only=True if run.offline else None)
    if not as_stored:
        tokenizer.no_truncation()
        tokenizer.no_padding()
    return tokenizer


def load_one(run: Settings, as_stored: bool = False) -> tuple[str, Any]:
    """The tokenizer of a command that takes one: ``-t``, else the first of the configuration."""
    names = run.tokenizers or run.config["tokenizer"]
    if not names:
        raise click.UsageError("no tokenizer: give one with -t")
    return names[0], load_tokenizer(names[0], run, as_stored)


def load_many(run: Settings, default: tuple[str, ...] | None = None) -> list[tuple[str, Any]]:
    """The tokenizers of a command that takes several; ``default`` when neither -t nor the configuration names any."""
    names = run.tokenizers
    if not names:
        configured = run.config.origin("tokenizer") != "default"
        names = list(run.config["tokenizer"]) if configured or default is None else list(default)
    if not names:
        raise click.UsageError("no tokenizer: give one with -t")
    return [(name, load_tokenizer(name, run)) for name in dict.fromkeys(names)]
