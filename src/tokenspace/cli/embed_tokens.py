"""``tokenspace embed --tokens``: the vectors of the tokens of each text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .inputs import Inputs, batches
from .options import Settings
from .output import Form, RecordStream, open_output

if TYPE_CHECKING:
    from ..encoders.contextual import ContextualVectors
    from ..encoders.text import TextEncoder
    from ..io import Record

Encoded = Iterator[tuple["Record", "ContextualVectors"]]


def write_tokens(records: Inputs, encoder: TextEncoder, run: Settings, given: dict[str, Any], form: Form) -> None:
    """Records with tokens, offsets and vectors, or arrays in one .safetensors file."""
    output = given["output"]
    rows = _encoded(records, encoder, given)
    if str(output).endswith(".safetensors"):
        _write_arrays(rows, encoder, output)
        return
    if output not in (None, "-") and not str(output).removesuffix(".gz").endswith((".json", ".jsonl", ".ndjson")):
        raise click.UsageError("--tokens writes .jsonl, .json or .safetensors")
    with open_output(output) as out:
        if form == "human":
            _human(rows, out)
            return
        with RecordStream(out, form, {"model": encoder.name, "dimension": encoder.token_dimension}) as stream:
            for record, vectors in rows:
                from ..encoders.text.vector_files import plain_numbers

                line: dict[str, Any] = {"id": record.id, "source": record.source}
                if given["with_text"]:
                    line["text"] = record.text
                line |= {"tokens": vectors.tokens, "offsets": vectors.offsets.tolist()}
                stream.write({**line, "vectors": [plain_numbers(vector) for vector in vectors.vectors[0]]})


def _encoded(records: Inputs, encoder: TextEncoder, given: dict[str, Any]) -> Encoded:
    tokens = encoder.token_encoder(given["on_truncate"])
    special = encoder.engine != "static"
    for batch in batches(records):
        texts = [record.text for record in batch]
        yield from zip(batch, tokens.encode_stream(texts, add_special_tokens=special), strict=True)


def _human(rows: Encoded, out: Any) -> None:
    from ..tokenizers.tables import text_table
    from ..tokenizers.visible import visible

    for record, vectors in rows:
        cells = [
            [visible(token), f"{begin}:{end}", " ".join(f"{value:.4g}" for value in vector[:5]) + " ..."]
            for token, (begin, end), vector in zip(
                vectors.tokens, vectors.offsets.tolist(), vectors.vectors[0], strict=True
            )
        ]
        out.write(f"{record.source} {record.id}: {len(vectors)} tokens\n")
        out.write(text_table(["token", "offsets", "vector"], cells))


def _write_arrays(rows: Encoded, encoder: TextEncoder, output: str) -> None:
    """All tokens, one text after the other: vectors (t, d), token_ids (t), offsets (t, 2); row_offsets (n + 1)."""
    import numpy as np

    from ..io.safetensors_file import write_tensors

    found = [vectors for _, vectors in rows]
    width = encoder.token_dimension
    arrays = {
        "row_offsets": np.cumsum([0, *(len(one) for one in found)], dtype=np.int64),
        "offsets": np.concatenate([np.zeros((0, 2), np.int64), *(one.offsets for one in found)]),
        "token_ids": np.concatenate([np.zeros(0, np.uint32), *(one.ids for one in found)]),
        "vectors": np.concatenate([np.zeros((0, width), np.float32), *(one.vectors[0] for one in found)]),
    }
    write_tensors(output, arrays, {"model": encoder.name})
