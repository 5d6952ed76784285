"""How word2vec learns: windows, what each window is to predict, one gradient step.

The rule in one sentence: take the vectors of a window (skip-gram: each context word on its own; CBOW: their mean) and a few
output vectors with a wanted label each, and move both sides by alpha * (label - sigmoid(their product)) times the other.

>>> list(windows(["not", "make", "a"], window=1))
[(0, [1]), (1, [0, 2]), (2, [1])]
>>> done = step(np.array([[1.0, 0.0]]), np.array([[0.5, 1.0]]), labels=[1.0], alpha=0.1)
>>> done.scores.tolist(), done.gradients.round(4).tolist()
([[0.5]], [[0.0378]])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# What a centre is predicted by: (row of the output matrix, label) pairs; a row may occur more than once.
Targets = Sequence[tuple[int, float]]

GROUP = 16  # inputs of a window whose changes are computed from the same outputs
LIMIT = 30.0  # pairs with a score of this size are left alone: only a training that diverges gets there


@dataclass(frozen=True)
class Step:
    """One gradient step with its numbers; B inputs, N outputs, d numbers in a vector.

    ``scores``, ``probabilities``, ``gradients``: (B, N), ``gradients`` = alpha * (label - probability) * weights.
    ``input_changes``: (B, d). ``output_changes``: (N, d). ``loss``: -log likelihood of the labels.
    """

    scores: Array
    probabilities: Array
    gradients: Array
    input_changes: Array
    output_changes: Array
    loss: float


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -x)))


def step(
    inputs: Any,
    outputs: Any,
    labels: Sequence[float],
    alpha: float,
    input_weights: Sequence[float] | None = None,
    output_weights: Sequence[float] | None = None,
) -> Step:
    """The step for B inputs against N outputs, computed from the vectors as they are before it.

    Weights say how often an input or output occurs.
    """
    x, y = np.asarray(inputs, np.float64), np.asarray(outputs, np.float64)
    weights = np.outer(
        np.ones(len(x)) if input_weights is None else input_weights,
        np.ones(len(y)) if output_weights is None else output_weights,
    )
    scores = x @ y.T
    probabilities = sigmoid(scores)
    wrong = np.where(np.abs(scores) < LIMIT, np.asarray(labels) - probabilities, 0.0)
    gradients = alpha * weights * wrong
    signs = 2.0 * np.asarray(labels) - 1.0
    loss = float((weights * np.logaddexp(0.0, -signs * scores)).sum())
    return Step(scores, probabilities, gradients, gradients @ y, gradients.T @ x, loss)


def windows(
    sentence: Sequence[Any], window: int, reach: Sequence[int] | None = None
) -> Iterator[tuple[int, list[int]]]:
    """(place of the centre, places of its context) for each word; ``reach[i]`` instead of ``window`` where given."""
    for centre in range(len(sentence)):
        size = window if reach is None else reach[centre]
        first, last = max(0, centre - size), min(len(sentence), centre + size + 1)
        yield centre, [place for place in range(first, last) if place != centre]


def path_targets(code: Sequence[int], points: Sequence[int]) -> Targets:
    """Hierarchical softmax: each node on the way to a word, with label 1 where its code is 0."""
    return [(point, 1.0 - bit) for point, bit in zip(points, code, strict=True)]


def noise_targets(word: int, drawn: Sequence[int]) -> Targets:
    """Negative sampling: the word with label 1 and the drawn ones with label 0; draws of the word itself are left out."""
    return [(word, 1.0), *((row, 0.0) for row in drawn if row != word)]


def multiplicities(items: Sequence[Any]) -> tuple[list[Any], list[float]]:
    """Distinct items in first-seen order, and how often each occurs."""
    counts: dict[Any, float] = {}
    for item in items:
        counts[item] = counts.get(item, 0.0) + 1.0
    return list(counts), list(counts.values())


def groups(count: int) -> Iterator[slice]:
    """0..count in slices of nearly equal size, none above `GROUP`."""
    parts, first = -(-count // GROUP), 0
    for part in range(parts):
        size = (count - first) // (parts - part)
        yield slice(first, first + size)
        first += size


def train_skip_gram(
    vectors: Array, outputs: Array, context: Sequence[int], targets: Targets, alpha: float
) -> list[Step]:
    """One window: each context word predicts the targets. Changes ``vectors`` and ``outputs``."""
    rows, row_weights = multiplicities(context)
    wanted, target_weights = multiplicities(targets)
    places, labels = [row for row, _ in wanted], [label for _, label in wanted]
    steps = []
    for part in groups(len(rows)):
        done = step(vectors[rows[part]], outputs[places], labels, alpha, row_weights[part], target_weights)
        vectors[rows[part]] += done.input_changes
        outputs[places] += done.output_changes
        steps.append(done)
    return steps


def train_cbow(
    vectors: Array, outputs: Array, context: Sequence[int], targets: Targets, alpha: float, mean: bool = True
) -> list[Step]:
    """One window: the mean of the context predicts the targets, or its sum, whose change is divided among the words."""
    if not context:
        return []
    wanted, target_weights = multiplicities(targets)
    places, labels = [row for row, _ in wanted], [label for _, label in wanted]
    total = vectors[list(context)].sum(axis=0)
    done = step([total / len(context) if mean else total], outputs[places], labels, alpha, None, target_weights)
    outputs[places] += done.output_changes
    change = done.input_changes[0] if mean else done.input_changes[0] / len(context)
    np.add.at(vectors, list(context), change)
    return [done]


def train_cbow_group(
    vectors: Array,
    outputs: Array,
    windows_: Sequence[tuple[int, list[int]]],
    drawn: Sequence[int],
    alpha: float,
    mean: bool,
) -> list[Step]:
    """Some windows (centre, context) that share their noise words, all computed from the matrices before the group."""
    before_in, before_out = vectors.copy(), outputs.copy()
    steps = []
    for centre, context in windows_:
        wanted, weights = multiplicities(noise_targets(centre, drawn))
        places, labels = [row for row, _ in wanted], [label for _, label in wanted]
        total = before_in[context].sum(axis=0)
        done = step([total / len(context) if mean else total], before_out[places], labels, alpha, None, weights)
        np.add.at(outputs, places, done.output_changes)
        np.add.at(vectors, context, done.input_changes[0] if mean else done.input_changes[0] / len(context))
        steps.append(done)
    return steps


def train(
    sentences: Sequence[Sequence[int]],
    vectors: Array,
    outputs: Array,
    targets: Callable[[int], Targets],
    *,
    window: int,
    alpha: float,
    skip_gram: bool,
    mean: bool = True,
) -> float:
    """One pass with windows of full reach and no sub-sampling; returns the loss. Changes both matrices."""
    loss = 0.0
    for sentence in sentences:
        for centre, places in windows(sentence, window):
            context, wanted = [sentence[place] for place in places], targets(sentence[centre])
            if skip_gram:
                steps = train_skip_gram(vectors, outputs, context, wanted, alpha)
            else:
                steps = train_cbow(vectors, outputs, context, wanted, alpha, mean)
            loss += sum(done.loss for done in steps)
    return loss
