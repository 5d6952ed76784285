"""Nearest keys to a key, a vector, or a weighted combination of them."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from .keys import KEY_TYPES, Floats, Key, KeyOrVector, as_list, unknown_key
from .search import Search, unit

__all__ = ["Similar", "SimilarKeys"]

SimilarKeys = list[tuple[Any, float]]


class Similar(Search):
    """Queries that answer with keys of the whole vocabulary."""

    def get_mean_vector(
        self,
        keys: Iterable[KeyOrVector],
        weights: Iterable[float] | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Floats:
        """The weighted mean of vectors, (vector_size,): their weighted sum over the sum of the weights' magnitudes.

        Args:
            keys: keys or vectors; a matrix is the list of its rows.
            weights: one a key, 1 by default.
            pre_normalize: scale the vectors of keys to length one first. Vectors given as arrays are taken as they are.
            post_normalize: scale the mean to length one.
            ignore_missing: leave unknown keys out; if all are, the mean is zero.

        Raises:
            ArgumentError: no keys, another number of weights, or a vector of another size. UnknownKeyError: an unknown
                key without ``ignore_missing``.
        """
        items = list(keys)
        if not items:
            raise ArgumentError(message("get_mean_vector", "at least one key or vector", "none"))
        # In the precision of the vectors, as gensim adds: two words are equally far from their mean up to rounding only,
        # and which of them "doesn't match" should not differ.
        dtype = np.float64 if self.vectors.dtype == np.float64 else np.float32
        if weights is None:
            factors = np.ones(len(items), dtype=dtype)
        else:
            factors = weights if isinstance(weights, np.ndarray) else np.array(list(weights), dtype=dtype)
        if len(factors) != len(items):
            raise ArgumentError(message("get_mean_vector", f"{len(items)} weights, one a key", f"{len(factors)}"))
        mean = np.zeros(self.vector_size, dtype=dtype)
        total = 0.0
        for item, factor in zip(items, factors, strict=True):
            if isinstance(item, np.ndarray):
                if item.shape != (self.vector_size,):
                    expected = f"a vector of {self.vector_size} numbers"
                    raise ArgumentError(message("get_mean_vector", expected, f"an array of shape {item.shape}"))
                mean += factor * item
            elif item in self:
                mean += factor * self.get_vector(item, norm=pre_normalize)
            elif ignore_missing:
                continue
            else:
                raise unknown_key(item, self.key_to_index, "get_mean_vector")
            total += abs(factor)
        if total > 0:
            mean /= total
        return unit(mean).astype(dtype, copy=False) if post_normalize else mean

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> SimilarKeys | npt.NDArray[np.float32]:
        """The keys whose vectors have the largest cosine with a combination of vectors.

        >>> vectors.most_similar(positive=["king", "woman"], negative=["man"])  # doctest: +SKIP

        Args:
            positive, negative: a key, a vector, or a list of keys, vectors and pairs (key or vector, weight). Weights
                are 1 and -1 by default. Vectors of keys are scaled to length one before they are combined, vectors
                given as arrays are not.
            topn: number of results; None gives the cosines of all rows (of the range) as an array; less than 1 gives
                none.
            clip_start, clip_end: only rows of this range are results.
            restrict_vocab: only the first so many rows; goes before ``clip_start`` and ``clip_end``.
            indexer: an object with ``most_similar(vector, topn)`` that answers instead, an approximate index say.

        Returns:
            Pairs (key, cosine), largest first. Keys that were asked for are left out; vectors given as arrays exclude
            nothing. Rows whose cosine is NaN (zero vectors, NaN in the file) come last.

        Raises:
            ArgumentError: nothing was asked for, or a vector has another size. UnknownKeyError: (a KeyError) a key is
                not there.
        """
        if topn is not None and operator.index(topn) < 1:
            return []
        mean, rows = self._combination(as_list(positive), as_list(negative))
        if indexer is not None and isinstance(topn, int):
            answer: SimilarKeys = indexer.most_similar(mean, topn)
            return answer
        part = self._range(clip_start, clip_end, restrict_vocab)
        if topn is None:
            cosines: npt.NDArray[np.float32] = self._cosines(mean, part)[0]
            return cosines
        found, scores = self.search(mean, topn, begin=part.start, end=part.stop, exclude=[rows])
        return self._named(found[0], scores[0])

    def similar_by_key(self, key: Key, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` for one key."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_word(self, word: Key, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """Another name of `similar_by_key`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_vector(self, vector: Floats, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` for one vector, (vector_size,)."""
        return self.most_similar(positive=[np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_batch(
        self,
        queries: Any,
        topn: int = 10,
        *,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        threads: int = 0,
    ) -> list[SimilarKeys]:
        """`most_similar` for many queries, reading the matrix once for all of them.

        Args:
            queries: a matrix (queries, vector_size), or an iterable whose items are a key, a vector, a list as for
                ``positive``, or a mapping with "positive" and "negative".

        Returns:
            For each query what `most_similar` gives.
        """
        exclude: list[list[int]] | None = None
        if isinstance(queries, np.ndarray) and queries.ndim == 2:
            combined = queries
        else:
            combined, exclude = self._combinations(list(queries))
        part = self._range(clip_start, clip_end, restrict_vocab)
        found, scores = self.search(
            combined, max(0, topn), begin=part.start, end=part.stop, exclude=exclude, threads=threads
        )
        return [self._named(rows, values) for rows, values in zip(found, scores, strict=True)]

    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> SimilarKeys | npt.NDArray[np.float64]:
        """The keys with the largest 3CosMul score (Levy and Goldberg 2014, equation 4, for any number of terms): the
        product of the positive terms' cosines over that of the negative ones, each moved to [0, 1], plus 1e-6.

        Args and results are those of `most_similar`, without weights. ``restrict_vocab`` restricts (in gensim it does
        nothing).

        Raises:
            ArgumentError: no positive term. UnknownKeyError: a key is not there.
        """
        if topn is not None and operator.index(topn) < 1:
            return []
        wanted, unwanted = as_list(positive), as_list(negative)
        if not wanted:
            raise ArgumentError(message("most_similar_cosmul", "at least one positive key or vector", "none"))
        terms = [self.get_vector(t, norm=True) if isinstance(t, KEY_TYPES) else t for t in wanted + unwanted]
        exclude = [self.get_index(t) for t in wanted + unwanted if isinstance(t, KEY_TYPES) and self.has_index_for(t)]
        part = self._range(0, None, restrict_vocab)
        shifted = (1 + self._cosines(np.vstack(terms), part).astype(np.float64)) / 2
        scores = shifted[: len(wanted)].prod(axis=0) / (shifted[len(wanted) :].prod(axis=0) + 1e-6)
        if topn is None:
            return np.asarray(scores)
        scores_of_others = scores.copy()
        outside = [row for row in exclude if row < len(scores)]
        scores_of_others[outside] = -np.inf
        best = np.argsort(-scores_of_others, kind="stable")[: topn + len(outside)]
        kept = [row for row in best if row not in outside]
        return [(self.index_to_key[row], float(scores[row])) for row in kept[:topn]]

    # -- the parts of a query ----------------------------------------------------------------------------------------

    def _combination(self, positive: list[Any], negative: list[Any]) -> tuple[Floats, list[int]]:
        """The mean vector of length one, and the rows of the keys in it."""
        items, weights = [], []
        for given, default in ((positive, 1.0), (negative, -1.0)):
            for item in given:
                if isinstance(item, (*KEY_TYPES, np.ndarray)):
                    items.append(item)
                    weights.append(default)
                elif isinstance(item, (tuple, list)) and len(item) == 2:
                    items.append(item[0])
                    weights.append(float(item[1]))
                else:
                    expected = "keys, vectors (as arrays), or pairs of one with a weight"
                    raise ArgumentError(message("most_similar", expected, repr(item)[:60]))
        if not items:
            raise ArgumentError(message("most_similar", "at least one key or vector", "none"))
        mean = self.get_mean_vector(
            items, np.array(weights), pre_normalize=True, post_normalize=True, ignore_missing=False
        )
        rows = [self.get_index(item) for item in items if isinstance(item, KEY_TYPES) and self.has_index_for(item)]
        return mean, rows

    def _combinations(self, queries: list[Any]) -> tuple[Floats, list[list[int]]]:
        """`_combination` for each query of a batch; keys alone, the usual case, are gathered at once."""
        combined = np.empty((len(queries), self.vector_size), dtype=np.float32)
        exclude: list[list[int]] = []
        alone: list[int] = []
        for number, query in enumerate(queries):
            row = self.key_to_index.get(query, -1) if isinstance(query, KEY_TYPES) else -1
            if row >= 0:
                alone.append(number)
                exclude.append([row])
                continue
            given = query if isinstance(query, Mapping) else {"positive": query}
            mean, rows = self._combination(as_list(given.get("positive")), as_list(given.get("negative")))
            combined[number] = mean
            exclude.append(rows)
        if alone:
            rows = [exclude[number][0] for number in alone]
            with np.errstate(divide="ignore", invalid="ignore"):
                combined[alone] = self._rows(rows) / self._norms()[rows, None]
        return combined, exclude

    def _range(self, clip_start: int, clip_end: int | None, restrict_vocab: int | None) -> slice:
        given = slice(0, restrict_vocab) if restrict_vocab else slice(clip_start, clip_end or None)
        start, stop, _ = given.indices(len(self.vectors))
        return slice(start, max(start, stop))

    def _named(self, rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float32]) -> SimilarKeys:
        keys = self.index_to_key
        return [(keys[row], score) for row, score in zip(rows.tolist(), scores.tolist(), strict=True) if row >= 0]
