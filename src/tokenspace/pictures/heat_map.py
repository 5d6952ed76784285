"""A table of numbers as colours: similarities of texts, attention of tokens."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, LimitError, message
from ..tokenizers.visible import visible, width
from .colours import Scale, hex_of, ink_on
from .drawing import FAINT, INK, PAPER, Box, Drawing, Line, Pixels, Words
from .picture import Picture
from .words import clipped, text_width

__all__ = ["MOST_CELLS", "HeatMap"]

MOST_CELLS = 4_000_000
_VALUES, _BOXES, _LABELS = 24, 48, 140  # rows up to which there are numbers in the cells; a shape a cell; a label a row
_ROOM = 760.0  # what the cells of a middling table take


class HeatMap(Picture):
    """Numbers of every pair of a row and a column, one coloured cell each.

    Rows and columns of many or long labels are numbered, and whole texts appear under the pointer. Up to 24 rows the cells
    hold their numbers; up to 140 every row is labelled.

    Args:
        values: (rows, columns), finite.
        labels: a text for each row.
        columns: a text for each column; None: the rows' labels, for a square table.
        title: what the numbers are.
        low, high: ends of the colour scale; None: round numbers that hold all values. Cells outside have an end's colour.
        diagonal: False leaves the diagonal of a square table out of the scale, since everything is most like itself.
        row_name, column_name: what stands before the texts under the pointer.

    Raises:
        ArgumentError: shapes that do not agree, no row, NaN or infinity. LimitError: more than 4,000,000 cells.
    """

    def __init__(
        self,
        values: npt.ArrayLike,
        labels: Sequence[str],
        columns: Sequence[str] | None = None,
        *,
        title: str = "cosine similarity",
        low: float | None = None,
        high: float | None = None,
        diagonal: bool = True,
        row_name: str = "",
        column_name: str = "",
    ) -> None:
        self.values = np.asarray(values, dtype=np.float64)
        self.labels = [str(label) for label in labels]
        self.columns = self.labels if columns is None else [str(label) for label in columns]
        self.title, self.row_name, self.column_name = title, row_name, column_name
        if self.values.shape != (len(self.labels), len(self.columns)) or not self.values.size:
            raise ArgumentError(
                message("heat map", f"values of shape ({len(self.labels)}, {len(self.columns)}), at least one",
                        f"{self.values.shape}")
            )  # fmt: skip
        if self.values.size > MOST_CELLS:
            raise LimitError(
                message(
                    "heat map",
                    f"at most {MOST_CELLS:,} cells",
                    f"{self.values.size:,}",
                    "a map of points, or fewer rows",
                )
            )
        if not np.isfinite(self.values).all():
            row, column = np.argwhere(~np.isfinite(self.values))[0]
            raise ArgumentError(message("heat map", "finite values", f"NaN or infinity in row {row}, column {column}"))
        square = self.values.shape[0] == self.values.shape[1] > 1
        scaled = self.values[~np.eye(len(self.values), dtype=bool)] if square and not diagonal else self.values
        self.scale = Scale.of(scaled, low, high)

    # ---- layout ----
    def drawing(self) -> Drawing:
        """The cells, their labels and the scale."""
        rows, columns = self.values.shape
        longest = max(rows, columns)
        numbers = len({f"{value:.2f}" for value in self.values.flat[:64]}) > 1 or longest <= _VALUES
        shown = longest <= _VALUES and numbers
        cell = 44.0 if longest <= 12 else 36.0 if longest <= _VALUES else max(_ROOM / longest, 0.4)
        labelled = longest <= _LABELS
        font = float(np.clip(cell * 0.72, 5.0, 13.0))
        turned = labelled and max(width(clipped(label, 99)) for label in self.columns) <= 14
        numbered = labelled and not turned and self.columns == self.labels

        names = [clipped(label, 44) for label in self.labels] if labelled else []
        heads = [clipped(label, 14 if turned else 30) for label in self.columns] if labelled and not numbered else []
        number_room = text_width(f"{rows}  ", font) if numbered else 0.0
        left = 24 + max((text_width(name, font) for name in names), default=0.0) + number_room + (10 if labelled else 0)
        tall = max((text_width(head, font) for head in heads), default=0.0)
        slope = 0.71 if longest <= 40 else 1.0
        top = 52 + (tall * slope + font + 8 if heads else (font + 10 if numbered else 0))
        wide, high = cell * columns, cell * rows
        overhang = tall * 0.71 if heads and slope < 1 else 0.0
        right = max(96.0, overhang + 16)
        drawing = Drawing(
            max(left + wide + right, 320), top + max(high, 120.0) + 28, f"{self.title}: {rows} by {columns}"
        )
        drawing.add(Words(24, 30, self.title, 15, bold=True))
        self._cells(drawing, left, top, cell, shown)
        for row, name in enumerate(names):
            y = top + (row + 0.5) * cell + font * 0.36
            tip = self.labels[row] if name != self.labels[row] else ""
            if numbered:
                drawing.add(Words(left - 10, y, str(row + 1), font, FAINT, "end"))
            drawing.add(Words(left - 10 - number_room, y, name, font, INK, "end", tip=tip))
        for column in range(columns if labelled else 0):
            x = left + (column + 0.5) * cell
            if numbered:
                if columns <= 30 or column == 0 or (column + 1) % 5 == 0:  # the numbers of narrow columns would touch
                    drawing.add(Words(x, top - 8, str(column + 1), font, FAINT, "middle", tip=self.columns[column]))
            else:
                angle = -45.0 if slope < 1 else -90.0
                x += 0.0 if slope < 1 else font * 0.36
                drawing.add(Words(x, top - 8, heads[column], font, INK, turn=angle, tip=self.columns[column]))
        self._legend(drawing, left + wide + 28, top, min(max(high, 120.0), 260.0))
        return drawing

    def _cells(self, drawing: Drawing, left: float, top: float, cell: float, shown: bool) -> None:
        rows, columns = self.values.shape
        colours = self.scale.colours(self.values)
        if max(rows, columns) > _BOXES:
            drawing.add(Pixels(left, top, cell * columns, cell * rows, colours))
            drawing.cell_tips = {
                "x": left, "y": top, "width": cell * columns, "height": cell * rows, "rows": self._tips(self.labels),
                "columns": None if self.columns is self.labels else self._tips(self.columns), "name": self.title,
                **self._packed(),
            }  # fmt: skip
            return
        size = float(np.clip(cell * 0.31, 9.0, 13.0))
        for row in range(rows):
            for column in range(columns):
                value = float(self.values[row, column])
                tip = f"{self.title} {value:.4f}\n{self.row_name}{self.labels[row]}\n{self.column_name}{self.columns[column]}"
                x, y = left + column * cell, top + row * cell
                drawing.add(Box(x, y, cell, cell, hex_of(colours[row, column]), tip, PAPER if cell > 12 else ""))
                if shown:
                    ink = ink_on(colours[row, column])
                    drawing.add(
                        Words(x + cell / 2, y + cell / 2 + size * 0.36, _short(value), size, ink, "middle", tip=tip)
                    )

    def _packed(self) -> dict[str, Any]:
        """The numbers as 16 bits each, in base64: ``low + step * q``, for a page of millions of cells."""
        low, high = float(self.values.min()), float(self.values.max())
        step = (high - low) / 65535 or 1.0
        data = np.rint((self.values - low) / step).astype("<u2").tobytes()
        return {"low": low, "step": step, "values": base64.b64encode(data).decode("ascii")}

    @staticmethod
    def _tips(labels: Sequence[str]) -> list[str]:
        return [
            visible(label, spaces=False) if len(label) < 400 else visible(label[:400], spaces=False) + "…"
            for label in labels
        ]

    def _legend(self, drawing: Drawing, x: float, top: float, height: float) -> None:
        steps = 100
        values = np.linspace(self.scale.high, self.scale.low, steps)
        drawing.add(Pixels(x, top, 14, height, self.scale.colours(values)[:, None]))
        for tick in self.scale.ticks():
            y = top + (self.scale.high - tick) / (self.scale.high - self.scale.low) * height
            drawing.add(Line([(x + 14, y), (x + 18, y)], FAINT), Words(x + 22, y + 4, f"{tick:g}", 11, FAINT))


def _short(value: float) -> str:
    """Two decimals, without the zero before them: .83, -.07, 1.00."""
    text = f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"
    return text.replace("-0.00", "0.00").replace("0.", ".", 1) if abs(value) < 0.995 else text
