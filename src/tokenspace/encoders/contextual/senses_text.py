"""`Senses` as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...tokenizers.tables import text_table
from ...tokenizers.visible import visible
from .html import table_html
from .senses import columns_of

if TYPE_CHECKING:
    from .senses import Senses

__all__ = ["senses_html", "senses_text"]


def _rows_of(senses: Senses) -> tuple[list[str], list[list[str]]]:
    columns = columns_of(senses.rows)
    return [title for title, _ in columns], [list(row) for row in zip(*(cells for _, cells in columns), strict=True)]


def _clusters(senses: Senses, rows: int, layer: int | None) -> list[tuple[str, list[str]]]:
    """(title, occurrences) of each cluster of a layer."""
    around = senses.words_around(layer)
    found = []
    for number, members in enumerate(senses.members(layer)):
        words = f"; around it: {', '.join(around[number])}" if around[number] and len(around) > 1 else ""
        lines = []
        for place in members[:rows]:
            one = senses.occurrences[place]
            label = f" ({one.label})" if one.label is not None else ""
            lines.append(visible(f"{one.window(36)}{label}", spaces=False))
        if len(members) > rows:
            lines.append(f"… and {len(members) - rows:,} more")
        found.append(
            (
                visible(
                    f"cluster {number + 1}, {len(members):,} occurrence{'s' * (len(members) != 1)}{words}", spaces=False
                ),
                lines,
            )
        )
    return found


def senses_text(senses: Senses, rows: int = 8, layer: int | None = None) -> str:
    """A line of what was found, the layers, the clusters of a layer."""
    header, cells = _rows_of(senses)
    parts = [
        visible(repr(senses), spaces=False),
        "",
        text_table(header, cells, right=tuple(range(len(header)))).rstrip(),
    ]
    for title, lines in _clusters(senses, rows, layer):
        parts += ["", title, *(f"  {line}" for line in lines)]
    return "\n".join(parts) + "\n"


def senses_html(senses: Senses, rows: int = 20) -> str:
    """The same with the similarity table as a picture."""
    header, cells = _rows_of(senses)
    blocks = [table_html(repr(senses), header, cells, range(len(header)))]
    blocks += [
        table_html(title, ["occurrence"], [[line] for line in lines]) for title, lines in _clusters(senses, rows, None)
    ]
    if len(senses) > 1:
        blocks.append(senses.matrix().to_svg())
    return f"<div>{''.join(blocks)}</div>"
