"""A map of points as one HTML document: pan, zoom, search, lasso and colours in any browser, without a network."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from ..errors import FileError, message
from ..io.writers import atomic_writer
from .map_data import map_data
from .trust import Trust

__all__ = ["export_map", "map_page"]

_ASSET = Path(__file__).parent.parent / "assets" / "point_map.html"


def map_page(
    coordinates: npt.ArrayLike,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]] | None = None,
    *,
    title: str = "",
    note: str = "",
    colour_by: str | None = None,
    size_by: str | None = None,
    priority: str | None = None,
    trust: Trust | None = None,
    neighbours: npt.ArrayLike | None = None,
) -> str:
    """The document that `export_map` writes. See there."""
    written = map_data(
        coordinates, labels, columns, title=title, note=note, colour_by=colour_by, size_by=size_by, priority=priority,
        trust=trust, neighbours=neighbours,
    )  # fmt: skip
    try:
        page = _ASSET.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileError(
            message("export map", "the built map page", "an installation without it", "`make page`, which needs Node")
        ) from None
    # Escaped for JSON and for HTML: no text of a label ends the element it lies in. Lone surrogates become escapes.
    data = json.dumps(written, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    name = html.escape(written["title"].encode("utf-8", "replace").decode("utf-8"))
    before, rest = page.split("%TITLE%", 1)
    middle, after = rest.split("%MAP%", 1)
    return f"{before}{name}{middle}{data}{after}"


def export_map(
    path: str | Path,
    coordinates: npt.ArrayLike,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]] | None = None,
    *,
    title: str = "",
    note: str = "",
    colour_by: str | None = None,
    size_by: str | None = None,
    priority: str | None = None,
    trust: Trust | None = None,
    neighbours: npt.ArrayLike | None = None,
) -> None:
    """Write points as one HTML document that opens from the disk in any browser: WebGL2 (Canvas 2D where that is missing), pan
    and zoom, search in the labels, lasso, colour and size by column, English and Chinese, light and dark. Nothing is fetched.

    Args:
        path: of the file; written whole or not at all.
        coordinates: (n, 2), such as of `plane` or `umap_plane`; a point with NaN is left out of the picture and counted.
        labels: a text a point.
        columns: by name, n values each: numbers become a scale, words become groups (texts where nearly each is another).
        title, note: the heading, and the line below the map.
        colour_by, size_by: names of the columns first shown; "trust" for the trust in each point's surroundings.
        priority: the number column whose greatest values have their labels shown first; None: the first points.
        trust: of `neighbourhood_trust`; its neighbours are drawn as lines when a point is clicked.
        neighbours: (n, k) rows, -1 for none, in their place.

    Raises:
        ArgumentError: lengths that do not agree, a column that is not there. FileError: the file cannot be written, or this
            installation has no built page.
    """
    page = map_page(
        coordinates, labels, columns, title=title, note=note, colour_by=colour_by, size_by=size_by, priority=priority,
        trust=trust, neighbours=neighbours,
    )  # fmt: skip
    with atomic_writer(path, "wb") as file:
        file.write(page.encode("utf-8"))
