"""Batch: the ids of many texts as one flat array and where each text's ids lie in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, message

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..types import IdArray, IntArray

__all__ = ["Batch"]


class Batch:
    """Ragged ids of n texts.

    ids: uint32, all ids one text after the other.
    row_offsets: int64 of n + 1; text i owns ``ids[row_offsets[i]:row_offsets[i + 1]]``.
    spans: uint32 of (len(ids), 2), half-open offsets of every token in its text, or None when not asked for.
    """

    __slots__ = ("_id_list", "ids", "row_offsets", "spans")

    def __init__(
        self, ids: IdArray, row_offsets: IntArray, spans: npt.NDArray[np.uint32] | None = None, _id_list: Any = None
    ) -> None:
        self.ids = ids
        self.row_offsets = row_offsets
        self.spans = spans
        self._id_list = _id_list

    @property
    def offsets_of_rows(self) -> IntArray:
        """The same as ``row_offsets``."""
        return self.row_offsets

    @property
    def lengths(self) -> IntArray:
        """Number of tokens of each text, int64 of n."""
        import numpy as np

        return np.diff(self.row_offsets)

    def __len__(self) -> int:
        return len(self.row_offsets) - 1

    def __getitem__(self, index: int) -> IdArray:
        """The ids of one text: a view, not a copy."""
        rows = len(self)
        if not -rows <= index < rows:
            raise IndexError(f"row {index} of a batch of {rows}")
        index %= rows
        return self.ids[self.row_offsets[index] : self.row_offsets[index + 1]]

    def __iter__(self) -> Iterator[IdArray]:
        bounds = self.row_offsets.tolist()
        for begin, end in pairwise(bounds):
            yield self.ids[begin:end]

    def row_spans(self, index: int) -> npt.NDArray[np.uint32]:
        """Offsets of the tokens of one text, uint32 of (tokens, 2)."""
        if self.spans is None:
            raise ArgumentError(
                message("Batch.row_spans", "a batch with offsets", "one without", "encode_batch(..., offsets='chars')")
            )
        return self.spans[self.row_offsets[index] : self.row_offsets[index + 1]]

    def to_list(self) -> list[list[int]]:
        """Python lists of ids."""
        flat = self._id_list(self.ids) if self._id_list is not None else self.ids.tolist()
        bounds = self.row_offsets.tolist()
        return [flat[begin:end] for begin, end in pairwise(bounds)]

    def padded(
        self, pad_id: int, side: str = "right", length: int | None = None
    ) -> tuple[IdArray, npt.NDArray[np.uint8]]:
        """A rectangle: (ids uint32 of (n, width), attention mask uint8 of the same shape).

        width is ``length`` or the longest row; longer rows are cut at the end away from the padding.
        """
        import numpy as np

        lengths = self.lengths
        width = int(lengths.max(initial=0)) if length is None else length
        kept = np.minimum(lengths, width)
        columns = np.arange(width)
        mask = columns[None, :] < kept[:, None]
        if side == "left":
            mask = mask[:, ::-1]
        elif side != "right":
            raise ArgumentError(message("Batch.padded", "side 'left' or 'right'", repr(side)))
        out = np.full((len(self), width), pad_id, dtype=np.uint32)
        first = self.row_offsets[:-1] if side == "right" else self.row_offsets[1:] - kept
        within = np.arange(int(kept.sum())) - np.repeat(np.cumsum(kept) - kept, kept)
        out[mask] = self.ids[np.repeat(first, kept) + within]
        return out, np.ascontiguousarray(mask).astype(np.uint8)

    def __eq__(self, other: object) -> bool:
        import numpy as np

        if not isinstance(other, Batch):
            return NotImplemented
        return np.array_equal(self.ids, other.ids) and np.array_equal(self.row_offsets, other.row_offsets)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Batch(rows={len(self)}, tokens={len(self.ids)}, spans={self.spans is not None})"
