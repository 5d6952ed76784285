"""``tokenspace context``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import FormatError, message
from .encoder_loading import engine_arguments, engine_options
from .inputs import Inputs
from .options import input_options, output_options, run_options, settings
from .output import color_enabled, dumps, form_of, open_output, terminal_width

_PICTURES = (".svg", ".html", ".png")


@click.command(short_help="Show a word's vectors in its contexts: senses, layer by layer.")
@click.argument("word")
@input_options
@click.option("-m", "--model", required=True, metavar="FOLDER|ID", help="The model that gives tokens their vectors.")
@engine_options
@click.option("--layers", default="all", show_default=True, metavar="LIST", help="Layers such as 0,3,-1, or all.")
@click.option(
    "--layer", type=int, metavar="N", help="Layer whose table and clusters are shown (default: where they part best)."
)
@click.option(
    "--clusters", type=click.IntRange(1), metavar="N", help="How many clusters (default: what the vectors show)."
)
@click.option("--label", "label_column", metavar="COLUMN", help="Column with the sense of each row, to be measured.")
@click.option(
    "--case",
    type=click.Choice(["smart", "exact", "ignore"]),
    default="smart",
    show_default=True,
    help="smart: a word without capitals is found in any case.",
)
@click.option(
    "--pool",
    type=click.Choice(["mean", "first", "last", "max", "sum"]),
    default="mean",
    show_default=True,
    help="How the vector of a word is made of those of its tokens.",
)
@click.option(
    "--picture",
    type=click.Choice(["all", "matrix", "map", "chart"]),
    default="all",
    show_default=True,
    help="What a picture of -o shows.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="Most occurrences; of more a sample is drawn.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of samples.")
@output_options
@run_options
def command(**given: Any) -> None:  # fmt: skip
    """Show a word's vectors in its contexts: senses, layer by layer.

    \b
    tokenspace context bank sentences.txt -m sentence-transformers/all-MiniLM-L6-v2
    tokenspace context Apple news.csv --column text -m ./model -o apple.html
    tokenspace context 苹果 --text 我吃苹果。 --text 苹果公司发布手机。 -m ./model --json

    Every occurrence of WORD gets the vector of its tokens at every layer. Shown are the similarity of the occurrences beside
    that of any two words, the clusters that stand apart, and the table of the layer where they do best. A word that is
    nowhere ends with exit code 4.
    """
    output = given["output"]
    suffix = Path(output).suffix.lower() if output not in (None, "-") else ""
    plain_form = given["as_json"] or given["as_jsonl"]
    if suffix and not plain_form and suffix not in (*_PICTURES, ".json", ".jsonl", ".ndjson", ".txt"):
        raise click.UsageError(
            f"-o: expected a file that ends in .svg, .html, .png, .json, .jsonl or .txt, received {output!r}"
        )
    layers = _layers(given["layers"])
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], output)
    picture = suffix in _PICTURES and not plain_form
    if picture:
        from ..pictures.picture import check_form

        check_form(output)
    column = given["label_column"]
    records = list(Inputs(run, "read", given, extra=(column,) if column else ()))
    if not records:
        raise FormatError(message("context", "at least one text", "none"))
    from ..encoders.contextual import ContextualEncoder

    encoder = ContextualEncoder(given["model"], **engine_arguments(given, run))
    senses = encoder.senses(
        given["word"],
        [record.text for record in records],
        labels=[str(record.extra.get(column)) for record in records] if column else None,
        progress=run.progress,
        layers=layers,
        **{name: given[name] for name in ("clusters", "pool", "case", "limit", "seed")},
    )
    layer = senses.best_layer if given["layer"] is None else senses.layer_number(given["layer"])
    if picture:
        senses.picture(given["picture"], layer).save(output)
        return
    with open_output(output) as out:
        if form == "json":
            out.write(dumps(senses.to_dict(), indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in _rows(senses, layer))
        else:
            out.write(senses.to_text(layer=layer))
            out.write(_table(senses, layer, terminal_width(output), color_enabled(run.color, output)))


def _layers(text: str) -> Any:
    if text.strip() == "all":
        return "all"
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.UsageError(f"--layers: expected numbers such as 0,3,-1, or all, received {text!r}") from None


def _rows(senses: Any, layer: int) -> list[dict[str, Any]]:
    """A record an occurrence, with its cluster."""
    labels = senses.clusters(layer).labels.tolist()
    return [
        {
            "word": senses.word, "sentence": one.sentence, "start": one.start, "end": one.end, "text": one.text,
            "tokens": list(one.tokens), "label": one.label, "layer": layer, "cluster": cluster,
        }
        for one, cluster in zip(senses.occurrences, labels, strict=True)
    ]  # fmt: skip


def _table(senses: Any, layer: int, room: int | None, color: bool) -> str:
    """The similarities of one layer, occurrences of a cluster together; nothing where they do not fit."""
    from .shades import shaded_table

    if not 1 < len(senses) <= 60:
        return ""
    matrix = senses.matrix(layer)
    table = shaded_table(matrix.labels, matrix.values, matrix.scale, room, color)
    if table is None:
        return ""
    return f"\n{matrix.title}\n\n{table}"
