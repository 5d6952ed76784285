"""Places in a text as UTF-16 counts them: what browsers, Java, C# and the language server protocol mean by a position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Utf16Places:
    """Code points of ``text`` -> UTF-16 code units. Made once a text, in linear time; each question is a binary search.

    Example:
        >>> places = Utf16Places("a🎵b")
        >>> places.at(2), places.at(3)
        (3, 4)
    """

    def __init__(self, text: str) -> None:
        # Characters above U+FFFF take two units; most texts have none.
        self._wide: Any = None
        if text and not text.isascii() and max(text) > "\uffff":
            import numpy as np

            points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
            self._wide = np.flatnonzero(points > 0xFFFF)

    def at(self, place: int) -> int:
        """The place of a code point, or of the end of the text."""
        return place if self._wide is None else place + int(self._wide.searchsorted(place))

    def all(self, places: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Many places at once, in the shape given."""
        import numpy as np

        array = np.asarray(places, dtype=np.int64)
        if self._wide is None:
            return array
        moved: npt.NDArray[np.int64] = array + np.searchsorted(self._wide, array)
        return moved
