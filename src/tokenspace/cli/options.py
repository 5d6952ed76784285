"""Options spelled alike in every command, and the settings behind those that were not given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ..config import Config, load_config
from ..io.expand import FORMATS

F = TypeVar("F", bound=Callable[..., Any])
_SPECIAL = {"auto": None, "allow": "allow", "as-text": "as_text", "error": "error"}


def applied(function: F, *decorators: Callable[[F], F]) -> F:
    """``function`` with options, the first named first in --help."""
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def tokenizer_option(many: bool) -> Callable[[F], F]:
    """``-t NAME``, repeatable when ``many``."""
    return click.option(
        "-t", "--tokenizer", "tokenizer", multiple=many, metavar="NAME",
        help="Hub id, folder, file, tiktoken name or embedded name" + ("; repeat for several." if many else "."),
    )  # fmt: skip


def input_options(function: F) -> F:
    """Where texts come from and how they are read."""
    return applied(
        function,
        click.argument("inputs", nargs=-1, metavar="[FILE|GLOB|FOLDER|-]..."),
        click.option("--text", "texts", multiple=True, metavar="TEXT", help="The text itself; repeatable."),
        click.option("--format", "format", type=click.Choice(FORMATS), help="Input format; default: by extension."),
        click.option("--column", metavar="NAME", help="Column with the text in JSONL, CSV, Parquet (default: text)."),
        click.option("--id", "id_column", metavar="NAME", help="Column with the id of a row (default: row number)."),
        click.option("--whole/--lines", default=None, help="Text files: one record a file, or one a line."),
        click.option("--glob", "pattern", metavar="PATTERN", help="Which files of a folder to read, such as '*.py'."),
        click.option("--errors", type=click.Choice(["strict", "replace", "skip"]), help="Bytes that are not text."),
        click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text input."),
        click.option("--no-header", is_flag=True, help="CSV and TSV without a line of names: columns are 1, 2, ..."),
    )


def special_options(function: F) -> F:
    """How special tokens are treated."""
    return applied(
        function,
        click.option(
            "--special", type=click.Choice(list(_SPECIAL)),
            help="Special tokens written in the text: as tokens, as text, or an error; auto: as the format has it.",
        ),
        click.option("--no-special", is_flag=True, help="Do not add [CLS], <s> and the like around each text."),
    )  # fmt: skip


def run_options(function: F) -> F:
    """Threads, progress, colour, quiet."""
    return applied(
        function,
        click.option("--threads", type=click.IntRange(0), help="Worker threads; 0: one per core."),
        click.option(
            "--progress", type=click.Choice(["auto", "bar", "plain", "json", "none"]), help="Progress on stderr."
        ),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colour in the output."),
        click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr."),
    )


def output_options(function: F) -> F:
    """JSON, JSON Lines and the output file."""
    return applied(
        function,
        click.option("--json", "as_json", is_flag=True, help="One JSON document."),
        click.option("--jsonl", "as_jsonl", is_flag=True, help="One JSON record a line (default when piped)."),
        click.option("-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; '-' is stdout."),
    )


@dataclass(slots=True)
class Settings:
    """What a command runs with: flags where given, else the configuration."""

    config: Config
    tokenizers: list[str]
    threads: int | None
    progress: str
    color: str
    quiet: bool
    errors: str
    special: str | None
    column: str | None
    offline: bool

    def note(self, text: str) -> None:
        """A remark for people, on stderr."""
        if not self.quiet:
            click.echo(f"note: {text}", err=True)


def settings(**given: Any) -> Settings:
    """Resolve flags (None means not given) against the configuration."""
    config = load_config()

    def pick(name: str) -> Any:
        value = given.get(name)
        return config[name] if value is None else value

    named = given.get("tokenizer") or ()
    tokenizers = [named] if isinstance(named, str) else list(named)
    quiet = bool(given.get("quiet"))
    # A column named by the user must exist; the default is only a preference.
    column = given.get("column") or (config["column"] if config.origin("column") != "default" else None)
    return Settings(
        config=config,
        tokenizers=tokenizers,
        threads=pick("threads") or None,
        progress="none" if quiet else pick("progress"),
        color=pick("color"),
        quiet=quiet,
        errors=pick("errors"),
        special=_SPECIAL[pick("special")],
        column=column,
        offline=config["offline"],
    )
