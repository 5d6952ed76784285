"""What the room asks of vectors, whether they are words of a file or tokens of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from ....tokenizers.visible import visible
from .contracts import Ref, SpaceView, UnknownWord, WordView

if TYPE_CHECKING:
    from ....encoders.token_embeddings import TokenEmbeddings
    from ....vectors.keyed_vectors import KeyedVectors

__all__ = ["Found", "Scored", "Space", "TokenSpace", "WordSpace", "row_bytes"]

Kind = Literal["words", "subwords", "tokens"]
Scored = list[tuple[int, float]]  # rows and scores
_FIRST = 12
_LOOKED_AT = 2000  # rows, for words to begin with
_NEAR = 6
_PIECES = 12
_MAPPED = 64 << 20


def row_bytes(dimension: int) -> int:
    """Memory of a word and its vector, about: float32, the key, its places in list and dictionary."""
    return 4 * dimension + 200


@dataclass(frozen=True, slots=True)
class Found:
    """A word that has a vector: ``handle`` means it in calls of the API."""

    handle: Any
    view: WordView


class Space(ABC):
    """Vectors by word. Rows are numbered as in the file or matrix."""

    kind: Kind
    counted = False
    cut = False  # only the first rows of the file were read

    def __init__(self, name: str) -> None:
        self.name = name
        # What is made of these vectors is kept with it: of a file that changed there is another one.
        self.stamp = object()

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """(rows, numbers in a vector)."""

    @property
    @abstractmethod
    def numbers(self) -> str:
        """The type of the numbers."""

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Memory it takes."""

    @abstractmethod
    def find(self, ref: Ref) -> Found | None:
        """The word that is meant."""

    @abstractmethod
    def view(self, row: int) -> WordView:
        """The word of a row."""

    @abstractmethod
    def unknown(self, ref: Ref) -> UnknownWord:
        """What a word without a vector may be meant for."""

    @abstractmethod
    def forms(self, ref: Ref) -> list[WordView]:
        """Tokens that stand for the same word; none where a word has one row."""

    @abstractmethod
    def neighbours(
        self, positive: Sequence[Any], negative: Sequence[Any], topn: int, among: int | None, *, mul: bool = False
    ) -> Scored:
        """Nearest rows by ``most_similar`` (``most_similar_cosmul``) of the API, of handles."""

    @abstractmethod
    def vector(self, handle: Any) -> npt.NDArray[Any]:
        """The vector of a word, (numbers,)."""

    @abstractmethod
    def first_rows(self) -> Iterable[int]:
        """Rows that show something at once: frequent ones, though not the very first."""

    @abstractmethod
    def frequent_rows(self) -> Iterable[int]:
        """Rows from the most frequent on; of tokens only those that begin or are a word."""

    def find_all(self, refs: Iterable[Ref]) -> tuple[list[Found], list[UnknownWord]]:
        """The words that are known, each once, and those that are not."""
        found: dict[Any, Found] = {}
        unknown: dict[Ref, UnknownWord] = {}
        for ref in refs:
            one = self.find(ref)
            if one is not None:
                found.setdefault(one.handle, one)
            elif ref not in unknown:
                unknown[ref] = self.unknown(ref)
        return list(found.values()), list(unknown.values())

    def table(self, found: Sequence[Found]) -> KeyedVectors:
        """KeyedVectors of these words alone, whose keys are their places in the list."""
        from ....vectors.keyed_vectors import KeyedVectors

        out = KeyedVectors(self.shape[1])
        if found:
            out.add_vectors(list(range(len(found))), np.vstack([self.vector(one.handle) for one in found]))
        return out

    def describe(self) -> SpaceView:
        """What the page shows of it."""
        rows, dimension = self.shape
        return SpaceView(
            name=self.name, kind=self.kind, words=rows, dimension=dimension, numbers=self.numbers, counted=self.counted,
            cut=self.cut, first=self._first(),
        )  # fmt: skip

    def _first(self) -> list[WordView]:
        """Words to begin with; those whose vectors have no direction would show nothing."""
        for rows in (self.first_rows(), self.frequent_rows()):
            found = (one.view for row in islice(rows, _LOOKED_AT) if (one := self.find(row)) is not None)
            if views := list(islice(found, _FIRST)):
                return views
        return []


def _is_word(text: str, letters: int = 4) -> bool:
    """Letters only: so many of the Latin alphabet's, or two of another script."""
    return text.isalpha() and len(text) >= (letters if text.isascii() else 2)


def _has_direction(vector: npt.NDArray[Any]) -> bool:
    length = float(np.linalg.norm(vector.astype(np.float64)))
    return isfinite(length) and length > 0


class WordSpace(Space):
    """KeyedVectors."""

    def __init__(self, name: str, vectors: KeyedVectors, cut: bool = False) -> None:
        from ....vectors.fasttext.keyed_vectors import FastTextKeyedVectors

        super().__init__(name)
        self.cut = cut
        self.vectors = vectors
        self._subwords = isinstance(vectors, FastTextKeyedVectors) and vectors.bucket > 0
        self.kind = "subwords" if self._subwords else "words"
        counts = vectors.expandos.get("count")
        # Files without counts get falling numbers, which are ranks and no counts.
        self._counts = None if counts is None or _is_ranks(counts) else counts
        self.counted = self._counts is not None

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.vectors), self.vectors.vector_size

    @property
    def numbers(self) -> str:
        return str(self.vectors.vectors.dtype)

    @property
    def nbytes(self) -> int:
        parts = [getattr(self.vectors, name, None) for name in ("vectors_vocab", "vectors_ngrams")]
        ngrams = sum(int(part.nbytes) for part in parts if part is not None)
        return row_bytes(self.vectors.vector_size) * len(self.vectors) + ngrams

    def find(self, ref: Ref) -> Found | None:
        row = self._row(ref)
        if row >= 0:
            key = self.vectors.index_to_key[row]
            return Found(key, self.view(row)) if _has_direction(self.vectors.get_vector(key)) else None
        if self._subwords and isinstance(ref, str) and _has_direction(self.vectors.get_vector(ref)):
            return Found(ref, WordView(ref=ref, label=visible(ref, spaces=False), row=None, count=None))
        return None

    def _row(self, ref: Ref) -> int:
        """The row of a word; -1 for none. Numbered items have numbers as keys."""
        if isinstance(ref, int):
            return ref if ref < len(self.vectors) else -1
        rows = self.vectors.key_to_index
        row = rows.get(ref, -1)
        return rows.get(int(ref), -1) if row < 0 and ref.isascii() and ref.isdigit() else row

    def view(self, row: int) -> WordView:
        key = self.vectors.index_to_key[row]
        text = str(key)
        same = isinstance(key, str) and 0 < len(text) <= 200 and text.isprintable()
        count = None if self._counts is None else int(self._counts[row])
        return WordView(ref=text if same else row, label=visible(text, spaces=False) or "∅", row=row, count=count)

    def unknown(self, ref: Ref) -> UnknownWord:
        near = [] if isinstance(ref, int) else self.vectors.near_misses(ref, _NEAR)
        views = [self.view(self.vectors.key_to_index[key]) for key in near]
        return UnknownWord(ref=ref, zero=self._row(ref) >= 0, near=views, pieces=[])

    def forms(self, ref: Ref) -> list[WordView]:
        if isinstance(ref, int):
            return []
        bare = ref.removeprefix("▁")
        written = dict.fromkeys((bare, bare.lower(), bare.capitalize(), bare.upper()))
        others = dict.fromkeys(
            mark + spelling for mark in ("", "▁") for spelling in written
        )  # "▁": a token behind a space
        rows = [self.vectors.key_to_index.get(other, -1) for other in others if other != ref]
        return [self.view(row) for row in rows if row >= 0]

    def neighbours(
        self, positive: Sequence[Any], negative: Sequence[Any], topn: int, among: int | None, *, mul: bool = False
    ) -> Scored:
        search = self.vectors.most_similar_cosmul if mul else self.vectors.most_similar
        found: Any = search(list(positive), list(negative), topn=topn, restrict_vocab=among)
        rows = self.vectors.key_to_index
        return [(rows[key], float(score)) for key, score in found if isfinite(score)]

    def vector(self, handle: Any) -> npt.NDArray[Any]:
        return self.vectors.get_vector(handle)

    def first_rows(self) -> Iterable[int]:
        keys = self.vectors.index_to_key
        chosen = [row for row in range(min(2000, len(keys))) if _is_word(str(keys[row]).removeprefix("▁"))]
        # Function words come first in any vocabulary; those after them say more.
        return chosen[len(chosen) // 10 :] or range(len(keys))

    def frequent_rows(self) -> Iterable[int]:
        return range(len(self.vectors))


def _is_ranks(counts: npt.NDArray[Any]) -> bool:
    """Whether counts fall by one from row to row; now and then by more, where words that came again were left out."""
    left_out = int(counts[0]) - len(counts) if len(counts) else -1
    return 0 <= left_out <= len(counts) // 10 and bool((np.diff(counts) < 0).all())


class TokenSpace(Space):
    """The token matrix of a model."""

    kind = "tokens"

    def __init__(self, name: str, matrix: TokenEmbeddings) -> None:
        super().__init__(name)
        self.matrix = matrix
        self.tokenizer = matrix.tokenizer

    @property
    def shape(self) -> tuple[int, int]:
        return self.matrix.shape

    @property
    def numbers(self) -> str:
        return self.matrix.dtype

    @property
    def nbytes(self) -> int:
        # A mapped file is the system's memory, which it takes back when it needs it; what is ours are the lengths.
        return min(self.matrix.nbytes, _MAPPED) + 100 * self.shape[0]

    def find(self, ref: Ref) -> Found | None:
        from ....encoders.token_embeddings.tokens import NotOneTokenError, id_of

        if isinstance(ref, int):
            row = ref
        else:
            try:
                row = id_of(self.tokenizer, ref)
            except NotOneTokenError:
                return None
        return Found(row, self.view(row)) if row < self.shape[0] and _has_direction(self.vector(row)) else None

    def view(self, row: int) -> WordView:
        from ....encoders.token_embeddings.tokens import text_of

        text = text_of(self.tokenizer, row)
        label = visible(text) or f"#{row}"
        return WordView(ref=text if self._means(text, row) else row, label=label, row=row, count=None)

    def _means(self, text: str, row: int) -> bool:
        """Whether the text alone names this token, and can go through JSON and a link."""
        if not 0 < len(text) <= 200 or not text.isprintable():
            return False
        found = self.tokenizer.encode_to_list(text, add_special_tokens=False)
        return found == [row] and row != self.tokenizer.unk_token_id

    def unknown(self, ref: Ref) -> UnknownWord:
        if isinstance(ref, int):
            return UnknownWord(ref=ref, zero=ref < self.shape[0], near=[], pieces=[])
        from ....vectors.keyed_vectors.near_misses import near_spellings

        near = near_spellings(ref, self._spellings, _NEAR)
        ids = self.tokenizer.encode_to_list(ref, add_special_tokens=False)
        pieces = [id for id in dict.fromkeys(ids) if id < self.shape[0]][:_PIECES]
        return UnknownWord(
            ref=ref, zero=False, near=[self.view(row) for row, _ in near], pieces=[self.view(row) for row in pieces]
        )

    @cached_property
    def _spellings(self) -> list[str]:
        from ....encoders.token_embeddings.tokens import text_of

        return [text_of(self.tokenizer, row).strip() for row in range(self.shape[0])]

    def forms(self, ref: Ref) -> list[WordView]:
        from ....encoders.token_embeddings.tokens import text_of

        text = text_of(self.tokenizer, ref) if isinstance(ref, int) else ref
        if len(text) > 200:
            return []
        return [self.view(row) for row, _ in self.matrix.word_forms(text.removeprefix("##"))]

    def neighbours(
        self, positive: Sequence[Any], negative: Sequence[Any], topn: int, among: int | None, *, mul: bool = False
    ) -> Scored:
        search = self.matrix.most_similar_cosmul if mul else self.matrix.most_similar
        found = search(list(positive), list(negative), topn, restrict_vocab=among)
        return [(neighbour.id, neighbour.score) for neighbour in found]

    def vector(self, handle: Any) -> npt.NDArray[Any]:
        vector: npt.NDArray[Any] = self.matrix.rows([handle])[0]
        return vector

    def first_rows(self) -> Iterable[int]:
        return self._word_rows(min(self.shape[0] // 20, 1500), 4)

    def frequent_rows(self) -> Iterable[int]:
        return self._word_rows(0, 2)

    def _word_rows(self, begin: int, letters: int) -> Iterable[int]:
        """Tokens that are words (`_is_word`); those of one sign say little, and stand first in most vocabularies."""
        from ....encoders.token_embeddings.tokens import text_of

        for row in range(begin, self.shape[0]):
            text = text_of(self.tokenizer, row)
            if not text.startswith("##") and _is_word(text.strip(), letters):
                yield row
