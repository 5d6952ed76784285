"""Options of ``tokenspace recommend``: where sessions come from, how item vectors are trained, what may be recommended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from ..io.expand import FORMATS
from .options import Settings
from .sizes import Share

F = TypeVar("F", bound=Callable[..., Any])
SHARE = Share()


class NumberOr(click.ParamType[Any]):
    """A number, or a word that stands for there being none: ``--half-life none``, ``--window longest``."""

    def __init__(self, name: str, kind: Callable[[str], Any], word: str) -> None:
        self.name, self._kind, self._word = name, kind, word

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or the word itself."""
        if value == self._word:
            return value
        try:
            return self._kind(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number nor {self._word!r}.", param, ctx)


def _apply(function: F, decorators: Sequence[Callable[[F], F]]) -> F:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def reading_options(function: F) -> F:
    """How files of sessions are read."""
    return _apply(
        function,
        (
            click.option("--format", "format", type=click.Choice(FORMATS), help="Input format; default: by extension."),
            click.option(
                "--playlists", is_flag=True,
                help="Text files as the playlist data has them: two lines are passed over, lists of one song left out.",
            ),
            click.option("--skip-lines", type=click.IntRange(0), default=0, help="Lines passed over in text files (0)."),
            click.option("--min-length", type=click.IntRange(1), default=1, help="Shorter sessions are left out (1)."),
            click.option("--session", "session", metavar="NAME", help="Column of the session or user; default: a usual name."),
            click.option("--item", "item", metavar="NAME", help="Column of the item; default: a usual name."),
            click.option("--time", "time", metavar="NAME", help="Column of the time; default: a usual name, if there."),
            click.option("--event", "event", metavar="NAME", help="Column of the event's name."),
            click.option("--weight", "weight", metavar="NAME", help="Column of the event's weight."),
            click.option(
                "--event-weight", "event_weights", multiple=True, metavar="EVENT=N",
                help="What an event weighs, such as buy=10; 0 leaves it out; repeatable.",
            ),
            click.option("--gap", type=float, metavar="SECONDS", help="Cut sessions where nothing happens for longer."),
            click.option("--shuffle-ties", is_flag=True, help="Events of equal time in random order."),
            click.option("--no-header", is_flag=True, help="CSV and TSV without a line of names: columns are 1, 2, ..."),
            click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text input."),
            click.option("--errors", type=click.Choice(["strict", "replace", "skip"]), help="Bytes that are not text."),
        ),
    )  # fmt: skip


def items_options(function: F) -> F:
    """What is known of items."""
    return _apply(
        function,
        (
            click.option(
                "--items", "items", metavar="FILE",
                help="What is known of items: a table with an id column, or lines of id, title and artist with tabs.",
            ),
            click.option("--item-id", metavar="NAME", help="Column of the id in --items."),
            click.option("--items-format", type=click.Choice(FORMATS), help="Format of --items; default: by extension."),
            click.option("--items-encoding", default="utf-8", show_default=True, help="Encoding of --items."),
        ),
    )  # fmt: skip


def training_options(function: F) -> F:
    """Settings of item vectors; not given means the default of `ItemVectorSettings`."""
    return _apply(
        function,
        (
            click.option("--vector-size", type=click.IntRange(1), help="Numbers in a vector (64)."),
            click.option("--window", type=NumberOr("window", int, "longest"), metavar="N|longest", help="Reach of an item (13)."),
            click.option("--negative", type=click.IntRange(0), help="Noise items for each pair (16)."),
            click.option("--ns-exponent", type=float, help="Noise is drawn by count to this power (0.6)."),
            click.option("--epochs", type=click.IntRange(1), help="Passes over the sessions (100)."),
            click.option("--sample", type=float, help="Share above which an item is thinned out (0.001); 0: none is."),
            click.option("--min-count", type=click.IntRange(1), help="Rarer items are left out (1)."),
            click.option("--sg", type=click.IntRange(0, 1), help="1 skip-gram, 0 CBOW (1)."),
            click.option("--hs", type=click.IntRange(0, 1), help="1: hierarchical softmax (0)."),
            click.option("--alpha", type=float, help="Learning rate at the beginning (0.025)."),
            click.option("--half-life", type=NumberOr("events", float, "none"), metavar="N|none",
                         help="Events after which one of a history weighs half (3)."),
            click.option("--seed", type=int, default=1, show_default=True, help="Of all random numbers."),
            click.option("--deterministic", is_flag=True, help="The same vectors for every number of threads; slower."),
        ),
    )  # fmt: skip


def asking_options(function: F) -> F:
    """What may be recommended."""
    return _apply(
        function,
        (
            click.option("-k", "k", type=click.IntRange(1), default=10, show_default=True, help="How many to print."),
            click.option("--exclude", "exclude", multiple=True, metavar="ITEM", help="Never this one; repeatable."),
            click.option("--popularity", type=click.FloatRange(-1, 1), default=0.0, show_default=True,
                         help="Above 0 favours what is popular, below 0 what is rare."),
            click.option("--scoring", type=click.Choice(["next", "cosine"]), help="What comes next, or what is alike."),
            click.option("--keep-seen", is_flag=True, help="Items of the question may be recommended."),
        ),
    )  # fmt: skip


def event_weights_of(given: dict[str, Any]) -> dict[str, float] | None:
    """``--event-weight buy=10`` -> ``{"buy": 10.0}``.

    Raises:
        UsageError: no number behind the last '='.
    """
    weights = {}
    for text in given["event_weights"]:
        name, equals, number = text.rpartition("=")
        try:
            weights[name] = float(number) if equals else -1.0
        except ValueError:
            weights[name] = -1.0
        if not weights[name] >= 0:
            raise click.UsageError(f"--event-weight {text!r}: write an event, '=' and a number, such as buy=10")
    return weights or None


def take_event_weights(given: dict[str, Any], recommender: Any) -> None:
    """Without ``--event-weight``, events weigh what they did when the recommender was trained."""
    if not given["event_weights"] and recommender.event_weights:
        given["event_weights"] = tuple(f"{name}={weight!r}" for name, weight in recommender.event_weights.items())


def sessions_of(paths: Sequence[str], given: dict[str, Any], run: Settings) -> Any:
    """The sessions of the files named.

    Raises:
        UsageError: options that contradict each other. Errors of `read_sessions`.
    """
    from ..recommend.read_sessions import Columns, read_sessions

    if given["playlists"] and given["format"] not in (None, "txt"):
        raise click.UsageError("--playlists is a form of text files: leave out --format")
    playlists = (
        {"format": "txt", "skip_lines": 2, "min_length": max(2, given["min_length"])} if given["playlists"] else {}
    )
    sessions = read_sessions(
        list(paths),
        **{
            "columns": Columns(given["session"], given["item"], given["time"], given["event"], given["weight"]),
            "event_weights": event_weights_of(given),
            **{name: given[name] for name in ("min_length", "skip_lines", "format", "encoding")},
            "header": not given["no_header"],
            "errors": run.errors,
            "progress": run.progress,
            **playlists,
        },
    )
    if given["shuffle_ties"]:
        sessions = sessions.with_shuffled_ties(given.get("seed") or 0)
    return sessions if given["gap"] is None else sessions.split_by_gap(given["gap"])


def items_of(given: dict[str, Any]) -> Any:
    """The table of ``--items``, or an empty one."""
    from ..recommend.items import ItemTable
    from ..recommend.read_sessions import read_items

    if given["items"] is None:
        return ItemTable()
    return read_items(
        given["items"], id_column=given["item_id"], format=given["items_format"], encoding=given["items_encoding"]
    )


def recommender_of(given: dict[str, Any], run: Settings) -> Any:
    """An unfitted recommender with the settings that were given."""
    from ..recommend.recommender import Recommender
    from ..recommend.settings import ItemVectorSettings

    chosen = {name: given[name] for name in ItemVectorSettings.__dataclass_fields__ if given.get(name) is not None}
    if chosen.get("window") == "longest":
        chosen["window"] = None
    if given["half_life"] is not None:
        chosen["half_life"] = None if given["half_life"] == "none" else given["half_life"]
    return Recommender(
        metadata=items_of(given),
        event_weights=event_weights_of(given),
        workers=run.threads,
        seed=given["seed"],
        deterministic=given["deterministic"],
        **chosen,
    )
