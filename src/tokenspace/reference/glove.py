"""GloVe: word vectors whose products are the logarithms of how often words stand near each other.

The rule in one sentence: for each pair of words that co-occur X times, the product of the word's vector and the other's
context vector, plus a bias of each, shall be log X; the squared error weighs (X / x_max) ** alpha, at most 1, and AdaGrad
divides each component's step by the root of its squared gradients so far. The core does the same steps in another order.

>>> counts = cooccurrences([["thou", "shalt", "not", "make", "a", "machine"]], window=2)
>>> counts["thou", "shalt"], counts["shalt", "thou"], counts["thou", "not"], ("thou", "make") in counts
(1.0, 1.0, 0.5, False)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def cooccurrences(
    sentences: Iterable[Sequence[str]], window: int = 15, symmetric: bool = True, weighted: bool = True
) -> dict[tuple[str, str], float]:
    """{(word, word to its right or, with ``symmetric``, on either side): sum of 1 / distance, or of 1}."""
    counts: dict[tuple[str, str], float] = {}
    for sentence in sentences:
        for right, word in enumerate(sentence):
            for left in range(max(0, right - window), right):
                amount = 1.0 / (right - left) if weighted else 1.0
                pair = (sentence[left], word)
                counts[pair] = counts.get(pair, 0.0) + amount
                if symmetric:
                    pair = (word, sentence[left])
                    counts[pair] = counts.get(pair, 0.0) + amount
    return counts


@dataclass
class Row:
    """A word's vector with its bias, and beside them the sums of squared gradients, which begin with 1."""

    vector: list[float]
    bias: float
    vector_squares: list[float]
    bias_squares: float = 1.0

    @classmethod
    def of(cls, vector: Sequence[float], bias: float) -> Row:
        """A row as before any training."""
        return cls(list(vector), bias, [1.0] * len(vector))


@dataclass(frozen=True)
class Step:
    """One step with its numbers. ``cost`` is before it."""

    product: float
    error: float
    weight: float
    cost: float


def step(
    word: Row,
    context: Row,
    count: float,
    x_max: float = 100.0,
    alpha: float = 0.75,
    eta: float = 0.05,
    grad_clip: float = 100.0,
) -> Step:
    """Fits both rows to one count; the biases take their gradient without ``eta``, as the authors' program does."""
    product = sum(a * b for a, b in zip(word.vector, context.vector, strict=True))
    error = product + word.bias + context.bias - math.log(count)
    weight = min(1.0, (count / x_max) ** alpha)
    gradient = weight * error
    for i in range(len(word.vector)):
        of_word = eta * max(-grad_clip, min(grad_clip, gradient * context.vector[i]))
        of_context = eta * max(-grad_clip, min(grad_clip, gradient * word.vector[i]))
        word.vector[i] -= of_word / math.sqrt(word.vector_squares[i])
        context.vector[i] -= of_context / math.sqrt(context.vector_squares[i])
        word.vector_squares[i] += of_word**2
        context.vector_squares[i] += of_context**2
    for row in (word, context):
        row.bias -= gradient / math.sqrt(row.bias_squares)
        row.bias_squares += gradient**2
    return Step(product, error, weight, 0.5 * gradient * error)
