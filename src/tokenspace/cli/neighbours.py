"""Words with scores as output: what ``similar`` and ``analogy`` print."""

from __future__ import annotations

from typing import Any

from .output import Form, dumps


def write_neighbours(out: Any, form: Form, head: dict[str, Any], found: list[tuple[Any, float]]) -> None:
    """One answer: a table, one document, a record a word, or "word score" lines."""
    rows = [{"key": key, "score": round(float(score), 6)} for key, score in found]
    if form == "json":
        out.write(dumps({**head, "neighbours": rows}, indent=1) + "\n")
    elif form == "jsonl":
        out.writelines(dumps(row) + "\n" for row in rows)
    elif form == "plain":
        out.writelines(f"{row['key']}\t{row['score']}\n" for row in rows)
    else:
        from ..tokenizers.tables import text_table
        from ..tokenizers.visible import visible

        cells = [[visible(str(row["key"]), spaces=False), f"{row['score']:.4f}"] for row in rows]
        out.write(text_table(["word", "cosine"], cells, right=(1,)))
