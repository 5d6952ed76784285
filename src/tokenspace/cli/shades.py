"""A table of similarities for a terminal, in shades of one colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..pictures.colours import Scale, ink_on
from ..pictures.words import clipped
from ..tokenizers.visible import width

_CELL = 5
_LABEL = 40


def _on(colour: Any, text: str) -> str:
    red, green, blue = (int(part) for part in colour)
    ink = "30" if ink_on(colour) == "#000000" else "97"
    return f"\x1b[{ink};48;2;{red};{green};{blue}m{text}\x1b[0m"


def shaded_table(labels: Sequence[str], values: Any, scale: Scale, room: int | None, color: bool) -> str | None:
    """Rows with numbered labels, columns by the same numbers; None when the columns do not fit ``room``.

    Args:
        labels: a text for each row. values: (n, n). room: columns of the terminal; None: no bound.
    """
    n = len(labels)
    digits = len(str(n))
    names = [clipped(label, _LABEL) for label in labels]
    side = max(width(name) for name in names)
    if room is not None and side + digits + 2 + n * _CELL > room:
        side = room - digits - 2 - n * _CELL
        if side < 12:
            return None
        names = [clipped(label, side) for label in labels]
        side = max(width(name) for name in names)
    colours = scale.colours(values)
    lines = [" " * (side + digits + 2) + "".join(f"{column + 1:>{_CELL}}" for column in range(n))]
    for row, name in enumerate(names):
        cells = []
        for column in range(n):
            text = f"{values[row][column]:{_CELL}.2f}"
            cells.append(_on(colours[row, column], text) if color else text)
        lines.append(f"{row + 1:>{digits}}  {name}{' ' * (side - width(name))}{''.join(cells)}")
    return "\n".join(lines) + "\n"
