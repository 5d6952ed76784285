"""The mean of token rows, and a step of training them, in plain Python: what the core's token table must agree with."""

from __future__ import annotations

import math
from collections.abc import Sequence

Vector = Sequence[float]


def mean_of_rows(
    rows: Sequence[Vector],
    ids: Sequence[int],
    factors: Sequence[float] | None = None,
    mapping: Sequence[int] | None = None,
    dropped: int | None = None,
    normalize: bool = False,
) -> list[float]:
    """The vector of one text: token t stands for ``factors[t] * rows[mapping[t]]``, and the text is the mean over its
    tokens without the ``dropped`` one; zeros when none is left.

    The computation of model2vec 0.10 (`StaticModel.encode`) and of sentence-transformers 6 (`StaticEmbedding`).
    """
    kept = [token for token in ids if token != dropped]
    total = [0.0] * len(rows[0])
    for token in kept:
        factor = 1.0 if factors is None else factors[token]
        row = rows[token if mapping is None else mapping[token]]
        total = [sum_ + factor * value for sum_, value in zip(total, row, strict=True)]
    mean = [value / len(kept) for value in total] if kept else total
    length = math.sqrt(math.fsum(value * value for value in mean))
    return [value / length for value in mean] if normalize and length else mean


def adam_step(
    rows: list[list[float]],
    first: list[list[float]],
    second: list[list[float]],
    texts: Sequence[Sequence[int]],
    gradients: Sequence[Vector],
    step: int,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> None:
    """Moves the rows of the texts' tokens, in place, by one step of Adam (Kingma and Ba 2015); ``gradients`` are those of
    the loss by each text's mean. Rows that no text holds keep their moments, as torch's SparseAdam has it."""
    sums: dict[int, list[float]] = {}
    for ids, gradient in zip(texts, gradients, strict=True):
        for token in ids:
            total = sums.setdefault(token, [0.0] * len(gradient))
            sums[token] = [value + part / len(ids) for value, part in zip(total, gradient, strict=True)]
    for token, gradient in sums.items():
        for column, value in enumerate(gradient):
            first[token][column] = beta1 * first[token][column] + (1 - beta1) * value
            second[token][column] = beta2 * second[token][column] + (1 - beta2) * value**2
            mean = first[token][column] / (1 - beta1**step)
            spread = math.sqrt(second[token][column] / (1 - beta2**step))
            rows[token][column] -= rate * mean / (spread + epsilon)
