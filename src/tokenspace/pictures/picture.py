"""What every picture can do: become SVG, a page or PNG, and be saved by the extension of a file."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path

from ..errors import ArgumentError, message
from ..io.writers import atomic_writer
from .drawing import Drawing

__all__ = ["FORMS", "Picture", "check_form"]

FORMS = (".svg", ".html", ".png")


def check_form(path: str | os.PathLike[str]) -> str:
    """The extension of ``path``.

    Raises:
        ArgumentError: not one of ``FORMS``. UnsupportedError: ``.png`` without matplotlib.
    """
    form = Path(path).suffix.lower()
    if form not in FORMS:
        raise ArgumentError(message("save", "a path that ends in .svg, .html or .png", str(path)))
    if form == ".png":
        from .png import require_matplotlib

        require_matplotlib()
    return form


class Picture(ABC):
    """Something that can be drawn. Subclasses give ``drawing()``."""

    @abstractmethod
    def drawing(self) -> Drawing:
        """The shapes of the picture."""

    def to_svg(self) -> str:
        """The picture as an SVG document."""
        from .svg import svg_of

        return svg_of(self.drawing())

    def to_html(self) -> str:
        """A page with the picture: whole texts under the pointer, the wheel zooms, dragging moves. Nothing is fetched, so it
        works from a file."""
        from .page import page_of

        return page_of(self.drawing())

    def to_png(self, scale: float = 2.0) -> bytes:
        """The picture as PNG, ``scale`` pixels for each unit of the drawing.

        Raises:
            UnsupportedError: matplotlib is not installed (``pip install 'tokenspace[plots]'``).
        """
        from .png import png_of

        return png_of(self.drawing(), scale)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as ``.svg``, ``.html`` or ``.png``, whole or not at all.

        Raises:
            ArgumentError: another extension. FileError: the file cannot be written. UnsupportedError: PNG without matplotlib.
        """
        form = check_form(path)
        data = (
            self.to_png() if form == ".png" else (self.to_svg() if form == ".svg" else self.to_html()).encode("utf-8")
        )
        with atomic_writer(path, "wb") as file:
            file.write(data)

    def _repr_svg_(self) -> str:
        return self.to_svg()
