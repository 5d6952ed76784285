"""The settings and the state of a Word2Vec model: what its parts share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._core import WordEncoder
from ...errors import message
from ..keyed_vectors import KeyedVectors
from ..train import TrainingArgumentError, TrainSummary
from ..vocabulary import HuffmanTree, RawCounts

__all__ = ["Word2VecState"]

Matrix = npt.NDArray[np.float32]


class Word2VecState:
    """Attributes of a model, named as gensim's. Shapes: V words, d = ``vector_size``.

    wv: the words and their vectors, the matrix that is trained; ``wv.vectors_lockf`` (1,) or (V,) float32 scales the
        changes of each word's vector: 0 keeps it as it is.
    syn1neg: (V, layer1_size) float32, output vectors of negative sampling; only with ``negative``.
    syn1: (V, layer1_size) float32, inner nodes of the Huffman tree; only with ``hs``.
    cum_table: (V,) uint32, the noise distribution summed up to each word; its last value is 2**31 - 1.
    corpus_count, corpus_total_words: sentences and raw words of the corpus the vocabulary was built from.
    epochs_trained: passes over all trainings.
    """

    wv: KeyedVectors
    syn1: Matrix
    syn1neg: Matrix

    def _set(self, given: Mapping[str, Any]) -> None:
        """Checks the constructor's arguments and keeps them."""
        self.vector_size = _whole("vector_size", given["vector_size"], 1)
        self.layer1_size = self.vector_size
        self.window = _whole("window", given["window"], 1)
        self.negative = _whole("negative", given["negative"], 0)
        self.workers = _whole("workers", given["workers"], 1)
        self.epochs = given["epochs"]
        if not isinstance(self.epochs, (int, np.integer)):
            raise TrainingArgumentError(message("Word2Vec", "epochs as a whole number", repr(self.epochs)[:60]))
        self.sg, self.hs, self.cbow_mean = int(given["sg"]), int(given["hs"]), int(given["cbow_mean"])
        self.alpha, self.min_alpha = _finite("alpha", given["alpha"]), _finite("min_alpha", given["min_alpha"])
        self.sample = _finite("sample", given["sample"] or 0)
        if self.sample < 0:
            raise TrainingArgumentError(message("Word2Vec", "sample >= 0", repr(given["sample"])))
        self.ns_exponent = _finite("ns_exponent", given["ns_exponent"])
        self.min_count, self.max_vocab_size = given["min_count"], given["max_vocab_size"]
        self.max_final_vocab, self.sorted_vocab = given["max_final_vocab"], given["sorted_vocab"]
        self.null_word, self.shrink_windows = given["null_word"], bool(given["shrink_windows"])
        self.seed, self.hashfxn, self.comment = (
            _whole("seed", given["seed"], 0, 2**128 - 1),
            given["hashfxn"],
            given["comment"],
        )
        self.batch_words, self.compute_loss = given["batch_words"], bool(given["compute_loss"])
        self.deterministic, self.memory_budget = bool(given["deterministic"]), given["memory_budget"]
        self.tokenize = given["tokenize"]
        self.min_alpha_yet_reached = self.alpha
        self.effective_min_count = self.min_count
        self.corpus_count = self.corpus_total_words = 0
        self.train_count = self.epochs_trained = 0
        self._summary = TrainSummary()
        self._encoder: WordEncoder | None = None
        self.cum_table: npt.NDArray[np.uint32] | None = None
        self.tree: HuffmanTree | None = None
        self.raw_counts: RawCounts | None = None
        self.wv = self._new_vectors()

    def _new_vectors(self) -> KeyedVectors:
        """An empty ``wv`` of this model's settings."""
        vectors = KeyedVectors(self.vector_size)
        vectors.vectors_lockf = np.ones(1, dtype=np.float32)
        return vectors

    @property
    def running_training_loss(self) -> float:
        """What `get_latest_training_loss` returns."""
        return self._summary.loss

    @property
    def epoch_losses(self) -> list[float]:
        """Mean loss a pair of each finished epoch of the last training; 0 unless it was computed."""
        return list(self._summary.epoch_losses)

    def get_latest_training_loss(self) -> float:
        """The loss of the last training, or of the present one so far: -log likelihood summed over all pairs and their
        noise words; 0 unless it was computed."""
        return self._summary.loss

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    __repr__ = __str__


def _whole(name: str, value: Any, least: int, most: int = 2**31 - 1) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = least - 1
    if not least <= number <= most or number != value:
        expected = f"{name} as a whole number from {least} to {most}"
        raise TrainingArgumentError(message("Word2Vec", expected, repr(value)[:60]))
    return number


def _finite(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise TrainingArgumentError(message("Word2Vec", f"a finite {name}", repr(value)[:60]))
    return number
