"""``tokenspace train``: what can be trained, a command each."""

from __future__ import annotations

import click

from .train_tokenizer import tokenizer


@click.group(short_help="Train a tokenizer on your own text.")
def command() -> None:
    """Train a tokenizer on your own text."""


command.add_command(tokenizer)
