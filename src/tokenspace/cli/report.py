"""``tokenspace report``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from .inputs import Inputs
from .loading import load_many
from .options import input_options, output_options, run_options, settings, tokenizer_option
from .output import color_enabled, dumps, form_of, open_output, terminal_width


@click.command(short_help="Report what a tokenizer does badly.")
@input_options
@tokenizer_option(many=True)
@click.option("--by", metavar="COLUMN", help="Group the corpus by a column (default: by writing system).")
@click.option("--no-vocabulary", is_flag=True, help="Skip the check of every vocabulary entry.")
@click.option("--round-trip", type=click.IntRange(0), default=20_000, show_default=True, help="Texts to decode again.")
@click.option("--examples", type=click.IntRange(0), default=2, show_default=True, help="Examples shown a finding.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Report what a tokenizer does badly, with a number and an example each.

    Case, digits, trailing spaces, lost white space, unknown characters, indentation, cost by language; over the given
    files also compression, unknown rate, round-trip loss and unused entries; and entries no text encodes to.

    \b
    tokenspace report -t gpt2
    tokenspace report corpus.txt.gz -t gpt2 -t tokenspace/wordpiece
    tokenspace report rows.jsonl --column text --by lang --json
    """
    from ..tokenizers.report import report

    run = settings(**given)
    output = given["output"]
    form = form_of(given["as_json"], given["as_jsonl"], output, piped="human")
    tokenizers = load_many(run)
    has_corpus = bool(given["inputs"] or given["texts"])
    texts: Iterator[Any] | None = None
    groups: Iterator[str] | None = None
    if has_corpus:
        records = Inputs(run, "corpus", given, extra=(given["by"],) if given["by"] else ())
        if given["by"]:
            texts, groups = _paired(iter(records), given["by"])
        else:
            texts = iter(records)
    elif given["by"]:
        raise click.UsageError("--by needs files")
    result = report(
        tokenizers,
        texts,
        groups,
        vocabulary=not given["no_vocabulary"],
        round_trip_limit=given["round_trip"],
        threads=run.threads,
        # The reader already reports its bytes; one bar at a time.
        progress="none" if has_corpus and run.progress in ("auto", "bar") else run.progress,
    )
    with open_output(output) as out:
        if form == "json":
            out.write(dumps(result.to_dict(), indent=1) + "\n")
        elif form == "jsonl":
            for card in result.to_dict()["tokenizers"]:
                for finding in card["findings"]:
                    out.write(dumps({"tokenizer": card["name"], **finding}) + "\n")
        else:
            out.write(result.to_text(color_enabled(run.color, output), terminal_width(output), given["examples"]))


def _paired(records: Iterator[Any], column: str) -> tuple[Iterator[str], Iterator[str]]:
    """Texts and their groups, read together: each group is asked for right after its text."""
    last: list[str] = []

    def texts() -> Iterator[str]:
        for record in records:
            last[:] = [str(record.extra[column])]
            yield record.text

    def groups() -> Iterator[str]:
        while last:
            yield last[0]

    return texts(), groups()
