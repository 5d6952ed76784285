"""``tokenspace vectors info`` and ``list``."""

from __future__ import annotations

import os
from typing import Any

import click

from .options import run_options, settings
from .output import dumps, form_of, open_output, terminal_width
from .vector_loading import load, reading_options


@click.command("info", short_help="Print format, size, type and first words of vectors.")
@click.argument("model", metavar="FILE|NAME")
@reading_options
@click.option("--words", "shown", type=click.IntRange(0), default=5, show_default=True, help="First words shown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@run_options
def info(**given: Any) -> None:
    """Print format, size, type and first words of vectors, and what is odd about them."""
    run = settings(**given)
    vectors = load(given["model"], given, run)
    facts = _facts(given["model"], vectors, given["shown"])
    with open_output(None) as out:
        if given["as_json"]:
            out.write(dumps(facts, indent=1) + "\n")
            return
        from ..tokenizers.visible import visible

        wide = max(map(len, facts))
        for name, value in facts.items():
            text = ", ".join(map(str, value)) if isinstance(value, list) else "-" if value is None else str(value)
            out.write(f"{name:{wide}}  {visible(text, spaces=False)}\n")


def _facts(name: str, vectors: Any, shown: int) -> dict[str, Any]:
    import numpy as np

    from ..vectors.formats.open import recognise

    here = os.path.isfile(name)
    vectors.fill_norms()
    norms = vectors.norms
    finite = norms[np.isfinite(norms)]
    return {
        "format": recognise(name) if here else "published",
        "bytes": os.path.getsize(name) if here else None,
        "rows": len(vectors),
        "columns": vectors.vector_size,
        "type": str(vectors.vectors.dtype),
        "attributes": sorted(vectors.expandos),
        "mean_length": round(float(finite.mean()), 4) if len(finite) else None,
        "zero_rows": int((norms == 0).sum()),
        "not_finite_rows": len(norms) - len(finite),
        "words": vectors.index_to_key[:shown],
    }


@click.command("list", short_help="Published vectors that are known by name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="One JSON record a line (default when piped).")
def list_published(as_json: bool, as_jsonl: bool) -> None:
    """Published vectors that are known by name, with size and licence, and where they are on this machine.

    Besides, cc.XX.300 names fastText's Common Crawl vectors of the language XX; they have no published checksum.
    """
    from ..vectors.formats.registry import local_path, pretrained

    form = form_of(as_json, as_jsonl, None)
    rows: list[dict[str, Any]] = []
    for entry in pretrained():
        path = local_path(entry)
        row = {"name": entry.name, "rows": entry.rows, "columns": entry.columns, "bytes": entry.size}
        rows.append({**row, "licence": entry.licence, "url": entry.url, "path": str(path) if path else None})
    with open_output(None) as out:
        if form == "json":
            out.write(dumps({"vectors": rows}, indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in rows)
        else:
            from ..tokenizers.tables import text_table

            cells = [
                [row["name"], f"{row['rows']:,}", str(row["columns"]), f"{row['bytes'] / 1e6:.0f} MB", row["licence"],
                 "yes" if row["path"] else "no"]
                for row in rows
            ]  # fmt: skip
            header = ["name", "words", "columns", "download", "licence", "here"]
            out.write(text_table(header, cells, terminal_width(), right=(1, 2, 3)))
