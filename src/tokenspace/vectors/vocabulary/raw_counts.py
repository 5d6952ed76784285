"""The words of a corpus with how often each occurs, before anything is pruned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import ArgumentError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class RawCounts:
    """What counting a corpus gives.

    Attributes:
        words: distinct words in the order in which they first occurred.
        counts: (len(words),) uint64.
        total_words, sentences: of the whole corpus.
        dropped_words, dropped_occurrences: distinct words that are not in ``words`` since they occurred fewer times
            than the counting was asked for, and how often they occurred.
        forgotten: occurrences that ``max_vocab_size`` lost while counting.
    """

    words: list[str]
    counts: npt.NDArray[np.uint64]
    total_words: int
    sentences: int
    dropped_words: int = 0
    dropped_occurrences: int = 0
    forgotten: int = 0

    def __len__(self) -> int:
        return len(self.words)

    def to_dict(self) -> dict[str, int]:
        """{word: count} in the order of ``words``."""
        return dict(zip(self.words, self.counts.tolist(), strict=True))

    @classmethod
    def from_frequencies(cls, frequencies: Mapping[str, int], sentences: int = 0) -> RawCounts:
        """Counts that come from elsewhere.

        Args:
            frequencies: {word: count}, counts whole and not negative.
            sentences: how many sentences they come from.

        Raises:
            ArgumentError: a key that is no str, or a count that is negative or no whole number.
        """
        import numpy as np

        for word, count in frequencies.items():
            if not isinstance(word, str):
                raise ArgumentError(f"[vocabulary] expected words of type str, received {type(word).__name__}")
            if count < 0 or count != int(count):
                raise ArgumentError(f"[vocabulary] expected a whole count for {word!r}, received {count!r}")
        counts = np.fromiter((int(count) for count in frequencies.values()), np.uint64, len(frequencies))
        return cls(list(frequencies), counts, int(counts.sum()), sentences)
