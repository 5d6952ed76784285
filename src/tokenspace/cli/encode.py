"""``tokenspace encode``."""

from __future__ import annotations

import sys
from typing import Any

import click

from .inputs import Inputs, batches
from .loading import load_one
from .options import input_options, output_options, run_options, settings, special_options, tokenizer_option
from .output import RecordStream, color_enabled, dumps, form_of, open_output

_SHOW = ("ids", "tokens", "offsets", "text")


@click.command(short_help="Turn text into token ids.")
@input_options
@tokenizer_option(many=False)
@click.option("--pair", metavar="TEXT", help="Second text of a pair, with one --text.")
@click.option("--pair-column", metavar="NAME", help="Column with the second text of a pair.")
@click.option("--show", default="ids", show_default=True, metavar="LIST", help="Any of ids,tokens,offsets,text.")
@click.option(
    "--offset-unit", type=click.Choice(["chars", "bytes"]), default="chars", show_default=True,
    help="What offsets count: code points, or bytes of UTF-8.",
)  # fmt: skip
@special_options
@click.option("--plain", is_flag=True, help="A line of ids (or tokens) a record.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Turn text into token ids.

    \b
    tokenspace encode -t gpt2 --text "Hello, world!"      a token a line on a terminal
    tokenspace encode -t gpt2 corpus/*.txt -o ids.jsonl   a record a line of text
    tokenspace encode rows.csv --column body --id key --show ids,offsets

    -o FILE.npz writes flat arrays: ids, row_offsets and, with offsets, spans.
    """
    run = settings(**given)
    show = [part.strip() for part in given["show"].split(",") if part.strip()]
    if not show or not set(show) <= set(_SHOW):
        raise click.UsageError(f"--show takes a list of {', '.join(_SHOW)}")
    output = given["output"]
    form = form_of(given["as_json"], given["as_jsonl"], output, plain=given["plain"])
    arrays = str(output).endswith(".npz")
    if arrays and (given["as_json"] or given["as_jsonl"] or given["plain"]):
        raise click.UsageError("-o FILE.npz writes arrays: leave out --json, --jsonl and --plain")
    records = Inputs(run, "encode", given, given["pair_column"])
    if given["pair"] is not None and (len(records.texts) != 1 or records.sources):
        raise click.UsageError("--pair needs exactly one text and no files; use --pair-column for tables")
    name, tokenizer = load_one(run)
    if arrays:
        _write_arrays(records, tokenizer, run, given, "offsets" in show, output)
        return
    with open_output(output) as out:
        if form == "human":
            _human(records, tokenizer, run, given, out)
            return
        if form == "plain":
            kinds = [kind for kind in show if kind != "text"]
            for record, row in _encoded(records, tokenizer, run, given, kinds[:1]):
                del record
                out.write(_plain_line(row[kinds[0]] if kinds else [], kinds[0] if kinds else "ids") + "\n")
            return
        with RecordStream(out, form, {"tokenizer": name}) as stream:
            for record, row in _encoded(records, tokenizer, run, given, show):
                line: dict[str, Any] = {"id": record.id, "source": record.source}
                if "text" in show:
                    line["text"] = record.text
                    if record.pair is not None:
                        line["pair"] = record.pair
                stream.write({**line, **row})


def _plain_line(values: list[Any], kind: str) -> str:
    if kind == "offsets":
        return " ".join(f"{start}:{end}" for start, end in values)
    if kind == "tokens":
        return dumps(values)  # tokens hold spaces: a JSON array is the only plain form that can be read back
    return " ".join(map(str, values))


def _encoded(records: Inputs, tokenizer: Any, run: Any, given: dict[str, Any], show: list[str]) -> Any:
    """(record, {"ids": ..., "tokens": ..., "offsets": ...}) in input order."""
    wants_offsets = "offsets" in show
    for batch in batches(records):
        texts, pairs = [record.text for record in batch], _pairs(batch, given)
        if wants_offsets and pairs is not None:
            # Offsets of a pair belong to two texts: the full encoding says which.
            for record, pair in zip(batch, pairs, strict=True):
                encoding = tokenizer.encode(
                    record.text, pair, add_special_tokens=not given["no_special"], special_tokens=run.special
                )
                row: dict[str, Any] = {"ids": encoding.ids} if "ids" in show else {}
                if "tokens" in show:
                    row["tokens"] = encoding.tokens
                row["offsets"] = encoding.offsets if given["offset_unit"] == "chars" else encoding.byte_offsets
                row["sequence_ids"] = encoding.sequence_ids
                yield record, row
            continue
        encoded = tokenizer.encode_batch(
            texts,
            pairs=pairs,
            threads=run.threads,
            offsets=given["offset_unit"] if wants_offsets else None,
            add_special_tokens=not given["no_special"],
            special_tokens=run.special,
        )
        bounds = encoded.row_offsets.tolist()
        for index, (record, ids) in enumerate(zip(batch, encoded.to_list(), strict=True)):
            row = {}
            if "ids" in show:
                row["ids"] = ids
            if "tokens" in show:
                row["tokens"] = [tokenizer.id_to_token(token) for token in ids]
            if wants_offsets:
                row["offsets"] = encoded.spans[bounds[index] : bounds[index + 1]].tolist()
            yield record, row


def _pairs(batch: list[Any], given: dict[str, Any]) -> list[str] | None:
    if given["pair"] is not None:
        return [given["pair"]]
    return [record.pair or "" for record in batch] if given["pair_column"] else None


def _human(records: Inputs, tokenizer: Any, run: Any, given: dict[str, Any], out: Any) -> None:
    from ..tokenizers.compare import pieces_of, token_table

    color = color_enabled(run.color, given["output"])
    for record in records:
        pair = given["pair"] if given["pair"] is not None else record.pair
        encoding = tokenizer.encode(
            record.text, pair, add_special_tokens=not given["no_special"], special_tokens=run.special
        )
        out.write(f"{record.source} {record.id}: {len(encoding.ids)} tokens\n")
        out.write("\n".join(token_table(pieces_of(tokenizer, encoding), color)) + "\n")
        if out is sys.stdout:
            out.flush()


def _write_arrays(
    records: Inputs, tokenizer: Any, run: Any, given: dict[str, Any], wants_offsets: bool, output: str
) -> None:
    import numpy as np

    ids, lengths, spans = [], [], []
    for batch in batches(records):
        encoded = tokenizer.encode_batch(
            [record.text for record in batch],
            pairs=_pairs(batch, given),
            threads=run.threads,
            offsets=given["offset_unit"] if wants_offsets else None,
            add_special_tokens=not given["no_special"],
            special_tokens=run.special,
        )
        ids.append(encoded.ids)
        lengths.append(np.diff(encoded.row_offsets))
        if wants_offsets:
            spans.append(encoded.spans)
    counts = np.concatenate(lengths) if lengths else np.zeros(0, np.int64)
    arrays = {
        "ids": np.concatenate(ids) if ids else np.zeros(0, np.uint32),
        "row_offsets": np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
    }
    if wants_offsets:
        arrays["spans"] = np.concatenate(spans) if spans else np.zeros((0, 2), np.uint32)
    with open_output(output, binary=True) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
