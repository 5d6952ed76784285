"""Refinement of a token table on sentences: rows are moved until the mean of a sentence's rows points where the teacher's
vector of the sentence points.

The idea of training a static table on a teacher's vectors of sentences is tokenlearn's (Tulkens and van Dongen 2024); here
the loss is 1 - cosine and the steps are Adam's on the rows that occur.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, message
from ...progress import ProgressLike, Reporter
from ..engines.protocol import FloatArray, TokenBatch

__all__ = ["RefineSettings", "Refinement", "refine_rows"]

_MAX_HELD_OUT = 8192


@dataclass(frozen=True)
class RefineSettings:
    """How the rows are trained.

    epochs: passes over the texts at most; the rate falls linearly to 0 over them.
    rate: Adam's step at the beginning, in the unit of the rows (which begin with a root mean square length of 1).
    batch_size: texts a step.
    held_out: share of the texts that is only measured, at most 8,192 of them.
    patience: epochs without a better held-out cosine after which training ends; the best rows are kept.
    """

    epochs: int = 3
    rate: float = 0.0015
    batch_size: int = 512
    held_out: float = 0.02
    patience: int = 2


@dataclass(frozen=True)
class Refinement:
    """rows: float32 (vocabulary, dimension). cosines: mean cosine of the held-out texts to the teacher, before the first
    epoch and after each."""

    rows: FloatArray
    cosines: tuple[float, ...]


def refine_rows(
    rows: FloatArray,
    batch: TokenBatch,
    targets: npt.NDArray[np.floating],
    settings: RefineSettings | None = None,
    *,
    seed: int = 0,
    threads: int = 0,
    progress: ProgressLike = None,
) -> Refinement:
    """Train a copy of ``rows``; the same result for every number of threads.

    Args:
        rows: float32 (vocabulary, dimension).
        batch: tokens of n texts, as they will be averaged: without special tokens and unknown ones.
        targets: (n, dimension), float16 or float32; only directions count.
        settings: None: the defaults.
        seed: of the order of the texts and of which are held out.

    Raises:
        ArgumentError: arrays that do not fit together, no text with a token and a target.
    """
    settings = settings or RefineSettings()
    if rows.ndim != 2 or targets.shape != (len(batch), rows.shape[1]):
        expected = f"targets of shape ({len(batch)}, {rows.shape[-1]})"
        raise ArgumentError(message("refine", expected, str(targets.shape)))
    lengths = np.diff(batch.row_offsets)
    usable = np.flatnonzero((lengths > 0) & (np.abs(targets).max(axis=1, initial=0) > 0))
    if not len(usable):
        raise ArgumentError(message("refine", "texts with tokens and vectors", "none"))
    random = np.random.default_rng(seed)
    order = random.permutation(usable)
    held = min(_MAX_HELD_OUT, int(len(order) * settings.held_out))
    held_out, trained = order[:held], order[held:]

    trainer = _Trainer(rows, batch, targets, threads)
    cosines = [trainer.cosine(held_out)]
    best, best_cosine, waited = trainer.rows.copy(), cosines[0], 0
    steps = settings.epochs * -(-len(trained) // settings.batch_size)
    with Reporter("refine", settings.epochs * len(trained), "texts", progress) as report:
        for _ in range(settings.epochs):
            random.shuffle(trained)
            for begin in range(0, len(trained), settings.batch_size):
                texts = trained[begin : begin + settings.batch_size]
                report.values["loss"] = trainer.step(texts, settings.rate * (1 - trainer.steps / steps))
                report.advance(len(texts))
            cosines.append(trainer.cosine(held_out))
            waited += 1
            if not held or cosines[-1] > best_cosine:
                best, best_cosine, waited = trainer.rows.copy(), cosines[-1], 0
            elif waited >= settings.patience:
                break
    return Refinement(best, tuple(cosines))


class _Trainer:
    """The rows in training and Adam's moments of them."""

    def __init__(self, rows: FloatArray, batch: TokenBatch, targets: npt.NDArray[np.floating], threads: int) -> None:
        self.rows: FloatArray = np.array(rows, np.float32, order="C")
        self.steps = 0
        self._first, self._second = np.zeros_like(self.rows), np.zeros_like(self.rows)
        self._table = _core.TokenTable(self.rows)
        self._batch, self._targets, self._threads = batch, targets, threads

    def step(self, texts: npt.NDArray[np.int64], rate: float) -> float:
        """One step of Adam on some texts; their mean loss."""
        some = _gather(self._batch, texts)
        means = self._table.mean(some.ids, some.row_offsets, threads=self._threads)
        lengths = np.sqrt(np.einsum("ij,ij->i", means, means))[:, None] + np.float32(1e-12)
        units = means / lengths
        targets = _units(self._targets[texts])
        cosines = np.einsum("ij,ij->i", units, targets)[:, None]
        # The gradient of 1 - cosine by the mean.
        gradients = (cosines * units - targets) / (lengths * np.float32(len(texts)))
        self.steps += 1
        _core.token_table_step(
            self.rows, self._first, self._second, some.ids, some.row_offsets, gradients,
            step=self.steps, rate=rate, threads=self._threads,
        )  # fmt: skip
        return float(1 - cosines.mean())

    def cosine(self, texts: npt.NDArray[np.int64]) -> float:
        """Mean cosine of texts to their targets; 0 for no texts."""
        if not len(texts):
            return 0.0
        some = _gather(self._batch, texts)
        means = self._table.mean(some.ids, some.row_offsets, normalize=True, threads=self._threads)
        return float(np.einsum("ij,ij->i", means, _units(self._targets[texts])).mean())


def _gather(batch: TokenBatch, texts: npt.NDArray[np.int64]) -> TokenBatch:
    begins, lengths = batch.row_offsets[texts], batch.row_offsets[texts + 1] - batch.row_offsets[texts]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], lengths)
    return TokenBatch(batch.ids[places], offsets)


def _units(vectors: npt.NDArray[np.floating]) -> FloatArray:
    wide = vectors.astype(np.float32)
    units: FloatArray = wide / (np.sqrt(np.einsum("ij,ij->i", wide, wide))[:, None] + np.float32(1e-12))
    return units
