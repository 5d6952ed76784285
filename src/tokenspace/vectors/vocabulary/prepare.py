"""Counted words -> the vocabulary of a model, in gensim 4.4's order and with its thresholds (Word2Vec.prepare_vocab)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from .raw_counts import RawCounts
from .rules import TrimRule, keep_vocab_item

NULL_WORD = "\0"

Counts = npt.NDArray[np.int64]
Thresholds = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class PruningReport:
    """What pruning did; the names are those of gensim's report.

    Attributes:
        drop_unique: distinct words that did not stay.
        retain_total: occurrences of those that stay.
        downsample_unique: words that sub-sampling drops now and then.
        downsample_total: occurrences expected after sub-sampling.
        num_retained_words: words that stay.
    """

    drop_unique: int
    retain_total: int
    downsample_unique: int
    downsample_total: int
    num_retained_words: int

    def to_dict(self) -> dict[str, int]:
        """The same as a dict."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a model; row i of its matrices belongs to ``words[i]``.

    Attributes:
        words: in the order of their ids.
        counts: (len(words),) int64.
        sample_int: (len(words),) uint32; an occurrence is kept when a random number below 2^32 is below it.
        effective_min_count: the count that words needed to stay.
        report: what was dropped.
    """

    words: list[str]
    counts: Counts
    sample_int: Thresholds
    effective_min_count: int
    report: PruningReport


def sample_thresholds(counts: Counts, retain_total: int, sample: float) -> tuple[Thresholds, int, int]:
    """(sample_int, downsample_unique, downsample_total) of words with these counts.

    Args:
        counts: occurrences of each word.
        retain_total: occurrences of all words that stay.
        sample: 0: every occurrence is kept. Below 1: the share of the text above which a word is thinned out. From 1 on:
            words of a higher count than this are.
    """
    if not sample:
        threshold: float = retain_total
    elif sample < 1:
        threshold = sample * retain_total
    else:
        threshold = int(sample * (3 + math.sqrt(5)) / 2)
    found = np.maximum(counts, 1)  # a word that never occurs is never thinned out
    keep = np.ones(len(counts))
    if threshold:
        keep = (np.sqrt(found / threshold) + 1) * (threshold / found)
    thinned = keep < 1
    keep = np.minimum(keep, 1.0)
    return (keep * (2**32 - 1)).astype(np.uint32), int(thinned.sum()), int(np.sum(keep * counts))


def effective_min_count(raw: RawCounts, min_count: int, max_final_vocab: int | None) -> int:
    """The smallest count from ``min_count`` up that leaves at most ``max_final_vocab`` words."""
    if max_final_vocab is None:
        return min_count
    if max_final_vocab < 0:
        raise ArgumentError(message("vocabulary", "max_final_vocab of at least 0", str(max_final_vocab)))
    if max_final_vocab >= len(raw):
        return max(1, min_count)
    descending = np.sort(raw.counts)[::-1]
    return max(int(descending[max_final_vocab]) + 1, min_count)


def _kept(raw: RawCounts, least: int, trim_rule: TrimRule | None) -> npt.NDArray[np.intp]:
    """Places in ``raw.words`` of those that stay."""
    if trim_rule is None:
        return np.flatnonzero(raw.counts >= max(0, least))
    pairs = enumerate(zip(raw.words, raw.counts.tolist(), strict=True))
    return np.array([i for i, (word, n) in pairs if keep_vocab_item(word, n, least, trim_rule)], np.intp)


def descending_order(counts: Counts) -> npt.NDArray[np.intp]:
    """Places by descending count; of equal counts the later place comes first, as gensim sorts."""
    return np.lexsort((-np.arange(len(counts)), -counts))


def _report(raw: RawCounts, counts: Counts, thinned: int, total: int) -> PruningReport:
    dropped = len(raw) - len(counts) + raw.dropped_words
    return PruningReport(dropped, int(counts.sum()), thinned, total, len(counts))


def prepare(
    raw: RawCounts,
    *,
    min_count: int = 5,
    max_final_vocab: int | None = None,
    sample: float = 1e-3,
    sorted_vocab: bool = True,
    trim_rule: TrimRule | None = None,
    null_word: bool = False,
) -> Vocabulary:
    """The vocabulary of a new model.

    Args:
        raw: counted words. Words below ``min_count`` may be missing from it when there is no ``trim_rule``.
        min_count: words of fewer occurrences are dropped.
        max_final_vocab: raise ``min_count`` until at most so many words stay; words of equal count go together.
        sample: see `sample_thresholds`.
        sorted_vocab: most frequent first, words of equal count in reverse first-seen order; else in first-seen order.
        trim_rule: asked for every word; see `keep_vocab_item`.
        null_word: add the word ``"\\0"`` with count 1, as padding.
    """
    least = effective_min_count(raw, min_count, max_final_vocab)
    kept = _kept(raw, least, trim_rule)
    words = [raw.words[i] for i in kept.tolist()]
    counts = raw.counts[kept].astype(np.int64)
    sample_int, thinned, total = sample_thresholds(counts, int(counts.sum()), sample)
    report = _report(raw, counts, thinned, total)
    if null_word:
        words.append(NULL_WORD)
        counts = np.append(counts, 1)
        sample_int = np.append(sample_int, np.uint32(0))
    if sorted_vocab:
        order = descending_order(counts)
        words = [words[i] for i in order.tolist()]
        counts, sample_int = counts[order], sample_int[order]
    return Vocabulary(words, counts, sample_int, least, report)


def update(
    old: Vocabulary,
    raw: RawCounts,
    *,
    min_count: int = 5,
    max_final_vocab: int | None = None,
    sample: float = 1e-3,
    trim_rule: TrimRule | None = None,
) -> Vocabulary:
    """The vocabulary ``old`` with the words of another corpus: ids stay, new words come behind in first-seen order.

    Counts are added, also those of known words below ``min_count`` in the new corpus. Thresholds of the words that stay
    are those of the new corpus alone; the report is on the new corpus.

    Args:
        old: of a model.
        raw: all counted words of the new corpus.
        min_count, max_final_vocab, sample, trim_rule: of `prepare`, for the new corpus.
    """
    least = effective_min_count(raw, min_count, max_final_vocab)
    kept = _kept(raw, least, trim_rule)
    index = {word: i for i, word in enumerate(old.words)}
    words = list(old.words)
    for i in kept.tolist():
        if raw.words[i] not in index:
            index[raw.words[i]] = len(words)
            words.append(raw.words[i])
    counts = np.zeros(len(words), np.int64)
    counts[: len(old.words)] = old.counts
    rows = np.array([index.get(word, -1) for word in raw.words], np.intp)
    known = rows >= 0
    counts[rows[known]] += raw.counts[known].astype(np.int64)
    retained = raw.counts[kept].astype(np.int64)
    thresholds, thinned, total = sample_thresholds(retained, int(retained.sum()), sample)
    sample_int = np.zeros(len(words), np.uint32)
    sample_int[: len(old.words)] = old.sample_int
    sample_int[rows[kept]] = thresholds
    return Vocabulary(words, counts, sample_int, least, _report(raw, retained, thinned, total))
