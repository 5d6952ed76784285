"""What counts as sentences: whatever the caller gives, counted and turned into ids block by block."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from ..._core import WordCounter, WordEncoder
from ...errors import ArgumentError, message
from ...io.workspace import Workspace
from ...progress import ProgressLike
from ..vocabulary import RawCounts, TrimRule, scan_sentences
from .id_block import IdBlock

__all__ = ["MEMORY_BUDGET", "IdBlock", "SentenceSource", "SentencesError", "as_source"]

MEMORY_BUDGET = 2 << 30


class SentencesError(ArgumentError, TypeError):
    """What was given is no corpus of sentences; gensim raises TypeError for it."""


@contextmanager
def as_sentences_error() -> Iterator[None]:
    """What the core says of sentences that are no lists of str, as `SentencesError`."""
    try:
        yield
    except SentencesError:
        raise
    except ArgumentError as error:
        raise SentencesError(str(error)) from None


class Counter(Protocol):
    """What counts sentences: `tokenspace._core.WordCounter` or PhraseCounter."""

    def add_lines(self, block: bytes) -> None:
        """UTF-8, a sentence a line."""

    def add_sentences(self, sentences: object) -> None:
        """A list of lists of str."""


class SentenceSource(ABC):
    """A corpus of sentences, made by `as_source`.

    Attributes:
        reiterable: whether it can be walked more than once.
    """

    reiterable = True
    _temp_dir: str | os.PathLike[str] | None = None

    @abstractmethod
    def sentences(self) -> Iterator[Sequence[str]]:
        """The sentences one by one, as words."""

    @abstractmethod
    def feed(self, counter: Counter, progress: ProgressLike = None) -> None:
        """Gives all sentences to a counter of the core."""

    @abstractmethod
    def blocks(self, encoder: WordEncoder, epoch: int = 0, progress: ProgressLike = None) -> Iterator[IdBlock]:
        """The sentences as ids, in order, in blocks of a million words and more; a sentence is never cut.

        Args:
            encoder: of the vocabulary; words it does not know are left out.
            epoch: number of the pass, for corpora that differ from pass to pass.
            progress: a style or callback of `tokenspace.progress` on the reading.
        """

    @contextmanager
    def _folder(self) -> Iterator[str]:
        """For sorted runs of counts; empty: they stay in memory."""
        with Workspace(self._temp_dir) as work:
            yield str(work.path)

    def count(
        self,
        *,
        least: int = 1,
        max_vocab_size: int | None = None,
        trim_rule: TrimRule | None = None,
        threads: int = 0,
        memory_budget: int = MEMORY_BUDGET,
        progress: ProgressLike = None,
    ) -> RawCounts:
        """The distinct words in first-seen order with their counts.

        Args:
            least: words of fewer occurrences may be left out (and counted as dropped). Not with ``trim_rule``.
            max_vocab_size: forget rare words whenever there are more distinct ones than this; see `scan_sentences`.
            trim_rule: asked which, when that happens.
            threads: 0: all cores. The result is the same for every number.
            memory_budget: bytes for the tables of counts; beyond, they go to temporary files as sorted runs.
            progress: a style or callback of `tokenspace.progress`.

        Raises:
            SentencesError: sentences that are not lists of str. FormatError, FileError: a file that cannot be read.
            LimitError: the disk of the temporary files is full.
        """
        if trim_rule is not None and max_vocab_size:
            return scan_sentences(self.sentences(), max_vocab_size, trim_rule)
        with self._folder() as folder:
            counter = WordCounter(threads, memory_budget if folder else sys.maxsize, folder, max_vocab_size or 0)
            self.feed(counter, progress)
            words, counts, dropped_words, dropped = counter.finish(1 if trim_rule is not None else least)
        return RawCounts(words, counts, counter.words, counter.sentences, dropped_words, dropped, counter.forgotten)


def as_source(
    sentences: Any = None,
    corpus_file: str | os.PathLike[str] | None = None,
    *,
    tokenize: Any = None,
    passes: int = 1,
    threads: int = 0,
    memory_budget: int = MEMORY_BUDGET,
    temp_dir: str | os.PathLike[str] | None = None,
    errors: str = "strict",
) -> SentenceSource:
    """The source for what a model was given.

    Args:
        sentences: a list of lists of str; any iterable of them, walked anew in every pass; a `LineSentence` or
            `PathLineSentences` of files (read as ``corpus_file`` is); or, with ``tokenize``, a `tokenspace.io.corpus`
            Corpus or an iterable of texts.
        corpus_file: a text file, a glob or a folder of them, one sentence a line, words separated by white space;
            compressed or not. Counted and encoded by all threads; a line without a word is no sentence, and no sentence
            is cut below 1 GiB of text.
        tokenize: a function from a text to its words, or a `tokenspace.Tokenizer`; None: white space.
        passes: how often the sentences will be walked.
        threads: for files; 0: all cores.
        memory_budget: bytes of ids kept from the first pass over files for the next; beyond, they go to a temporary file.
        temp_dir: for that file; None: the platform's.
        errors: bytes of files that are not UTF-8: "strict" raises with the place, "replace" puts U+FFFD, "ignore" leaves
            them out.

    Raises:
        SentencesError: both or neither are given, something that is no iterable, or an iterator for several passes.
        NotFoundError, FileError: a file that is not there.
    """
    from ...io.corpus import Corpus
    from .files import FileSource
    from .given import IterableSource, ListSource
    from .readers import LineSentence, PathLineSentences
    from .tokenized import tokenized_source

    if (sentences is None) == (corpus_file is None):
        received = "neither" if sentences is None else "both"
        raise SentencesError(message("sentences", "either sentences or corpus_file", received))
    source: SentenceSource
    if corpus_file is not None:
        if not isinstance(corpus_file, (str, os.PathLike)):
            raise SentencesError(message("sentences", "corpus_file= a path", type(corpus_file).__name__, "sentences="))
        source = FileSource([corpus_file], errors, threads, memory_budget, temp_dir)
    elif isinstance(sentences, SentenceSource):
        source = sentences
    elif isinstance(sentences, Corpus) or tokenize is not None:
        source = tokenized_source(sentences, tokenize, threads, memory_budget, temp_dir)
    elif isinstance(sentences, (LineSentence, PathLineSentences)) and sentences.files is not None:
        source = FileSource(sentences.files, sentences.errors, threads, memory_budget, temp_dir)
    elif isinstance(sentences, (str, bytes)) or not hasattr(sentences, "__iter__"):
        hint = "corpus_file= for a path" if isinstance(sentences, (str, bytes)) else ""
        raise SentencesError(message("sentences", "an iterable of lists of str", type(sentences).__name__, hint))
    elif isinstance(sentences, (list, tuple)):
        source = ListSource(sentences, threads)
    else:
        source = IterableSource(sentences, threads)
    if passes > 1 and not source.reiterable:
        raise SentencesError(
            message("sentences", f"sentences that can be walked {passes} times", "an iterator or generator",
                    "a list, or a class with __iter__")
        )  # fmt: skip
    return source
