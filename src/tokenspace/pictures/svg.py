"""A drawing as SVG, for browsers and for editors of vector graphics."""

from __future__ import annotations

import base64
import html
import struct
import zlib

import numpy as np
import numpy.typing as npt

from ..tokenizers.visible import visible
from .drawing import PAPER, Box, Circle, Drawing, Line, Pixels, Polygon, Shape, Words

__all__ = ["png_of_cells", "safe_text", "svg_of"]

FONTS = (
    "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','PingFang SC','Microsoft YaHei',"
    "'Noto Sans CJK SC','Noto Sans SC',sans-serif"
)


def safe_text(text: str) -> str:
    """``text`` with its lines kept and every character that XML or a terminal would stumble over made visible."""
    return "\n".join(visible(line, spaces=False) for line in text.split("\n"))


def _escaped(text: str) -> str:
    return html.escape(safe_text(text))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def png_of_cells(cells: npt.NDArray[np.uint8]) -> bytes:
    """A PNG file of (rows, columns, 3) bytes, one pixel a cell."""
    rows, columns, _ = cells.shape
    lines = np.zeros((rows, columns * 3 + 1), dtype=np.uint8)  # each line begins with its filter: 0, none
    lines[:, 1:] = cells.reshape(rows, -1)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _attributes(**named: object) -> str:
    parts = []
    for name, value in named.items():
        if value is None or value == "":
            continue
        text = _number(float(value)) if isinstance(value, (int, float)) else html.escape(str(value))
        parts.append(f'{name.replace("_", "-")}="{text}"')
    return " ".join(parts)


def _element(tag: str, attributes: str, tip: str, text: str = "") -> str:
    inner = (f"<title>{_escaped(tip)}</title>" if tip else "") + text
    return f"<{tag} {attributes}>{inner}</{tag}>" if inner else f"<{tag} {attributes}/>"


def _points(points: object) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)  # type: ignore[attr-defined]


def _shape(shape: Shape) -> str:
    match shape:
        case Box():
            return _element(
                "rect",
                _attributes(x=shape.x, y=shape.y, width=shape.width, height=shape.height, rx=shape.radius or None,
                            fill=shape.fill, stroke=shape.edge),
                shape.tip,
            )  # fmt: skip
        case Circle():
            opacity = shape.opacity if shape.opacity < 1 else None
            return _element(
                "circle",
                _attributes(cx=shape.x, cy=shape.y, r=shape.radius, fill=shape.fill, fill_opacity=opacity, stroke=shape.edge),
                shape.tip,
            )  # fmt: skip
        case Polygon():
            opacity = shape.opacity if shape.opacity < 1 else None
            return _element(
                "polygon",
                _attributes(points=_points(shape.points), fill=shape.fill, fill_opacity=opacity, stroke=shape.edge),
                shape.tip,
            )
        case Line():
            dashes = " ".join(_number(length) for length in shape.dashes)
            return _element(
                "polyline",
                _attributes(points=_points(shape.points), fill="none", stroke=shape.colour, stroke_width=shape.width,
                            stroke_dasharray=dashes, stroke_linejoin="round"),
                "",
            )  # fmt: skip
        case Words():
            turn = f"rotate({_number(shape.turn)} {_number(shape.x)} {_number(shape.y)})" if shape.turn else ""
            rim = {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round"}
            return _element(
                "text",
                _attributes(x=shape.x, y=shape.y, font_size=shape.size, fill=shape.colour,
                            text_anchor=shape.anchor if shape.anchor != "start" else "",
                            font_weight=600 if shape.bold else None, transform=turn, **(rim if shape.halo else {})),
                shape.tip,
                _escaped(shape.text),
            )  # fmt: skip
        case Pixels():
            data = base64.b64encode(png_of_cells(shape.cells)).decode("ascii")
            return (
                f"<image {_attributes(x=shape.x, y=shape.y, width=shape.width, height=shape.height)} "
                f'preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
            )


def svg_of(drawing: Drawing) -> str:
    """The drawing as an SVG document; nothing in it is fetched from elsewhere."""
    width, height = _number(drawing.width), _number(drawing.height)
    title = _escaped(drawing.title)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{title}" font-family="{FONTS}" xml:space="preserve">'
    )
    paper = f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    return "\n".join([head, paper, *map(_shape, drawing.shapes), "</svg>\n"])
