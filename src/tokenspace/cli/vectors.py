"""``tokenspace vectors``: what can be done with a file of vectors, a command each."""

from __future__ import annotations

import click

from .vectors_convert import convert, export
from .vectors_evaluate import evaluate
from .vectors_info import info, list_published


@click.group(short_help="Convert, describe, evaluate and export files of vectors.")
def command() -> None:
    """Convert, describe, evaluate and export files of vectors.

    Read: word2vec text and binary, GloVe, fastText .vec and .bin, gensim's saved files, our own; compressed or not. The
    format is seen from the bytes of the file, not from its name.
    """


for _command in (convert, evaluate, export, info, list_published):
    command.add_command(_command)
