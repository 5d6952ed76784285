"""A map of points as one HTML document: pan, zoom, search, lasso and colours in any browser, without a network."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, FileError, message
from ..io.writers import atomic_writer
from .trust import Trust

__all__ = ["export_map", "map_page"]

_ASSET = Path(__file__).parent.parent / "assets" / "point_map.html"


def _packed(array: npt.NDArray[Any], dtype: str) -> dict[str, Any]:
    little = np.ascontiguousarray(array, dtype="<" + dtype)
    return {"dtype": dtype, "shape": list(little.shape), "data": base64.b64encode(little.tobytes()).decode("ascii")}


def _column(name: str, values: Sequence[Any] | npt.NDArray[Any], rows: int) -> dict[str, Any]:
    """Numbers as a number column; words as groups, or as texts where nearly each is another."""
    array = np.asarray(values)
    if array.ndim != 1 or len(array) != rows:
        raise ArgumentError(message("export map", f"{rows} values in column {name!r}", f"shape {array.shape}"))
    if array.dtype.kind in "fiu":
        return {"kind": "number", "name": name, "values": _packed(array, "f4")}
    texts = ["" if value is None else str(value) for value in values]
    codes: dict[str, int] = {}
    for text in texts:
        codes.setdefault(text, len(codes))
    if len(codes) > max(64, rows // 4):
        return {"kind": "text", "name": name, "values": texts}
    names = [text for text in codes if text]
    number = {text: place for place, text in enumerate(names)} | {"": -1}
    return {
        "kind": "category",
        "name": name,
        "names": names,
        "codes": _packed(np.array([number[text] for text in texts], dtype=np.int32), "i4"),
    }


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
    points = np.asarray(coordinates, dtype=np.float32)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ArgumentError(message("export map", "coordinates of shape (n, 2)", str(points.shape)))
    rows = len(points)
    if labels is not None and len(labels) != rows:
        raise ArgumentError(message("export map", f"{rows} labels, one a point", str(len(labels))))
    written: dict[str, Any] = {
        "title": title or f"{rows:,} points",
        "note": note,
        "colourBy": colour_by,
        "sizeBy": size_by,
        "positions": _packed(points, "f4"),
        "columns": [_column(str(name), values, rows) for name, values in (columns or {}).items()],
    }
    known = {column["name"] for column in written["columns"]} | ({"trust"} if trust is not None else set())
    for what, name in (("colour_by", colour_by), ("size_by", size_by), ("priority", priority)):
        if name is not None and name not in known:
            raise ArgumentError(
                message("export map", f"{what} to name a column", repr(name), f"one of {', '.join(sorted(known))}")
            )
    if labels is not None:
        written["labels"] = [str(label) for label in labels]
    if priority is not None:
        written["priority"] = priority
    if trust is not None:
        if trust.kept.shape != (rows,):
            raise ArgumentError(message("export map", f"trust in {rows} points", str(trust.kept.shape)))
        written["trust"] = {"k": trust.k, "kept": _packed(trust.kept, "f4")}
        if neighbours is None and trust.neighbours is not None:
            neighbours = trust.neighbours
    if neighbours is not None:
        near = np.asarray(neighbours)
        if near.ndim != 2 or len(near) != rows or near.dtype.kind not in "iu":
            raise ArgumentError(message("export map", f"neighbours of shape ({rows}, k)", f"{near.dtype} {near.shape}"))
        written["neighbours"] = {"k": near.shape[1], "indices": _packed(near, "i4")}
        written["neighbours"]["indices"]["shape"] = [near.size]
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
