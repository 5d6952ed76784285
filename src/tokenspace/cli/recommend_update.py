"""``tokenspace recommend update``."""

from __future__ import annotations

import os
import time
from typing import Any

import click

from ..errors import ArgumentError, message
from .options import run_options, settings
from .output import dumps
from .recommend_options import items_of, items_options, reading_options, sessions_of, take_event_weights


@click.command("update", short_help="Go on learning from new sessions.")
@click.argument("model", metavar="FOLDER")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|GLOB|FOLDER|-...")
@click.option("-o", "--output", metavar="FOLDER", help="Where the recommender goes; default: where it came from.")
@click.option("--force", is_flag=True, help="Replace another recommender that is at --output.")
@click.option("--epochs", type=click.IntRange(1), help="Passes over the new sessions; default: the model's.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of --shuffle-ties; the model keeps its own.")
@reading_options
@items_options
@click.option("--json", "as_json", is_flag=True, help="The report as a JSON document.")
@run_options
def update(**given: Any) -> None:
    """Go on learning from new sessions: their new items get vectors, items they share with the old ones move.

    Only the new sessions are trained on; after many rounds, train anew from all of them. Events weigh what they did in the
    training unless --event-weight says otherwise.

    \b
    tokenspace recommend update shop today.csv
    """
    from ..recommend.recommender import Recommender

    run = settings(**given)
    source, output = given["model"], given["output"] or given["model"]
    same = os.path.realpath(output) == os.path.realpath(source)
    if not same and os.path.lexists(output) and not given["force"]:
        raise ArgumentError(
            message("recommend update", "a new output", f"{output}, which exists", "--force, or another name")
        )
    recommender = Recommender.load(source)
    if run.threads:
        recommender.model.workers = run.threads
    take_event_weights(given, recommender)
    sessions = sessions_of(given["inputs"], given, run)
    known = len(recommender)
    begin = time.perf_counter()
    recommender.update(sessions, items_of(given), epochs=given["epochs"], progress=run.progress)
    seconds = time.perf_counter() - begin
    recommender.save(output)
    report = {
        "sessions": len(sessions),
        "events": len(sessions.ids),
        "items": len(recommender),
        "new_items": len(recommender) - known,
        "seconds": round(seconds, 3),
        "output": output,
    }
    if given["as_json"]:
        click.echo(dumps(report, indent=1))
        return
    click.echo(f"{report['sessions']:,} sessions, {report['events']:,} events, trained in {seconds:.1f} s")
    click.echo(f"{report['items']:,} items, {report['new_items']:,} of them new")
    click.echo(f"written: {output}")
