"""How wide words are, before any font is known, and how they are shortened."""

from __future__ import annotations

from ..tokenizers.visible import visible, width

__all__ = ["clipped", "text_width"]

_NARROW = frozenset("iljtfrI.,:;'|!()[]{} -")
_BROAD = frozenset("mwMWQO@%&—")


def text_width(text: str, size: float) -> float:
    """Estimated pixels of ``text`` at a font size, a little on the large side."""
    if text.isascii():
        ems = sum(
            0.36 if char in _NARROW else 0.9 if char in _BROAD else 0.7 if char.isupper() else 0.61 for char in text
        )
    else:
        ems = sum(width(char) * (0.5 if width(char) == 2 else 0.62) for char in text)
    return ems * size


def clipped(text: str, columns: int) -> str:
    """The first line of ``text`` that says something, in at most ``columns`` (wide characters count two), with an ellipsis
    where something is left out."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    shown = [line for line in lines if line]
    if not shown:
        return visible(text) or "∅"
    line = visible(shown[0], spaces=False)
    if width(line) <= columns and len(shown) == 1:
        return line
    kept, used = [], 0
    for char in line:
        used += width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"
