"""Numbers over steps as lines: how similarities change from layer to layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ArgumentError, message
from .colours import GROUPS, Scale
from .drawing import FAINT, GRID, PAPER, Circle, Drawing, Line, Words
from .picture import Picture
from .words import text_width

__all__ = ["Curve", "CurveChart"]

_DASHES: tuple[tuple[float, ...], ...] = ((), (7, 4), (2, 3), (9, 3, 2, 3))  # a second sign beside the colour


@dataclass(frozen=True)
class Curve:
    """One line: a name and a number for each step; None where there is none."""

    name: str
    values: Sequence[float | None]


class CurveChart(Picture):
    """Lines over the same steps, each named where it ends.

    Args:
        curves: at least one; each has a value for every step.
        steps: names of the steps, below the chart.
        title: what the numbers are. steps_title: what the steps are.
        mark: index of a step to point out, with the words ``mark_text``.

    Raises:
        ArgumentError: no curve, or lengths that do not agree, or NaN or infinity.
    """

    def __init__(
        self,
        curves: Sequence[Curve],
        steps: Sequence[str],
        *,
        title: str = "",
        steps_title: str = "layer",
        mark: int | None = None,
        mark_text: str = "",
    ) -> None:
        if not curves or not steps or any(len(curve.values) != len(steps) for curve in curves):
            sizes = ", ".join(str(len(curve.values)) for curve in curves) or "no curve"
            raise ArgumentError(message("chart", f"curves of {len(steps)} values, at least one", sizes))
        given = [value for curve in curves for value in curve.values if value is not None]
        if not np.isfinite(given).all():
            raise ArgumentError(message("chart", "finite values", "NaN or infinity"))
        self.curves, self.steps, self.title, self.steps_title = list(curves), list(steps), title, steps_title
        self.mark, self.mark_text = mark, mark_text
        scale = Scale.of(np.asarray(given or [0.0, 1.0]))
        ticks = scale.ticks()
        step = ticks[1] - ticks[0]  # the grid ends where the scale does
        self._scale = Scale(
            step * float(np.floor(scale.low / step + 1e-6)), step * float(np.ceil(scale.high / step - 1e-6))
        )

    def drawing(self) -> Drawing:
        """The lines on their grid."""
        names = max(text_width(curve.name, 13) for curve in self.curves)
        left, top, wide, high = 64.0, 70.0, max(420.0, 46.0 * (len(self.steps) - 1)), 280.0
        drawing = Drawing(left + wide + names + 44, top + high + 62, self.title or "chart")
        scale = self._scale

        def place(step: int, value: float) -> tuple[float, float]:
            x = left + (wide * step / (len(self.steps) - 1) if len(self.steps) > 1 else wide / 2)
            return x, top + high * (scale.high - value) / (scale.high - scale.low)

        drawing.add(Words(24, 30, self.title, 15, bold=True))
        for tick in scale.ticks():
            y = place(0, tick)[1]
            drawing.add(
                Line([(left, y), (left + wide, y)], GRID), Words(left - 10, y + 4, f"{tick:g}", 12, FAINT, "end")
            )
        every = max(1, -(-len(self.steps) // 26))
        for step in range(0, len(self.steps), every):
            drawing.add(Words(place(step, 0)[0], top + high + 22, self.steps[step], 12, FAINT, "middle"))
        drawing.add(Words(left + wide / 2, top + high + 46, self.steps_title, 13, FAINT, "middle"))
        if self.mark is not None:
            x = place(self.mark, 0)[0]
            drawing.add(Line([(x, top - 6), (x, top + high)], FAINT, 1, (3, 3)))
            drawing.add(Words(x, top - 12, self.mark_text, 12, FAINT, "middle"))
        ends: list[tuple[float, int]] = []
        for number, curve in enumerate(self.curves):
            colour = GROUPS[number % len(GROUPS)]
            points = [place(step, value) for step, value in enumerate(curve.values) if value is not None]
            drawing.add(Line(points, colour, 2.5, _DASHES[number % len(_DASHES)]))
            for step, value in enumerate(curve.values):
                if value is not None:
                    tip = f"{curve.name}\n{self.steps_title} {self.steps[step]}: {value:.4f}"
                    drawing.add(Circle(*place(step, value), 4, colour, tip, PAPER))
            if points:
                ends.append((points[-1][1], number))
        # Names stand where their lines end, pushed apart where they would touch.
        ends.sort()
        below = -np.inf
        for y, number in ends:
            below = max(y, below + 17)
            drawing.add(
                Words(
                    left + wide + 14, below + 4, self.curves[number].name, 13, GROUPS[number % len(GROUPS)], bold=True
                )
            )
        return drawing
