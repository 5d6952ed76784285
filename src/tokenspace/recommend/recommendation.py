"""One recommended item: how near it is, how popular, and because of which items of the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """An item of the history and its part of a recommendation's score.

    See `Scorer.parts` for what the parts of a whole history add up to.
    """

    item: str
    share: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An item recommended.

    Attributes:
        item: its id.
        score: what the list is ordered by: the logarithm of the probability to come next, or a cosine; see
            `tokenspace.recommend.scoring`.
        similarity: cosine of the item's vector and the mean of the history's unit vectors, -1 to 1.
        count: how often the item occurs in the sessions trained on, by weight; 0 for one placed by metadata alone.
        metadata: its row of the item table.
        because: the items of the history that speak for it most, the first the strongest.
    """

    item: str
    score: float
    similarity: float
    count: float
    metadata: dict[str, Any] = field(default_factory=dict)
    because: tuple[Reason, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The recommendation as JSON values."""
        return {
            "item": self.item,
            "score": self.score,
            "similarity": self.similarity,
            "count": self.count,
            "metadata": self.metadata,
            "because": [{"item": reason.item, "share": reason.share} for reason in self.because],
        }
