"""Directions of meaning: how far words lean along the line from one word to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from .keys import KEY_TYPES, Floats, Key
from .search import unit
from .similar import Similar, SimilarKeys

__all__ = ["Association", "Directions", "Lean"]


class Lean(NamedTuple):
    """A word's place on a direction.

    key: the word.
    projection: the cosine of its vector with the direction, in [-1, 1]: negative towards the start, positive towards the
        end.
    neighbours: the nearest keys to word - start + end, with their cosines (of several pairs: the first; of lists: their
        means).
    """

    key: Key
    projection: float
    neighbours: SimilarKeys


class Association(NamedTuple):
    """What `Directions.association` finds.

    effect_size: the difference of the groups' means over the standard deviation of all words, for groups of one size
        in [-2, 2]: positive where ``words`` are nearer to ``end`` than ``others`` are. 0 where all words lean alike.
    p: the share of divisions into groups of these sizes that differ at least as much in this sense (one-sided).
    words, others: the association of each word.
    """

    effect_size: float
    p: float
    words: list[float]
    others: list[float]


class Directions(Similar):
    """Bias of words along directions."""

    def direction(self, start: Any, end: Any = None) -> Floats:
        """The vector of length one from ``start`` to ``end``, (vector_size,).

        Args:
            start, end: keys; or two lists of keys, for the way from the mean of one to that of the other, vectors being
                scaled to length one first; or ``start`` a list of pairs (start, end), whose directions are averaged.

        Raises:
            UnknownKeyError: a key is not there. ArgumentError: no pair, or the vectors of a pair (the means) are equal.
        """
        if _is_lists(start, end):
            line = unit(self._pole(end).astype(np.float64) - self._pole(start))
            if not np.any(line):
                raise ArgumentError(
                    message("direction", "two lists with different means", f"{start!r} and {end!r}"[:90])
                )
            return np.asarray(line, np.float32)
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
        first, second = (self._pole(start), self._pole(end)) if _is_lists(start, end) else _pairs(start, end)[0]
        keys = [words] if isinstance(words, KEY_TYPES) else list(words)
        neighbours = self.most_similar_batch(
            [{"positive": [key, second], "negative": [first]} for key in keys], topn, restrict_vocab=restrict_vocab
        )
        leans = [
            Lean(key, float(np.dot(self.get_vector(key, norm=True), line)), near)
            for key, near in zip(keys, neighbours, strict=True)
        ]
        return sorted(leans, key=lambda lean: lean.projection)

    def association(
        self,
        words: Sequence[Key],
        others: Sequence[Key],
        start: Sequence[Key],
        end: Sequence[Key],
        *,
        permutations: int = 10_000,
        seed: int = 0,
    ) -> Association:
        """How differently two groups of words lean to two poles: the word embedding association test (Caliskan, Bryson and
        Narayanan 2017, "Semantics derived automatically from language corpora contain human-like biases", equations of
        the section "Method").

        A word's association is its mean cosine with ``end`` less that with ``start``. It says what the texts that the
        vectors come from put together; it says nothing of people.

        Args:
            words, others: the two groups, at least two keys each.
            start, end: the poles, at least one key each.
            permutations: at most so many divisions of all words into groups of these sizes are looked at for ``p``; where
                there are no more, each of them once, else so many drawn by ``seed``.

        Raises:
            UnknownKeyError: a key is not there. ArgumentError: too few words, or ``permutations`` below 1.
        """
        if min(len(words), len(others)) < 2 or not len(start) or not len(end) or permutations < 1:
            expected = "two words a group, one a pole and permutations from 1"
            received = f"{len(words)} and {len(others)}, {len(start)} and {len(end)}, {permutations}"
            raise ArgumentError(message("association", expected, received))
        poles = [np.vstack([self._unit(key) for key in keys]).mean(axis=0) for keys in (start, end)]
        both = np.array([self._unit(key) @ (poles[1] - poles[0]) for key in (*words, *others)])
        first = len(words)
        spread = float(both.std(ddof=1))
        difference = float(both[:first].mean() - both[first:].mean())
        return Association(
            effect_size=difference / spread if spread > 1e-9 else 0.0,
            p=_p_value(both, first, permutations, seed),
            words=both[:first].tolist(),
            others=both[first:].tolist(),
        )

    def _unit(self, key: Key) -> npt.NDArray[np.float64]:
        return unit(self.get_vector(key).astype(np.float64))

    def _pole(self, keys: Sequence[Key]) -> Floats:
        return self.get_mean_vector(list(keys), ignore_missing=False)


def _is_lists(start: Any, end: Any) -> bool:
    return end is not None and not isinstance(start, KEY_TYPES) and not isinstance(end, KEY_TYPES)


def _p_value(values: npt.NDArray[np.float64], first: int, permutations: int, seed: int) -> float:
    """The share of divisions in which the first group is ahead by at least as much, this one among them."""
    seen = float(values[:first].sum()) - 1e-12
    if comb(len(values), first) <= permutations:
        sums = np.array([values[list(group)].sum() for group in combinations(range(len(values)), first)])
        return float((sums >= seen).mean())
    random = np.random.default_rng(seed)
    drawn = np.array([random.permutation(values)[:first].sum() for _ in range(permutations)])
    return float(((drawn >= seen).sum() + 1) / (permutations + 1))


def _pairs(start: Any, end: Any) -> Sequence[tuple[Key, Key]]:
    pairs = [(start, end)] if end is not None else [tuple(pair) for pair in start]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise ArgumentError(message("direction", "two keys, or a list of pairs of keys", repr(start)[:60]))
    return pairs
