"""Neighbours of a few words while vectors are trained: a callback that looks at the matrix as it changes."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from .callbacks import CallbackAny2Vec

__all__ = ["NeighbourSnapshot", "NeighbourWatch", "telling_words"]

_CLUSTERING_SENTENCES = 200_000
_MOST_SHARE = 0.05  # of the time of a training that looking may take


@dataclass(frozen=True, slots=True)
class NeighbourSnapshot:
    """The neighbours at one moment.

    Attributes:
        epoch: epochs that have ended. during: True inside an epoch, where other threads are writing.
        neighbours: word -> [(neighbour, cosine), ...], the nearest first.
        loss: mean loss a prediction (GloVe: a record) of the epoch that just ended; None inside one, or when not computed.
        seconds: since the training began.
    """

    epoch: int
    during: bool
    neighbours: dict[str, list[tuple[str, float]]]
    loss: float | None
    seconds: float


class NeighbourWatch(CallbackAny2Vec):
    """Tells how the nearest words of a few words change during a training.

    Args:
        on_change: called with each `NeighbourSnapshot`, after every epoch and about every ``seconds`` inside it.
        words: those watched; unknown ones are left out. None: `telling_words` of the vocabulary.
        sentences: for `telling_words`.
        topn: neighbours of each.
        seconds: between two looks inside an epoch; more where a look at a large vocabulary takes long (5 % of the time at
            most).

    Example:
        >>> seen = []
        >>> from tokenspace import Word2Vec
        >>> watch = NeighbourWatch(seen.append, ["cat"], topn=1)
        >>> model = Word2Vec([["cat", "say", "meow"]] * 9, vector_size=4, min_count=1, epochs=2, callbacks=[watch])
        >>> [(snapshot.epoch, len(snapshot.neighbours["cat"])) for snapshot in seen if not snapshot.during]
        [(1, 1), (2, 1)]
    """

    def __init__(
        self,
        on_change: Callable[[NeighbourSnapshot], object],
        words: Sequence[str] | None = None,
        topn: int = 8,
        seconds: float = 0.5,
        sentences: Iterable[Sequence[str]] | None = None,
    ) -> None:
        if topn < 1 or not seconds > 0:
            raise ArgumentError(message("NeighbourWatch", "topn of 1 and seconds above 0", f"{topn} and {seconds}"))
        self._on_change, self._topn, self._seconds = on_change, topn, seconds
        self.words = None if words is None else list(dict.fromkeys(words))
        self._sentences = sentences
        self._epoch, self._began, self._next = 0, 0.0, 0.0

    def on_train_begin(self, model: Any) -> None:
        """Chooses the words when none were given."""
        self._began, self._epoch = time.monotonic(), 0
        self._next = self._began + self._seconds
        if self.words is None and model.wv.index_to_key:
            self.words = telling_words(model.wv, sentences=self._sentences)

    def on_progress(self, model: Any) -> None:
        """A look inside an epoch, when it is time."""
        if time.monotonic() >= self._next:
            self._look(model, True)

    def on_epoch_end(self, model: Any) -> None:
        """A look after an epoch."""
        self._epoch += 1
        if self.words is None:
            self.words = telling_words(model.wv, sentences=self._sentences)
        self._look(model, False)

    def _look(self, model: Any, during: bool) -> None:
        begin = time.monotonic()
        adjust = getattr(model.wv, "adjust_vectors", None)
        if adjust is not None:
            adjust()  # fastText's words are sums of rows that are trained
        found = _nearest(model.wv, self.words or (), self._topn)
        loss = None if during else _loss(model)
        end = time.monotonic()
        self._next = end + max(self._seconds, (end - begin) / _MOST_SHARE)
        self._on_change(NeighbourSnapshot(self._epoch, during, found, loss, end - self._began))


def telling_words(vectors: Any, count: int = 4, sentences: Iterable[Sequence[str]] | None = None) -> list[str]:
    """Words whose neighbours say something: neither the most frequent nor rare, and not short.

    Args:
        vectors: a `KeyedVectors` sorted by frequency.
        count: how many.
        sentences: the text, if at hand: then those are taken that come in clusters, as words with a subject do and words like
            "against" do not (residual inverse document frequency, Church and Gale 1995; the first 200,000 sentences).

    Returns:
        At most ``count`` words, spread over ranks 60 to 600 (over the first half of a small vocabulary).
    """
    keys = vectors.index_to_key
    first, last = min(60, len(keys) // 10), min(600, max(1, len(keys) // 2))
    clustering = _clustering(keys[first:last], sentences) if sentences is not None else {}
    chosen: list[str] = []
    for number in range(count):
        start = first + (last - first) * number // count
        stop = first + (last - first) * (number + 1) // count
        ranked = sorted(
            range(start, min(len(keys), max(start + 1, stop))),
            key=lambda row: (-min(4, _weight(keys[row])), -clustering.get(keys[row], 0.0), -_weight(keys[row]), row),
        )
        if ranked and keys[ranked[0]] not in chosen:
            chosen.append(keys[ranked[0]])
    return chosen


def _clustering(words: Sequence[str], sentences: Iterable[Sequence[str]]) -> dict[str, float]:
    """How much fewer sentences hold a word than would if its occurrences fell where they like, in bits."""
    wanted = set(words)
    occurrences: Counter[str] = Counter()
    holding: Counter[str] = Counter()
    total = 0
    for sentence in islice(sentences, _CLUSTERING_SENTENCES):
        total += 1
        found = [word for word in sentence if word in wanted]
        occurrences.update(found)
        holding.update(set(found))
    return {
        word: math.log2(total / holding[word]) + math.log2(-math.expm1(-occurrences[word] / total)) for word in holding
    }


def _weight(word: str) -> int:
    """Letters that carry meaning: a Han character counts as much as three Latin letters; more than six say no more."""
    return min(6, sum(3 if character >= "\u2e80" else character.isalpha() for character in word))


def _loss(model: Any) -> float | None:
    losses = getattr(model, "epoch_losses", None) or getattr(model, "epoch_costs", None)
    return float(losses[-1]) if losses and losses[-1] else None


def _nearest(vectors: Any, words: Sequence[str], topn: int) -> dict[str, list[tuple[str, float]]]:
    matrix: npt.NDArray[np.float32] = vectors.vectors
    known = [word for word in words if word in vectors.key_to_index]
    if not known or len(matrix) < 2:
        return {word: [] for word in known}
    rows = np.array([vectors.key_to_index[word] for word in known])
    # Threads write while this reads: a value is the old or the new one, which is all that is asked.
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    lengths[lengths == 0] = 1.0
    cosines = (matrix[rows] @ matrix.T) / lengths[None, :] / lengths[rows][:, None]
    cosines[np.arange(len(rows)), rows] = -np.inf
    cosines[np.isnan(cosines)] = -np.inf
    kept = min(topn, len(matrix) - 1)
    out = {}
    for word, line in zip(known, cosines, strict=True):
        best = np.argpartition(-line, kept - 1)[:kept]
        best = best[np.lexsort((best, -line[best]))]
        out[word] = [(vectors.index_to_key[row], float(line[row])) for row in best if np.isfinite(line[row])]
    return out
