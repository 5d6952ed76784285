"""Weighted sessions as sentences for word2vec, which knows no weights.

A session whose events weigh 1, 3 and 10 is trained in layers: once with all its items, twice more with those of weight 3 and
above, and so on. Two items of weights a and b then meet min(a, b) times and an item occurs as often as it weighs; copies
inside one sentence would instead make an item its own neighbour and push the others out of the window.
"""

from __future__ import annotations

import numpy as np

from .sessions import Floats, Sessions

MOST_LAYERS = 8


def layers_of(weights: Floats, most: int = MOST_LAYERS) -> Floats:
    """Whole numbers of layers, 1 to ``most``, in proportion to the weights.

    The smallest weight is one layer, unless the largest would then need more than ``most``; that one gets ``most``, and what
    is below half a layer still gets one.
    """
    unit = max(weights.min(), weights.max() / most)
    return np.asarray(np.clip(np.floor(weights / unit + 0.5), 1, most), dtype=np.float64)


def sentences_of(sessions: Sessions) -> list[list[str]]:
    """The sentences to train item vectors on: sessions of at least two items, weighted ones in layers.

    A session or layer of a single item is left out, since an item is learnt from its neighbours: one that has none anywhere
    would keep the random vector it began with, and be recommended at random.
    """
    names = np.array(sessions.items, dtype=object)
    layers = np.ones(len(sessions.ids)) if sessions.weights is None else layers_of(sessions.weights)
    sentences: list[list[str]] = []
    for begin, end in zip(sessions.offsets[:-1].tolist(), sessions.offsets[1:].tolist(), strict=True):
        ids, depth = sessions.ids[begin:end], layers[begin:end]
        for layer in range(1, int(depth.max(initial=0)) + 1):
            kept = ids[depth >= layer]
            if len(kept) < 2:
                break
            sentences.append(names[kept].tolist())
    return sentences
