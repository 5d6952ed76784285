"""Where labels of points go so that they cover neither each other nor other points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from .drawing import Anchor

__all__ = ["LabelPlaces"]

Area: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
Place: TypeAlias = tuple[float, float, Anchor]
_CELL = 32.0


class LabelPlaces:
    """Room inside ``box`` around ``points`` (x, y, radius), given away label by label.

    Areas are kept in a grid, so a question costs as much as its surroundings are full.
    """

    def __init__(self, box: Area, points: Sequence[tuple[float, float, float]]) -> None:
        self._box = box
        self._points: dict[tuple[int, int], list[Area]] = defaultdict(list)
        self._labels: dict[tuple[int, int], list[Area]] = defaultdict(list)
        for x, y, radius in points:
            self._keep(self._points, (x - radius, y - radius, x + radius, y + radius))

    @staticmethod
    def _cells(area: Area) -> Iterator[tuple[int, int]]:
        for column in range(int(area[0] // _CELL), int(area[2] // _CELL) + 1):
            for row in range(int(area[1] // _CELL), int(area[3] // _CELL) + 1):
                yield column, row

    def _keep(self, grid: dict[tuple[int, int], list[Area]], area: Area) -> None:
        for cell in self._cells(area):
            grid[cell].append(area)

    def _free(self, grid: dict[tuple[int, int], list[Area]], area: Area) -> bool:
        left, top, right, bottom = area
        for cell in self._cells(area):
            for other in grid.get(cell, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return False
        return True

    def find(self, x: float, y: float, width: float, size: float, radius: float, crowded: bool = False) -> Place | None:
        """Where the label of the point at (x, y) goes: the x its anchor stands at, its base line, its anchor; None when there
        is no room.

        width, size: of the label in pixels. crowded: rather cover a point than go without.
        """
        gap = radius + 4
        aside, above, below = gap * 0.7, y - gap * 0.7, y + gap * 0.6 + size * 0.75
        corners: tuple[Place, ...] = (
            (x + gap, y + size * 0.35, "start"), (x - gap, y + size * 0.35, "end"), (x, y - gap, "middle"),
            (x, y + gap + size * 0.75, "middle"), (x + aside, above, "start"), (x + aside, below, "start"),
            (x - aside, above, "end"), (x - aside, below, "end"),
        )  # fmt: skip
        for strict in (True, False) if crowded else (True,):
            for place, base, anchor in corners:
                left = place - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
                area = (left - 2, base - size * 0.8, left + width + 2, base + size * 0.25)
                inside = (
                    area[0] > self._box[0]
                    and area[2] < self._box[2]
                    and area[1] > self._box[1]
                    and area[3] < self._box[3]
                )
                if inside and self._free(self._labels, area) and (not strict or self._free(self._points, area)):
                    self._keep(self._labels, area)
                    return place, base, anchor
        return None
