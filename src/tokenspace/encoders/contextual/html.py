"""Results as HTML for notebooks: one block, no script, every character of a text escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...tokenizers.visible import visible

if TYPE_CHECKING:
    from .vectors import ContextualVectors

__all__ = ["table_html", "tokens_html"]

_STYLE = (
    "<style>.tokenspace-table{border-collapse:collapse;font:13px/1.4 system-ui,sans-serif}"
    ".tokenspace-table td,.tokenspace-table th{border:1px solid #8884;padding:2px 8px;text-align:left}"
    ".tokenspace-table td.number{text-align:right;font-variant-numeric:tabular-nums}</style>"
)
_MOST = 200


def table_html(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table. numbers: indices of columns aligned to the right."""

    def cell(text: str) -> str:
        return html.escape(visible(text, spaces=False))

    head = "".join(f"<th>{cell(name)}</th>" for name in header)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=number' if index in numbers else ''}>{cell(text)}</td>" for index, text in enumerate(row)
        )
        + "</tr>"
        for row in rows[:_MOST]
    )
    more = f"<p>… {len(rows) - _MOST:,} more</p>" if len(rows) > _MOST else ""
    return f'{_STYLE}<p>{cell(title)}</p><table class="tokenspace-table"><tr>{head}</tr>{body}</table>{more}'


def tokens_html(vectors: ContextualVectors) -> str:
    """Tokens with places, and the length of the vector at each layer."""
    lengths = [
        [f"{length:.3f}" for length in row] for row in (vectors.vectors.astype("float64") ** 2).sum(axis=2) ** 0.5
    ]
    rows = []
    for index, token in enumerate(vectors.tokens):
        start, end = vectors.offsets[index].tolist()
        rows.append(
            [str(index), token, str(int(vectors.ids[index])), f"{start}:{end}", *(row[index] for row in lengths)]
        )
    names = [f"length at layer {layer}" for layer in vectors.layers]
    numbers = [0, 2, *range(4, 4 + len(names))]
    return table_html(repr(vectors), ["", "token", "id", "characters", *names], rows, numbers)
