"""Vectors of words and of their character n-grams: any word has one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, FormatError, message
from ...types import PathLike
from ..keyed_vectors import KeyedVectors
from ..keyed_vectors.keys import Floats, Key, unknown_key
from ..keyed_vectors.storage import grown_matrix

__all__ = ["FastTextKeyedVectors"]

logger = logging.getLogger(__name__)

S = TypeVar("S", bound="FastTextKeyedVectors")
Matrix = npt.NDArray[np.float32]
# Rows are put together from their n-grams so many at a time.
_WORDS = 4096


class FastTextKeyedVectors(KeyedVectors):
    """Vectors by word, with the rows they are made of; names as in gensim 4.4.

    The vector of a word of the vocabulary is the mean of its own row and the rows of its n-grams; that of any other
    word is the mean of its n-grams' rows, and zero when it has none.

    Attributes, further to those of `KeyedVectors`; V words, B buckets:

    vectors: (V, vector_size), put together from the two below by `adjust_vectors`.
    vectors_vocab: (V, vector_size) float32, the words' own rows.
    vectors_ngrams: (B, vector_size) float32, the rows of n-grams.
    buckets_word: for each word, the rows of its n-grams in ``vectors_ngrams``.
    min_n, max_n: lengths of n-grams in characters, the marks < and > around a word included; none if max_n < min_n.
    bucket: B; 0: there are no n-grams, and no vectors of other words.
    vectors_vocab_lockf, vectors_ngrams_lockf: (1,), (V,) or (B,): factors of the changes that training makes.
    """

    def __init__(
        self,
        vector_size: int,
        min_n: int = 3,
        max_n: int = 6,
        bucket: int = 2_000_000,
        count: int = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__(vector_size, count, dtype)
        if not 0 <= bucket < 2**32:
            raise ArgumentError(message("FastTextKeyedVectors", "bucket from 0 to 4294967295", str(bucket)))
        self.min_n, self.max_n, self.bucket = int(min_n), int(max_n), int(bucket)
        self.compatible_hash = True
        self.vectors_vocab: Matrix = np.zeros((count, vector_size), np.float32)
        self.vectors_ngrams: Matrix = np.zeros((0, vector_size), np.float32)
        self.vectors_vocab_lockf: Matrix = np.ones(1, np.float32)
        self.vectors_ngrams_lockf: Matrix = np.ones(1, np.float32)
        # Words of a file whose bytes are not their UTF-8: n-grams are those of the bytes.
        self._file_bytes: dict[str, bytes] = {}
        self._parts = np.zeros(0, np.uint32)
        self._offsets = np.zeros(1, np.int64)

    # -- n-grams -----------------------------------------------------------------------------------------------------

    def word_bytes(self, word: str) -> bytes | str:
        """What is hashed: the bytes the word had in a model file, else the word."""
        return self._file_bytes.get(word, word)

    def _buckets(self, words: Iterable[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        """The rows of all n-grams of ``words``, one word after another, and where each word's end."""
        names = [self.word_bytes(str(word)) for word in words]
        native: Any = _core.ngram_buckets
        rows, ends = native(names, self.min_n, self.max_n, self.bucket)
        return rows, ends

    @property
    def ngram_parts(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        """(offsets, rows): the rows of word i's n-grams are ``rows[offsets[i]:offsets[i + 1]]``."""
        return self._offsets, self._parts

    @property
    def buckets_word(self) -> Sequence[npt.NDArray[np.uint32]]:
        return np.split(self._parts, self._offsets[1:-1]) if len(self._offsets) > 1 else []

    def recalc_char_ngram_buckets(self) -> None:
        """Find the n-grams of all words of the vocabulary anew."""
        self._parts, ends = self._buckets(self.index_to_key)
        self._offsets = np.concatenate([np.zeros(1, np.int64), ends])

    def adjust_vectors(self) -> None:
        """Put ``vectors`` together from ``vectors_vocab`` and ``vectors_ngrams``."""
        if self.bucket == 0:
            self.vectors = self.vectors_vocab
            return
        out = self._vectors
        if out.shape != self.vectors_vocab.shape or out is self.vectors_vocab or not out.flags.writeable:
            out = np.empty_like(self.vectors_vocab)
        _core.mean_of_bags(self.vectors_vocab, self.vectors_ngrams, self._offsets, self._parts, out)
        self.vectors = out

    def resize_vectors(self, seed: int = 0) -> None:
        """Make the matrices as long as the vocabulary and ``bucket``; new rows are uniform in (-1, 1) / vector_size, the
        words' drawn with ``seed``, the n-grams' with ``seed + 1``, as gensim draws them."""
        self._refuse_fixed("resize_vectors")
        size = self.vector_size
        self.vectors_vocab = grown_matrix((len(self), size), self.vectors_vocab, seed)
        self.vectors_ngrams = grown_matrix((self.bucket, size), self.vectors_ngrams, seed + 1)
        self.allocate_vecattrs()
        self.recalc_char_ngram_buckets()
        self.adjust_vectors()

    # -- vectors of any word -----------------------------------------------------------------------------------------

    def __contains__(self, word: Key) -> bool:
        """True for every word while there are n-grams; ``word in vectors.key_to_index`` tells known words."""
        return word in self.key_to_index or (self.bucket > 0 and isinstance(word, str)) or self.has_index_for(word)

    def get_vector(self, word: Key, norm: bool = False) -> Floats:
        """The vector of any word, (vector_size,), read-only; of length one with ``norm``.

        Raises:
            UnknownKeyError: (a KeyError) the word is not in the vocabulary, and there are no n-grams.
        """
        if word in self.key_to_index or not isinstance(word, str):
            return super().get_vector(word, norm)
        if self.bucket == 0:
            raise unknown_key(word, self.key_to_index, "cannot calculate vector for OOV word without ngrams")
        rows, _ = self._buckets([word])
        vector: Floats = np.zeros(self.vector_size, np.float32)
        if len(rows) == 0:
            logger.warning("could not extract any ngrams from %r, returning origin vector", word)
        else:
            for row in rows:  # one after another, as gensim adds: the same bits
                vector += self.vectors_ngrams[row]
            if norm:
                length = np.linalg.norm(vector)
                vector = vector / length if length > 0 else vector
            else:
                vector = vector / np.float32(len(rows))
        vector.flags.writeable = False
        return vector

    def get_sentence_vector(self, sentence: Iterable[Key]) -> Floats:
        """The mean of the unit vectors of words, (vector_size,), as fastText's ``get_sentence_vector``.

        Raises:
            ArgumentError: no words.
        """
        return super().get_mean_vector(sentence)

    # -- files -------------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls: type[S], fname: PathLike, mmap: str | None = None) -> S:
        """What `save` wrote.

        Args:
            mmap: "r" maps the matrices read-only.

        Raises:
            FormatError: another file, or a damaged one. NotFoundError, FileError.
        """
        loaded = super().load(fname, mmap)
        if not isinstance(loaded, FastTextKeyedVectors):
            raise FormatError(message(f"load {fname}", "vectors of a FastText model", type(loaded).__name__))
        return loaded

    # -- from and to fastText's files ---------------------------------------------------------------------------------

    @property
    def file_bytes(self) -> Mapping[str, bytes]:
        """Words whose bytes in a model file were not their UTF-8, with these bytes."""
        return self._file_bytes

    def _file_parts(self) -> tuple[dict[str, str], dict[str, npt.NDArray[Any]]]:
        from ..formats.fasttext_parts import fasttext_parts

        return fasttext_parts(self)

    def take_matrices(
        self, words: Matrix, ngrams: Matrix, file_bytes: Mapping[str, bytes], vectors: Matrix | None = None
    ) -> None:
        """The rows of a model file, for a vocabulary that is already here, and what they give where that is known."""
        self._file_bytes = dict(file_bytes)
        self.vectors_vocab, self.vectors_ngrams = words, ngrams
        self.recalc_char_ngram_buckets()
        if vectors is None:
            self.adjust_vectors()
        else:
            self.vectors = vectors
