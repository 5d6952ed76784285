"""Documents with tags as what is counted and trained on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..._core import WordEncoder
from ...errors import message
from ...progress import ProgressLike, Reporter
from ..corpora import IdBlock, PathLineSentences, SentenceSource
from ..corpora.readers import brown_words
from ..corpora.source import MEMORY_BUDGET, Counter, SentencesError
from .tags import TagIndex

__all__ = ["DocumentBlock", "DocumentSource", "TaggedBrownCorpus", "TaggedDocument", "TaggedLineDocument"]

_DOCUMENTS = 1 << 14  # in a block, at most
_WORDS = 1 << 20


class TaggedDocument(NamedTuple):
    """A document.

    words: list of str.
    tags: list of str or int; as a rule one, which tells the document from the others.
    """

    words: Sequence[str]
    tags: Sequence[Any]

    def __str__(self) -> str:
        return f"{type(self).__name__}<{self.words}, {self.tags}>"


class TaggedLineDocument:
    """A text file, or an iterable of lines, as documents: one a line, words separated by white space, its number the tag.

    Args:
        source: path (compressed or not), file object or iterable of lines.
    """

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Iterator[TaggedDocument]:
        # An empty line is a document too: numbers of lines and tags agree.
        for number, words in enumerate(_lines(self.source)):
            yield TaggedDocument(words, [number])


class TaggedBrownCorpus:
    """The Brown corpus as `BrownCorpus` reads it, each line a document tagged ``file_SENT_number`` (from 0).

    Args:
        dirname: the folder.
    """

    def __init__(self, dirname: str | os.PathLike[str]) -> None:
        self.dirname = dirname

    def __iter__(self) -> Iterator[TaggedDocument]:
        for path in PathLineSentences(self.dirname).input_files:
            for number, line in enumerate(_lines(path)):
                if words := brown_words(line):
                    yield TaggedDocument(words, [f"{path}_SENT_{number}"])


def _lines(source: Any) -> Iterator[list[str]]:
    if isinstance(source, (str, os.PathLike)):
        from pathlib import Path

        from ...errors import NotFoundError
        from ...io.expand import Source
        from ...io.streams import open_bytes

        name = os.fspath(source)
        if not os.path.exists(name):
            raise NotFoundError(f"[documents] {name}: no such file")
        with open_bytes(Source(name, Path(name), "txt")) as stream:
            for number, line in enumerate(stream, 1):
                yield _text(line, name, number).split()
        return
    if hasattr(source, "seek"):
        source.seek(0)
    for number, line in enumerate(source, 1):
        yield _text(line, "lines", number).split()


def _text(line: bytes | str, name: str, number: int) -> str:
    if isinstance(line, str):
        return line
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        from ...errors import FormatError

        raise FormatError(f"[documents] {name}, line {number}: expected UTF-8, {error.reason}") from None


@dataclass(frozen=True, slots=True)
class DocumentBlock(IdBlock):
    """Documents as ids, with the rows of their tags.

    Attributes:
        tag_rows: (m,) int32, tags the model does not know left out.
        tag_offsets: (documents + 1,) int64; document i has ``tag_rows[tag_offsets[i]:tag_offsets[i + 1]]``.
    """

    tag_rows: npt.NDArray[np.int32] | None = None
    tag_offsets: npt.NDArray[np.int64] | None = None


class DocumentSource(SentenceSource):
    """Documents of the caller's: a list, encoded once, or an iterable that is walked in every pass.

    Args:
        documents: objects with ``words`` and ``tags``.
        tags: where tags are counted, and looked up.
        once: keep what was encoded for later passes, within the budget: the documents stay the same.
    """

    def __init__(
        self,
        documents: Iterable[Any],
        tags: TagIndex,
        *,
        once: bool | None = None,
        threads: int = 0,
        memory_budget: int = MEMORY_BUDGET,
    ) -> None:
        self._documents, self.tags, self._threads = documents, tags, threads
        self._once = isinstance(documents, (list, tuple)) if once is None else once
        self._budget = memory_budget
        self.reiterable = iter(documents) is not documents if hasattr(documents, "__iter__") else False
        self._encoder: WordEncoder | None = None
        self._kept: list[DocumentBlock] = []

    def _checked(self) -> Iterator[tuple[Sequence[str], Sequence[Any]]]:
        for number, document in enumerate(self._documents):
            try:
                words, tags = document.words, document.tags
            except AttributeError:
                raise SentencesError(
                    message(
                        "Doc2Vec",
                        "documents with words and tags",
                        type(document).__name__,
                        "TaggedDocument(words, [i])",
                    )
                ) from None
            if isinstance(words, str) or isinstance(tags, str) or not hasattr(tags, "__iter__"):
                received = f"words {type(words).__name__}, tags {type(tags).__name__} in document {number}"
                raise SentencesError(
                    message("Doc2Vec", "lists of words and of tags", received, "TaggedDocument(text.split(), [i])")
                )
            yield words if hasattr(words, "__len__") else list(words), tags if hasattr(tags, "__len__") else list(tags)

    def _batches(self) -> Iterator[list[tuple[Sequence[str], Sequence[Any]]]]:
        batch: list[tuple[Sequence[str], Sequence[Any]]] = []
        words = 0
        for document in self._checked():
            batch.append(document)
            words += len(document[0])
            if len(batch) >= _DOCUMENTS or words >= _WORDS:
                yield batch
                batch, words = [], 0
        if batch:
            yield batch

    def sentences(self) -> Iterator[Sequence[str]]:
        """The words of each document."""
        return (words for words, _ in self._checked())

    def feed(self, counter: Counter, progress: ProgressLike = None) -> None:
        """Gives the words to a counter of the core and counts the tags."""
        total = len(self._documents) if isinstance(self._documents, Sized) else None
        documents = 0
        with Reporter("count", total, "documents", progress) as report:
            for batch in self._batches():
                counter.add_sentences([list(words) for words, _ in batch])
                for words, tags in batch:
                    self.tags.meet(tags, len(words))
                documents += len(batch)
                report.advance(len(batch))
        self.tags.warn_of_gaps(documents)

    def blocks(self, encoder: WordEncoder, epoch: int = 0, progress: ProgressLike = None) -> Iterator[IdBlock]:
        """The documents as `DocumentBlock`, in order."""
        if self._encoder is encoder:
            yield from self._kept
            return
        self._encoder, self._kept = None, []
        kept: list[DocumentBlock] = []
        left = self._budget if self._once else 0
        for batch in self._batches():
            block = self._block(batch, encoder)
            left -= block.nbytes
            if left >= 0:
                kept.append(block)
            yield block
        if self._once and left >= 0:
            self._encoder, self._kept = encoder, kept

    def _block(self, batch: list[tuple[Sequence[str], Sequence[Any]]], encoder: WordEncoder) -> DocumentBlock:
        ids, offsets, raw = encoder.encode_sentences([list(words) for words, _ in batch], self._threads)
        rows: list[int] = []
        ends = [0]
        for _, tags in batch:
            rows.extend(row for row in map(self.tags.row, tags) if row >= 0)
            ends.append(len(rows))
        return DocumentBlock(
            ids, offsets, raw, len(batch), None, np.array(rows, dtype=np.int32), np.array(ends, dtype=np.int64)
        )
