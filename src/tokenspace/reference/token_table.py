"""The mean of token rows in plain Python: what the core's token table must agree with."""

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
