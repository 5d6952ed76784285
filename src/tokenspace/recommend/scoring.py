"""How well items go with a history: two ways to ask a word2vec model.

``next``: what the model was trained to say. With negative sampling, input vector v of an item and output vector o of
another come to satisfy v·o = ln(P(other | item) / Pn(other)) - ln(negative), with noise Pn in proportion to
count ** ns_exponent (Levy and Goldberg, Neural word embedding as implicit matrix factorization, NIPS 2014). So
v·o + ns_exponent * ln(count) is, up to a constant, the logarithm of the model's probability that an item comes next; scores
are these logarithms, the probabilities of all items adding up to 1. A history speaks by the weighted mean of its items'
input vectors.

``cosine``: what is alike. The cosine of an item's input vector and the weighted mean of the history's unit vectors, as usual for
item2vec. It does not know how popular an item is, and rare items, whose vectors hardly left the middle, are near to
everything.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..errors import ArgumentError, message
from .catalogue import Catalogue
from .ranking import Places
from .sessions import Floats
from .text_vectors import Vectors

Scoring = Literal["next", "cosine"]
SCORINGS = ("next", "cosine")


class Scorer:
    """The scores of one way over one catalogue.

    Args:
        catalogue: the items.
        scoring: "next" or "cosine".
        ns_exponent: of the model.

    Raises:
        ArgumentError: another way, or "next" for a model without negative sampling.
    """

    def __init__(self, catalogue: Catalogue, scoring: str, ns_exponent: float) -> None:
        check_scoring(scoring)
        if scoring == "next" and not catalogue.has_outputs:
            raise ArgumentError(
                message(
                    "recommend", "negative sampling for scoring='next'", "a model with hs alone", "scoring='cosine'"
                )
            )
        self._catalogue, self._cosine, self._exponent = catalogue, scoring == "cosine", ns_exponent

    def query(self, places: Places, weights: Floats) -> tuple[Vectors, Floats]:
        """(vector of a history, float32 of shape (vector_size,); the part of it that each item has, shape (places,))."""
        vectors = self._catalogue.vectors(places, unit=self._cosine).astype(np.float64)
        total = weights @ vectors
        size = float(np.linalg.norm(total)) if self._cosine else float(weights.sum())
        shares = weights / (size or 1.0)
        return (total / (size or 1.0)).astype(np.float32), shares

    def scores(self, queries: Vectors, popularity: float = 0.0) -> Floats:
        """The scores of all items, shape (queries, items).

        Args:
            queries: from `query`, shape (queries, vector_size).
            popularity: -1 to 1. "cosine": (1 - abs(p)) * cosine + p * level, level being ln(1 + count) relative to the most
                popular item. "next": p * ln(count) is added.
        """
        catalogue = self._catalogue
        if self._cosine:
            cosines = catalogue.cosines(queries).astype(np.float64)
            return cosines if not popularity else (1 - abs(popularity)) * cosines + popularity * catalogue.popularity()
        found = catalogue.predictions(queries).astype(np.float64)
        found += (self._exponent + popularity) * catalogue.log_counts()
        found -= found.max(axis=1, keepdims=True)
        found -= np.log(np.exp(found).sum(axis=1, keepdims=True))
        return found

    def parts(self, places: Places, shares: Floats, items: Places) -> Floats:
        """What each item of a history adds to the scores of ``items``, shape (places, items).

        The parts of a history add up to the cosine; for "next" to what v·o is above the mean of all items, since v·o itself
        is below 0 for nearly every pair, and would speak against an item the more, the more its history weighs.
        """
        catalogue = self._catalogue
        own = catalogue.vectors(places, unit=self._cosine).astype(np.float64)
        if self._cosine:
            other = catalogue.vectors(items, unit=True).astype(np.float64)
        else:
            other = catalogue.outputs(items) - catalogue.mean_output()
        return np.asarray(shares[:, None] * (own @ other.T))


def check_scoring(scoring: str) -> str:
    """``scoring`` itself.

    Raises:
        ArgumentError: it is neither "next" nor "cosine".
    """
    if scoring not in SCORINGS:
        raise ArgumentError(message("recommend", f"scoring= {' or '.join(SCORINGS)}", repr(scoring)))
    return scoring
