"""Phrase models: `Phrases` counts and scores, `FrozenPhrases` knows the phrases alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ..._core import PhraseCounter
from ...errors import ArgumentError, message
from ...progress import ProgressLike
from ..corpora.source import as_source
from ..vocabulary import keep_vocab_item
from .detection import Detector
from .file import read_model, write_model
from .scoring import SCORERS, Scorer, scorer_of

PathLike = str | os.PathLike[str]


def _saved_scoring(scoring: Scorer) -> str:
    return next((name for name, known in SCORERS.items() if known is scoring), "custom")


def _loaded_scoring(saved: Mapping[str, Any], given: str | Scorer | None) -> str | Scorer:
    if given is not None:
        return given
    if saved["scoring"] == "custom":
        raise ArgumentError(
            message("phrases", "scoring= the function the model was made with", "none", "scoring=your_function")
        )
    return str(saved["scoring"])


class Phrases(Detector):
    """Counts words and neighbouring pairs, and finds the pairs that are phrases.

    Parameter names, defaults and results are gensim's.

    Args:
        sentences: lists of str, or whatever `tokenspace.vectors.corpora.as_source` takes; counted by the core.
        min_count: pairs need more occurrences than this ("default" scoring) or as many ("npmi").
        threshold: pairs of a higher score are phrases; above 0 for "default", -1 to 1 for "npmi".
        max_vocab_size: distinct words and pairs; whenever there are more after a sentence, the rarest are forgotten.
        delimiter: between the words of a phrase.
        progress_per: without meaning; see ``progress``.
        scoring: "default", "npmi", or a function with the parameters of `original_scorer`.
        connector_words: words such as "of" that a phrase may hold inside without an influence on its score.
        progress: a style or callback of `tokenspace.progress` on the counting.

    Attributes:
        vocab: {word or pair: count}, in first-seen order.
        corpus_word_count: words counted.
        min_count, threshold, max_vocab_size, delimiter, scoring, connector_words: as given.

    Raises:
        ArgumentError (a ValueError): ``min_count`` below 1 or a threshold outside its range; a scoring function without
        the parameters. SentencesError (a TypeError): sentences that are no lists of str.

    Example:
        >>> sentences = [["new", "york", "is", "large"], ["i", "love", "new", "york"]] * 3
        >>> Phrases(sentences, min_count=1, threshold=1)[["new", "york", "is", "far"]]
        ['new_york', 'is', 'far']
    """

    def __init__(
        self,
        sentences: Any = None,
        min_count: float = 5,
        threshold: float = 10.0,
        max_vocab_size: int = 40_000_000,
        delimiter: str = "_",
        progress_per: int = 10_000,
        scoring: str | Scorer = "default",
        connector_words: Iterable[str] = frozenset(),
        progress: ProgressLike = None,
    ) -> None:
        if min_count <= 0:
            raise ArgumentError(message("phrases", "min_count of at least 1", repr(min_count)))
        self.scoring = scorer_of(scoring, threshold)
        self.connector_words = frozenset(connector_words)
        self.min_count, self.threshold, self.max_vocab_size = min_count, threshold, max_vocab_size
        self.delimiter, self.progress_per = delimiter, progress_per
        self.vocab: dict[str, int] = {}
        self.min_reduce = 1
        self.corpus_word_count = 0
        if sentences is not None:
            self.add_vocab(sentences, progress)

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self.vocab)} vocab, min_count={self.min_count}, "
            f"threshold={self.threshold}, max_vocab_size={self.max_vocab_size}>"
        )

    def add_vocab(self, sentences: Any, progress: ProgressLike = None) -> None:
        """Count further sentences. They are pruned among themselves before they are added to what is known."""
        counter = PhraseCounter(self.delimiter, list(self.connector_words), self.max_vocab_size)
        as_source(sentences).feed(counter, progress)
        self.corpus_word_count += counter.words
        least = counter.least_kept
        counts = counter.finish()
        if not self.vocab:
            self.vocab = counts
            return
        self.min_reduce = max(self.min_reduce, least)
        for word, count in counts.items():
            self.vocab[word] = self.vocab.get(word, 0) + count
        if len(self.vocab) > self.max_vocab_size:
            self.vocab = {word: n for word, n in self.vocab.items() if keep_vocab_item(word, n, self.min_reduce)}
            self.min_reduce += 1

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str, float] | tuple[None, None]:
        """(phrase, score) of two words with the connector words between them, (None, None) when it is no phrase."""
        count_a, count_b = self.vocab.get(word_a, 0), self.vocab.get(word_b, 0)
        if count_a <= 0 or count_b <= 0:
            return None, None
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        together = self.vocab.get(phrase, 0)
        if together <= 0:
            return None, None
        score = self.scoring(
            worda_count=count_a,
            wordb_count=count_b,
            bigram_count=together,
            len_vocab=len(self.vocab),
            min_count=self.min_count,
            corpus_word_count=self.corpus_word_count,
        )
        return (phrase, score) if score > self.threshold else (None, None)

    def export_phrases(self) -> dict[str, float]:
        """All phrases with their scores. A word that holds the delimiter itself is looked at as a phrase, too."""
        # Both built-in scores are out of reach of the threshold below these counts.
        scarce = 0.0
        if self.scoring is SCORERS["default"] and self.threshold >= 0:
            scarce = self.min_count
        phrases: dict[str, float] = {}
        for token, count in self.vocab.items():
            if count <= scarce or self.delimiter not in token:
                continue
            words = token.split(self.delimiter)
            phrase, score = self.score_candidate(words[0], words[-1], words[1:-1])
            if phrase is not None and score is not None:
                phrases[phrase] = score
        return phrases

    def freeze(self) -> FrozenPhrases:
        """A smaller and faster model of the same phrases, which cannot count any more."""
        return FrozenPhrases(self)

    def save(self, path: PathLike) -> None:
        """Write the model as JSON (compressed when ``path`` ends in .gz); a scoring function of one's own is not in it."""
        write_model(path, "phrases", {
            "min_count": self.min_count, "threshold": self.threshold, "max_vocab_size": self.max_vocab_size,
            "delimiter": self.delimiter, "scoring": _saved_scoring(self.scoring),
            "connector_words": sorted(self.connector_words), "min_reduce": self.min_reduce,
            "corpus_word_count": self.corpus_word_count, "vocab": self.vocab,
        })  # fmt: skip

    @classmethod
    def load(cls, path: PathLike, scoring: str | Scorer | None = None) -> Phrases:
        """Read what `save` wrote, or what gensim's `save` wrote (read without running any of its pickle).

        Args:
            path: the file.
            scoring: the function, for models made with one of one's own.

        Raises:
            FormatError: no such model. ArgumentError: ``scoring`` is missing.
        """
        saved = read_model(path, "phrases")
        model = cls(
            min_count=saved["min_count"], threshold=saved["threshold"], max_vocab_size=saved["max_vocab_size"],
            delimiter=saved["delimiter"], scoring=_loaded_scoring(saved, scoring),
            connector_words=saved["connector_words"],
        )  # fmt: skip
        model.min_reduce, model.corpus_word_count = saved["min_reduce"], saved["corpus_word_count"]
        model.vocab = saved["vocab"]
        return model


class FrozenPhrases(Detector):
    """The phrases of a `Phrases` model.

    Attributes:
        phrasegrams: {phrase: score}.
        min_count, threshold, delimiter, scoring, connector_words: those of the model.
    """

    def __init__(self, phrases_model: Phrases) -> None:
        self.threshold, self.min_count = phrases_model.threshold, phrases_model.min_count
        self.delimiter, self.connector_words = phrases_model.delimiter, phrases_model.connector_words
        self.scoring = phrases_model.scoring
        self.phrasegrams = phrases_model.export_phrases()

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self.phrasegrams)} phrases, min_count={self.min_count}, "
            f"threshold={self.threshold}>"
        )

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str, float] | tuple[None, None]:
        """(phrase, score) of two words with the connector words between them, (None, None) when it is no phrase."""
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase)
        return (phrase, score) if score is not None and score > self.threshold else (None, None)

    def joined(self, sentence: Iterable[str]) -> list[str]:
        """The tokens of `analyze_sentence` alone."""
        if self.connector_words:
            return super().joined(sentence)
        # Without connector words each pair is one look into the table.
        found, threshold, delimiter = self.phrasegrams, self.threshold, self.delimiter
        tokens: list[str] = []
        start: str | None = None
        for word in sentence:
            if start is None:
                start = word
                continue
            phrase = start + delimiter + word
            if phrase in found and found[phrase] > threshold:
                tokens.append(phrase)
                start = None
            else:
                tokens.append(start)
                start = word
        if start is not None:
            tokens.append(start)
        return tokens

    def save(self, path: PathLike) -> None:
        """Write the model as JSON (compressed when ``path`` ends in .gz)."""
        write_model(path, "frozen phrases", {
            "min_count": self.min_count, "threshold": self.threshold, "delimiter": self.delimiter,
            "scoring": _saved_scoring(self.scoring), "connector_words": sorted(self.connector_words),
            "phrasegrams": self.phrasegrams,
        })  # fmt: skip

    @classmethod
    def load(cls, path: PathLike) -> FrozenPhrases:
        """Read what `save` wrote, or what gensim's `save` wrote.

        Raises:
            FormatError: no such model.
        """
        saved = read_model(path, "frozen phrases")
        model = cls.__new__(cls)
        model.threshold, model.min_count = saved["threshold"], saved["min_count"]
        model.delimiter, model.connector_words = saved["delimiter"], frozenset(saved["connector_words"])
        model.scoring = SCORERS.get(saved["scoring"], SCORERS["default"])
        model.phrasegrams = saved["phrasegrams"]
        return model


Phraser = FrozenPhrases
