"""What happened to the texts of one call."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["EncodeReport", "TruncationWarning"]


class TruncationWarning(UserWarning):
    """Texts were longer than the model takes, and their rest was left out."""


def _no_rows() -> npt.NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass
class EncodeReport:
    """Lengths and cuts, row by row.

    max_length: the bound in tokens, special ones included; None: there is none.
    lengths: int64 (n), tokens of each text before anything was cut, special ones and the prompt included.
    windows: int64 (n), rows that were made of it: more than 1 where ``on_truncate="chunk"`` had to.
    truncated: bool (n), whether something was left out.
    """

    max_length: int | None = None
    lengths: npt.NDArray[np.int64] = field(default_factory=_no_rows)
    windows: npt.NDArray[np.int64] = field(default_factory=_no_rows)

    @property
    def truncated(self) -> npt.NDArray[np.bool_]:
        if self.max_length is None:
            return np.zeros(len(self.lengths), dtype=np.bool_)
        return np.asarray((self.lengths > self.max_length) & (self.windows == 1))

    @property
    def truncated_count(self) -> int:
        """How many texts lost something."""
        return int(self.truncated.sum())

    @property
    def longest(self) -> int:
        """Tokens of the longest text; 0 without texts."""
        return int(self.lengths.max(initial=0))

    def __len__(self) -> int:
        return len(self.lengths)

    def __str__(self) -> str:
        count = self.truncated_count
        if not count:
            return f"{len(self):,} texts, none truncated; the longest has {self.longest:,} tokens"
        row = int(self.lengths.argmax())
        return (
            f"{count:,} of {len(self):,} texts have more than {self.max_length:,} tokens and were cut; "
            f"the longest, row {row}, has {self.longest:,}"
        )


def joined(reports: list[EncodeReport], max_length: int | None) -> EncodeReport:
    """The reports of successive texts as one."""
    if not reports:
        return EncodeReport(max_length)
    return EncodeReport(
        max_length,
        np.concatenate([report.lengths for report in reports]),
        np.concatenate([report.windows for report in reports]),
    )
