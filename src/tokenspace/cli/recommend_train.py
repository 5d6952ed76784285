"""``tokenspace recommend train``."""

from __future__ import annotations

import os
import time
from typing import Any

import click

from ..errors import ArgumentError, message
from .options import run_options, settings
from .output import dumps
from .recommend_options import items_options, reading_options, recommender_of, sessions_of, training_options


@click.command("train", short_help="Learn item vectors from sessions.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|GLOB|FOLDER|-...")
@click.option("-o", "--output", required=True, metavar="FOLDER", help="Where the recommender goes.")
@click.option("--force", is_flag=True, help="Replace the recommender that is there.")
@reading_options
@items_options
@training_options
@click.option("--json", "as_json", is_flag=True, help="The report as a JSON document.")
@run_options
def train(**given: Any) -> None:
    """Learn item vectors from sessions.

    \b
    tokenspace recommend train train.txt --playlists --items song_hash.txt -o songs
    tokenspace recommend train events.csv --event-weight view=1 --event-weight buy=10 -o shop
    """
    run = settings(**given)
    output = given["output"]
    if os.path.lexists(output) and not given["force"] and not (os.path.isdir(output) and not os.listdir(output)):
        raise ArgumentError(
            message("recommend train", "a new output", f"{output}, which exists", "--force, or another name")
        )
    recommender = recommender_of(given, run)
    sessions = sessions_of(given["inputs"], given, run)
    begin = time.perf_counter()
    recommender.fit(sessions, progress=run.progress)
    seconds = time.perf_counter() - begin
    recommender.save(output)
    catalogue = recommender.catalogue
    report = {
        "sessions": len(sessions),
        "events": len(sessions.ids),
        "items": catalogue.n_trained,
        "items_placed_by_metadata": len(catalogue) - catalogue.n_trained,
        "seconds": round(seconds, 3),
        "settings": recommender.settings.to_dict(),
        "output": output,
    }
    if given["as_json"]:
        click.echo(dumps(report, indent=1))
        return
    placed = report["items_placed_by_metadata"]
    click.echo(f"{report['sessions']:,} sessions, {report['events']:,} events, trained in {seconds:.1f} s")
    click.echo(f"{report['items']:,} items" + (f", {placed:,} more placed by their metadata" if placed else ""))
    click.echo(f"written: {output}")
