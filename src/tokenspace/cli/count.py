"""``tokenspace count``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from .inputs import Inputs, batches
from .loading import load_many
from .options import input_options, output_options, run_options, settings, special_options, tokenizer_option
from .output import RecordStream, form_of, open_output, terminal_width


@dataclass(slots=True)
class _Sums:
    records: int = 0
    chars: int = 0
    bytes: int = 0
    tokens: int = 0
    longest: int = 0
    over: int = 0

    def add(self, other: _Sums) -> None:
        self.records += other.records
        self.chars += other.chars
        self.bytes += other.bytes
        self.tokens += other.tokens
        self.longest = max(self.longest, other.longest)
        self.over += other.over


@click.command(short_help="Count the tokens of files or text.")
@input_options
@tokenizer_option(many=True)
@click.option("--per-record", is_flag=True, help="A row for every record instead of every file.")
@click.option("--window", type=click.IntRange(1), metavar="N", help="Also count the records longer than N tokens.")
@special_options
@output_options
@run_options
def command(**given: Any) -> None:
    """Count the tokens of files or text, without building the ids.

    \b
    tokenspace count -t gpt2 -t cl100k_base docs/ --glob '*.md'
    tokenspace count --text "How long is this?"
    tokenspace count rows.jsonl --window 512        how many rows an encoder would cut

    Text files are counted as a whole; --lines counts each line as a text of its own.
    """
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    tokenizers = load_many(run)
    records = Inputs(run, "count", given, whole=not given["per_record"])
    by_source: dict[tuple[str, str], _Sums] = {}
    with open_output(given["output"]) as out:
        if given["per_record"] and form in ("json", "jsonl", "plain"):
            with RecordStream(out, form, {}) as stream:
                for record, name, sums in _counted(records, tokenizers, run, given):
                    row = {"id": record.id, "source": record.source, "tokenizer": name, "n_tokens": sums.tokens}
                    stream.write({**row, "chars": sums.chars, "bytes": sums.bytes})
            return
        for record, name, sums in _counted(records, tokenizers, run, given):
            label = f"{record.source} {record.id}" if given["per_record"] else record.source
            by_source.setdefault((label, name), _Sums()).add(sums)
        # Batches hold several files: rows are put back file by file.
        places = {source: index for index, (source, _) in reversed(list(enumerate(by_source)))}
        by_source = dict(sorted(by_source.items(), key=lambda item: places[item[0][0]]))
        if form in ("json", "jsonl", "plain"):
            with RecordStream(out, form, {}) as stream:
                for (source, name), sums in by_source.items():
                    stream.write(_row(source, name, sums, given["window"]))
            return
        out.write(_table(by_source, [name for name, _ in tokenizers], given["window"]))


def _counted(records: Inputs, tokenizers: list[tuple[str, Any]], run: Any, given: dict[str, Any]) -> Any:
    for batch in batches(records):
        texts = [record.text for record in batch]
        for name, tokenizer in tokenizers:
            counts = tokenizer.count_batch(
                texts, threads=run.threads, add_special_tokens=not given["no_special"], special_tokens=run.special
            )
            for record, n_tokens in zip(batch, counts.tolist(), strict=True):
                n_bytes = len(record.text.encode("utf-8", "surrogatepass"))
                over = int(given["window"] is not None and n_tokens > given["window"])
                yield record, name, _Sums(1, len(record.text), n_bytes, n_tokens, n_tokens, over)


def _row(source: str, name: str, sums: _Sums, window: int | None) -> dict[str, Any]:
    row = {
        "source": source,
        "tokenizer": name,
        "records": sums.records,
        "chars": sums.chars,
        "bytes": sums.bytes,
        "n_tokens": sums.tokens,
        "bytes_per_token": round(sums.bytes / sums.tokens, 4) if sums.tokens else None,
        "longest": sums.longest,
    }
    if window is not None:
        row["over_window"] = sums.over
    return row


def _table(by_source: dict[tuple[str, str], _Sums], names: list[str], window: int | None) -> str:
    from ..tokenizers.tables import text_table
    from ..tokenizers.visible import visible

    totals = {name: _Sums() for name in names}
    rows = []
    for (source, name), sums in by_source.items():
        totals[name].add(sums)
        rows.append((source, name, sums))
    if len(rows) > len(names):
        rows += [("total", name, sums) for name, sums in totals.items()]
    header = ["source", "tokenizer", "records", "bytes", "tokens", "bytes/token", "longest"]
    cells = []
    for source, name, sums in rows:
        each = f"{sums.bytes / sums.tokens:.2f}" if sums.tokens else "-"
        line = [visible(source, spaces=False), visible(name, spaces=False), f"{sums.records:,}", f"{sums.bytes:,}"]
        line += [f"{sums.tokens:,}", each, f"{sums.longest:,}"]
        cells.append([*line, f"{sums.over:,}"] if window is not None else line)
    if window is not None:
        header.append(f"over {window}")
    return text_table(header, cells, terminal_width(), right=(2, 3, 4, 5, 6, 7))
