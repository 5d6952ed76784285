"""The class `Word2Vec`, with gensim 4.4's arguments and methods."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..._core import TrainControl, Word2VecTrainer, WordEncoder
from ...errors import ArgumentError, message
from ...progress import ProgressLike
from ..corpora import IdBlock, SentenceSource
from ..corpora.source import MEMORY_BUDGET
from ..train import (
    BlockResult,
    ModelStateError,
    Position,
    Schedule,
    TrainingArgumentError,
    TrainSummary,
    run_epochs,
)
from ..train.checkpoints import TrainCheckpoints, vocabulary_digest
from ..train.loop import Step
from ..vocabulary import TrimRule
from .building import VocabularyBuilding
from .files import ModelFiles
from .queries import OutputQueries

__all__ = ["Word2Vec"]

logger = logging.getLogger(__name__)


class Word2Vec(VocabularyBuilding, OutputQueries, ModelFiles):
    """Word vectors by skip-gram or CBOW (Mikolov et al., arXiv 1301.3781 and 1310.4546).

    Args:
        sentences: lists of str: a list of them, any iterable that can be walked again and again, or what
            `tokenspace.vectors.corpora.as_source` takes. None with ``corpus_file`` None: a model without a vocabulary.
        corpus_file: a text file, a sentence a line, words separated by white space. The fastest way in.
        vector_size: numbers in a vector.
        alpha: learning rate at the beginning; it falls linearly to ``min_alpha``.
        window: largest distance between a word and the words it predicts.
        min_count: words of fewer occurrences are left out.
        max_vocab_size: while counting, forget rare words whenever there are more distinct ones than this.
        sample: share of the text above which a word is thinned out; from 1 on, the count above which it is; 0: none is.
        seed: of all random numbers. The same seed with ``workers=1`` gives the same bits on the same machine.
        workers: threads; more than there are cores are not used.
        sg: 1 skip-gram, 0 CBOW.
        hs: 1: hierarchical softmax.
        negative: noise words drawn for each pair; 0: no negative sampling.
        ns_exponent: noise words are drawn in proportion to count ** ns_exponent.
        cbow_mean: 1: the mean of the window's vectors predicts, 0: their sum.
        hashfxn: no effect, for gensim's callers.
        epochs: passes over the sentences.
        null_word: 1: add a padding word "\\0".
        trim_rule: (word, count, min_count) -> RULE_KEEP, RULE_DISCARD or RULE_DEFAULT.
        sorted_vocab: 1: rows in descending order of counts.
        batch_words: no effect, for gensim's callers; sentences of any length are trained on wholly.
        compute_loss: add up the loss; see `get_latest_training_loss` and ``epoch_losses``.
        callbacks: objects like `CallbackAny2Vec`, for the training by this constructor.
        comment: kept with the model.
        max_final_vocab: raise ``min_count`` until at most so many words stay.
        shrink_windows: draw the reach of each window from 1..window.
        deterministic: the same bits for every number of workers; slower.
        progress: a style or callback of `tokenspace.progress`.
        checkpoint_dir: store the state of the training there, and go on from it when it is there.
        memory_budget: bytes for counting and for ids that are kept between epochs.
        tokenize: text -> words, or a `tokenspace.Tokenizer`, when ``sentences`` are texts.
        threads: another name of ``workers``.

    Raises:
        SentencesError: (a TypeError) both or neither of ``sentences`` and ``corpus_file``, or a generator, which cannot
        be walked ``epochs + 1`` times. ModelStateError: (a RuntimeError) no word is left. ArgumentError: (a ValueError)
        an argument out of its range.

    Example:
        >>> model = Word2Vec([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1)
        >>> model.wv["cat"].shape
        (8,)
    """

    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: TrimRule | None = None,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        callbacks: Sequence[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        deterministic: bool = False,
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        memory_budget: int = MEMORY_BUDGET,
        tokenize: Any = None,
        threads: int | None = None,
    ) -> None:
        given = dict(locals())
        if threads is not None:
            given["workers"] = threads
        self._set(given)
        if sentences is not None or corpus_file is not None:
            source = self._source(sentences, corpus_file, epochs + 1, "Word2Vec")
            self._build(source, trim_rule=trim_rule, progress=progress)
            self._check_training(epochs, self.corpus_count, self.corpus_total_words)
            self._train(
                source,
                self.corpus_count,
                self.corpus_total_words,
                epochs,
                compute_loss=self.compute_loss,
                callbacks=callbacks,
                progress=progress,
                checkpoint_dir=checkpoint_dir,
            )
            return
        if trim_rule is not None:
            logger.warning("trim_rule is not kept with the model: give it to build_vocab")
        if callbacks:
            logger.warning("callbacks are not kept with the model: give them to train")

    # -- training ----------------------------------------------------------------------------------------------------

    def train(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Sequence[Any] = (),
        *,
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Train on sentences whose words are in the vocabulary already.

        Args:
            corpus_iterable, corpus_file: the sentences, as of the constructor.
            total_examples, total_words: sentences and raw words in them, for the learning rate; one of the two.
            epochs: passes; ``model.epochs`` as a rule.
            start_alpha, end_alpha: instead of the model's ``alpha`` and ``min_alpha``, which they replace.
            word_count: words that count as trained already.
            queue_factor, report_delay: no effect, for gensim's callers.
            compute_loss, callbacks, progress, checkpoint_dir: as of the constructor.

        Returns:
            (words trained on, raw words read), of all epochs together.

        Raises:
            ModelStateError: (a RuntimeError) there is no vocabulary yet. TrainingArgumentError: (a ValueError) no
            ``epochs``, neither total, or a model with neither ``hs`` nor ``negative``. SentencesError: (a TypeError) no
            sentences, or a generator for several epochs. CheckpointError: another training's checkpoint.
        """
        self.alpha = start_alpha or self.alpha
        self.min_alpha = end_alpha or self.min_alpha
        self._check_training(epochs, total_examples, total_words)
        assert epochs is not None
        source = self._source(corpus_iterable, corpus_file, epochs, "train")
        return self._train(
            source,
            total_examples,
            total_words,
            epochs,
            word_count=word_count,
            compute_loss=compute_loss,
            callbacks=callbacks,
            progress=progress,
            checkpoint_dir=checkpoint_dir,
        )

    def _check_training(self, epochs: Any, total_examples: Any, total_words: Any) -> None:
        if not self.hs and not self.negative:
            raise TrainingArgumentError(
                message("train", "hs or negative above 0", "both 0, which trains nothing", "negative=5")
            )
        if self.hs and self.negative:
            logger.warning("both hs and negative are on: each pair is trained twice, which is hardly ever meant")
        if self.alpha > self.min_alpha_yet_reached:
            logger.warning("alpha is higher than it was in earlier training")
        if not self.wv.key_to_index or not len(self.wv.vectors):
            raise ModelStateError(
                "[train] expected a vocabulary, received none: you must first build vocabulary before training the "
                f"model; try more text, in which words occur min_count={self.min_count} times, or a smaller min_count"
            )
        if total_words is None and total_examples is None:
            raise TrainingArgumentError(
                message("train", "total_examples or total_words", "neither", "total_examples=model.corpus_count")
            )
        if min(total_words or 0, total_examples or 0) < 0:
            received = f"total_examples={total_examples}, total_words={total_words}"
            raise TrainingArgumentError(message("train", "totals of at least 0", received, "model.corpus_count"))
        if not isinstance(epochs, (int, np.integer)) or epochs <= 0:
            raise TrainingArgumentError(
                message("train", "a whole number of epochs above 0", repr(epochs), "epochs=model.epochs")
            )

    def _train(
        self,
        source: SentenceSource,
        total_examples: int | None,
        total_words: int | None,
        epochs: int,
        *,
        word_count: int = 0,
        compute_loss: bool = False,
        callbacks: Sequence[Any] = (),
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
    ) -> tuple[int, int]:
        self.epochs, self.compute_loss = epochs, bool(compute_loss)
        summary = self._summary = TrainSummary()
        checkpoints = None
        if checkpoint_dir is not None:
            checkpoints = TrainCheckpoints(checkpoint_dir, self._identity(), self._matrices())
        encoder = self._word_encoder()
        schedule = Schedule(epochs, self._alpha_at, total_words, total_examples, word_count)
        try:
            run_epochs(
                self._make_step,
                lambda epoch: source.blocks(encoder, epoch),
                schedule,
                model=self,
                first_epoch=self.epochs_trained,
                summary=summary,
                callbacks=callbacks,
                progress=progress,
                checkpoints=checkpoints,
            )
        finally:
            self._after_training()
            self.min_alpha_yet_reached = min(self.min_alpha_yet_reached, self.min_alpha)
        self.train_count += 1
        self.epochs_trained += epochs
        return summary.trained_words, summary.raw_words

    def _restored(self) -> None:
        if self.hs:
            self.create_binary_tree()
        if self.negative and len(self.wv):
            self.make_cum_table()

    def _after_training(self) -> None:
        """Drops what was computed from the vectors as they were."""
        self.wv.norms = None

    def _alpha_at(self, epoch: int, part: float) -> float:
        """Linear from ``alpha`` to ``min_alpha`` over all epochs. Callbacks may change both."""
        part_done = (epoch + part) / float(self.epochs)
        return max(self.min_alpha, self.alpha - (self.alpha - self.min_alpha) * part_done)

    def _word_encoder(self) -> WordEncoder:
        """Kept while the vocabulary stays, since sources keep the ids of an encoder they know."""
        if self._encoder is None:
            self._encoder = WordEncoder(self.wv.index_to_key)
        return self._encoder

    def _matrices(self) -> dict[str, Any]:
        """What is trained, by name."""
        matrices = {"vectors": self.wv.vectors}
        if self.hs:
            matrices["syn1"] = self.syn1
        if self.negative:
            matrices["syn1neg"] = self.syn1neg
        return matrices

    def _identity(self) -> dict[str, Any]:
        """Tells this training from others: settings, vocabulary, corpus and everything the model was before."""
        names = (
            "vector_size window negative sg hs cbow_mean alpha min_alpha ns_exponent seed shrink_windows deterministic "
            "epochs sample corpus_count corpus_total_words epochs_trained"
        )
        identity: dict[str, Any] = {name: getattr(self, name) for name in names.split()}
        if not self.deterministic:
            identity["workers"] = self._threads()
        identity["vocabulary"] = vocabulary_digest(self.wv.index_to_key, self.wv.expandos["count"])
        return identity

    def _make_step(self) -> Step:
        """One pass of the core over a block, on the matrices as they are now."""
        matrices = self._trainable()
        trainer = Word2VecTrainer(
            **self._input_arguments(matrices),
            skip_gram=bool(self.sg),
            cbow_mean=bool(self.cbow_mean),
            window=self.window,
            shrink_windows=self.shrink_windows,
            sample_int=np.ascontiguousarray(self.wv.expandos["sample_int"]) if self.sample else None,
            threads=self._threads(),
            deterministic=self.deterministic,
            compute_loss=self.compute_loss,
            **self._output_arguments(matrices),
        )

        def step(
            block: IdBlock, position: Position, alpha_begin: float, alpha_end: float, control: TrainControl
        ) -> BlockResult:
            result = trainer.train(
                block.ids,
                block.offsets,
                seed=self.seed % 2**64,
                epoch=position.epoch,
                block=position.block,
                alpha_begin=alpha_begin,
                alpha_end=alpha_end,
                control=control,
                **self._block_arguments(block),
            )
            return BlockResult(*result)

        return step

    def _input_arguments(self, matrices: dict[str, Any]) -> dict[str, Any]:
        """What the inputs are made of, as the core wants it."""
        factors = np.ascontiguousarray(self.wv.vectors_lockf, dtype=np.float32)
        return {"words": matrices["vectors"], "lock_factors": factors}

    def _block_arguments(self, block: IdBlock) -> dict[str, Any]:
        """What the core wants of a block besides its words."""
        return {}

    def _output_arguments(self, matrices: dict[str, Any]) -> dict[str, Any]:
        """The output layer as the core wants it."""
        arguments: dict[str, Any] = {}
        if self.negative:
            if self.cum_table is None:
                self.make_cum_table()
            assert self.cum_table is not None
            noise = np.diff(self.cum_table.astype(np.float64), prepend=0.0)
            arguments.update(negative=self.negative, negative_rows=matrices["syn1neg"], noise=noise)
        if self.hs:
            if self.tree is None:
                self.create_binary_tree()
            assert self.tree is not None
            arguments.update(
                node_rows=matrices["syn1"],
                path_offsets=self.tree.offsets,
                points=self.tree.points,
                codes=self.tree.codes,
            )
        return arguments

    def _trainable(self) -> dict[str, Any]:
        """The matrices, checked: the core writes into them."""
        matrices = self._matrices()
        for name, matrix in matrices.items():
            flags = matrix.flags
            if matrix.dtype != np.float32 or not flags.c_contiguous or not flags.writeable:
                received = f"{'a' if flags.writeable else 'a read-only'} matrix of {matrix.dtype}"
                remedy = "a copy: np.array(matrix, dtype=np.float32)"
                raise ArgumentError(
                    message("train", f"{name} as a writable C-contiguous float32 matrix", received, remedy)
                )
        return matrices
