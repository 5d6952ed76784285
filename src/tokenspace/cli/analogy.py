"""``tokenspace analogy``."""

from __future__ import annotations

from typing import Any

import click

from .neighbours import write_neighbours
from .options import output_options, run_options, settings
from .output import form_of, open_output
from .token_matrix import TokenMatrixVectors
from .vector_loading import load_or_open, vectors_option, words_of


@click.command(short_help="Solve A - B + C: biggest - big + small.")
@click.argument("a")
@click.argument("b")
@click.argument("c")
@vectors_option
@click.option("-n", "--topn", type=click.IntRange(1), default=5, show_default=True, help="How many to print.")
@click.option("--restrict-vocab", type=click.IntRange(1), metavar="N", help="Among the first N words only.")
@click.option("--cosmul", is_flag=True, help="Combine by products of cosines (3CosMul) instead of sums.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Solve A - B + C: what is to C as A is to B.

    \b
    tokenspace analogy biggest big small -m glove-wiki-gigaword-50     smallest
    tokenspace analogy king man woman -m vectors.txt                   queen
    tokenspace analogy king man woman -m Qwen/Qwen2.5-1.5B             in a model's token matrix
    """
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    vectors = load_or_open(given["model"], given, run)
    a, b, c = words_of((given["a"], given["b"], given["c"]), vectors)
    bounds = {"topn": given["topn"], "restrict_vocab": given["restrict_vocab"]}
    if isinstance(vectors, TokenMatrixVectors) and not given["cosmul"]:
        found = vectors.analogy(a, b, c, **bounds)
    else:
        search = vectors.most_similar_cosmul if given["cosmul"] else vectors.most_similar
        found = search(positive=[a, c], negative=[b], **bounds)
    with open_output(given["output"]) as out:
        write_neighbours(out, form, {"analogy": [a, b, c]}, found)
