"""``tokenspace compare``."""

from __future__ import annotations

import sys
from typing import Any

import click

from .inputs import Inputs
from .loading import load_many
from .options import run_options, settings, tokenizer_option
from .output import color_enabled, dumps, form_of, open_output, terminal_width


@click.command(short_help="Show the same text through several tokenizers.")
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@tokenizer_option(many=True)
@click.option("-f", "--file", "files", multiple=True, metavar="FILE", help="Read the text from a file; '-' is stdin.")
@click.option("--ids", is_flag=True, help="Print the ids below the tokens.")
@click.option("-1", "--one-per-line", is_flag=True, help="A token a line with id, place and kind.")
@click.option("--group", is_flag=True, help="Join the byte tokens of one character.")
@click.option("--no-special", is_flag=True, help="Without what the tokenizers add ([CLS], <s>).")
@click.option("--no-properties", is_flag=True, help="Tokens only, no tables.")
@click.option("--limit", type=click.IntRange(0), default=1000, show_default=True, help="Tokens shown; 0: all.")
@click.option("--width", type=click.IntRange(20), help="Columns to wrap at (default: the terminal's).")
@click.option("--html", "html", metavar="FILE", help="Write a self-contained HTML page; '-' is stdout.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="One JSON record a tokenizer.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; '-' is stdout.")
@run_options
def command(**given: Any) -> None:
    """Show the same text through several tokenizers: tokens, counts, properties.

    Without -t the tokenizers of the configuration, else the six embedded ones, are compared.

    \b
    tokenspace compare "Hello, world! 你好" -t gpt2 -t tokenspace/wordpiece
    tokenspace compare -f poem.txt --html poem.html
    """
    from ..tokenizers.compare import compare
    from ..tokenizers.like import EMBEDDED

    run = settings(**given)
    output = given["output"]
    form = form_of(given["as_json"], given["as_jsonl"], output, piped="human")
    if given["html"] and (given["as_json"] or given["as_jsonl"] or output):
        raise click.UsageError("--html FILE is the output: leave out --json, --jsonl and -o")
    text = _text(given, run)
    result = compare(
        text,
        load_many(run, EMBEDDED),
        add_special_tokens=not given["no_special"],
        with_properties=not given["no_properties"],
    )
    if given["html"]:
        with open_output(given["html"]) as out:
            out.write(result.to_html(group=given["group"], full_page=True))
        if given["html"] != "-":
            run.note(f"wrote {given['html']}")
        return
    with open_output(output) as out:
        if form == "json":
            out.write(dumps(result.to_dict(), indent=1) + "\n")
        elif form == "jsonl":
            for row in result.to_dict()["tokenizers"]:
                out.write(dumps(row) + "\n")
        else:
            out.write(
                result.to_text(
                    color=color_enabled(run.color, output),
                    width=given["width"] or terminal_width(output),
                    ids=given["ids"],
                    one_per_line=given["one_per_line"],
                    group=given["group"],
                    properties=not given["no_properties"],
                    limit=given["limit"],
                )
            )


def _text(given: dict[str, Any], run: Any) -> str:
    if given["files"] or not given["texts"] or given["texts"] == ("-",):
        if given["texts"] and given["texts"] != ("-",):
            raise click.UsageError("give the text or --file, not both")
        files = list(given["files"]) or (["-"] if given["texts"] or _piped() else [])
        if not files:
            raise click.UsageError("nothing to compare: give a text, --file, or pipe text in")
        reading = {"inputs": files, "texts": (), "format": "txt", "pattern": None, "encoding": "utf-8"}
        records = Inputs(run, "read", {**reading, "no_header": False, "whole": True})
        return "\n".join(record.text for record in records)
    # Bytes of the command line that are not UTF-8 arrive as lone surrogates.
    return " ".join(given["texts"]).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _piped() -> bool:
    return sys.stdin is not None and not sys.stdin.isatty()
