"""``tokenspace embed``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .embed_tokens import write_tokens
from .encoder_loading import DEFAULT, encoder_options, load_encoder, tell_truncated
from .inputs import Inputs, batches
from .options import Settings, input_options, output_options, run_options, settings
from .output import Form, RecordStream, form_of, open_output

if TYPE_CHECKING:
    from ..encoders.text import TextEncoder
    from ..io import Record

_DTYPES = ("float32", "float16", "int8", "uint8", "binary", "ubinary")


@click.command(short_help="Turn texts into vectors.")
@input_options
@click.option("-m", "--model", default=DEFAULT, show_default=True, metavar="FOLDER|ID", help="The text encoder.")
@encoder_options
@click.option(
    "--dtype",
    type=click.Choice(_DTYPES),
    default="float32",
    show_default=True,
    help="Numbers of the result; binary: a bit a dimension.",
)
@click.option("--batch-size", type=click.IntRange(1), metavar="N", help="Texts the engine is given at a time.")
@click.option("--with-text", is_flag=True, help="The text in each record (Parquet, JSON).")
@click.option("--tokens", "of_tokens", is_flag=True, help="Vectors of the tokens of each text instead of one a text.")
@click.option("--resume/--no-resume", default=None, help="Go on from what a stopped run left, or begin anew.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Turn texts into vectors.

    \b
    tokenspace embed --text "a small cat"
    tokenspace embed reviews.csv --column body --id key -o reviews.parquet
    tokenspace embed corpus/*.txt -m ./all-MiniLM-L6-v2 -o corpus.npy
    tokenspace embed big.jsonl.gz -o shards/ --resume

    -o takes .npy, .safetensors, .parquet, .jsonl, or a folder of shards; memory stays bounded, and a stopped run goes on
    with --resume. Texts that were cut are told on stderr at the end.
    """
    run = settings(**given)
    output = given["output"]
    written = output not in (None, "-") and not (given["as_json"] or given["as_jsonl"]) and not output.endswith(".json")
    if given["resume"] is not None and not written:
        raise click.UsageError("--resume goes on with a file: name one with -o")
    if given["of_tokens"] and (given["dtype"] != "float32" or given["resume"] is not None or given["prompt"]):
        raise click.UsageError("--tokens takes no --dtype, --resume or --prompt")
    form = form_of(given["as_json"], given["as_jsonl"], output)
    records = Inputs(run, "embed", given)
    encoder = load_encoder(given["model"], given, run)
    if given["of_tokens"]:
        write_tokens(records, encoder, run, given, form)
    elif written:
        _write_file(records, encoder, run, given)
    else:
        _write_records(records, encoder, run, given, form)


def _options(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("prompt", "prompt_name", "batch_size")}


def _write_file(records: Inputs, encoder: TextEncoder, run: Settings, given: dict[str, Any]) -> None:
    """Any number of texts, part by part."""
    output = given["output"]
    target = Path(output)
    if any(one.path is not None and target.exists() and target.samefile(one.path) for one in records.sources):
        raise click.UsageError(f"{output} is what the texts are read from: another name for the vectors")
    parts = Path(f"{output.rstrip('/')}.parts")
    if given["resume"] is None and parts.is_dir():
        raise click.UsageError(
            f"{parts} holds what a stopped run has finished: --resume goes on, --no-resume begins anew"
        )
    pairs = ((record.id, record.text) for record in records)
    try:
        done = encoder.encode_to_file(
            pairs, output, precision=given["dtype"], keep_texts=given["with_text"], resume=bool(given["resume"]),
            **_options(given),
        )  # fmt: skip
    except BaseException:
        if parts.is_dir():
            run.note(f"what is finished is kept in {parts}: --resume goes on from there")
        raise
    if done.resumed:
        run.note(f"{done.resumed:,} of {done.rows:,} texts were there from the stopped run")
    first = f"record {(done.first_truncated or 0) + 1}"
    tell_truncated(run, given["on_truncate"], done.truncated, done.rows, done.longest, done.max_length, first)


def _write_records(records: Inputs, encoder: TextEncoder, run: Settings, given: dict[str, Any], form: Form) -> None:
    """To stdout, or one JSON document."""
    cut = _Cut()
    head = {"model": encoder.name, "dimension": encoder.dimension}
    with open_output(given["output"]) as out:
        if form == "human":
            _human(_encoded(records, encoder, given, cut), out, encoder)
        else:
            with RecordStream(out, form, head) as stream:
                for record, vector in _encoded(records, encoder, given, cut):
                    line: dict[str, Any] = {"id": record.id, "source": record.source}
                    if given["with_text"]:
                        line["text"] = record.text
                    stream.write({**line, "embedding": vector})
    tell_truncated(run, given["on_truncate"], cut.count, cut.total, cut.longest, encoder.max_length, cut.first)


class _Cut:
    """What was cut, over all batches."""

    count = total = longest = 0
    first = ""


def _encoded(
    records: Inputs, encoder: TextEncoder, given: dict[str, Any], cut: _Cut
) -> Iterator[tuple[Record, list[Any]]]:
    """(record, its numbers) in input order."""
    import numpy as np

    from ..encoders.text.vector_files import plain_numbers

    ranges = None
    for batch in batches(records):
        texts = [record.text for record in batch]
        vectors, report = encoder.encode(texts, return_report=True, **_options(given))
        if given["dtype"] != "float32":
            from ..encoders.text import quantization_ranges, quantize_embeddings

            if given["dtype"] in ("int8", "uint8") and ranges is None:
                ranges = quantization_ranges(vectors)  # of the first texts, as for files
            vectors = quantize_embeddings(vectors, given["dtype"], ranges)
        if report.truncated_count and not cut.count:
            record = batch[int(np.flatnonzero(report.truncated)[0])]
            cut.first = f"{record.source} {record.id}"
        cut.count += report.truncated_count
        cut.total += len(batch)
        cut.longest = max(cut.longest, report.longest)
        for record, vector in zip(batch, vectors, strict=True):
            yield record, plain_numbers(vector)


def _human(rows: Iterator[tuple[Record, list[Any]]], out: Any, encoder: TextEncoder) -> None:
    from ..tokenizers.tables import text_table
    from ..tokenizers.visible import visible

    shown = [(record, vector) for record, vector in rows]
    cells = []
    for record, vector in shown:
        numbers = " ".join(f"{value:.4g}" for value in vector[:5]) + (" ..." if len(vector) > 5 else "")
        text = record.text if len(record.text) <= 40 else record.text[:39] + "…"
        cells.append([visible(str(record.id), spaces=False), visible(text, spaces=False), str(len(vector)), numbers])
    out.write(text_table(["id", "text", "numbers", "vector"], cells, right=(2,)))
