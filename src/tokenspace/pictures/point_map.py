"""Texts as points on a plane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .colours import GROUPS
from .drawing import FAINT, GRID, INK, PAPER, Circle, Drawing, Line, Polygon, Words
from .label_places import LabelPlaces
from .picture import Picture
from .words import clipped, text_width

__all__ = ["PointMap"]

_MARGIN = 56.0
_LEAST, _MOST = 0.4, 0.75  # height of the plane, of its width
_LEGEND = 20  # groups named in the legend
_FREE_LABELS = 40  # labels among many points
_OUTLINES: tuple[tuple[int, float], ...] = (
    (0, 0.0),
    (4, 45.0),
    (3, 90.0),
    (4, 0.0),
    (3, -90.0),
)  # corners, turn: 0 is a disc


@dataclass(frozen=True)
class _Spot:
    """Points at one place of the picture."""

    x: float
    y: float
    members: list[int]


class PointMap(Picture):
    """Points with labels, one colour and outline a group.

    Both axes have the same scale, so that distances can be compared. Labels stand where there is room; whole texts appear
    under the pointer. Points at the same place are one point that says how many it is.

    Args:
        labels: a text for each point.
        coordinates: (n, 2).
        groups: the name of each point's group, "" for none; or empty.
        explained: shares of the variance shown by both axes (`plane`), for the line below the picture.
        title: the line above it.
        group_order: names of groups in the order of their colours; None: as they come.
        width: of the plane with its frame, at least 240; the legend stands beside it.

    Raises:
        ArgumentError: no point, lengths that do not agree, NaN or infinity.
    """

    def __init__(
        self,
        labels: Sequence[str],
        coordinates: npt.ArrayLike,
        groups: Sequence[str] = (),
        explained: tuple[float, float] | None = None,
        title: str = "",
        group_order: Sequence[str] | None = None,
        width: float = 960.0,
    ) -> None:
        self.labels = [str(label) for label in labels]
        self.coordinates = np.asarray(coordinates, dtype=np.float64)
        self.groups = [str(group) for group in groups]
        self.explained, self.title, self.width = explained, title, max(float(width), 240.0)
        self._order = [*(group_order or ()), *self.groups]
        if self.coordinates.shape != (len(self.labels), 2) or not self.labels:
            raise ArgumentError(
                message(
                    "point map",
                    f"coordinates of shape ({len(self.labels)}, 2), at least one",
                    str(self.coordinates.shape),
                )
            )
        if self.groups and len(self.groups) != len(self.labels):
            raise ArgumentError(message("point map", f"{len(self.labels)} groups, one a point", str(len(self.groups))))
        if not np.isfinite(self.coordinates).all():
            bad = int(np.nonzero(~np.isfinite(self.coordinates).all(axis=1))[0][0])
            raise ArgumentError(message("point map", "finite coordinates", f"NaN or infinity at point {bad}"))

    def drawing(self) -> Drawing:
        """Points, labels, legend."""
        sizes = Counter(self.groups)
        names = [name for name in dict.fromkeys(self._order) if name and sizes[name]]
        legend = [f"{name} ({sizes[name]:,})" for name in names[:_LEGEND]]
        if len(names) > _LEGEND:
            legend.append(f"… and {len(names) - _LEGEND:,} more groups")
        shown_names = [clipped(line, 34) for line in legend]
        side = max((text_width(name, 13) for name in shown_names), default=-36.0) + 56
        wide = self.width - 2 * _MARGIN
        low, high = self.coordinates.min(axis=0), self.coordinates.max(axis=0)
        span = np.maximum(high - low, 0)
        least, most = _LEAST * self.width, _MOST * self.width
        tall = float(np.clip(wide * span[1] / span[0] if span[0] > 0 else least, least, most))
        scale = min(wide / span[0] if span[0] > 0 else np.inf, tall / span[1] if span[1] > 0 else np.inf)
        scale = scale if np.isfinite(scale) else 0.0
        top = 52.0 if self.title else 24.0
        if legend:
            tall = max(tall, 22.0 * len(legend) - 24)
        drawing = Drawing(
            self.width + side - 20, top + tall + 2 * 36 + 24, self.title or f"{len(self.labels):,} texts on a plane"
        )
        middle = np.array([_MARGIN + wide / 2, top + 36 + tall / 2])
        places = middle + (self.coordinates - (low + high) / 2) * scale * np.array([1, -1])
        if self.title:
            drawing.add(Words(24, 32, clipped(self.title, 90), 16, bold=True))
        box = (20.0, top, self.width - 20, top + tall + 72)
        drawing.add(
            Line([(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]), (box[0], box[1])], GRID)
        )
        self._points(drawing, places, box, {name: number for number, name in enumerate(names)})
        for line, name in enumerate(shown_names):
            y = top + 18 + 22 * line
            if line < _LEGEND:
                self._mark(drawing, self.width + 4, y, 5.5, line, tip=legend[line])
            drawing.add(Words(self.width + 18, y + 4.5, name, 13, INK if line < _LEGEND else FAINT))
        if self.explained is not None:
            share = f"two principal components: {self.explained[0]:.0%} and {self.explained[1]:.0%} of the variance"
            drawing.add(Words(20, drawing.height - 10, share, 12, FAINT))
        return drawing

    def _points(
        self,
        drawing: Drawing,
        places: npt.NDArray[np.float64],
        box: tuple[float, float, float, float],
        order: dict[str, int],
    ) -> None:
        spots: dict[tuple[int, int], _Spot] = {}
        for index, (x, y) in enumerate(places.tolist()):
            spots.setdefault((round(x), round(y)), _Spot(x, y, [])).members.append(index)
        n = len(spots)
        radius = 6.5 if n <= 30 else 5.0 if n <= 200 else 3.6 if n <= 1000 else 2.8
        sizes: list[float] = []
        opacity = 0.95 if n <= 200 else 0.75
        for spot in spots.values():
            groups = {self.groups[index] if self.groups else "" for index in spot.members}
            number = (
                order.get(next(iter(groups)), -1) if len(groups) == 1 and self.groups else 0 if not self.groups else -1
            )
            many = len(spot.members) > 1
            size = float(min(radius * (1 + 0.25 * np.log2(len(spot.members))), 3 * radius)) if many else radius
            sizes.append(size)
            self._mark(drawing, spot.x, spot.y, size, number, self._tip(spot.members), opacity)
        font = 13.0 if n <= 60 else 11.5
        taken = LabelPlaces(box, [(spot.x, spot.y, size) for spot, size in zip(spots.values(), sizes, strict=True)])
        room = _FREE_LABELS if n > 200 else n
        for spot, size in zip(spots.values(), sizes, strict=True):
            distinct = list(dict.fromkeys(self.labels[index] for index in spot.members))
            rest = len(spot.members) - 1
            more = f" ×{len(spot.members)}" if rest and len(distinct) == 1 else f" +{rest}" if rest else ""
            # A picture of a few points tells all of them, if need be in fewer letters; of many only some that stand free.
            for columns in ((40, 26, 16) if n <= 30 else (28,) if n <= 100 else (22,)) if room else ():
                label = clipped(distinct[0], columns) + more
                wide = text_width(label, font)
                found = taken.find(spot.x, spot.y, wide, font, size, crowded=n <= 30 and columns == 16)
                if found is not None:
                    room -= 1
                    x, y, anchor = found
                    drawing.add(Words(x, y, label, font, INK, anchor, halo=True, tip=self._tip(spot.members)))
                    break

    def _tip(self, members: list[int]) -> str:
        lines = []
        for index in members[:12]:
            group = f"\n[{self.groups[index]}]" if self.groups and self.groups[index] else ""
            text = self.labels[index]
            lines.append((text if len(text) <= 1000 else text[:999] + "…") + group)
        if len(members) > 12:
            lines.append(f"… and {len(members) - 12:,} more at this place")
        return "\n".join(lines)

    @staticmethod
    def _mark(
        drawing: Drawing, x: float, y: float, radius: float, group: int, tip: str = "", opacity: float = 1.0
    ) -> None:
        """A group's sign: colours go round first, then outlines. Group -1: none, or several."""
        colour = GROUPS[group % len(GROUPS)] if group >= 0 else "#9aa1ad"
        corners, turn = _OUTLINES[group // len(GROUPS) % len(_OUTLINES)] if group >= 0 else _OUTLINES[0]
        if not corners:
            drawing.add(Circle(x, y, radius, colour, tip, PAPER, opacity))
            return
        angles = [turn * pi / 180 + 2 * pi * corner / corners for corner in range(corners)]
        outer = radius * (1.15 if corners == 4 else 1.3)
        points = [(x + outer * cos(angle), y - outer * sin(angle)) for angle in angles]
        drawing.add(Polygon(points, colour, tip, PAPER, opacity))
