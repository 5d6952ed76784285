"""``tokenspace distill``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import click

from ..errors import ArgumentError, message
from .encoder_loading import engine_arguments, engine_options
from .options import run_options, settings
from .output import dumps


@click.command(short_help="Distil a text encoder into a small static one.")
@click.argument("model", metavar="FOLDER|ID")
@click.option("--corpus", multiple=True, metavar="FILE|GLOB|FOLDER", help="Texts to refine on; repeatable.")
@click.option("--column", metavar="NAME", help="Column with the text in JSONL, CSV, Parquet (default: text).")
@click.option("--format", "format", help="Format of the corpus; default: by extension.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Read N records of the corpus at most.")
@click.option(
    "--pieces",
    type=click.IntRange(1),
    default=200_000,
    show_default=True,
    metavar="N",
    help="Sentences and clauses of the corpus that the model encodes, at most.",
)
@click.option("--vocabulary", metavar="FILE", help="Whole words, one a line, that get rows of their own.")
@click.option(
    "--dimensions", type=click.IntRange(1), default=256, show_default=True, metavar="N", help="Numbers a vector."
)
@click.option(
    "--weighting",
    type=click.Choice(["zipf", "sif", "none"]),
    default="zipf",
    show_default=True,
    help="Frequent tokens weigh less: by their rank in the vocabulary, by their frequency in the corpus, or not.",
)
@click.option("--sif-coefficient", type=float, default=1e-4, show_default=True, metavar="A", help="Of A / (A + p).")
@click.option(
    "--epochs", type=click.IntRange(0), default=3, show_default=True, metavar="N", help="Passes over the pieces."
)
@click.option(
    "--rate", type=float, default=0.0015, show_default=True, metavar="X", help="Of the first step of training."
)
@click.option(
    "--rows",
    type=click.Choice(["float32", "float16", "int8"]),
    default="float16",
    show_default=True,
    help="Type of the rows; sentence-transformers opens no int8.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the pieces and of training.")
@click.option("-o", "--output", metavar="FOLDER", required=True, help="Where to write the encoder.")
@click.option("--force", is_flag=True, help="Write into a folder that exists.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@engine_options
@run_options
def command(**given: Any) -> None:
    """Distil a text encoder into a small static one.

    \b
    tokenspace distill all-MiniLM-L6-v2 -o small                           seconds: one forward pass a token
    tokenspace distill all-MiniLM-L6-v2 --corpus texts.txt -o small        better: refined on its sentences
    tokenspace embed notes.txt --model small -o notes.npy

    The folder opens in tokenspace, model2vec and (unless --rows int8) sentence-transformers.
    """
    from ..encoders.static import RefineSettings, distill
    from ..encoders.text import TextEncoder

    run = settings(**given)
    output = given["output"]
    if os.path.lexists(output) and not given["force"]:
        raise ArgumentError(message("distill", "a new folder", f"{output}, which exists", "--force, or another name"))
    started = time.monotonic()
    teacher = TextEncoder(given["model"], on_truncate="ignore", **engine_arguments(given, run))
    model = distill(
        teacher,
        corpus=_corpus(given, run),
        vocabulary=_words(given["vocabulary"]),
        dimensions=given["dimensions"],
        weighting=given["weighting"],
        sif_coefficient=given["sif_coefficient"],
        precision=given["rows"],
        pieces=given["pieces"],
        refinement=RefineSettings(epochs=given["epochs"], rate=given["rate"]),
        seed=given["seed"],
        threads=run.threads or 0,
        progress=run.progress,
    )
    model.save(output)
    report = {
        "model": given["model"],
        "tokens": model.engine.vocab_size,
        "dimensions": model.dimension,
        "rows": model.engine.rows.dtype.name,
        "cosines": [round(value, 4) for value in model.cosines],
        "bytes": sum(path.stat().st_size for path in Path(output).iterdir() if path.is_file()),
        "seconds": round(time.monotonic() - started, 1),
        "output": output,
    }
    if given["as_json"]:
        click.echo(dumps(report, indent=1))
        return
    learnt = f", held-out cosine {model.cosines[0]:.3f} -> {max(model.cosines):.3f}" if model.cosines else ""
    click.echo(
        f"{report['tokens']:,} tokens of {report['dimensions']} numbers, {report['rows']}{learnt}, "
        f"in {report['seconds']} s\nwritten: {output} ({int(str(report['bytes'])) / 1e6:.1f} MB)"
    )


def _corpus(given: dict[str, Any], run: Any) -> Any:
    """The texts to refine on, None without ``--corpus``."""
    if not given["corpus"]:
        return None
    from ..io import ReadOptions, expand_inputs, read_records

    sources = expand_inputs(list(given["corpus"]), given["format"], None)
    tables = any(source.format != "txt" for source in sources)
    options = ReadOptions(column=given["column"] or (run.column if tables else None), errors=run.errors)
    records = read_records(sources, options)
    if given["limit"] is None:
        return (record.text for record in records)
    from itertools import islice

    return (record.text for record in islice(records, given["limit"]))


def _words(path: str | None) -> list[str]:
    if path is None:
        return []
    from ..io import ReadOptions, expand_inputs, read_records

    return [record.text.strip() for record in read_records(expand_inputs([path], "txt", None), ReadOptions())]
