"""Text files with a sentence a line: read, counted and encoded by all threads without a Python object a word."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..._core import WordEncoder
from ...errors import ArgumentError
from ...io.corpus import Block, Corpus, NoTextError
from ...io.corpus_parts import Sizes
from ...progress import ProgressLike
from .id_block import IdBlock, packed
from .id_store import IdStore
from .source import Counter, SentenceSource

_SIZES = Sizes(block=8 << 20, longest=1 << 30)


def text_files(paths: Iterable[str | os.PathLike[str]], errors: str) -> Corpus:
    """Files, globs and folders as a corpus of lines, whatever the names of the files end in.

    Args:
        errors: "strict", "replace" or "ignore", as of `bytes.decode`.

    Raises:
        ArgumentError: another ``errors``. NotFoundError, FileError: a path that is not there or cannot be read.
    """
    if errors not in ("strict", "replace", "ignore"):
        raise ArgumentError(f"[sentences] expected errors= strict, replace or ignore, received {errors!r}")
    policy: Any = "error" if errors == "strict" else errors
    names = [os.fspath(path) for path in paths]
    return Corpus.of(names, kind="paths", format="txt", glob="*", errors=policy, sizes=_SIZES)


def corpus_blocks(corpus: Corpus, progress: ProgressLike, stage: str) -> Iterator[Block]:
    """The blocks of ``corpus``; none when it has no text."""
    try:
        yield from corpus.blocks(progress, stage)
    except NoTextError:
        return


class BlockSource(SentenceSource):
    """A corpus whose texts reach the core in blocks; ids of the first pass are kept for the next."""

    def __init__(self, corpus: Corpus, memory_budget: int, temp_dir: str | os.PathLike[str] | None) -> None:
        self._corpus, self._memory_budget, self._temp_dir = corpus, memory_budget, temp_dir
        self.reiterable = corpus.reiterable
        self._encoder: Any = None
        self._store: IdStore | None = None

    @abstractmethod
    def _pieces(self, encoder: WordEncoder, progress: ProgressLike) -> Iterator[IdBlock]:
        """One block of ids for each block of text."""

    def blocks(self, encoder: WordEncoder, epoch: int = 0, progress: ProgressLike = None) -> Iterator[IdBlock]:
        """Reads the files in the first pass with this encoder and gives what was kept in later ones."""
        if self._encoder is encoder and self._store is not None:
            yield from self._store
            return
        self._encoder = self._store = None
        store = IdStore(self._memory_budget, self._temp_dir)
        for block in packed(self._pieces(encoder, progress)):
            store.append(block)
            yield block
        self._encoder, self._store = encoder, store  # only what was read to its end


class FileSource(BlockSource):
    """Text files, words separated by white space."""

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        errors: str,
        threads: int,
        memory_budget: int,
        temp_dir: str | os.PathLike[str] | None,
    ) -> None:
        super().__init__(text_files(paths, errors), memory_budget, temp_dir)
        self._threads = threads

    def sentences(self) -> Iterator[list[str]]:
        """The words of each line that has any."""
        for block in corpus_blocks(self._corpus, None, "read"):
            for text in block.texts():
                if words := text.split():
                    yield words

    def feed(self, counter: Counter, progress: ProgressLike = None) -> None:
        """Gives all sentences to a counter of the core."""
        for block in corpus_blocks(self._corpus, progress, "count"):
            counter.add_lines(_bytes(block))

    def _pieces(self, encoder: WordEncoder, progress: ProgressLike) -> Iterator[IdBlock]:
        for block in corpus_blocks(self._corpus, progress, "encode"):
            ids, offsets, words = encoder.encode_lines(_bytes(block), threads=self._threads)
            yield IdBlock(ids, offsets, words, len(offsets) - 1)


def _bytes(block: Block) -> bytes:
    """A block of text as lines; texts of a list lose their inner line ends, which are white space like any other."""
    if isinstance(block.data, bytes):
        return block.data
    return "\n".join(text.replace("\n", " ") for text in block.data).encode()
