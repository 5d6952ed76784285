"""The class `GloVe`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._core import Cooccurrences, GloveRecords, TrainControl, WordEncoder
from ...errors import ArgumentError, message
from ...io.workspace import Workspace
from ...long_call import run_interruptible
from ...progress import ProgressLike, Reporter
from ..corpora import SentenceSource, as_source
from ..corpora.source import MEMORY_BUDGET
from ..keyed_vectors import KeyedVectors
from ..train import ModelStateError, useful_threads
from ..train.checkpoints import TrainCheckpoints, vocabulary_digest
from ..train.loop import LOOK_SECONDS, call_all
from ..vocabulary import TrimRule, prepare
from .settings import GloVeSettings

__all__ = ["GloVe"]

Floats = npt.NDArray[np.float32]


class GloVe:
    """Word vectors fitted to the logarithms of co-occurrence counts (Pennington, Socher, Manning 2014).

    Steps, defaults and costs are those of the authors' C programs (version 1.2); arguments are named as `Word2Vec`'s.
    Results are the same bits for every number of workers on machines with the same instruction set.

    Args:
        sentences, corpus_file: as of `Word2Vec`; walked twice, whatever ``epochs`` is. Neither: train later.
        vector_size: numbers in a vector.
        window: words on a side that co-occur with a word. Words outside the vocabulary are left out first.
        min_count: words of fewer occurrences are left out.
        x_max, alpha: a count X weighs (X / x_max) ** alpha, at most 1.
        eta: learning rate of AdaGrad.
        epochs: passes over the counts.
        symmetric: count words on both sides, else only those to the left of a word.
        distance_weighting: a word d places away counts 1 / d, else 1.
        grad_clip: bound on each component of a gradient.
        vectors: what ``wv`` holds: the "sum" of word and context vectors, "words" alone, or both in a row ("concat",
            twice as long); the authors' ``-model`` 2, 1 and 0.
        seed: of initial vectors and order.
        workers: threads.
        max_vocab_size, max_final_vocab, trim_rule: as of `Word2Vec`.
        callbacks: objects like `CallbackAny2Vec`.
        progress: a style or callback of `tokenspace.progress`.
        checkpoint_dir: store the state after each epoch there, and go on from it when it is there. Counting is done anew.
        memory_budget: bytes for counting words, for co-occurrences and for records; beyond, they go to temporary files.
        temp_dir: for those; None: the platform's.
        tokenize: text -> words, or a `tokenspace.Tokenizer`, when ``sentences`` are texts.

    Attributes:
        wv: `KeyedVectors` of the words, after training.
        words, contexts: (vocabulary, vector_size) float32, the two matrices.
        word_biases, context_biases: (vocabulary,) float32.
        epoch_costs: mean cost a record of each epoch, before its steps.
        record_count: pairs of words that co-occur, in both orders when ``symmetric``.

    Raises:
        SentencesError: (a TypeError) both corpora, or an iterator, which cannot be walked twice. ModelStateError: (a
        RuntimeError) no word is left. ArgumentError: (a ValueError) an argument out of its range. LimitError, FileError:
        no room for temporary files.

    Example:
        >>> model = GloVe([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1, epochs=2)
        >>> model.wv["cat"].shape, len(model.epoch_costs)
        ((8,), 2)
    """

    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        window: int = 15,
        min_count: int = 5,
        x_max: float = 100.0,
        alpha: float = 0.75,
        eta: float = 0.05,
        epochs: int = 25,
        symmetric: bool = True,
        distance_weighting: bool = True,
        grad_clip: float = 100.0,
        vectors: str = "sum",
        seed: int = 1,
        workers: int = 3,
        max_vocab_size: int | None = None,
        max_final_vocab: int | None = None,
        trim_rule: TrimRule | None = None,
        callbacks: Sequence[Any] = (),
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        memory_budget: int = MEMORY_BUDGET,
        temp_dir: str | os.PathLike[str] | None = None,
        tokenize: Callable[[str], Iterable[str]] | Any = None,
    ) -> None:
        self.settings = GloVeSettings(
            vector_size, window, min_count, max_vocab_size, max_final_vocab, x_max, alpha, eta, symmetric,
            distance_weighting, grad_clip, vectors, seed,
        )  # fmt: skip
        if workers < 1 or epochs < 1:
            raise ArgumentError(message("GloVe", "workers and epochs of at least 1", f"{workers} and {epochs}"))
        if memory_budget < 0:
            raise ArgumentError(message("GloVe", "memory_budget of at least 0", str(memory_budget)))
        workers = useful_threads(workers)
        self.epochs, self.workers, self.callbacks = epochs, workers, callbacks
        self.memory_budget, self.temp_dir, self.tokenize, self.trim_rule = memory_budget, temp_dir, tokenize, trim_rule
        self.wv = KeyedVectors(vector_size * (2 if vectors == "concat" else 1))
        self.epoch_costs: list[float] = []
        self.record_count = self.corpus_count = self.corpus_total_words = 0
        self._matrices: dict[str, npt.NDArray[np.float32]] = {}
        self._counts: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._words: list[str] = []
        if sentences is not None or corpus_file is not None:
            self.fit(sentences, corpus_file, progress=progress, checkpoint_dir=checkpoint_dir)

    def __str__(self) -> str:
        return f"GloVe<vocab={len(self._words)}, vector_size={self.settings.vector_size}>"

    @property
    def words(self) -> Floats:
        """Word vectors alone, (vocabulary, vector_size)."""
        return self._matrices["words"]

    @property
    def contexts(self) -> Floats:
        """Context vectors, (vocabulary, vector_size)."""
        return self._matrices["contexts"]

    @property
    def word_biases(self) -> Floats:
        """(vocabulary,)"""
        return self._matrices["word_biases"]

    @property
    def context_biases(self) -> Floats:
        """(vocabulary,)"""
        return self._matrices["context_biases"]

    def fit(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        *,
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
    ) -> GloVe:
        """Train from the beginning: vocabulary, co-occurrences, ``epochs`` passes. Returns the model.

        Args:
            sentences, corpus_file, progress, checkpoint_dir: of the constructor; so are the errors.
        """
        source = as_source(
            sentences,
            corpus_file,
            tokenize=self.tokenize,
            passes=2,
            threads=self.workers,
            memory_budget=0,  # ids are read once
            temp_dir=self.temp_dir,
        )
        self._build_vocab(source, progress)
        self._init_matrices()
        with Workspace(self.temp_dir) as work:
            records = self._records(source, work, progress)
            self._train(records, progress, checkpoint_dir)
        return self

    def _build_vocab(self, source: SentenceSource, progress: ProgressLike) -> None:
        settings = self.settings
        raw = source.count(
            least=max(1, settings.min_count),
            max_vocab_size=settings.max_vocab_size,
            trim_rule=self.trim_rule,
            threads=self.workers,
            memory_budget=self.memory_budget,
            progress=progress,
        )
        vocabulary = prepare(
            raw,
            min_count=settings.min_count,
            max_final_vocab=settings.max_final_vocab,
            sample=0,
            trim_rule=self.trim_rule,
        )
        if not vocabulary.words:
            raise ModelStateError(
                message("GloVe", "words in the vocabulary",
                        f"none of {raw.dropped_words + len(raw)} with min_count={settings.min_count}",
                        "a smaller min_count or other sentences")
            )  # fmt: skip
        self.corpus_count, self.corpus_total_words = raw.sentences, raw.total_words
        self._words, self._counts = vocabulary.words, vocabulary.counts

    def _init_matrices(self) -> None:
        """Uniform in (-0.5, 0.5) / vector_size, biases too; sums of squared gradients are 1."""
        rows, columns = len(self._words), self.settings.vector_size
        random = np.random.default_rng(self.settings.seed)

        def drawn(*shape: int) -> Floats:
            values: Floats = random.random(shape, np.float32)
            values -= 0.5
            values /= columns
            return values

        self._matrices = {
            "words": drawn(rows, columns),
            "contexts": drawn(rows, columns),
            "word_biases": drawn(rows),
            "context_biases": drawn(rows),
            "word_squares": np.ones((rows, columns), np.float32),
            "context_squares": np.ones((rows, columns), np.float32),
            "word_bias_squares": np.ones(rows, np.float32),
            "context_bias_squares": np.ones(rows, np.float32),
        }

    def _records(self, source: SentenceSource, work: Workspace, progress: ProgressLike) -> GloveRecords:
        settings, control = self.settings, TrainControl()
        folder = str(work.path)
        counts = Cooccurrences(
            len(self._words), settings.window, settings.symmetric, settings.distance_weighting, self.workers,
            self.memory_budget // 2, folder,
        )  # fmt: skip
        encoder = WordEncoder(self._words)
        with Reporter("co-occurrences", self.corpus_total_words, "words", progress) as report:
            for block in source.blocks(encoder):

                def add(ids: Any = block.ids, offsets: Any = block.offsets) -> None:
                    counts.add(ids, offsets, control)

                run_interruptible(add, control, watch=work.require)
                report.advance(block.raw_words)
        records = run_interruptible(
            lambda: GloveRecords(
                counts, control, settings.x_max, settings.alpha, settings.seed, self.workers, self.memory_budget, folder
            ),
            control,
            watch=work.require,
        )
        self.record_count = len(records)
        return records

    def _train(
        self, records: GloveRecords, progress: ProgressLike, checkpoint_dir: str | os.PathLike[str] | None
    ) -> None:
        self.epoch_costs = []
        checkpoints = None
        if checkpoint_dir is not None:
            identity = {
                **self.settings.to_dict(), "model": "glove", "vocabulary": vocabulary_digest(self._words, self._counts),
                "total_words": self.corpus_total_words, "records": self.record_count,
            }  # fmt: skip
            checkpoints = TrainCheckpoints(Path(checkpoint_dir), identity, self._matrices)
            stored = checkpoints.load()
            self.epoch_costs = list(stored["epoch_costs"]) if stored is not None else []
        call_all(self.callbacks, "on_train_begin", self)
        control = TrainControl()
        total = self.record_count * self.epochs
        with Reporter("train", total, "records", progress) as report:
            done = len(self.epoch_costs) * self.record_count
            report.update(done)
            while len(self.epoch_costs) < self.epochs:
                call_all(self.callbacks, "on_epoch_begin", self)
                cost = self._epoch(records, control, report, done)
                done += self.record_count
                report.update(done)
                self.epoch_costs.append(cost)
                report.values = {"loss": cost}
                self._publish()
                call_all(self.callbacks, "on_epoch_end", self)
                if checkpoints is not None:
                    checkpoints.save({"epoch_costs": self.epoch_costs})
        self._publish()
        call_all(self.callbacks, "on_train_end", self)

    def _epoch(self, records: GloveRecords, control: TrainControl, report: Reporter, done: int) -> float:
        before, number = control.done, len(self.epoch_costs)

        def look() -> None:
            report.update(done + control.done - before)
            call_all(self.callbacks, "on_progress", self)

        cost = run_interruptible(
            lambda: records.train_epoch(
                **self._matrices, eta=self.settings.eta, clip=self.settings.grad_clip, epoch=number, control=control
            ),
            control,
            watch=look,
            watch_seconds=LOOK_SECONDS,
        )
        return cost / max(1, self.record_count)

    def _publish(self) -> None:
        """Puts what was learnt into ``wv``."""
        if self.settings.vectors == "words":
            vectors = self.words
        elif self.settings.vectors == "sum":
            vectors = self.words + self.contexts
        else:
            vectors = np.hstack([self.words, self.contexts])
        wv = self.wv
        wv.index_to_key = list(self._words)
        wv.key_to_index = {word: row for row, word in enumerate(self._words)}
        wv.vectors = vectors
        wv.expandos["count"] = self._counts
