"""Pictures of the page for the documentation: kept where TOKENSPACE_PICTURES names a folder (`make screenshots`), else only looked at."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

MOST_BYTES = 250_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def keep(page: Any, name: str, *, full_page: bool = False) -> None:
    """A picture of the page as docs/images/<name>.png; fails when it shows next to nothing, or is too large to be kept."""
    # The place of a scrollbar that is not drawn, and the caret, differ from run to run.
    page.add_style_tag(content="html { scrollbar-gutter: auto !important } * { caret-color: transparent !important }")
    page.evaluate("document.fonts.ready.then(() => undefined)")
    pixels = _pixels(page.screenshot(full_page=full_page, animations="disabled"))
    colours = len(np.unique(pixels.reshape(-1, 3), axis=0))
    assert colours > 40, f"{name} shows next to nothing: {colours} colours"
    folder = os.environ.get("TOKENSPACE_PICTURES")
    if not folder:
        return
    data = _png(pixels)
    assert len(data) < MOST_BYTES, f"{name}.png has {len(data):,} bytes, at most {MOST_BYTES:,} are kept"
    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(folder, f"{name}.png").write_bytes(data)


def _pixels(png: bytes) -> Any:
    """(height, width, 3) uint8 of a PNG of 8 bits a channel without interlace, as Chromium writes it."""
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", png[16:29])
    assert (depth, interlace) == (8, 0)
    assert kind in (2, 6)
    channels = 3 if kind == 2 else 4
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    out = np.zeros((height, width * channels), np.uint8)
    before = np.zeros(width * channels, np.uint8)
    for number, row in enumerate(rows):
        before = out[number] = _unfiltered(int(row[0]), row[1:], before, channels)
    return np.ascontiguousarray(out.reshape(height, width, channels)[:, :, :3])


def _unfiltered(kind: int, row: Any, above: Any, step: int) -> Any:
    """One row without its filter (PNG specification, section 9)."""
    if kind == 0:
        return row
    if kind == 1:
        return np.cumsum(row.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return row + above
    done = bytearray(len(row))
    line, up = row.tolist(), above.tolist()
    for place, value in enumerate(line):
        left = done[place - step] if place >= step else 0
        if kind == 3:
            done[place] = (value + (left + up[place]) // 2) & 255
            continue
        corner = up[place - step] if place >= step else 0
        guess = left + up[place] - corner
        a, b, c = abs(guess - left), abs(guess - up[place]), abs(guess - corner)
        done[place] = (value + (left if a <= b and a <= c else up[place] if b <= c else corner)) & 255
    return np.frombuffer(bytes(done), np.uint8)


def _png(pixels: Any) -> bytes:
    """The smallest of a few ways to write the picture: a palette where 256 colours do, else a filter that suits most rows."""
    height, width, _ = pixels.shape
    flat = pixels.reshape(-1, 3)
    colours, places = np.unique(flat, axis=0, return_inverse=True)
    if len(colours) <= 256:
        rows = np.zeros((height, width + 1), np.uint8)
        rows[:, 1:] = places.reshape(height, width)
        return _chunks(width, height, 3, rows, colours.tobytes())
    lines = pixels.reshape(height, width * 3)
    left = lines.copy()
    left[:, 3:] -= lines[:, :-3]
    up = lines.copy()
    up[1:] -= lines[:-1]
    written = []
    for kind, filtered in ((0, lines), (1, left), (2, up)):
        rows = np.full((height, width * 3 + 1), kind, np.uint8)
        rows[:, 1:] = filtered
        written.append(_chunks(width, height, 2, rows, None))
    return min(written, key=len)


def _chunks(width: int, height: int, kind: int, rows: Any, palette: bytes | None) -> bytes:
    packed = zlib.compress(rows.tobytes(), 9)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]
    parts += [(b"PLTE", palette)] if palette is not None else []
    parts += [(b"IDAT", packed), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
