"""``tokenspace similar``."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from ..io.expand import FORMATS
from .neighbours import write_neighbours
from .options import output_options, run_options, settings
from .output import form_of, open_output
from .similar_texts import similar_texts
from .vector_loading import load_or_open, vectors_option, words_of


@click.command(short_help="Find the words, or texts of a file, most similar to some.")
@click.argument("words", nargs=-1, metavar="WORD...")
@partial(vectors_option, required=False)
@click.option("--negative", multiple=True, metavar="WORD", help="Away from this word; repeatable.")
@click.option("-n", "--topn", type=click.IntRange(1), default=10, show_default=True, help="How many to print.")
@click.option("--restrict-vocab", type=click.IntRange(1), metavar="N", help="Among the first N words only.")
@click.option("--cosmul", is_flag=True, help="Combine by products of cosines (3CosMul) instead of sums.")
@click.option("--in", "files", multiple=True, metavar="FILE", help="Search the texts of this file; repeatable.")
@click.option("--format", "format", type=click.Choice(FORMATS), help="Of these files; default: by extension.")
@click.option("--column", metavar="NAME", help="Column with the text in JSONL, CSV, Parquet (default: text).")
@click.option("--id", "id_column", metavar="NAME", help="Column with the id of a row (default: row number).")
@output_options
@run_options
def command(**given: Any) -> None:
    """Find the words most similar to some by their vectors, or with --in the texts of a file most similar to one.

    \b
    tokenspace similar king -m glove-wiki-gigaword-50
    tokenspace similar king woman --negative man -m vectors.txt --topn 3
    tokenspace similar "late delivery" --in reviews.csv --column body

    The words given are not among the answers. An unknown word ends with exit code 4. With a model (its folder or hub id) the
    words are tokens, and the answers too; stderr says which tokens were taken. With --in the model is a text encoder (its
    folder or hub id; default: the embedded one), and --encoding that of the files.
    """
    if not given["words"] and not given["negative"]:
        raise click.UsageError("name a word")
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    if given["files"]:
        similar_texts(given, run, form)
        return
    wrong = [
        option
        for option, name in (("--column", "column"), ("--id", "id_column"), ("--format", "format"))
        if given[name]
    ]
    if wrong or given["model"] is None:
        raise click.UsageError(
            f"{wrong[0]} is about files: name them with --in" if wrong else "Missing option '-m' / '--model'."
        )
    vectors = load_or_open(given["model"], given, run)
    positive, negative = words_of(given["words"], vectors), words_of(given["negative"], vectors)
    search = vectors.most_similar_cosmul if given["cosmul"] else vectors.most_similar
    found = search(positive=positive, negative=negative, topn=given["topn"], restrict_vocab=given["restrict_vocab"])
    with open_output(given["output"]) as out:
        write_neighbours(out, form, {"positive": positive, "negative": negative}, found)
