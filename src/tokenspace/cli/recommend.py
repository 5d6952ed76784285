"""``tokenspace recommend``: item vectors from sessions, a command each."""

from __future__ import annotations

import click

from .recommend_ask import session, similar
from .recommend_measure import evaluate, tune
from .recommend_train import train
from .recommend_update import update


@click.group(short_help="Recommend items from sessions, and measure it.")
def command() -> None:
    """Recommend items from sessions, and measure it.

    Sessions are playlists, baskets, visits or whole histories: text files with a session a line, or tables with an event a
    row (CSV, TSV, JSONL, Parquet).
    """


for _command in (train, update, similar, session, evaluate, tune):
    command.add_command(_command)
