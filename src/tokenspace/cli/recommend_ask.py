"""``tokenspace recommend similar`` and ``session``: questions to a recommender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from .options import Settings, output_options, run_options, settings
from .output import Form, dumps, form_of, open_output, terminal_width
from .recommend_options import asking_options, reading_options, sessions_of, take_event_weights


@click.command("similar", short_help="Find the items most like one.")
@click.argument("model", metavar="FOLDER")
@click.argument("item", metavar="ITEM|TITLE")
@asking_options
@output_options
@run_options
def similar(**given: Any) -> None:
    """Find the items most like one, by cosine. The item is named by its id or by a field of its metadata.

    \b
    tokenspace recommend similar songs "Amber Harbour"
    """
    run = settings(**given)
    recommender = _load(given)
    item = _resolve(recommender, given["item"], run)
    found = recommender.recommend(item, **{**_asked(given, recommender, run), "scoring": given["scoring"] or "cosine"})
    _write(given, {"item": item, "metadata": dict(recommender.metadata.get(item, {}))}, found, recommender)


@click.command("session", short_help="Recommend what goes on with a session or a user's history.")
@click.argument("model", metavar="FOLDER")
@click.argument("items", nargs=-1, metavar="[ITEM[=WEIGHT|=EVENT]]...")
@click.option(
    "--sessions", "sessions", multiple=True, metavar="FILE",
    help="Sessions from files, one answer each, in place of items named here; repeatable.",
)  # fmt: skip
@click.option(
    "--key", "keys", multiple=True, metavar="KEY", help="Only this session or user of --sessions; repeatable."
)
@click.option("--half-life", type=float, metavar="N", help="Events after which one weighs half; default: the model's.")
@asking_options
@reading_options
@output_options
@run_options
def session(**given: Any) -> None:
    """Recommend what goes on with a session or a user's history: items, the oldest first.

    \b
    tokenspace recommend session shop a17 b03=buy
    tokenspace recommend session shop --sessions today.csv --key "user 7"
    """
    run = settings(**given)
    if bool(given["items"]) == bool(given["sessions"]):
        raise click.UsageError("name the items of a session, or --sessions FILE")
    if given["keys"] and not given["sessions"]:
        raise click.UsageError("--key chooses among --sessions: name its file")
    recommender = _load(given)
    asked = _asked(given, recommender, run)
    if given["half_life"] is not None:
        asked["half_life"] = given["half_life"]
    if given["items"]:
        history = [_event(recommender, text, run) for text in given["items"]]
        head = {"history": [item if weight is None else [item, weight] for item, weight in history]}
        query = [item if weight is None else (item, weight) for item, weight in history]
        _write(given, head, recommender.recommend(query, **asked), recommender)
        return
    _answer_all(given, recommender, asked, run)


def _answer_all(given: dict[str, Any], recommender: Any, asked: dict[str, Any], run: Settings) -> None:
    from ..recommend.items import UnknownItemError

    take_event_weights(given, recommender)
    sessions = sessions_of(given["sessions"], given, run)
    chosen = [sessions[key] for key in given["keys"]] if given["keys"] else sessions
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    answers, empty = [], 0
    for number, one in enumerate(chosen):
        try:
            found = recommender.recommend(one, **asked) if len(one) else []
        except UnknownItemError:
            found = []
        empty += not found
        answers.append((one.key or str(number), found))
    with open_output(given["output"]) as out:
        rows = [{"session": key, "recommendations": [one.to_dict() for one in found]} for key, found in answers]
        if form == "json":
            out.write(dumps({"sessions": rows}, indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in rows)
        else:
            for key, found in answers:
                out.writelines(_lines(form, found, recommender, key))
    if empty:
        run.note(f"{empty} sessions without an item that is known: nothing to recommend")


def _load(given: dict[str, Any]) -> Any:
    from ..recommend.recommender import Recommender

    return Recommender.load(given["model"])


def _asked(given: dict[str, Any], recommender: Any, run: Settings) -> dict[str, Any]:
    return {
        "k": given["k"],
        "filter_seen": not given["keep_seen"],
        "exclude": [_resolve(recommender, item, run) for item in given["exclude"]],
        "popularity": given["popularity"],
        "scoring": given["scoring"],
    }


def _resolve(recommender: Any, text: str, run: Settings) -> str:
    """The id that is ``text``, else of the item with this field."""
    if text in recommender.catalogue.index:
        return text
    found: list[str] = recommender.find(text)
    if len(found) > 1:
        shown = "; ".join(f"{item} ({recommender.metadata.text(item)})" for item in found[:5])
        run.note(f"{len(found)} items match {text!r}, the first is taken: {shown}{'; ...' if len(found) > 5 else ''}")
    return found[0] if found else text


def _event(recommender: Any, text: str, run: Settings) -> tuple[str, Any]:
    """``b03=buy`` or ``b03=2.5``; an id or title may hold '=' itself."""
    name, equals, weight = text.rpartition("=")
    if not equals or text in recommender.catalogue.index or recommender.find(text):
        return _resolve(recommender, text, run), None
    try:
        return _resolve(recommender, name, run), float(weight)
    except ValueError:
        return _resolve(recommender, name, run), weight


def _write(given: dict[str, Any], head: dict[str, Any], found: Sequence[Any], recommender: Any) -> None:
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    with open_output(given["output"]) as out:
        rows = [one.to_dict() for one in found]
        if form == "json":
            out.write(dumps({**head, "recommendations": rows}, indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in rows)
        else:
            out.writelines(_lines(form, found, recommender, None))


def _lines(form: Form, found: Sequence[Any], recommender: Any, key: str | None) -> list[str]:
    """A table with titles and reasons, or "item<tab>score" lines."""
    from ..tokenizers.tables import text_table
    from ..tokenizers.visible import visible

    if form == "plain":
        head = "" if key is None else f"{key}\t"
        return [f"{head}{one.item}\t{one.score:.6f}\n" for one in found]
    cells = [
        [
            visible(one.item, spaces=False),
            visible(recommender.metadata.text(one.item), spaces=False) if one.item in recommender.metadata else "",
            f"{one.score:.4f}",
            f"{one.count:g}",
            visible(", ".join(reason.item for reason in one.because), spaces=False),
        ]
        for one in found
    ]
    table = text_table(["item", "what", "score", "count", "because of"], cells, terminal_width(), (2, 3))
    return [table] if key is None else [f"{visible(key, spaces=False)}\n", table, "\n"]
