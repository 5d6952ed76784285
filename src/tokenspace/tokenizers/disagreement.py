"""Where tokenizers cut the same text differently.

A tokenizer's cuts are the places where one token ends and the next begins. A token that follows white space no token covers
(WordPiece leaves it out) counts as beginning before it, so that only real differences remain. Between two neighbouring cuts
that all tokenizers share lies a stretch; where at least one of them cuts inside it, they disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import ArgumentError, message
from .token_map import TokenMap

if TYPE_CHECKING:
    from ..types import IntArray

__all__ = ["Disagreement", "cuts"]


def cuts(map: TokenMap) -> IntArray:
    """The places where a token begins or ends, both ends of the text included, ascending, int64."""
    import numpy as np

    size = len(map.positions)
    wide = map.ends > map.starts
    starts, ends = map.starts[wide].astype(np.int64), map.ends[wide].astype(np.int64)
    # Text nothing covers belongs to the token after it: only ends are cuts, and starts of tokens that overlap.
    inside = starts[1:][starts[1:] < np.maximum.accumulate(ends)[:-1]]
    found = np.zeros(size + 1, np.bool_)
    found[0] = found[size] = found[ends] = found[inside] = True
    return np.flatnonzero(found)


class Disagreement:
    """The stretches in which several maps of the same text differ.

    Args:
        maps: at least one; of one text.

    Attributes:
        starts, ends: code points of each stretch, int64 of n, ascending.
        shared: how many cuts all maps have in common, of ``cuts`` different ones.
    """

    def __init__(self, maps: Sequence[TokenMap]) -> None:
        import numpy as np

        if not maps or len({len(map.positions) for map in maps}) > 1:
            raise ArgumentError(message("disagreement", "maps of one text", f"{len(maps)} of different texts"))
        votes = np.zeros(len(maps[0].positions) + 1, np.uint16)
        for map in maps:
            votes[cuts(map)] += 1
        common = np.flatnonzero(votes == len(maps))
        single = np.flatnonzero((votes > 0) & (votes < len(maps)))
        stretches = np.unique(np.searchsorted(common, single))
        self.starts: IntArray = common[stretches - 1]
        self.ends: IntArray = common[stretches]
        self.shared, self.cuts = len(common), len(common) + len(single)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return int(self.starts.nbytes + self.ends.nbytes)

    def window(self, start: int, end: int) -> tuple[int, int]:
        """Stretches [first, last) that have something in common with [start, end)."""
        import numpy as np

        first = int(np.searchsorted(self.ends, start, "right"))
        return first, max(first, int(np.searchsorted(self.starts, end, "left")))
