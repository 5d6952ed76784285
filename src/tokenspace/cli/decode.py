"""``tokenspace decode``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import click

from ..errors import FormatError
from ..io import ReadOptions, ReadState
from ..io.expand import FORMATS, expand_inputs
from ..io.readers import read_rows
from .loading import load_one
from .options import output_options, run_options, settings, tokenizer_option
from .output import RecordStream, form_of, open_output

_SEPARATOR = re.compile(r"[\s,]+")


@click.command(short_help="Turn token ids back into text.", context_settings={"ignore_unknown_options": True})
@click.argument("inputs", nargs=-1, metavar="[ID|FILE|-]...")
@tokenizer_option(many=False)
@click.option(
    "--ids", "id_lists", multiple=True, metavar="IDS", help="Ids in one argument: '13048 11 220'; repeatable."
)
@click.option("--format", "format", type=click.Choice(FORMATS), help="Input format; default: by extension.")
@click.option("--column", default="ids", show_default=True, help="Column with the ids in JSONL and Parquet.")
@click.option("--keep-special", is_flag=True, help="Keep special tokens in the text.")
@click.option("--bytes", "as_bytes", is_flag=True, help="The exact bytes, nothing added, no replacement characters.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Turn token ids back into text.

    \b
    tokenspace decode -t gpt2 15496 995
    tokenspace encode -t gpt2 a.txt | tokenspace decode -t gpt2 --format jsonl
    """
    run = settings(**{**given, "column": None})
    inputs = list(given["inputs"])
    lists: list[tuple[Any, list[int]]] = []
    if inputs and all(re.fullmatch(r"[\d,\s\[\]]+", part) and not os.path.exists(part) for part in inputs):
        lists.append((1, _ids_of_text(" ".join(inputs), "the command line", 1)))
        inputs = []
    for text in given["id_lists"]:
        lists.append((len(lists) + 1, _ids_of_text(text, "--ids", len(lists) + 1)))
    if not inputs and not lists:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("nothing to decode: give ids or files, or pipe lines of ids in")
        inputs = ["-"]
    _, tokenizer = load_one(run)
    rows = _remarked(_rows(lists, inputs, given), tokenizer, run)
    output = given["output"]
    if given["as_bytes"]:
        with open_output(output, binary=True) as out:
            for _, _, ids in rows:
                out.write(tokenizer.decode_bytes(ids))
        return
    form = form_of(given["as_json"], given["as_jsonl"], output, piped="plain")
    with open_output(output) as out:
        if form in ("human", "plain"):
            for _, _, ids in rows:
                out.write(tokenizer.decode(ids, skip_special_tokens=not given["keep_special"]) + "\n")
            return
        with RecordStream(out, form, {}) as stream:
            for record_id, source, ids in rows:
                text = tokenizer.decode(ids, skip_special_tokens=not given["keep_special"])
                stream.write({"id": record_id, "source": source, "text": text})


def _ids_of_text(text: str, source: str, number: int) -> list[int]:
    parts = [part for part in _SEPARATOR.split(text.strip().strip("[]")) if part]
    if not all(part.isascii() and part.isdigit() for part in parts):
        wrong = next(part for part in parts if not (part.isascii() and part.isdigit()))
        raise FormatError(f"[decode] {source}, row {number}: expected ids, received {wrong!r}; try --format jsonl")
    return _checked([int(part) for part in parts], source, number)


def _checked(ids: Any, source: str, number: int) -> list[int]:
    if not isinstance(ids, list) or not all(isinstance(one, int) and 0 <= one < 2**32 for one in ids):
        raise FormatError(f"[decode] {source}, row {number}: expected a list of ids from 0 to 4294967295")
    return ids


def _remarked(
    rows: Iterator[tuple[Any, str, list[int]]], tokenizer: Any, run: Any
) -> Iterator[tuple[Any, str, list[int]]]:
    """The rows; says at the end how many ids the vocabulary does not have, which decoding leaves out as the reference does."""
    known: dict[int, bool] = {}
    missing = 0
    for row in rows:
        for one in row[2]:
            if one not in known:
                known[one] = tokenizer.id_to_token(one) is not None
            missing += not known[one]
        yield row
    if missing:
        run.note(f"{missing} ids are not in the vocabulary and were left out")


def _rows(
    lists: list[tuple[Any, list[int]]], inputs: list[str], given: dict[str, Any]
) -> Iterator[tuple[Any, str, list[int]]]:
    for record_id, ids in lists:
        yield record_id, "<ids>", ids
    state = ReadState()
    for source in expand_inputs(inputs, given["format"]):
        for number, row in read_rows(source, ReadOptions(keep_empty=True), state):
            record_id = number
            if isinstance(row, dict):
                if given["column"] not in row:
                    raise FormatError(
                        f"[decode] {source.name}, row {number}: expected a column {given['column']!r}, received "
                        f"{', '.join(map(str, row)) or 'none'}; try --column"
                    )
                record_id = row.get("id", number)
                row = row[given["column"]]
            if isinstance(row, str):
                if row[:1] == "{" and source.format == "txt":
                    raise FormatError(f"[decode] {source.name}, row {number}: this is JSON; try --format jsonl")
                yield record_id, source.name, _ids_of_text(row, source.name, number)
            else:
                yield record_id, source.name, _checked(row, source.name, number)
