"""Sentences that the caller holds in Python: a list, or an iterable that is walked in every pass."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from ..._core import WordEncoder
from ...progress import ProgressLike, Reporter
from .id_block import IdBlock, packed
from .source import Counter, SentencesError, SentenceSource, as_sentences_error

_SENTENCES = 1 << 14  # handed to the core at once, at most
_WORDS = 1 << 19


def _batches(sentences: Iterable[Any]) -> Iterator[list[Any]]:
    """Sentences a few thousand at a time; generators among them become lists."""
    batch: list[Any] = []
    words = 0
    for sentence in sentences:
        if not hasattr(sentence, "__len__"):
            try:
                sentence = list(sentence)
            except TypeError:
                raise SentencesError(
                    f"[sentences] expected sentences that are lists of str, received {type(sentence).__name__}"
                ) from None
        batch.append(sentence)
        words += len(sentence)
        if len(batch) >= _SENTENCES or words >= _WORDS:
            yield batch
            batch, words = [], 0
    if batch:
        yield batch


def warn_of_plain_text(first: Any) -> None:
    """A str where a list of words is expected is taken for a list of characters, as gensim does; hardly ever meant."""
    if isinstance(first, str):
        warnings.warn(
            "[sentences] expected each sentence to be a list of words, received a str, whose characters are now the "
            "words; try sentence.split()",
            stacklevel=4,
        )


class IterableSource(SentenceSource):
    """Any iterable of lists of str."""

    def __init__(self, given: Iterable[Sequence[str]], threads: int) -> None:
        self._given, self._threads = given, threads
        self.reiterable = not isinstance(given, Iterator)

    def sentences(self) -> Iterator[Sequence[str]]:
        """The sentences as they are given."""
        return iter(self._given)

    def _total(self) -> int | None:
        try:
            return len(self._given)  # type: ignore[arg-type]
        except TypeError:
            return None

    def _checked(self) -> Iterator[Any]:
        walk = iter(self._given)
        for first in walk:
            warn_of_plain_text(first)
            return chain([first], walk)
        return iter(())

    def feed(self, counter: Counter, progress: ProgressLike = None) -> None:
        """Gives all sentences to a counter of the core."""
        with Reporter("count", self._total(), "sentences", progress) as report:
            for batch in _batches(self._checked()):
                with as_sentences_error():
                    counter.add_sentences(batch)
                report.advance(len(batch))

    def _pieces(self, encoder: WordEncoder, progress: ProgressLike) -> Iterator[IdBlock]:
        with Reporter("encode", self._total(), "sentences", progress) as report:
            for batch in _batches(self._given):
                with as_sentences_error():
                    ids, offsets, words = encoder.encode_sentences(batch, self._threads)
                yield IdBlock(ids, offsets, words, len(batch))
                report.advance(len(batch))

    def blocks(self, encoder: WordEncoder, epoch: int = 0, progress: ProgressLike = None) -> Iterator[IdBlock]:
        """Walks the iterable: it may give other sentences each time."""
        return packed(self._pieces(encoder, progress))


class ListSource(IterableSource):
    """A list or tuple: encoded once for a vocabulary."""

    def __init__(self, given: Sequence[Sequence[str]], threads: int) -> None:
        super().__init__(given, threads)
        self._encoder: WordEncoder | None = None
        self._blocks: list[IdBlock] = []

    @contextmanager
    def _folder(self) -> Iterator[str]:
        yield ""  # the counts take less memory than the list

    def blocks(self, encoder: WordEncoder, epoch: int = 0, progress: ProgressLike = None) -> Iterator[IdBlock]:
        """Encodes the list in the first pass with this encoder and gives the same blocks in later ones."""
        if self._encoder is not encoder:
            self._blocks = list(super().blocks(encoder, epoch, progress))
            self._encoder = encoder
        return iter(self._blocks)
