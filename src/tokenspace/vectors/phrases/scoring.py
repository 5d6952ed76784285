"""How much more often two words stand together than chance has it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import inf, log

from ...errors import ArgumentError, message

Scorer = Callable[..., float]

# Words that join two others without being part of the score: articles, short prepositions, conjunctions.
ENGLISH_CONNECTOR_WORDS = frozenset(
    ("a", "an", "the", "at", "by", "for", "from", "in", "of", "on", "to", "with", "without", "and", "or")
)

_PARAMETERS = ("worda_count", "wordb_count", "bigram_count", "len_vocab", "min_count", "corpus_word_count")


def original_scorer(
    worda_count: int, wordb_count: int, bigram_count: int, len_vocab: int, min_count: float, corpus_word_count: int
) -> float:
    """(bigram_count - min_count) / (worda_count * wordb_count) * len_vocab: Mikolov et al. 2013, formula 6, scaled.

    Args:
        worda_count, wordb_count: occurrences of the two words.
        bigram_count: occurrences of the pair.
        len_vocab: distinct words and pairs.
        min_count: of the model.
        corpus_word_count: not used.
    """
    both = worda_count * wordb_count
    return -inf if both == 0 else (bigram_count - min_count) / float(both) * len_vocab


def npmi_scorer(
    worda_count: int, wordb_count: int, bigram_count: int, len_vocab: int, min_count: float, corpus_word_count: int
) -> float:
    """Normalized pointwise mutual information, -1 to 1 (Bouma 2009); -inf for pairs below ``min_count``.

    Args:
        worda_count, wordb_count: occurrences of the two words.
        bigram_count: occurrences of the pair.
        len_vocab: not used.
        min_count: of the model.
        corpus_word_count: words of the corpus.
    """
    if bigram_count < min_count:
        return -inf
    total = float(corpus_word_count)
    try:
        together = bigram_count / total
        return log(together / (worda_count / total * (wordb_count / total))) / -log(together)
    except (ValueError, ZeroDivisionError):  # a count of zero, or a corpus of nothing but this pair
        return -inf


SCORERS: dict[str, Scorer] = {"default": original_scorer, "npmi": npmi_scorer}


def scorer_of(scoring: str | Scorer, threshold: float) -> Scorer:
    """The function of that name, or the caller's own.

    Raises:
        ArgumentError: an unknown name, a threshold outside the scorer's range, or a function without the parameters of
        `original_scorer`.
    """
    if isinstance(scoring, str):
        if scoring not in SCORERS:
            raise ArgumentError(message("phrases", "scoring= default, npmi or a function", repr(scoring)))
        if scoring == "default" and threshold <= 0:
            raise ArgumentError(message("phrases", "a threshold above 0 for scoring='default'", repr(threshold)))
        if scoring == "npmi" and not -1 <= threshold <= 1:
            raise ArgumentError(message("phrases", "a threshold of -1 to 1 for scoring='npmi'", repr(threshold)))
        return SCORERS[scoring]
    known = inspect.signature(scoring).parameters
    missing = [name for name in _PARAMETERS if name not in known]
    if missing:
        raise ArgumentError(
            message("phrases", f"a scoring function with the parameters {', '.join(_PARAMETERS)}",
                    f"one without {', '.join(missing)}")
        )  # fmt: skip
    return scoring
