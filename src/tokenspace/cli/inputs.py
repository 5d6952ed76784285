"""From a command's arguments to records, with progress in bytes read."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

import click

from ..io import ReadOptions, ReadState, Record, Source, expand_inputs, read_records
from ..progress import Reporter
from .options import Settings

T = TypeVar("T")
BATCH_CHARS = 1 << 20
BATCH_ROWS = 8192


def split_texts(inputs: Sequence[str], texts: Sequence[str], run: Settings) -> tuple[list[str], list[str]]:
    """(inputs that are files, texts): an argument with white space that names no file is the text itself."""
    files: list[str] = []
    words = list(texts)
    for name in inputs:
        if any(map(str.isspace, name)) and not os.path.exists(name) and not glob.glob(name):
            run.note("no file of that name: the argument is taken as text")
            words.append(name)
        else:
            files.append(name)
    return files, words


def sources_of(files: Sequence[str], has_texts: bool, format: str | None, pattern: str | None) -> list[Source]:
    """The sources named; standard input when nothing is named and it is not a terminal."""
    if not files and not has_texts:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("nothing to read: name a file, use --text, or pipe text in ('-' is standard input)")
        files = ["-"]
    return expand_inputs(files, format, pattern, "--text to give the words themselves")


class Inputs:
    """Records of a command, in order, texts from the command line first."""

    def __init__(
        self,
        run: Settings,
        stage: str,
        given: dict[str, Any],
        pair_column: str | None = None,
        extra: tuple[str, ...] = (),
        whole: bool = False,
    ) -> None:
        files, self.texts = split_texts(given["inputs"], given["texts"], run)
        self.run, self.stage = run, stage
        self.sources = sources_of(files, bool(self.texts), given["format"], given["pattern"])
        self.state = ReadState()
        chosen = given.get("whole")
        self.options = ReadOptions(
            column=run.column,
            id_column=given.get("id_column"),
            pair_column=pair_column,
            extra=extra,
            whole=whole if chosen is None else bool(chosen),
            errors=cast(Any, run.errors),
            encoding=given["encoding"],
            header=not given["no_header"],
        )

    def _total(self) -> int | None:
        sizes = [source.path.stat().st_size for source in self.sources if source.path is not None]
        return sum(sizes) if len(sizes) == len(self.sources) else None

    def __iter__(self) -> Iterator[Record]:
        for index, text in enumerate(self.texts, 1):
            clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            yield Record(clean, index, "<text>", index)
        if not self.sources:
            return
        with Reporter(self.stage, self._total(), "bytes", self.run.progress) as report:
            for record in read_records(self.sources, self.options, self.state):
                yield record
                report.update(self.state.bytes_read())
        if self.state.skipped:
            self.run.note(f"{self.state.skipped} rows left out because their bytes are not text (--errors skip)")


def batches(records: Iterator[Record] | Inputs) -> Iterator[list[Record]]:
    """Records in lists of bounded size, so memory does not grow with the input."""
    batch: list[Record] = []
    chars = 0
    for record in records:
        batch.append(record)
        chars += len(record.text) + len(record.pair or "")
        if chars >= BATCH_CHARS or len(batch) >= BATCH_ROWS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch
