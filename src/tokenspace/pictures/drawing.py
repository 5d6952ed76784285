"""A drawing: shapes and words at places, counted in pixels from the upper left corner. Writers turn it into SVG or PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Anchor", "Box", "Circle", "Drawing", "Line", "Pixels", "Polygon", "Shape", "Words"]

Anchor = Literal["start", "middle", "end"]
Point: TypeAlias = tuple[float, float]
INK, FAINT, GRID, PAPER = "#22262e", "#6b7280", "#e5e7eb", "#ffffff"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle. ``tip``: what is shown where the pointer rests."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    tip: str = ""
    edge: str = ""
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A disc, with a white edge when ``edge`` says so."""

    x: float
    y: float
    radius: float
    fill: str
    tip: str = ""
    edge: str = ""
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled outline."""

    points: Sequence[Point]
    fill: str
    tip: str = ""
    edge: str = ""
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points. ``dashes``: lengths of strokes and gaps."""

    points: Sequence[Point]
    colour: str = GRID
    width: float = 1.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text. ``y`` is the base line; ``turn`` degrees, clockwise, around (x, y)."""

    x: float
    y: float
    text: str
    size: float = 12.0
    colour: str = INK
    anchor: Anchor = "start"
    bold: bool = False
    turn: float = 0.0
    halo: bool = False  # a white rim, for words over other shapes
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture of coloured cells, uint8 (rows, columns, 3), stretched over a rectangle with sharp edges."""

    x: float
    y: float
    width: float
    height: float
    cells: npt.NDArray[np.uint8]


Shape: TypeAlias = Box | Circle | Polygon | Line | Words | Pixels


@dataclass
class Drawing:
    """Shapes, the later ones above the earlier, on white paper.

    width, height: pixels. title: what the picture is, for those who do not see it.
    cell_tips: for a `Pixels` of many cells, what a page needs to say which cell the pointer is on: see `page`.
    """

    width: float
    height: float
    title: str
    shapes: list[Shape] = field(default_factory=list)
    cell_tips: dict[str, Any] | None = None

    def add(self, *shapes: Shape) -> None:
        """Put shapes on top."""
        self.shapes.extend(shapes)

    def place(self, other: Drawing, x: float, y: float) -> None:
        """Put another drawing on this one, its corner at (x, y)."""
        for shape in other.shapes:
            if isinstance(shape, (Line, Polygon)):
                self.add(replace(shape, points=[(px + x, py + y) for px, py in shape.points]))
            else:
                self.add(replace(shape, x=shape.x + x, y=shape.y + y))
