"""Directions of meaning: how far words lean along the line from one word to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...errors import ArgumentError, message
from .keys import KEY_TYPES, Floats, Key
from .search import unit
from .similar import Similar, SimilarKeys

__all__ = ["Directions", "Lean"]


class Lean(NamedTuple):
    """A word's place on a direction.

    key: the word.
    projection: the cosine of its vector with the direction, in [-1, 1]: negative towards the start, positive towards the
        end.
    neighbours: the nearest keys to word - start + end, with their cosines (of several pairs: the first).
    """

    key: Key
    projection: float
    neighbours: SimilarKeys


class Directions(Similar):
    """Bias of words along directions."""

    def direction(self, start: Any, end: Any = None) -> Floats:
        """The vector of length one from ``start`` to ``end``, (vector_size,).

        Args:
            start, end: keys; or ``start`` a list of pairs (start, end), whose directions are averaged.

        Raises:
            UnknownKeyError: a key is not there. ArgumentError: no pair, or the vectors of a pair are equal.
        """
        mean = np.zeros(self.vector_size, dtype=np.float64)
        pairs = _pairs(start, end)
        for first, second in pairs:
            step = unit(self.get_vector(second, norm=True) - self.get_vector(first, norm=True))
            if not np.any(step):
                expected = "two words with different vectors"
                raise ArgumentError(message("direction", expected, f"{first!r} and {second!r}"))
            mean += step
        out: Floats = unit(mean).astype(np.float32)
        return out

    def bias(
        self, words: Key | Iterable[Key], start: Any, end: Any = None, topn: int = 5, restrict_vocab: int | None = None
    ) -> list[Lean]:
        """How far ``words`` lean from ``start`` to ``end``, and what stands there instead of them.

        >>> vectors.bias(["doctor", "nurse"], "man", "woman")  # doctest: +SKIP

        For "doctor", "man" and "woman" the neighbours are those of doctor - man + woman, vectors of length one being
        combined: what the vectors say a doctor is when she is a woman.

        Args:
            words: a key or several.
            start, end: as for `direction`.
            topn: neighbours a word.
            restrict_vocab: neighbours among the first so many keys only.

        Returns:
            One `Lean` a word, from the one nearest to ``start`` to the one nearest to ``end``.
        """
        line = self.direction(start, end)
        first, second = _pairs(start, end)[0]
        keys = [words] if isinstance(words, KEY_TYPES) else list(words)
        neighbours = self.most_similar_batch(
            [{"positive": [key, second], "negative": [first]} for key in keys], topn, restrict_vocab=restrict_vocab
        )
        leans = [
            Lean(key, float(np.dot(self.get_vector(key, norm=True), line)), near)
            for key, near in zip(keys, neighbours, strict=True)
        ]
        return sorted(leans, key=lambda lean: lean.projection)


def _pairs(start: Any, end: Any) -> Sequence[tuple[Key, Key]]:
    pairs = [(start, end)] if end is not None else [tuple(pair) for pair in start]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise ArgumentError(message("direction", "two keys, or a list of pairs of keys", repr(start)[:60]))
    return pairs
