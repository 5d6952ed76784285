"""Options of ``tokenspace train vectors``: the corpus, the model, the work. Names and defaults are those of the classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..io.expand import FORMATS as TEXT_FORMATS
from .options import applied
from .sizes import ByteSize
from .vectors_convert import FORMATS

F = TypeVar("F", bound=Callable[..., Any])
# model -> (module below tokenspace.vectors, class)
MODELS = {
    "word2vec": ("word2vec", "Word2Vec"),
    "fasttext": ("fasttext", "FastText"),
    "glove": ("glove", "GloVe"),
    "doc2vec": ("doc2vec", "Doc2Vec"),
}
SIZE = ByteSize()


def corpus_options(function: F) -> F:
    """What to train on."""
    return applied(
        function,
        *(
            click.argument("inputs", nargs=-1, metavar="FILE|GLOB|FOLDER..."),
            click.option("--format", "format", type=click.Choice(TEXT_FORMATS), help="Input format; default: by extension."),
            click.option("--column", metavar="NAME", help="Column with the text in JSONL, CSV, Parquet (default: text)."),
            click.option("--glob", "glob", metavar="PATTERN", help="Which files of a folder to read, such as '*.txt'."),
            click.option("--errors", type=click.Choice(["strict", "replace", "skip"]), help="Bytes that are not text."),
            click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text input."),
            click.option(
                "--tokenize", type=click.Choice(["whitespace", "simple", "words"]), default="whitespace", show_default=True,
                help="Words of a text: between white space; lower-case letters, 2 to 15 (simple_preprocess); or words of any "
                "script in lower case, with Chinese, Japanese and Thai cut (by jieba where it is installed, else learnt).",
            ),
            click.option("-t", "--tokenizer", metavar="NAME", help="Vectors of this tokenizer's tokens instead of words."),
        ),
    )  # fmt: skip


def model_options(function: F) -> F:
    """What to train; not given means the default of the class."""
    return applied(
        function,
        *(
            click.option("--model", type=click.Choice(list(MODELS)), default="word2vec", show_default=True, help="Kind."),
            click.option("--sg/--cbow", "sg", default=None, help="Skip-gram, or continuous bag of words (cbow)."),
            click.option("--vector-size", type=click.IntRange(1), help="Numbers in a vector (100)."),
            click.option("--window", type=click.IntRange(1), help="Farthest words that count as context (5)."),
            click.option("--min-count", type=click.IntRange(0), help="Rarer words are left out (5)."),
            click.option("--max-final-vocab", type=click.IntRange(1), help="Words kept at most, the most frequent."),
            click.option("--epochs", type=click.IntRange(1), help="Passes over the text (5)."),
            click.option("--negative", type=click.IntRange(0), help="Noise words a pair; 0: none (5)."),
            click.option("--hs/--no-hs", "hs", default=None, help="Hierarchical softmax (off)."),
            click.option("--ns-exponent", type=float, help="Noise words are drawn by count to this power (0.75)."),
            click.option("--sample", type=float, help="Share of the text above which a word is thinned out (0.001)."),
            click.option("--alpha", type=float, help="Learning rate at the beginning (0.025)."),
            click.option("--min-alpha", type=float, help="Learning rate at the end (0.0001)."),
            click.option("--cbow-mean/--cbow-sum", "cbow_mean", default=None, help="Mean or sum of the context (mean)."),
            click.option("--shrink-windows/--fixed-windows", default=None, help="Draw each window's reach, or not (draw)."),
            click.option("--min-n", type=click.IntRange(0), help="Shortest n-gram (fasttext; 3)."),
            click.option("--max-n", type=click.IntRange(0), help="Longest n-gram; below --min-n: none (fasttext; 6)."),
            click.option("--bucket", type=click.IntRange(0), help="Rows for n-grams (fasttext; 2000000)."),
            click.option("--dm", type=click.IntRange(0, 1), help="1: PV-DM, 0: PV-DBOW (doc2vec; 1)."),
            click.option("--seed", type=int, help="Of all random numbers (1)."),
            click.option("--deterministic/--no-deterministic", default=None, help="The same bits for any number of threads."),
        ),
    )  # fmt: skip


def work_options(function: F) -> F:
    """How to train: resources, checkpoints, the result."""
    return applied(
        function,
        *(
            click.option("-o", "--output", metavar="FILE", help="Where to write the vectors."),
            click.option("--to", "to", type=click.Choice(FORMATS), help="Format of the output; default: by its extension."),
            click.option("--force", is_flag=True, help="Replace what is at the output."),
            click.option("--json", "as_json", is_flag=True, help="The report as a JSON document."),
            click.option("--memory-budget", type=SIZE, metavar="SIZE", help="For counts and kept ids, such as 2g."),
            click.option("--checkpoint-dir", metavar="FOLDER", help="Keep the state here, and go on from it."),
        ),
    )  # fmt: skip
