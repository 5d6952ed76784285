"""``tokenspace similar TEXT --in FILE``: the texts of a file that are most similar to one."""

from __future__ import annotations

from typing import Any

import click

from .encoder_loading import DEFAULT
from .inputs import Inputs, batches
from .options import Settings
from .output import Form, dumps, open_output

_WORDS_ONLY = {
    "negative": "--negative", "restrict_vocab": "--restrict-vocab", "cosmul": "--cosmul", "limit": "--limit",
    "unicode_errors": "--unicode-errors", "no_mmap": "--no-mmap", "allow_unverified": "--allow-unverified",
}  # fmt: skip


def similar_texts(given: dict[str, Any], run: Settings, form: Form) -> None:
    """The arguments are one text; words of a shell without quotes are joined by spaces."""
    wrong = [option for name, option in _WORDS_ONLY.items() if given[name]]
    if wrong:
        raise click.UsageError(f"{wrong[0]} is about words: leave it out with --in")
    from ..encoders.text import TextEncoder
    from ..encoders.text.nearest import nearest_texts

    query = " ".join(given["words"]).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    asked = {
        "inputs": given["files"], "texts": (), "format": given["format"], "pattern": None, "id_column": given["id_column"],
        "encoding": given["encoding"] or "utf-8", "no_header": False,
    }  # fmt: skip
    records = Inputs(run, "embed", asked)
    encoder = TextEncoder(
        given["model"] or DEFAULT,
        threads=run.threads,
        local_files_only=True if run.offline else None,
        on_truncate="ignore",
    )
    pairs = ([(record.text, record) for record in batch] for batch in batches(records))
    found = nearest_texts(encoder, query, pairs, given["topn"])
    rows = [
        {"id": record.id, "score": round(score, 6), "text": text, "source": record.source}
        for score, text, record in found
    ]
    with open_output(given["output"]) as out:
        if form == "json":
            out.write(dumps({"query": query, "model": encoder.name, "neighbours": rows}, indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in rows)
        elif form == "plain":
            out.writelines(f"{row['id']}\t{row['score']}\t{row['text']}\n" for row in rows)
        else:
            from ..tokenizers.tables import text_table
            from ..tokenizers.visible import visible
            from .output import terminal_width

            cells = [
                [visible(str(row["id"])), f"{row['score']:.4f}", visible(str(row["text"]), spaces=False)]
                for row in rows
            ]
            out.write(
                text_table(["id", encoder.similarity_name, "text"], cells, terminal_width(given["output"]), right=(1,))
            )
