"""A drawing as PNG, through matplotlib: the same shapes at the same places as the SVG."""

from __future__ import annotations

import io
import warnings
from functools import lru_cache
from typing import Any

from ..errors import ArgumentError, UnsupportedError, message
from .drawing import PAPER, Box, Circle, Drawing, Line, Pixels, Polygon, Shape, Words
from .svg import safe_text

__all__ = ["png_of", "require_matplotlib"]

_BASE = "DejaVu Sans"  # comes with matplotlib
# Looked for first, when the base lacks a character: fonts of whole scripts, in the order of how well they look beside it.
_WANTED = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Hiragino Sans GB",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Noto Sans CJK JP", "Noto Sans CJK KR", "Arial Unicode MS", "Noto Sans",
)  # fmt: skip
_MOST_PIXELS = 200_000_000


def require_matplotlib() -> None:
    """Raises:
    UnsupportedError: matplotlib is not installed.
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise UnsupportedError(
            message(
                "save",
                "matplotlib, which draws PNG",
                "none installed",
                "pip install 'tokenspace[plots]', or .svg or .html",
            )
        )


@lru_cache(maxsize=256)
def _characters(path: str) -> frozenset[int]:
    """Code points a font file has an outline for; none when matplotlib cannot draw it (colour bitmaps)."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (RuntimeError, OSError):
        return frozenset()


def _families(text: str) -> list[str]:
    """Fonts that together have the characters of ``text``; warns about those that no font has."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    missing = {ord(char) for char in text if not char.isspace()} - _characters(font_manager.findfont(_BASE))
    families = [_BASE]
    if missing:
        files = {entry.name: entry.fname for entry in reversed(manager.ttflist)}
        ordered = [name for name in _WANTED if name in files] + sorted(name for name in files if name not in _WANTED)
        for name in ordered:
            if not missing:
                break
            found = missing & _characters(files[name])
            if found:
                families.append(name)
                missing -= found
    if missing:
        some = "".join(sorted(map(chr, missing))[:12])
        warnings.warn(
            f"no installed font that can be drawn has {len(missing)} of the characters, such as {some}: they are shown as "
            "boxes; try .svg or .html, or install a font such as Noto Sans CJK",
            stacklevel=2,
        )
    return families


def _draw(axes: Any, shape: Shape, level: float, families: list[str], points: float) -> None:
    from matplotlib import patches
    from matplotlib.patheffects import withStroke

    match shape:
        case Box():
            edge = {"edgecolor": shape.edge, "linewidth": points} if shape.edge else {"linewidth": 0}
            axes.add_patch(
                patches.Rectangle(
                    (shape.x, shape.y), shape.width, shape.height, facecolor=shape.fill, zorder=level, **edge
                )
            )
        case Circle():
            edge = {"edgecolor": shape.edge, "linewidth": points} if shape.edge else {"linewidth": 0}
            axes.add_patch(
                patches.Circle(
                    (shape.x, shape.y), shape.radius, facecolor=shape.fill, alpha=shape.opacity, zorder=level, **edge
                )
            )
        case Polygon():
            edge = {"edgecolor": shape.edge, "linewidth": points} if shape.edge else {"linewidth": 0}
            axes.add_patch(
                patches.Polygon(list(shape.points), facecolor=shape.fill, alpha=shape.opacity, zorder=level, **edge)
            )
        case Line():
            style: Any = (0, [length / shape.width for length in shape.dashes]) if shape.dashes else "solid"
            xs, ys = zip(*shape.points, strict=True) if shape.points else ((), ())
            axes.plot(xs, ys, color=shape.colour, linewidth=shape.width * points, linestyle=style, zorder=level)
        case Words():
            axes.text(
                shape.x, shape.y, safe_text(shape.text), fontsize=shape.size * points, color=shape.colour, family=families,
                ha={"start": "left", "middle": "center", "end": "right"}[shape.anchor], va="baseline",
                fontweight="bold" if shape.bold else "normal", rotation=-shape.turn, rotation_mode="anchor", zorder=level,
                parse_math=False, path_effects=[withStroke(linewidth=3 * points, foreground=PAPER)] if shape.halo else None,
            )  # fmt: skip
        case Pixels():
            extent = (shape.x, shape.x + shape.width, shape.y + shape.height, shape.y)
            axes.imshow(shape.cells, extent=extent, interpolation="nearest", aspect="auto", zorder=level)


def png_of(drawing: Drawing, scale: float = 2.0) -> bytes:
    """The drawing as a PNG file, ``scale`` pixels for each unit of the drawing.

    Characters that the base font lacks are taken from other installed fonts; a warning says when there is none. Writing from
    right to left and ligatures are not shaped: for those take SVG or HTML.

    Raises:
        UnsupportedError: matplotlib is not installed. ArgumentError: a scale that is not above 0, or a picture too large.
    """
    require_matplotlib()
    if not scale > 0 or drawing.width * drawing.height * scale * scale > _MOST_PIXELS:
        raise ArgumentError(
            message("to_png", f"a scale above 0 and at most {_MOST_PIXELS:,} pixels", f"scale {scale:g}")
        )
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Not through pyplot: no state is shared, so any thread may draw.
    inch = 100.0
    figure = Figure(figsize=(drawing.width / inch, drawing.height / inch), dpi=inch * scale, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    families = _families(
        "".join({char for shape in drawing.shapes if isinstance(shape, Words) for char in safe_text(shape.text)})
    )
    for level, shape in enumerate(drawing.shapes):
        _draw(axes, shape, level, families, 72 / inch)
    axes.set_xlim(0, drawing.width)
    axes.set_ylim(drawing.height, 0)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # said above, once for all characters
        figure.savefig(out, format="png", dpi="figure", facecolor=PAPER)
    return out.getvalue()
