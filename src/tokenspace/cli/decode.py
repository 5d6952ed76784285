"""``tokenspace decode``."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import click

from ..errors import FormatError, NotFoundError, message
from ..io import ReadOptions, ReadState
from ..io.expand import FORMATS, expand_inputs
from ..io.readers import read_rows
from .loading import load_one
from .options import output_options, run_options, settings, tokenizer_option
from .output import RecordStream, form_of, open_output

_SEPARATOR = re.compile(r"[\s,]+")
_IDS = re.compile(r"[\d,\s\[\]]+")
_ARGUMENTS = "the command line"


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
    form = form_of(given["as_json"], given["as_jsonl"], given["output"], piped="plain")
    inputs = list(given["inputs"])
    lists: list[tuple[Any, list[int]]] = []
    if inputs and all(_IDS.fullmatch(part) and not os.path.exists(part) for part in inputs):
        lists.append((1, _ids_of_text(" ".join(inputs), _ARGUMENTS, 1)))
        inputs = []
    _check_inputs(inputs)
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
    with open_output(output) as out:
        if form in ("human", "plain"):
            for _, _, ids in rows:
                out.write(tokenizer.decode(ids, skip_special_tokens=not given["keep_special"]) + "\n")
            return
        with RecordStream(out, form, {}) as stream:
            for record_id, source, ids in rows:
                text = tokenizer.decode(ids, skip_special_tokens=not given["keep_special"])
                stream.write({"id": record_id, "source": source, "text": text})


def _check_inputs(inputs: list[str]) -> None:
    """Ids and files stand in the same place: what is neither gets told how to write both.

    Raises:
        NotFoundError: a word that is no number and no file. UsageError: ids among files.
    """

    def is_file(name: str) -> bool:
        return name == "-" or name.startswith("hf://") or os.path.exists(name) or glob.has_magic(name)

    others = [name for name in inputs if not is_file(name)]
    words = [name for name in others if not _IDS.fullmatch(name)]
    if others and not words:
        raise click.UsageError(f"ids and files in one run: give the ids as --ids '{' '.join(others)}'")
    for name in words[:1]:
        shown = name if len(name) <= 200 else name[:200] + "…"
        raise NotFoundError(
            message(
                "decode",
                "ids or files of ids",
                f"{shown!r}, which is neither a number nor a file",
                "--ids '72 105', a file with the ids of one text a line, or 'tokenspace encode' for text to ids",
            )
        )


def _ids_of_text(text: str, source: str, number: int) -> list[int]:
    parts = [part for part in _SEPARATOR.split(text.strip().strip("[]")) if part]
    if not all(part.isascii() and part.isdigit() for part in parts):
        wrong = next(part for part in parts if not (part.isascii() and part.isdigit()))
        remedy = "" if source in (_ARGUMENTS, "--ids") else "a line of ids a text, or --format jsonl"
        raise FormatError(message(f"decode {source}, row {number}", "ids", repr(wrong), remedy))
    return _checked([int(part) for part in parts], source, number)


def _checked(ids: Any, source: str, number: int) -> list[int]:
    expected = "a list of ids from 0 to 4294967295"
    if not isinstance(ids, list):
        raise FormatError(message(f"decode {source}, row {number}", expected, type(ids).__name__))
    for one in ids:
        if not isinstance(one, int) or not 0 <= one < 2**32:
            raise FormatError(message(f"decode {source}, row {number}", expected, repr(one)))
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
                        f"columns {', '.join(map(str, row)) or 'none'}; try --column NAME"
                    )
                record_id = row.get("id", number)
                row = row[given["column"]]
            if isinstance(row, str):
                if row[:1] == "{" and source.format == "txt":
                    raise FormatError(f"[decode] {source.name}, row {number}: this is JSON; try --format jsonl")
                yield record_id, source.name, _ids_of_text(row, source.name, number)
            else:
                yield record_id, source.name, _checked(row, source.name, number)
