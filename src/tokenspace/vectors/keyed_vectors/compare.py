"""How near given keys are to each other."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...errors import ArgumentError, message
from .keys import KEY_TYPES, EmptyListError, Floats, Key, KeyOrVector
from .search import unit
from .similar import Similar

__all__ = ["Compare"]

_log = logging.getLogger(__name__)


class Compare(Similar):
    """Queries about keys the caller names. Distances are cosine distances, 1 - cosine."""

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """The cosine of two keys' vectors; 0 where one is a zero vector.

        Raises:
            UnknownKeyError: (a KeyError) a key is not there.
        """
        cosine: np.float32 = np.dot(unit(self[w1]), unit(self[w2]))
        return cosine

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """1 - `similarity`."""
        distance: np.float32 = 1 - self.similarity(w1, w2)
        return distance

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> np.float32:
        """The cosine of the mean vectors of two lists of keys. Vectors are not scaled before the mean is taken; unknown
        keys are left out, and a list of nothing else has cosine 0 with everything.

        Raises:
            EmptyListError: (a ZeroDivisionError and ValueError) one of the lists is empty.
        """
        if not (len(ws1) and len(ws2)):
            raise EmptyListError(message("n_similarity", "two lists of at least one key", "an empty list"))
        first, second = (unit(self.get_mean_vector(keys, pre_normalize=False)) for keys in (ws1, ws2))
        cosine: np.float32 = np.dot(first, second)
        return cosine

    def similarities(self, words: Sequence[Key], others: Sequence[Key] | None = None) -> Floats:
        """`similarity` of each of ``words`` with each of ``others``, (words, others) float32; with each other by default.

        Raises:
            UnknownKeyError: a key is not there.
        """
        columns = words if others is None else others
        rows, across = (
            np.vstack([unit(self.get_vector(key)) for key in keys]).astype(np.float32)
            if len(keys)
            else np.zeros((0, self.vector_size), np.float32)
            for keys in (words, columns)
        )
        return np.asarray(rows @ across.T)

    @staticmethod
    def cosine_similarities(vector_1: Floats, vectors_all: Floats) -> Floats:
        """Cosines of ``vector_1``, (size,), with the rows of ``vectors_all``, (n, size): (n,). NaN with a zero vector."""
        with np.errstate(divide="ignore", invalid="ignore"):
            lengths = np.linalg.norm(vector_1) * np.linalg.norm(vectors_all, axis=1)
            return np.asarray(np.dot(vectors_all, vector_1) / lengths)

    def distances(self, word_or_vector: KeyOrVector, other_words: Iterable[Key] = ()) -> Floats:
        """Cosine distances from a key or vector to ``other_words``, or to every row: (words,). NaN with a zero vector.

        Raises:
            UnknownKeyError: a key is not there.
        """
        vector = np.asarray(
            self.get_vector(word_or_vector) if isinstance(word_or_vector, KEY_TYPES) else word_or_vector
        )
        others = list(other_words) if other_words is not None else []
        if others:
            return 1 - self.cosine_similarities(vector, self._rows([self.get_index(word) for word in others]))
        with np.errstate(divide="ignore", invalid="ignore"):
            direction = vector / np.linalg.norm(vector)
        distances: Floats = 1 - self._cosines(direction)[0]
        return distances

    def closer_than(self, key1: Key, key2: Key) -> list[Any]:
        """All keys nearer to ``key1`` than ``key2`` is, by row."""
        distances = self.distances(key1)
        own, other = self.get_index(key1), self.get_index(key2)
        return [self.index_to_key[row] for row in np.flatnonzero(distances < distances[other]) if row != own]

    def rank(self, key1: Key, key2: Key) -> int:
        """The place of ``key2`` among the neighbours of ``key1``, from 1."""
        return len(self.closer_than(key1, key2)) + 1

    def words_closer_than(self, word1: Key, word2: Key) -> list[Any]:
        """Old name of `closer_than`."""
        return self.closer_than(word1, word2)

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The key of ``keys_list`` with the largest `similarity` to ``key1``; of equal ones the first.

        Raises:
            ArgumentError: an empty list. UnknownKeyError: a key is not there.
        """
        if not len(keys_list):
            raise ArgumentError(message("most_similar_to_given", "at least one key to choose from", "an empty list"))
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def rank_by_centrality(self, words: Sequence[Key], use_norm: bool = True) -> list[tuple[np.float32, Key]]:
        """(product with the centre, key) from the most to the least central, the centre being the mean of the vectors
        scaled to length one; ``use_norm`` scales the vectors first. Unknown keys are left out with a logged warning.

        Raises:
            ArgumentError: no key is known.
        """
        known = [word for word in words if word in self]
        if len(known) != len(words):
            _log.warning("keys that are not present are left out: %s", sorted(map(str, set(words) - set(known))))
        if not known:
            raise ArgumentError(message("rank_by_centrality", "at least one key of the vocabulary", f"{list(words)!r}"))
        vectors = np.vstack([self.get_vector(word, norm=use_norm) for word in known]).astype(np.float32)
        centre = self.get_mean_vector(vectors, post_normalize=True).astype(np.float32)
        return sorted(zip(np.dot(vectors, centre), known, strict=True), reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """The key farthest from the centre of all: the last of `rank_by_centrality`."""
        return self.rank_by_centrality(words)[-1][1]

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """The cosine of two keys over the sum of the cosines of the ``topn`` keys nearest to ``wa`` (Leeuwenberg et al.
        2016, equation 1); above 1 / topn the two are nearer than the average neighbour.

        Raises:
            ArgumentError: there are no neighbours.
        """
        nearest = self.similar_by_key(wa, topn)
        if not nearest:
            raise ArgumentError(message("relative_cosine_similarity", "neighbours to compare with", f"topn={topn}"))
        return float(self.similarity(wa, wb)) / float(sum(score for _, score in nearest))
