"""The words of a corpus with how often each occurs, before anything is pruned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, message

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
    def from_frequencies(cls, frequencies: Any, sentences: int = 0) -> RawCounts:
        """Counts that come from elsewhere.

        Args:
            frequencies: a mapping {word: count}, counts whole, not negative and below 2^63.
            sentences: how many sentences they come from.

        Raises:
            ArgumentError: a key that is no str, or a count that is negative or no whole number.
        """
        import numpy as np

        if not isinstance(frequencies, Mapping):
            received = type(frequencies).__name__
            raise ArgumentError(message("vocabulary", "a mapping from word to count", received, "dict(pairs)"))
        for word, count in frequencies.items():
            if not isinstance(word, str):
                raise ArgumentError(f"[vocabulary] expected words of type str, received {type(word).__name__}")
            number = isinstance(count, (int, float, np.integer, np.floating))
            if not number or not 0 <= count < 2**63 or count != int(count):
                expected = f"a whole count below 2^63 for {word!r}"
                raise ArgumentError(message("vocabulary", expected, repr(count)[:60]))
        counts = np.fromiter((int(count) for count in frequencies.values()), np.uint64, len(frequencies))
        return cls(list(frequencies), counts, int(counts.sum()), sentences)
