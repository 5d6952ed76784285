"""From sentences to a model ready for training: vocabulary, tables, matrices."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...progress import ProgressLike
from ..corpora import SentenceSource, as_source
from ..train import ModelStateError, useful_threads
from ..vocabulary import RawCounts, TrimRule, Vocabulary, huffman_tree, prepare, update
from ..vocabulary.prepare import NULL_WORD
from .settings import Word2VecState

__all__ = ["VocabularyBuilding"]


class VocabularyBuilding(Word2VecState):
    """Counting, pruning, initial matrices."""

    def _source(
        self, sentences: Any, corpus_file: str | os.PathLike[str] | None, passes: int, stage: str
    ) -> SentenceSource:
        return as_source(
            sentences,
            corpus_file,
            tokenize=self.tokenize,
            passes=passes,
            threads=self._threads(),
            memory_budget=self.memory_budget,
        )

    def _threads(self) -> int:
        """Workers, but no more than there are cores: more only wait for each other."""
        return useful_threads(self.workers)

    def build_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        *,
        progress: ProgressLike = None,
        **kwargs: Any,
    ) -> None:
        """Count the words of the sentences, choose the vocabulary and make the matrices.

        Args:
            corpus_iterable, corpus_file: the sentences, as of the constructor; walked once.
            update: add the new words to the vocabulary there is. Vectors and ids of the words there are stay.
            progress_per: no effect, for gensim's callers.
            keep_raw_vocab: keep the counts in ``raw_vocab``.
            trim_rule: asked for each word; see the constructor.
            progress: a style or callback of `tokenspace.progress`.
            **kwargs: ``min_count`` and ``sample`` instead of the model's own, ``dry_run``; see `prepare_vocab`.

        Raises:
            SentencesError: (a TypeError) no sentences. ModelStateError: (a RuntimeError) ``update`` of a model without a
            vocabulary.
        """
        if update:
            self._refuse_update_of_nothing()
        source = self._source(corpus_iterable, corpus_file, 1, "build_vocab")
        self._build(source, update, keep_raw_vocab, trim_rule, progress, **kwargs)

    def _build(
        self,
        source: SentenceSource,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        progress: ProgressLike = None,
        **kwargs: Any,
    ) -> None:
        # Rare words need not even become Python strings, unless somebody asks for them afterwards.
        all_words = update or keep_raw_vocab or kwargs.get("dry_run") or trim_rule is not None
        least = 1 if all_words else max(1, kwargs.get("min_count") or self.min_count)
        self._count(source, trim_rule, progress, least)
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule, **kwargs)
        if not kwargs.get("dry_run"):
            self.prepare_weights(update=update)

    def _count(self, source: SentenceSource, trim_rule: TrimRule | None, progress: ProgressLike, least: int) -> None:
        counts = source.count(
            least=least,
            max_vocab_size=self.max_vocab_size,
            trim_rule=trim_rule,
            threads=self._threads(),
            memory_budget=self.memory_budget,
            progress=progress,
        )
        self.raw_counts = counts
        self.corpus_count, self.corpus_total_words = counts.sentences, counts.total_words

    def scan_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        progress_per: int = 10000,
        workers: int | None = None,
        trim_rule: TrimRule | None = None,
    ) -> tuple[int, int]:
        """Count the words; `prepare_vocab` then makes the vocabulary. Returns (raw words, sentences)."""
        self._count(self._source(corpus_iterable, corpus_file, 1, "scan_vocab"), trim_rule, None, 1)
        return self.corpus_total_words, self.corpus_count

    @property
    def raw_vocab(self) -> dict[str, int]:
        """The counted words before pruning; empty unless they were kept."""
        return self.raw_counts.to_dict() if self.raw_counts is not None else {}

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[str, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: TrimRule | None = None,
        update: bool = False,
    ) -> None:
        """`build_vocab` from counts that are known.

        Args:
            word_freq: word -> count.
            corpus_count: sentences they come from, for `train`.

        Raises:
            ArgumentError: counts that are no whole numbers, or negative.
        """
        if update:
            self._refuse_update_of_nothing()
        self.raw_counts = RawCounts.from_frequencies(word_freq, corpus_count or 0)
        self.corpus_count = corpus_count or 0
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule)
        self.prepare_weights(update=update)

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Choose the vocabulary among the counted words; see `build_vocab`.

        Args:
            min_count, sample: instead of the model's own, which they replace.
            dry_run: only report.

        Returns:
            gensim's report: drop_unique, retain_total, downsample_unique, downsample_total, num_retained_words, memory.
        """
        if self.raw_counts is None:
            raise ModelStateError("[prepare_vocab] expected counted words, received none; try scan_vocab first")
        min_count = min_count or self.min_count
        sample = sample or self.sample
        if update:
            vocabulary = self._updated(min_count, sample, trim_rule)
        else:
            vocabulary = prepare(
                self.raw_counts,
                min_count=min_count,
                max_final_vocab=self.max_final_vocab,
                sample=sample,
                sorted_vocab=bool(self.sorted_vocab),
                trim_rule=trim_rule,
                null_word=bool(self.null_word),
            )
        report: dict[str, Any] = dict(vocabulary.report.to_dict())
        report["memory"] = self.estimate_memory(vocab_size=report["num_retained_words"])
        if dry_run:
            return report
        if not update:
            self.min_count, self.sample = min_count, sample
        self.effective_min_count = vocabulary.effective_min_count
        if not keep_raw_vocab:
            self.raw_counts = None
        self.take_vocabulary(vocabulary)
        return report

    def _updated(self, min_count: int, sample: float, trim_rule: TrimRule | None) -> Vocabulary:
        assert self.raw_counts is not None
        old = self._vocabulary()
        return update(
            old,
            self.raw_counts,
            min_count=min_count,
            max_final_vocab=self.max_final_vocab,
            sample=sample,
            trim_rule=trim_rule,
        )

    def _vocabulary(self) -> Vocabulary:
        """The vocabulary as it is, made of the attributes of ``wv``."""
        report: Any = None
        expandos = self.wv.expandos
        return Vocabulary(
            self.wv.index_to_key, expandos["count"], expandos["sample_int"], self.effective_min_count, report
        )

    def take_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Make this the vocabulary, with what depends on it alone; matrices stay as they are."""
        self.wv.index_to_key = list(vocabulary.words)
        self.wv.key_to_index = {word: row for row, word in enumerate(vocabulary.words)}
        self.wv.expandos = {
            **{name: values for name, values in self.wv.expandos.items() if name not in ("count", "sample_int")},
            "count": vocabulary.counts,
            "sample_int": vocabulary.sample_int,
        }
        self._encoder = None
        if self.hs:
            self.create_binary_tree()
        if self.negative:
            self.make_cum_table()

    def add_null_word(self) -> None:
        """Append the word "\\0" with count 1: padding that is only ever an input."""
        self.wv.key_to_index[NULL_WORD] = len(self.wv)
        self.wv.index_to_key.append(NULL_WORD)
        self.wv.set_vecattr(NULL_WORD, "count", 1)
        self._encoder = None

    def create_binary_tree(self) -> None:
        """Make the Huffman tree over the counts, ``tree``: gensim's, equal counts included."""
        self.tree = huffman_tree(self.wv.expandos["count"])

    def make_cum_table(self, domain: int = 2**31 - 1) -> None:
        """Make ``cum_table``, from which noise words are drawn: word i with probability count ** ns_exponent / sum."""
        counts = np.asarray(self.wv.expandos.get("count", ()), dtype=np.float64)
        with np.errstate(over="ignore", divide="ignore"):
            sums = np.cumsum(counts**self.ns_exponent)
        if len(sums) and not (np.isfinite(sums[-1]) and sums[-1] > 0):
            raise ModelStateError(
                f"[make_cum_table] expected counts whose power {self.ns_exponent} is a positive finite number, received "
                "others; try an ns_exponent nearer to 0"
            )
        self.cum_table = np.rint(sums / sums[-1] * domain).astype(np.uint32) if len(sums) else np.zeros(0, np.uint32)

    def prepare_weights(self, update: bool = False) -> None:
        """Make the matrices, or with ``update`` add rows for the words that are new."""
        if update:
            self.update_weights()
        else:
            self.init_weights()

    def init_weights(self) -> None:
        """Matrices as before any training: word vectors uniform in (-1, 1) / vector_size, as gensim 4 draws them from
        ``numpy.random.default_rng(seed)``; output vectors zero."""
        self.wv.vectors = np.zeros((0, self.vector_size), dtype=np.float32)
        self.wv.resize_vectors(seed=self.seed)
        if self.hs:
            self.syn1 = np.zeros((len(self.wv), self.layer1_size), dtype=np.float32)
        if self.negative:
            self.syn1neg = np.zeros((len(self.wv), self.layer1_size), dtype=np.float32)

    def update_weights(self) -> None:
        """Add rows for words that are new, drawn as `init_weights` does; the others keep theirs."""
        self._refuse_update_of_nothing()
        gained = len(self.wv) - len(self.wv.vectors)
        self.wv.resize_vectors(seed=self.seed)
        rows = np.zeros((gained, self.layer1_size), dtype=np.float32)
        if self.hs:
            self.syn1 = np.vstack([self.syn1, rows])
        if self.negative:
            self.syn1neg = np.vstack([self.syn1neg, rows])

    def _refuse_update_of_nothing(self) -> None:
        if not len(self.wv.vectors):
            raise ModelStateError(
                "[build_vocab] expected a model with a vocabulary for update=True, received one without; "
                "try build_vocab(corpus) first"
            )
        self.wv._refuse_fixed("build_vocab")  # before anything is changed

    def init_sims(self, replace: bool = False) -> None:
        """Old name of ``wv.fill_norms()``; with ``replace``, of ``wv.unit_normalize_all()``."""
        self.wv.init_sims(replace)

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Bytes that a model of these settings takes.

        Args:
            vocab_size: words; None: those there are.
            report: sizes to begin with.

        Returns:
            vocab, vectors, syn1 (with ``hs``), syn1neg (with ``negative``), total.
        """
        words = vocab_size or len(self.wv)
        sizes = dict(report or {})
        sizes["vocab"] = words * (700 if self.hs else 500)
        sizes["vectors"] = words * self.vector_size * 4
        if self.hs:
            sizes["syn1"] = words * self.layer1_size * 4
        if self.negative:
            sizes["syn1neg"] = words * self.layer1_size * 4
        sizes["total"] = sum(sizes.values())
        return sizes

    def reset_from(self, other_model: VocabularyBuilding) -> None:
        """Share the vocabulary of another model and begin with fresh matrices. Neither should grow its vocabulary then."""
        self.wv = self._new_vectors()
        self.wv.index_to_key = other_model.wv.index_to_key
        self.wv.key_to_index = other_model.wv.key_to_index
        self.wv.expandos = other_model.wv.expandos
        self.cum_table, self.tree = other_model.cum_table, other_model.tree
        self.corpus_count, self.corpus_total_words = other_model.corpus_count, other_model.corpus_total_words
        self._encoder = None
        if self.hs and self.tree is None:
            self.create_binary_tree()
        if self.negative and self.cum_table is None:
            self.make_cum_table()
        self.init_weights()
