"""Where a place in a text is in code points, in UTF-16 units (JavaScript, Java, editors) and in bytes of UTF-8."""

from __future__ import annotations

import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..types import IntArray

__all__ = ["Positions"]

_SURROGATE = re.compile("[\ud800-\udfff]")


class Positions:
    """A text and its positions. Lone surrogates are read as U+FFFD, one for one: no position moves.

    Attributes:
        text: the text, well-formed.

    Example:
        >>> places = Positions("né😀!")
        >>> places.utf16([3, 4]).tolist(), places.bytes([3, 4]).tolist(), places.chars_of_utf16([4]).tolist()
        ([4, 5], [7, 8], [3])
    """

    def __init__(self, text: str) -> None:
        self.text = text if text.isascii() else _SURROGATE.sub("\ufffd", text)

    def __len__(self) -> int:
        return len(self.text)

    @property
    def nbytes(self) -> int:
        """Memory of the text and its tables."""
        return sys.getsizeof(self.text) + 2 * self._astral.nbytes + self.line_starts.nbytes

    def _codes(self, end: int | None = None) -> npt.NDArray[np.uint32]:
        """Code points before ``end``; not kept, they are the text once more."""
        import numpy as np

        return np.frombuffer(self.text[:end].encode("utf-32-le"), np.dtype("<u4"))

    @cached_property
    def _marks(self) -> tuple[IntArray, IntArray]:
        """Places of code points above U+FFFF, which take two UTF-16 units; where each line begins."""
        import numpy as np

        if self.text.isascii():
            astral = np.zeros(0, np.int64)
            ends = np.flatnonzero(np.frombuffer(self.text.encode("ascii"), np.uint8) == 0x0A)
        else:
            codes = self._codes()
            astral, ends = np.flatnonzero(codes > 0xFFFF), np.flatnonzero(codes == 0x0A)
        return astral, np.concatenate([[0], ends + 1]).astype(np.int64)

    @property
    def _astral(self) -> IntArray:
        return self._marks[0]

    @cached_property
    def _astral_utf16(self) -> IntArray:
        """Where those begin in UTF-16 units."""
        import numpy as np

        return self._astral + np.arange(len(self._astral))

    @property
    def utf16_length(self) -> int:
        """Length in UTF-16 units."""
        return len(self.text) + len(self._astral)

    @cached_property
    def byte_length(self) -> int:
        """Length in bytes of UTF-8."""
        return len(self.text) if self.text.isascii() else len(self.text.encode())

    def utf16(self, chars: npt.ArrayLike) -> IntArray:
        """Positions in code points (0 to n) as positions in UTF-16 units, int64 of the same shape."""
        import numpy as np

        places = np.asarray(chars, np.int64)
        return places + np.searchsorted(self._astral, places)

    def bytes(self, chars: npt.ArrayLike) -> IntArray:
        """Positions in code points (0 to n) as positions in bytes, int64 of the same shape."""
        import numpy as np

        places = np.asarray(chars, np.int64)
        if self.text.isascii() or not places.size:
            return places
        codes = self._codes(int(places.max()))
        starts = np.zeros(len(codes) + 1, np.int64)
        np.cumsum(1 + (codes > 0x7F).astype(np.int8) + (codes > 0x7FF) + (codes > 0xFFFF), out=starts[1:])
        return starts[places]

    def chars_of_utf16(self, units: npt.ArrayLike) -> IntArray:
        """Positions in UTF-16 units as positions in code points: clipped to the text, inside a pair its code point's."""
        import numpy as np

        places = np.clip(np.asarray(units, np.int64), 0, self.utf16_length)
        return places - np.searchsorted(self._astral_utf16, places)

    @property
    def line_starts(self) -> IntArray:
        r"""Code point at which each line begins; a line ends after its "\n", and after the last there is one more."""
        return self._marks[1]
