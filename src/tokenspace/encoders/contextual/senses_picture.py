"""All of `Senses` on one picture: the layers, the plane and the table of one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...pictures.drawing import Drawing
from ...pictures.picture import Picture

if TYPE_CHECKING:
    from .senses import Senses

__all__ = ["SensesPicture"]

_GAP = 24.0


class SensesPicture(Picture):
    """The chart above the plane, the table of similarities beside both. layer: whose plane and table; None: the best."""

    def __init__(self, senses: Senses, layer: int | None = None) -> None:
        self.senses, self.layer = senses, layer

    def drawing(self) -> Drawing:
        """The parts, each as it is drawn alone."""
        senses = self.senses
        chart, plane = senses.chart().drawing(), senses.map(self.layer).drawing()
        parts = [(chart, 0.0, 0.0), (plane, 0.0, chart.height + _GAP)]
        if len(senses) > 1:
            parts.append((senses.matrix(self.layer).drawing(), max(chart.width, plane.width) + _GAP, 0.0))
        width = max(part.width + x for part, x, _ in parts)
        height = max(part.height + y for part, _, y in parts)
        whole = Drawing(width, height, f"{senses.word}: {len(senses)} occurrences")
        for part, x, y in parts:
            whole.place(part, x, y)
            if part.cell_tips is not None:
                whole.cell_tips = part.cell_tips | {"x": part.cell_tips["x"] + x, "y": part.cell_tips["y"] + y}
        return whole
