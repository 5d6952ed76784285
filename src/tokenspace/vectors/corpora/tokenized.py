"""Texts that a function cuts into words: columns of tables, documents, and sub-words of a tokenizer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..._core import WordEncoder
from ...io.corpus import Block, Corpus
from ...progress import ProgressLike
from .files import BlockSource, corpus_blocks
from .id_block import IdBlock
from .source import Counter, SentencesError

Tokenize = Callable[[str], Iterable[str]]


def _tokenizing_function(tokenize: Any) -> Callable[[list[str]], list[list[str]]]:
    """A function from texts to their words."""
    if tokenize is None:
        return lambda texts: [text.split() for text in texts]
    if hasattr(tokenize, "encode_batch_to_lists"):  # a Tokenizer: texts of a batch are encoded by all threads
        return lambda texts: [
            tokenize.convert_ids_to_tokens(ids)
            for ids in tokenize.encode_batch_to_lists(texts, add_special_tokens=False)
        ]
    if callable(tokenize):
        return lambda texts: [list(tokenize(text)) for text in texts]
    raise SentencesError(
        f"[sentences] expected tokenize= a function from a text to its words or a Tokenizer, "
        f"received {type(tokenize).__name__}"
    )


class TokenizedSource(BlockSource):
    """Texts of a `tokenspace.io.corpus.Corpus`, each of them a sentence."""

    def __init__(
        self,
        texts: Any,
        tokenize: Tokenize | Any,
        threads: int,
        memory_budget: int,
        temp_dir: str | os.PathLike[str] | None,
    ) -> None:
        corpus = texts if isinstance(texts, Corpus) else Corpus.of(texts)
        super().__init__(corpus, memory_budget, temp_dir)
        self._tokenize, self._threads = _tokenizing_function(tokenize), threads

    def _batches(self, progress: ProgressLike, stage: str) -> Iterator[tuple[Block, list[Sequence[str]]]]:
        for block in corpus_blocks(self._corpus, progress, stage):
            yield block, [words for words in self._tokenize(block.texts()) if words]

    def sentences(self) -> Iterator[Sequence[str]]:
        """The words of each text that has any."""
        for _, batch in self._batches(None, "read"):
            yield from batch

    def feed(self, counter: Counter, progress: ProgressLike = None) -> None:
        """Gives all sentences to a counter of the core."""
        for _, batch in self._batches(progress, "count"):
            counter.add_sentences(batch)

    def _pieces(self, encoder: WordEncoder, progress: ProgressLike) -> Iterator[IdBlock]:
        for _, batch in self._batches(progress, "encode"):
            ids, offsets, words = encoder.encode_sentences(batch, self._threads)
            yield IdBlock(ids, offsets, words, len(batch))
