"""Points of a map as JSON: what the document of `export_map` holds and what the page reads."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message
from .trust import Trust

__all__ = ["map_data"]


def _packed(array: npt.NDArray[Any], dtype: str) -> dict[str, Any]:
    little = np.ascontiguousarray(array, dtype="<" + dtype)
    return {"dtype": dtype, "shape": list(little.shape), "data": base64.b64encode(little.tobytes()).decode("ascii")}


def _column(name: str, values: Sequence[Any] | npt.NDArray[Any], rows: int) -> dict[str, Any]:
    """Numbers as a number column; words as groups, or as texts where nearly each is another."""
    array = np.asarray(values)
    if array.ndim != 1 or len(array) != rows:
        raise ArgumentError(message("map of points", f"{rows} values in column {name!r}", f"shape {array.shape}"))
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


def map_data(
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
) -> dict[str, Any]:
    """Points with all that is shown of them as one JSON object: arrays of numbers are base64 of little-endian values,
    ``{"dtype": "f4", "shape": [n, 2], "data": "..."}``. Arguments and errors are those of `export_map`.

    Returns:
        ``title``, ``note``, ``colourBy``, ``sizeBy``, ``positions``, ``columns`` (each with ``kind`` "number", "category" or
        "text"), and where given ``labels``, ``priority``, ``trust``, ``neighbours``.
    """
    points = np.asarray(coordinates, dtype=np.float32)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ArgumentError(message("map of points", "coordinates of shape (n, 2)", str(points.shape)))
    rows = len(points)
    if labels is not None and len(labels) != rows:
        raise ArgumentError(message("map of points", f"{rows} labels, one a point", str(len(labels))))
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
                message("map of points", f"{what} to name a column", repr(name), f"one of {', '.join(sorted(known))}")
            )
    if labels is not None:
        written["labels"] = [str(label) for label in labels]
    if priority is not None:
        written["priority"] = priority
    if trust is not None:
        if trust.kept.shape != (rows,):
            raise ArgumentError(message("map of points", f"trust in {rows} points", str(trust.kept.shape)))
        written["trust"] = {"k": trust.k, "kept": _packed(trust.kept, "f4")}
        if neighbours is None and trust.neighbours is not None:
            neighbours = trust.neighbours
    if neighbours is not None:
        near = np.asarray(neighbours)
        if near.ndim != 2 or len(near) != rows or near.dtype.kind not in "iu":
            raise ArgumentError(
                message("map of points", f"neighbours of shape ({rows}, k)", f"{near.dtype} {near.shape}")
            )
        written["neighbours"] = {"k": near.shape[1], "indices": _packed(near, "i4")}
        written["neighbours"]["indices"]["shape"] = [near.size]
    return written
