"""``tokenspace train``: what can be trained, a command each."""

from __future__ import annotations

import click

from .train_tokenizer import tokenizer
from .train_vectors import vectors


@click.group(short_help="Train a tokenizer or word vectors on your own text.")
def command() -> None:
    """Train a tokenizer or word vectors on your own text."""


command.add_command(tokenizer)
command.add_command(vectors)
