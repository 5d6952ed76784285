"""The numbers a GloVe training is made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ...errors import ArgumentError, message

VECTORS = ("sum", "words", "concat")


@dataclass(frozen=True, slots=True)
class GloVeSettings:
    """See `GloVe`."""

    vector_size: int
    window: int
    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    x_max: float
    alpha: float
    eta: float
    symmetric: bool
    distance_weighting: bool
    grad_clip: float
    vectors: str
    seed: int

    def __post_init__(self) -> None:
        for name, least in (("vector_size", 1), ("window", 1), ("min_count", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise ArgumentError(message("GloVe", f"{name} a whole number of at least {least}", repr(value)))
        for name in ("x_max", "eta", "grad_clip"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ArgumentError(message("GloVe", f"{name} above 0", repr(getattr(self, name))))
        if not 0 <= self.alpha < float("inf"):
            raise ArgumentError(message("GloVe", "alpha of at least 0", repr(self.alpha)))
        if self.vectors not in VECTORS:
            raise ArgumentError(message("GloVe", f"vectors= {', '.join(VECTORS)}", repr(self.vectors)))
        if not 0 <= self.seed < 2**63:
            raise ArgumentError(message("GloVe", "a seed of at least 0", repr(self.seed)))

    def to_dict(self) -> dict[str, Any]:
        """All of them, as JSON."""
        return asdict(self)
