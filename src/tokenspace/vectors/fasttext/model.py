"""The class `FastText`, with gensim 4.4's arguments and methods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...errors import UnsupportedError, message
from ...progress import ProgressLike
from ..corpora.source import MEMORY_BUDGET
from ..vocabulary import TrimRule
from ..word2vec import Word2Vec
from .keyed_vectors import FastTextKeyedVectors

__all__ = ["FastText"]


class WordNgramsError(UnsupportedError, NotImplementedError):
    """Runs of words as features belong to classification."""


class FastText(Word2Vec):
    """Word vectors that are made of the vectors of character n-grams (Bojanowski et al., arXiv 1607.04606).

    Arguments are those of `Word2Vec` and these:

    Args:
        min_n, max_n: lengths of n-grams in characters, the marks < and > around a word included; ``max_n < min_n``:
            no n-grams.
        bucket: rows for n-grams, which are hashed into them; ``bucket * vector_size * 4`` bytes.
        word_ngrams: 1; for runs of words see `FastTextClassifier`.

    While skip-gram is trained, the sum of a word's row and its n-grams' rows is divided by the number of n-grams, as in
    gensim; the vectors one gets are means over all rows, as in gensim and fastText. (fastText trains with that mean,
    which amounts to a learning rate that is lower by a tenth or two.) In skip-gram the words of the window predict the
    centre, which gives the same pairs.

    ``wv`` is a `FastTextKeyedVectors`: ``wv["any word"]`` has a vector.

    Example:
        >>> model = FastText([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1, bucket=100)
        >>> model.wv["cats"].shape
        (8,)
    """

    wv: FastTextKeyedVectors
    _kept = ("word_ngrams", "_ngrams")

    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        sg: int = 0,
        hs: int = 0,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        word_ngrams: int = 1,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        min_n: int = 3,
        max_n: int = 6,
        sorted_vocab: int = 1,
        bucket: int = 2_000_000,
        trim_rule: TrimRule | None = None,
        batch_words: int = 10000,
        callbacks: Sequence[Any] = (),
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        compute_loss: bool = False,
        comment: str | None = None,
        deterministic: bool = False,
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        memory_budget: int = MEMORY_BUDGET,
        tokenize: Any = None,
        threads: int | None = None,
    ) -> None:
        if word_ngrams != 1:
            raise WordNgramsError(message("FastText", "word_ngrams=1", repr(word_ngrams), "FastTextClassifier"))
        self.word_ngrams = word_ngrams
        self._ngrams = (min_n, max_n, bucket if max_n >= max(min_n, 1) else 0)
        super().__init__(
            sentences=sentences, corpus_file=corpus_file, vector_size=vector_size, alpha=alpha, window=window,
            min_count=min_count, max_vocab_size=max_vocab_size, sample=sample, seed=seed, workers=workers,
            min_alpha=min_alpha, sg=sg, hs=hs, negative=negative, ns_exponent=ns_exponent, cbow_mean=cbow_mean,
            hashfxn=hashfxn, epochs=epochs, null_word=null_word, trim_rule=trim_rule, sorted_vocab=sorted_vocab,
            batch_words=batch_words, compute_loss=compute_loss, callbacks=callbacks, comment=comment,
            max_final_vocab=max_final_vocab, shrink_windows=shrink_windows, deterministic=deterministic,
            progress=progress, checkpoint_dir=checkpoint_dir, memory_budget=memory_budget, tokenize=tokenize,
            threads=threads,
        )  # fmt: skip

    def _new_vectors(self) -> FastTextKeyedVectors:
        return FastTextKeyedVectors(self.vector_size, *self._ngrams)

    def init_weights(self) -> None:
        """Matrices as before any training; see `FastTextKeyedVectors.resize_vectors`. Output vectors are zero."""
        self.wv.vectors_vocab = np.zeros((0, self.vector_size), np.float32)
        self.wv.vectors_ngrams = np.zeros((0, self.vector_size), np.float32)
        super().init_weights()

    def _matrices(self) -> dict[str, Any]:
        matrices = super()._matrices()
        del matrices["vectors"]
        return {"vectors_vocab": self.wv.vectors_vocab, "vectors_ngrams": self.wv.vectors_ngrams, **matrices}

    def _input_arguments(self, matrices: dict[str, Any]) -> dict[str, Any]:
        offsets, parts = self.wv.ngram_parts
        return {
            "words": matrices["vectors_vocab"],
            "lock_factors": np.ascontiguousarray(self.wv.vectors_vocab_lockf, np.float32),
            "bag_rows": matrices["vectors_ngrams"],
            "bag_offsets": offsets,
            "bag_parts": parts,
            "bag_lock_factors": np.ascontiguousarray(self.wv.vectors_ngrams_lockf, np.float32),
        }

    def _after_training(self) -> None:
        self.wv.adjust_vectors()
        super()._after_training()

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Bytes that a model of these settings takes: as of Word2Vec, and syn0_vocab, syn0_ngrams, buckets_word."""
        words = vocab_size or len(self.wv)
        sizes = dict(report or {})
        sizes["syn0_vocab"] = words * self.vector_size * 4
        if self.wv.bucket:
            sizes["syn0_ngrams"] = self.wv.bucket * self.vector_size * 4
            sizes["buckets_word"] = 4 * len(self.wv.ngram_parts[1]) + 8 * (words + 1)
        return super().estimate_memory(vocab_size, sizes)
