"""What a trained model says beyond its vectors: likelihoods of sentences and words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from ..train import ModelStateError
from .settings import Word2VecState

__all__ = ["OutputQueries"]

logger = logging.getLogger(__name__)


class OutputQueries(Word2VecState):
    """Queries that need the output matrices."""

    def score(
        self,
        sentences: Iterable[Sequence[str]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> npt.NDArray[np.float32]:
        """Log likelihood of each sentence (Taddy, arXiv 1504.07295); for models with ``hs=1``.

        Args:
            sentences: lists of words; words that are not in the vocabulary are left out.
            total_sentences: at most so many are read.
            chunksize, queue_factor, report_delay: no effect, for gensim's callers.

        Returns:
            (sentences,) float32.

        Raises:
            ModelStateError: (a RuntimeError) no vocabulary, or a model without ``hs``.
        """
        if not self.wv.key_to_index:
            raise ModelStateError("[score] expected a vocabulary, received none; try build_vocab and train first")
        if not self.hs or self.tree is None:
            raise ModelStateError("[score] expected a model with hierarchical softmax, received one without; try hs=1")
        return np.array([self._score(sentence) for sentence in islice(sentences, total_sentences)], dtype=np.float32)

    def _score(self, sentence: Sequence[str]) -> float:
        assert self.tree is not None
        rows = [self.wv.key_to_index[word] for word in sentence if word in self.wv.key_to_index]
        vectors = self.wv.vectors[rows].astype(np.float64)
        total = 0.0
        for centre, row in enumerate(rows):
            around = [
                i for i in range(max(0, centre - self.window), min(len(rows), centre + self.window + 1)) if i != centre
            ]
            if not around:
                continue
            inputs = vectors[around]
            if not self.sg:
                inputs = (inputs.mean(axis=0) if self.cbow_mean else inputs.sum(axis=0))[None]
            code, points = self.tree.path(row)
            signs = 1.0 - 2.0 * code
            total -= float(np.logaddexp(0.0, -signs * (inputs @ self.syn1[points].T)).sum())
        return total

    def predict_output_word(
        self, context_words_list: Sequence[str | int], topn: int | None = 10
    ) -> list[tuple[str, float]] | None:
        """The words most likely between these context words, by the softmax over the whole vocabulary.

        Args:
            context_words_list: words or rows; those that are not in the vocabulary are left out.
            topn: how many; None: all.

        Returns:
            (word, probability), most likely first; None when no context word is known.

        Raises:
            ModelStateError: (a RuntimeError) a model without negative sampling.
        """
        if not self.negative:
            raise ModelStateError(
                "[predict_output_word] expected a model with negative sampling, received one without; try negative=5"
            )
        if not hasattr(self, "syn1neg"):
            raise ModelStateError("[predict_output_word] expected a model with a vocabulary, received one without")
        rows = [self.wv.get_index(word) for word in context_words_list if word in self.wv]
        if not rows:
            logger.warning("predict_output_word: none of the context words is in the vocabulary")
            return None
        context = self.wv.vectors[rows].sum(axis=0)
        if self.cbow_mean:
            context /= len(rows)
        scores = self.syn1neg @ context
        scores = np.exp(scores - scores.max())
        scores /= scores.sum()
        order = np.argsort(-scores, kind="stable")[:topn]
        return [(self.wv.index_to_key[row], float(scores[row])) for row in order]
