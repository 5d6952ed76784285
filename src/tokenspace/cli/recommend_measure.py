"""``tokenspace recommend evaluate`` and ``tune``: how good recommendations are on held-out next items."""

from __future__ import annotations

import json
from typing import Any

import click

from .options import output_options, run_options, settings
from .output import Form, dumps, form_of, open_output, terminal_width
from .recommend_options import SHARE, items_options, reading_options, recommender_of, sessions_of, training_options


def _split_options(function: Any) -> Any:
    for decorator in (
        click.option("--max-queries", type=click.IntRange(1), help="Ask at most so many, drawn at random."),
        click.option(
            "--share", type=SHARE, default=0.1, show_default=True, help="Held out by --split time and sessions."
        ),
        click.option(
            "--split", "split", type=click.Choice(["last", "time", "sessions"]), default="last", show_default=True,
            help="Hold out the last item of each session, everything from a moment on, or whole sessions.",
        ),
    ):  # fmt: skip
        function = decorator(function)
    return function


@click.command("evaluate", short_help="Measure item vectors beside baselines on held-out next items.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|GLOB|FOLDER|-...")
@click.option(
    "-k", "k", type=click.IntRange(1), multiple=True, default=(10, 20), show_default=True, help="List lengths."
)
@click.option("--keep-seen", is_flag=True, help="Items of the history may be recommended, the last one too.")
@click.option("--cosine", is_flag=True, help="Item vectors by cosine too, beside their own prediction.")
@click.option("--no-baselines", is_flag=True, help="Item vectors only.")
@_split_options
@reading_options
@items_options
@training_options
@output_options
@run_options
def evaluate(**given: Any) -> None:
    """Measure item vectors beside baselines on held-out next items.

    Hit rate, NDCG and MRR with bootstrap intervals, paired differences, popularity bias and coverage; the baselines are
    popularity, co-occurrence, item-kNN (cosine, TF-IDF, BM25), session-kNN and ALS, with the same half-life of histories.

    \b
    tokenspace recommend evaluate events.csv --split time -k 10
    """
    from ..recommend.evaluation import baselines
    from ..recommend.evaluation import evaluate as measure
    from ..recommend.recommender import with_settings

    run = settings(**given)
    _form(given)  # two forms at once are refused before the work
    recommender = recommender_of(given, run)
    split = _split(sessions_of(given["inputs"], given, run), given)
    systems: list[Any] = [recommender]
    if given["cosine"]:
        systems.append(with_settings(recommender, scoring="cosine", name=f"{recommender.name} cosine"))
    if not given["no_baselines"]:
        systems += baselines(recommender.half_life)
    found = measure(systems, split, k=given["k"], filter_seen=not given["keep_seen"], progress=run.progress)
    _write(given, found.to_dict(), "rows", found.to_text(terminal_width(given["output"])))


@click.command("tune", short_help="Look for the settings of item vectors that suit the data.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|GLOB|FOLDER|-...")
@click.option(
    "--method", type=click.Choice(["random", "grid", "halving"]), default="random", show_default=True, help="How."
)
@click.option("--trials", type=click.IntRange(1), default=20, show_default=True, help="Combinations drawn.")
@click.option(
    "--try", "space", multiple=True, metavar="NAME=V,V,...",
    help="Values to try, such as window=3,13 or half_life=3,none; repeatable. Default: the space of the library.",
)  # fmt: skip
@click.option(
    "--metric", type=click.Choice(["hit_rate", "ndcg", "mrr"]), default="ndcg", show_default=True, help="Maximized."
)
@click.option("-k", "k", type=click.IntRange(1), default=10, show_default=True, help="List length.")
@click.option("--keep-seen", is_flag=True, help="Items of the history may be recommended.")
@_split_options
@reading_options
@items_options
@training_options
@output_options
@run_options
def tune(**given: Any) -> None:
    """Look for the settings of item vectors that suit the data.

    What --split holds out is set aside and not looked at; the settings are compared on the last items of the sessions that
    remain. Measure the best with 'recommend evaluate' and the same --split.

    \b
    tokenspace recommend tune events.csv --method halving --trials 27
    tokenspace recommend tune events.csv --method grid --try window=3,13 --try ns_exponent=-0.5,0.5
    """
    from ..recommend.tuning import tune as search

    run = settings(**given)
    _form(given)  # two forms at once are refused before the work
    space = _space(given["space"])
    recommender = recommender_of(given, run)
    found = search(
        _split(sessions_of(given["inputs"], given, run), given),
        space=space,
        recommender=recommender,
        filter_seen=not given["keep_seen"],
        progress=run.progress,
        **{name: given[name] for name in ("method", "trials", "metric", "k", "seed")},
    )
    best = "best: " + " ".join(_flag(name, value) for name, value in found.best.items())
    _write(given, found.to_dict(), "trials", f"{found.to_text(terminal_width(given['output']))}{best}\n")


def _write(given: dict[str, Any], document: dict[str, Any], rows: str, text: str) -> None:
    """One document, a record for each of its ``rows``, or text."""
    form = _form(given)
    with open_output(given["output"]) as out:
        if form == "json":
            out.write(dumps(document, indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in document[rows])
        else:
            out.write(text)


def _form(given: dict[str, Any]) -> Form:
    return form_of(given["as_json"], given["as_jsonl"], given["output"], piped="human")


def _flag(name: str, value: Any) -> str:
    shown = {"window": "longest", "half_life": "none"}.get(name, "none") if value is None else f"{value:g}"
    return f"--{name.replace('_', '-')} {shown}"


def _split(sessions: Any, given: dict[str, Any]) -> Any:
    from ..recommend import splits

    options = {"max_queries": given["max_queries"], "seed": given["seed"]}
    if given["split"] == "last":
        return splits.split_last(sessions, **options)
    cut = splits.split_time if given["split"] == "time" else splits.split_sessions
    return cut(sessions, share=given["share"], **options)


def _space(texts: tuple[str, ...]) -> dict[str, list[Any]] | None:
    space: dict[str, list[Any]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise click.UsageError(f"--try {text!r}: write a setting, '=' and values, such as window=3,13")
        space[name.replace("-", "_")] = [_value(one.strip(), text) for one in values.split(",")]
    return space or None


def _value(text: str, whole: str) -> Any:
    if text in ("none", "longest"):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise click.UsageError(f"--try {whole!r}: {text!r} is no number")
    return value
