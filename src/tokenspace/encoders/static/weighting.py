"""How much each token says: weights from frequencies, and the plane of the strongest directions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray

__all__ = ["principal_directions", "sif_weights", "zipf_probabilities"]

_BLOCK = 65536


def zipf_probabilities(count: int) -> npt.NDArray[np.float64]:
    """Probabilities of the ranks of a vocabulary that is ordered by frequency: rank r has 1 / (r + 2), scaled to the sum
    1, as model2vec 0.10 supposes."""
    shares = 1 / np.arange(2, count + 2, dtype=np.float64)
    probabilities: npt.NDArray[np.float64] = shares / shares.sum()
    return probabilities


def sif_weights(probabilities: npt.NDArray[np.floating], coefficient: float) -> npt.NDArray[np.float64]:
    """Smooth inverse frequency, ``a / (a + p)`` (Arora, Liang and Ma 2017): frequent tokens weigh less.

    Raises:
        ArgumentError: a coefficient that is not positive.
    """
    if not coefficient > 0:
        raise ArgumentError(message("distill", "a SIF coefficient above 0", repr(coefficient), "1e-4"))
    weights: npt.NDArray[np.float64] = coefficient / (coefficient + np.asarray(probabilities, np.float64))
    return weights


def principal_directions(vectors: npt.NDArray[np.floating], count: int) -> tuple[FloatArray, FloatArray]:
    """(mean (d), directions (d, count)): the eigenvectors of the covariance with the largest eigenvalues, float32.

    The covariance is summed block by block in float64. A direction's largest number is positive, so that the result does
    not depend on the solver.

    Raises:
        ArgumentError: ``count`` outside 1 ... d.
    """
    rows, width = vectors.shape
    if not 1 <= count <= width:
        raise ArgumentError(message("distill", f"1 to {width} dimensions, which the teacher has", str(count)))
    mean = np.zeros(width)
    for begin in range(0, rows, _BLOCK):
        mean += vectors[begin : begin + _BLOCK].astype(np.float64).sum(axis=0)
    mean /= max(1, rows)
    covariance = np.zeros((width, width))
    for begin in range(0, rows, _BLOCK):
        block = vectors[begin : begin + _BLOCK].astype(np.float64) - mean
        covariance += block.T @ block
    _, directions = np.linalg.eigh(covariance)
    directions = directions[:, ::-1][:, :count]
    largest = directions[np.abs(directions).argmax(axis=0), np.arange(count)]
    return mean.astype(np.float32), np.ascontiguousarray(directions * np.sign(largest), np.float32)
