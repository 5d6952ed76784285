"""Text tables that fit the terminal, measured in columns (wide characters count two)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .visible import cut, visible, width

if TYPE_CHECKING:
    from .compare import ComparisonRow


def _wrapped(text: str, columns: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        while width(word) > columns:
            if line:
                lines.append(line)
                line = ""
            head, word = cut(word, columns)
            lines.append(head)
        if line and width(line) + 1 + width(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line or not lines else lines


def text_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], columns: int | None = None, right: Sequence[int] = ()
) -> str:
    """Rows as aligned columns two spaces apart, long cells wrapped when ``columns`` is given.

    Args:
        header: titles.
        rows: cells already safe to print.
        columns: the room there is; None leaves every cell on one line.
        right: indices of columns aligned to the right (numbers).
    """
    table = [list(header), *[list(row) for row in rows]]
    widths = [max(width(row[index]) for row in table) for index in range(len(header))]
    if columns is not None:
        room = columns - 2 * (len(header) - 1)
        while sum(widths) > room:  # take from the widest, so short columns stay whole
            widest = max(range(len(widths)), key=widths.__getitem__)
            if widths[widest] <= 6:
                break
            widths[widest] -= 1
    lines = []
    for number, row in enumerate(table):
        cells = [_wrapped(cell, widths[index]) if columns is not None else [cell] for index, cell in enumerate(row)]
        for depth in range(max(map(len, cells))):
            out = []
            for index, cell in enumerate(cells):
                text = cell[depth] if depth < len(cell) else ""
                pad = " " * max(0, widths[index] - width(text))
                out.append(pad + text if index in right else text + pad)
            lines.append("  ".join(out).rstrip())
        if number == 0:
            lines.append("  ".join("─" * size for size in widths))
    return "\n".join(lines) + "\n"


def comparison_tables(rows: Sequence[ComparisonRow], columns: int | None) -> str:
    """The counts of a comparison and, when they were probed, the properties side by side."""

    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    names = [visible(row.name, spaces=False) for row in rows]
    text = text_table(
        ["tokenizer", "tokens", "bytes/token", "chars/token", "unknown"],
        [
            [name, f"{row.n_tokens:,}", number(row.bytes_per_token), number(row.chars_per_token), f"{row.n_unknown:,}"]
            for name, row in zip(names, rows, strict=True)
        ],
        columns,
        right=(1, 2, 3, 4),
    )
    if rows and rows[0].properties:
        header = ["tokenizer", *[one.title for one in rows[0].properties]]
        cells = [
            [name, *[visible(one.shown, spaces=False) for one in row.properties]]
            for name, row in zip(names, rows, strict=True)
        ]
        turned = [list(line) for line in zip(header, *cells, strict=True)]
        if columns is None or _natural_width([header, *cells]) <= columns:
            text += "\n" + text_table(header, cells, columns)
        elif _natural_width(turned) <= columns or len(rows) < 4:
            # Few tokenizers: properties downwards read better than squeezed columns.
            text += "\n" + text_table(turned[0], turned[1:], columns)
        else:
            for block in _column_blocks([header, *cells], columns):
                text += "\n" + text_table(block[0], block[1:], columns)
    return text


def _natural_width(table: Sequence[Sequence[str]]) -> int:
    """Columns of the terminal the table takes with every cell on one line."""
    return sum(max(map(width, column)) + 2 for column in zip(*table, strict=True)) - 2


def _column_blocks(table: Sequence[Sequence[str]], columns: int) -> list[list[list[str]]]:
    """A wide table as several that fit: the first column stands in each, the others in order."""
    blocks: list[list[int]] = [[0]]
    for index in range(1, len(table[0])):
        if len(blocks[-1]) > 1 and _natural_width([[row[i] for i in (*blocks[-1], index)] for row in table]) > columns:
            blocks.append([0])
        blocks[-1].append(index)
    return [[[row[index] for index in block] for row in table] for block in blocks]
