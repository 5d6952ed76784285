"""How alike any two words are at a layer: what the likeness of a word to itself has to be compared with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..engines.protocol import FloatArray

__all__ = ["PairMean", "WordSample"]


class PairMean:
    """Mean cosine over pairs of vectors from different texts, at each layer, from sums alone.

    For unit vectors the sum over pairs is (|sum|^2 - n) / 2, so no pair is ever looked at.
    """

    def __init__(self) -> None:
        self._sum: npt.NDArray[np.float64] | None = None
        self._inside = np.zeros(1)  # of pairs in the same text, with each vector's product with itself
        self._count = self._inside_pairs = 0

    def add(self, vectors: FloatArray) -> None:
        """Vectors of one text, (layers, n, d)."""
        if not vectors.shape[1]:
            return
        rows = unit(vectors).sum(axis=1)
        n = vectors.shape[1]
        self._sum = rows if self._sum is None else self._sum + rows
        self._inside = self._inside + (rows**2).sum(axis=1)
        self._inside_pairs += n * n
        self._count += n

    @property
    def means(self) -> npt.NDArray[np.float64] | None:
        """The mean of each layer; None for fewer than two texts."""
        pairs = self._count**2 - self._inside_pairs
        if self._sum is None or not pairs:
            return None
        found: npt.NDArray[np.float64] = ((self._sum**2).sum(axis=1) - self._inside) / pairs
        return found


class WordSample:
    """At most ``size`` words' vectors drawn evenly from a stream of texts, by reservoir sampling (Vitter 1985, R)."""

    def __init__(self, size: int, seed: int) -> None:
        self._size, self._draw = size, np.random.default_rng(seed)
        self._kept: list[tuple[int, FloatArray]] = []
        self._seen = self._texts = 0

    def add(self, vectors: FloatArray) -> None:
        """Words of one text, (layers, n, d)."""
        for index in range(vectors.shape[1]):
            self._seen += 1
            if len(self._kept) < self._size:
                self._kept.append((self._texts, vectors[:, index].copy()))
            else:
                place = int(self._draw.integers(self._seen))
                if place < self._size:
                    self._kept[place] = (self._texts, vectors[:, index].copy())
        self._texts += 1

    @property
    def means(self) -> npt.NDArray[np.float64] | None:
        """Mean cosine of pairs of these words from different texts, for each layer; None for fewer than two texts."""
        pairs = PairMean()
        by_text: dict[int, list[FloatArray]] = {}
        for text, vector in self._kept:
            by_text.setdefault(text, []).append(vector)
        for vectors in by_text.values():
            pairs.add(np.stack(vectors, axis=1))
        return pairs.means


def unit(vectors: FloatArray) -> npt.NDArray[np.float64]:
    """Vectors at length 1; zeros stay."""
    rows = vectors.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    found: npt.NDArray[np.float64] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return found
