"""Word Mover's Distance: the least travel that turns one text's words into another's."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ... import _core
from .compare import Compare
from .keys import Key

__all__ = ["Move", "WordMovers"]

_log = logging.getLogger(__name__)


class Move(NamedTuple):
    """A share of the first text's words that becomes a word of the second, over a distance."""

    source: Key
    target: Key
    share: float
    distance: float


class WordMovers(Compare):
    """Distances of texts (Kusner et al. 2015)."""

    def wmdistance(self, document1: Iterable[Key], document2: Iterable[Key], norm: bool = True) -> float:
        """The Word Mover's Distance of two lists of words: each word of a text weighs its share of the text, and moving
        it costs the Euclidean distance of the vectors. Exact.

        Args:
            document1, document2: words. Unknown ones are left out with a logged note.
            norm: scale the vectors to length one first.

        Returns:
            The distance; infinity where a text has no known word, and (as in gensim) where the texts have different
            words whose vectors are all equal; NaN where a vector holds NaN.
        """
        return self._move(document1, document2, norm)[0]

    def wmd_moves(self, document1: Iterable[Key], document2: Iterable[Key], norm: bool = True) -> list[Move]:
        """The moves that `wmdistance` adds up, in order of share times distance; words that stay included."""
        moves = self._move(document1, document2, norm)[1]
        return sorted(moves, key=lambda move: -move.share * move.distance)

    def _move(self, document1: Iterable[Key], document2: Iterable[Key], norm: bool) -> tuple[float, list[Move]]:
        texts = [list(document1), list(document2)]
        counts = [Counter(word for word in text if word in self) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        dropped = [len(text) - length for text, length in zip(texts, lengths, strict=True)]
        if any(dropped):
            _log.info("unknown words left out: %d of the first text, %d of the second", *dropped)
        if not all(lengths):
            _log.warning("a text has no word of the vocabulary")
            return math.inf, []
        if len(counts[0] | counts[1]) == 1:
            word = next(iter(counts[0]))
            return 0.0, [Move(word, word, 1.0, 0.0)]
        words = [list(count) for count in counts]
        matrices = [np.vstack([self.get_vector(word, norm=norm) for word in part]) for part in words]
        wide = [np.ascontiguousarray(matrix, dtype=np.float32) for matrix in matrices]
        distances = _core.knn_scores(wide[1], wide[0], metric="l2").astype(np.float64)
        if not np.isfinite(distances).all():
            return math.nan, []
        if distances.sum() < 1e-8:
            _log.info("all distances are zero: returning infinity")
            return math.inf, []
        # In whole units of 1 / (length of one text * length of the other), so that the solver's amounts are exact.
        amounts = [{w: n * lengths[1 - i] for w, n in counts[i].items()} for i in (0, 1)]
        total = lengths[0] * lengths[1]
        moves = []
        for word in words[0]:
            # Distances obey the triangle inequality: what both texts hold of a word may as well stay.
            stays = min(amounts[0][word], amounts[1].get(word, 0))
            if stays:
                moves.append(Move(word, word, stays / total, 0.0))
                for amount in amounts:
                    amount[word] -= stays
        left = [[i for i, word in enumerate(words[side]) if amounts[side][word]] for side in (0, 1)]
        if not left[0]:
            return 0.0, moves
        supply, demand = (
            np.array([amounts[side][words[side][i]] for i in left[side]], dtype=np.int64) for side in (0, 1)
        )
        costs = np.ascontiguousarray(distances[np.ix_(left[0], left[1])])
        cost, sources, targets, shipped = _core.earth_mover(supply, demand, costs)
        for source, target, amount in zip(sources.tolist(), targets.tolist(), shipped.tolist(), strict=True):
            i, j = left[0][source], left[1][target]
            moves.append(Move(words[0][i], words[1][j], amount / total, float(distances[i, j])))
        return cost / total, moves
