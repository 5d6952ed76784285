"""Sizes with a unit: ``2g`` of memory, ``5%`` of a corpus as people write them, and bytes as they read them."""

from __future__ import annotations

import re
from typing import Any

import click

_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)


class ByteSize(click.ParamType[int]):
    """``512m``, ``2g``, ``1.5GB`` or bytes; k, m, g and t are powers of 1024."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a size: write 512m, 2g or a number of bytes.", param, ctx)
        return int(float(found[1]) * _FACTORS[found[2].lower()])


class Share(click.ParamType[float]):
    """``0.05`` or ``5%``."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """A number from 0 to 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is not a share: write 0.05 or 5%.", param, ctx)
        return share


def bytes_text(count: int) -> str:
    """Bytes in powers of 1000: ``834 B``, ``467 MB``, ``1.54 GB``."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 999.5:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 99.95 else f"{size:.3g} {unit}"
