"""Texts that are cut into words by a function, or into tokens by a tokenizer: columns of tables, documents, sub-words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._core import WordEncoder
from ...io.corpus import Block, Corpus
from ...progress import ProgressLike
from .files import BlockSource, corpus_blocks
from .id_block import IdBlock
from .source import Counter, SentencesError, as_sentences_error

Tokenize = Callable[[str], Iterable[str]]


def _texts(block: Block) -> list[str]:
    """The texts of a block; lines without their endings."""
    if isinstance(block.data, list):
        return block.data
    return [line.removesuffix("\n").removesuffix("\r") for line in block.texts()]


class TokenizedSource(BlockSource):
    """Texts of a `tokenspace.io.corpus.Corpus` as words by a function; a text without a word is no sentence."""

    def __init__(
        self,
        corpus: Corpus,
        tokenize: Tokenize,
        threads: int,
        memory_budget: int,
        temp_dir: str | os.PathLike[str] | None,
    ) -> None:
        super().__init__(corpus, memory_budget, temp_dir)
        self._tokenize, self._threads = tokenize, threads

    def _batches(self, progress: ProgressLike, stage: str) -> Iterator[list[Sequence[str]]]:
        for block in corpus_blocks(self._corpus, progress, stage):
            yield [words for text in _texts(block) if (words := list(self._tokenize(text)))]

    def sentences(self) -> Iterator[Sequence[str]]:
        """The words of each text that has any."""
        for batch in self._batches(None, "read"):
            yield from batch

    def feed(self, counter: Counter, progress: ProgressLike = None) -> None:
        """Gives all sentences to a counter of the core."""
        for batch in self._batches(progress, "count"):
            with as_sentences_error():
                counter.add_sentences(batch)

    def _pieces(self, encoder: WordEncoder, progress: ProgressLike) -> Iterator[IdBlock]:
        for batch in self._batches(progress, "encode"):
            with as_sentences_error():
                ids, offsets, words = encoder.encode_sentences(batch, self._threads)
            yield IdBlock(ids, offsets, words, len(batch))


class SubwordSource(TokenizedSource):
    """Texts as the tokens of a `tokenspace.Tokenizer`; words are their keys (`tokenspace.tokenizers.token_keys`)."""

    def __init__(
        self,
        corpus: Corpus,
        tokenizer: Any,
        threads: int,
        memory_budget: int,
        temp_dir: str | os.PathLike[str] | None,
    ) -> None:
        super().__init__(corpus, str.split, threads, memory_budget, temp_dir)
        self._tokenizer = tokenizer

    @cached_property
    def _keys(self) -> dict[int, str]:
        from ...tokenizers.token_keys import token_keys

        return token_keys(self._tokenizer)

    def _encoded(self, progress: ProgressLike, stage: str) -> Iterator[tuple[Any, npt.NDArray[np.int64]]]:
        """(token ids, offsets of the texts that have any)."""
        for block in corpus_blocks(self._corpus, progress, stage):
            batch = self._tokenizer.encode_batch(_texts(block), threads=self._threads or None, add_special_tokens=False)
            yield batch.ids, np.unique(batch.row_offsets)

    def _batches(self, progress: ProgressLike, stage: str) -> Iterator[list[Sequence[str]]]:
        keys = self._keys
        for ids, offsets in self._encoded(progress, stage):
            tokens = [keys[id] for id in ids.tolist()]
            bounds = offsets.tolist()
            yield [tokens[begin:end] for begin, end in pairwise(bounds)]

    def _pieces(self, encoder: WordEncoder, progress: ProgressLike) -> Iterator[IdBlock]:
        keys = self._keys
        rows, ends, _ = encoder.encode_sentences([[key] for key in keys.values()], self._threads)
        known = np.diff(ends) > 0
        token_ids = np.fromiter(keys, np.int64, len(keys))
        row_of = np.full(int(token_ids.max(initial=-1)) + 1, -1, np.int32)
        row_of[token_ids[known]] = rows
        for ids, offsets in self._encoded(progress, "encode"):
            found = row_of[ids]
            kept = found >= 0
            before = np.concatenate([[0], np.cumsum(kept)])
            yield IdBlock(found[kept], before[offsets].astype(np.int64, copy=False), len(ids), len(offsets) - 1)


def tokenized_source(
    texts: Any, tokenize: Any, threads: int, memory_budget: int, temp_dir: str | os.PathLike[str] | None
) -> TokenizedSource:
    """The source of texts with a way to cut them.

    Args:
        texts: a Corpus, or what `Corpus.of` takes.
        tokenize: a function from a text to its words, a Tokenizer, or None: white space.
        threads, memory_budget, temp_dir: of `as_source`.

    Raises:
        SentencesError: ``tokenize`` is none of these.
    """
    corpus = texts if isinstance(texts, Corpus) else Corpus.of(texts)
    if hasattr(tokenize, "encode_batch"):
        return SubwordSource(corpus, tokenize, threads, memory_budget, temp_dir)
    if tokenize is not None and not callable(tokenize):
        raise SentencesError(
            f"[sentences] expected tokenize= a function from a text to its words or a Tokenizer, "
            f"received {type(tokenize).__name__}"
        )
    return TokenizedSource(corpus, tokenize or str.split, threads, memory_budget, temp_dir)
