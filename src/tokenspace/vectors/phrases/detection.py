"""Joining the phrases of a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any


class PhrasedSentences:
    """The sentences of a corpus with their phrases joined, computed while it is walked.

    It can be walked as often as the corpus can, and has its length.
    """

    def __init__(self, model: Detector, corpus: Iterable[Iterable[str]]) -> None:
        self.model, self.corpus = model, corpus

    def __iter__(self) -> Iterator[list[str]]:
        return (self.model.joined(sentence) for sentence in self.corpus)

    def __len__(self) -> int:
        return len(self.corpus)  # type: ignore[arg-type]


class Detector(ABC):
    """What finds phrases in sentences.

    Attributes:
        connector_words: words that phrases may hold inside, but not begin or end with.
        delimiter: put between the words of a phrase.
        threshold: phrases have a score above it.
    """

    connector_words: frozenset[str]
    delimiter: str
    threshold: float

    @abstractmethod
    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str, float] | tuple[None, None]:
        """(phrase, score) of two words with the connector words between them, (None, None) when it is no phrase."""

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """The tokens of a sentence from left to right: (phrase, score), or (word, None).

        A word is part of one phrase at most; the first that begins takes it.
        """
        start: str | None = None
        between: list[str] = []
        for word in sentence:
            if word in self.connector_words:
                if start is None:
                    yield word, None
                else:
                    between.append(word)
                continue
            if start is not None:
                phrase, score = self.score_candidate(start, word, between)
                if phrase is not None:
                    yield phrase, score
                    start, between = None, []
                    continue
                yield start, None
                for connector in between:
                    yield connector, None
            start, between = word, []
        if start is not None:
            yield start, None
            for connector in between:
                yield connector, None

    def joined(self, sentence: Iterable[str]) -> list[str]:
        """The tokens of `analyze_sentence` alone."""
        return [token for token, _ in self.analyze_sentence(sentence)]

    def __getitem__(self, sentence: Iterable[Any]) -> list[str] | PhrasedSentences:
        """A sentence (an iterable of str) with its phrases joined; of a corpus, `PhrasedSentences`."""
        walk = iter(sentence)
        for first in walk:
            together = chain([first], walk)
            if isinstance(first, str):
                return self.joined(together)
            return PhrasedSentences(self, together if walk is sentence else sentence)
        return []

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, float]:
        """The phrases that occur in ``sentences``, with their scores."""
        found: dict[str, float] = {}
        for sentence in sentences:
            for token, score in self.analyze_sentence(sentence):
                if score is not None:
                    found[token] = score
        return found
