"""``tokenspace vectors convert`` and ``export``."""

from __future__ import annotations

import os
from typing import Any

import click

from ..errors import ArgumentError, message
from .options import run_options, settings
from .vector_loading import load, reading_options

FORMATS = ("tokenspace", "word2vec-text", "word2vec-binary", "glove")
_BY_NAME = {
    ".safetensors": "tokenspace", ".kv": "tokenspace", ".bin": "word2vec-binary", ".vec": "word2vec-text",
    ".txt": "word2vec-text",
}  # fmt: skip
EXPORTS = ("tsv", "jsonl", "npz", "projector")


def _check_output(output: str | None, force: bool) -> str:
    if output in (None, "", "-"):
        raise click.UsageError("name the file to write: -o FILE")
    assert output is not None
    if os.path.lexists(output) and not force:
        raise ArgumentError(message("vectors", "a new output", f"{output}, which exists", "--force, or another name"))
    return output


def _suffix(name: str) -> str:
    return os.path.splitext(name.lower().removesuffix(".gz"))[1]


def format_of_output(output: str) -> str:
    """The format a name asks for.

    Raises:
        UsageError: its extension says nothing.
    """
    to = _BY_NAME.get(_suffix(output))
    if to is None:
        raise click.UsageError(f"{output!r}: the extension does not say the format; use --to")
    return to


@click.command("convert", short_help="Write vectors in another format or type.")
@click.argument("model", metavar="FILE|NAME")
@click.option("-o", "--output", metavar="FILE", help="Where to write; .gz compresses word2vec and GloVe files.")
@click.option("--to", "to", type=click.Choice(FORMATS), help="Format of the output; default: by its extension.")
@click.option(
    "--type", "dtype", type=click.Choice(["float32", "float16", "int8"]),
    help="Type of the stored numbers (tokenspace only); float16 and int8 lose precision.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is at the output.")
@reading_options
@run_options
def convert(**given: Any) -> None:
    """Write vectors in another format or type; the file appears whole or not at all.

    \b
    tokenspace vectors convert glove.6B.50d.txt -o glove.safetensors      opens at once, by mapping
    tokenspace vectors convert model.kv -o vectors.bin                    gensim's saved file to word2vec's binary
    tokenspace vectors convert glove-wiki-gigaword-100 -o small.safetensors --type int8

    Extensions: .safetensors and .kv are tokenspace's own, .bin word2vec's binary, .txt and .vec its text; --to says
    otherwise.
    """
    run = settings(**given)
    output = _check_output(given["output"], given["force"])
    to = given["to"] or format_of_output(output)
    if given["dtype"] and to != "tokenspace":
        raise click.UsageError(f"--type {given['dtype']}: files of the format {to} hold float32; use --to tokenspace")
    vectors = load(given["model"], given, run)
    if to == "tokenspace":
        if given["dtype"] and str(vectors.vectors.dtype) != given["dtype"]:
            vectors = vectors.astype(given["dtype"])
        vectors.save(output, progress=run.progress)
    else:
        vectors.save_word2vec_format(
            output, binary=to == "word2vec-binary", write_header=to != "glove", progress=run.progress
        )
    run.note(f"wrote {output}: {len(vectors):,} rows of {vectors.vector_size}, {to}")


@click.command("export", short_help="Write vectors for other programs: tables, NumPy, the Embedding Projector.")
@click.argument("model", metavar="FILE|NAME")
@click.option("-o", "--output", metavar="PATH", help="A file, or a folder for the projector.")
@click.option("--to", "to", type=click.Choice(EXPORTS), help="Form of the output; default: by its extension.")
@click.option("--word", "words", multiple=True, metavar="WORD", help="Only this word; repeatable.")
@click.option("--normalize", is_flag=True, help="Scale every vector to length one.")
@click.option("--force", is_flag=True, help="Replace what is at the output.")
@reading_options
@run_options
def export(**given: Any) -> None:
    """Write vectors for other programs.

    \b
    tokenspace vectors export vectors.bin -o rows.jsonl --limit 1000      {"key": ..., "vector": [...]} a line
    tokenspace vectors export vectors.bin -o table.tsv                    word, tab, numbers
    tokenspace vectors export vectors.bin -o arrays.npz                   NumPy arrays "vectors" and "keys"
    tokenspace vectors export vectors.bin -o folder --to projector        vectors.tsv and metadata.tsv
    """
    run = settings(**given)
    output = _check_output(given["output"], given["force"])
    to = given["to"] or {".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".npz": "npz"}.get(_suffix(output))
    if to is None:
        raise click.UsageError(f"{output!r}: the extension does not say the form; use --to")
    vectors = load(given["model"], given, run)
    from ..vectors.formats.export import write_export

    rows = write_export(vectors, output, to, keys=given["words"], normalize=given["normalize"], progress=run.progress)
    run.note(f"wrote {output}: {rows:,} rows of {vectors.vector_size}, {to}")
