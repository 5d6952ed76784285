"""``tokenspace similar``."""

from __future__ import annotations

from typing import Any

import click

from .neighbours import write_neighbours
from .options import output_options, run_options, settings
from .output import form_of, open_output
from .vector_loading import load_or_open, vectors_option, words_of


@click.command(short_help="Find the words most similar to some.")
@click.argument("words", nargs=-1, metavar="WORD...")
@vectors_option
@click.option("--negative", multiple=True, metavar="WORD", help="Away from this word; repeatable.")
@click.option("-n", "--topn", type=click.IntRange(1), default=10, show_default=True, help="How many to print.")
@click.option("--restrict-vocab", type=click.IntRange(1), metavar="N", help="Among the first N words only.")
@click.option("--cosmul", is_flag=True, help="Combine by products of cosines (3CosMul) instead of sums.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Find the words most similar to some, by the cosine of their vectors.

    \b
    tokenspace similar king -m glove-wiki-gigaword-50
    tokenspace similar king woman --negative man -m vectors.txt --topn 3

    The words given are not among the answers. An unknown word ends with exit code 4. With a model (its folder or hub id) the
    words are tokens, and the answers too; stderr says which tokens were taken.
    """
    if not given["words"] and not given["negative"]:
        raise click.UsageError("name a word")
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    vectors = load_or_open(given["model"], given, run)
    positive, negative = words_of(given["words"], vectors), words_of(given["negative"], vectors)
    search = vectors.most_similar_cosmul if given["cosmul"] else vectors.most_similar
    found = search(positive=positive, negative=negative, topn=given["topn"], restrict_vocab=given["restrict_vocab"])
    with open_output(given["output"]) as out:
        write_neighbours(out, form, {"positive": positive, "negative": negative}, found)
