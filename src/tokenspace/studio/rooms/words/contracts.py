"""Contracts of ``/api/words``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...arrays import PackedArray
from ...contracts import Contract, ModelName

__all__ = [
    "AnalogyAnswer", "AnalogyRequest", "AssociationAnswer", "AssociationRequest", "BiasAnswer", "BiasRequest", "Candidate",
    "KnownAnswer", "KnownRequest", "ListRequest", "NeighbourView", "NeighboursAnswer", "NeighboursRequest", "OddAnswer",
    "OddWord", "Ref", "SpaceAnswer", "SpaceRequest", "SpaceView", "TableAnswer", "TableRequest", "UnknownWord", "WordView",
    "WordsQuestion",
]  # fmt: skip

MOST_ROWS = 1 << 31
Spelling = Annotated[str, Field(min_length=1, max_length=200)]
RowNumber = Annotated[int, Field(ge=0, lt=MOST_ROWS)]
# A word as it is written, or the number of its row: of tokens that are no whole text, and of words that are written alike.
Ref = Spelling | RowNumber
Refs = Annotated[list[Ref], Field(max_length=20)]
WordList = Annotated[list[Ref], Field(max_length=200)]
Topn = Annotated[int, Field(ge=1, le=200)]
Among = Annotated[int | None, Field(ge=1, lt=MOST_ROWS, description="Only the first so many rows answer.")]


class WordView(Contract):
    """A word. ``ref`` names it in requests; ``label`` is printable, with spaces as dots; ``row`` is None for a word whose
    vector is made of its n-grams."""

    ref: Ref
    label: str
    row: int | None
    count: int | None = Field(description="How often the training text has it, where that is known.")


class UnknownWord(Contract):
    """A word without a vector: what it may be meant for, and the tokens that it is made of. ``zero``: its vector is zero or not
    finite, which has no direction."""

    ref: Ref
    zero: bool
    near: list[WordView]
    pieces: list[WordView]


class SpaceView(Contract):
    """Vectors: ``words`` of a file or a training, ``subwords`` of FastText (unknown words have one too), ``tokens`` of a model.

    ``counted``: the words have counts. ``cut``: only the first rows of the file were read, more would not fit. ``first``:
    some words to begin with, frequent ones.
    """

    name: str
    kind: Literal["words", "subwords", "tokens"]
    words: int
    dimension: int
    numbers: str
    counted: bool
    cut: bool
    first: list[WordView]


class SpaceRequest(Contract):
    """Open vectors."""

    vectors: ModelName


class SpaceAnswer(Contract):
    """Open vectors."""

    space: SpaceView


class WordsQuestion(Contract):
    """Which vectors are asked."""

    vectors: ModelName


class NeighboursRequest(WordsQuestion):
    """Neighbours of positive words less negative ones."""

    positive: Refs = Field(default_factory=list)
    negative: Refs = Field(default_factory=list)
    topn: Topn = 20
    among: Among = None


class NeighbourView(Contract):
    """A word and its cosine (or 3CosMul score)."""

    word: WordView
    score: float


class NeighboursAnswer(Contract):
    """Neighbours, best first; none while a word is unknown. ``forms``: other tokens of the one word asked for."""

    asked: list[WordView]
    unknown: list[UnknownWord]
    forms: list[WordView]
    neighbours: list[NeighbourView]
    milliseconds: float


class AnalogyRequest(WordsQuestion):
    """a - b + c."""

    a: Ref
    b: Ref
    c: Ref
    method: Literal["add", "mul"] = "add"
    plane: Literal["corners", "principal"] = "corners"
    topn: Annotated[int, Field(ge=1, le=50)] = 8
    among: Among = None


class Candidate(Contract):
    """An answer: its score by the method asked for, its cosines with a, b, c and with the target, its place on the plane and
    how far it is from it."""

    word: WordView
    score: float
    cosines: tuple[float, float, float]
    target: float
    x: float
    y: float
    height: float


class AnalogyAnswer(Contract):
    """The analogy on a plane. ``corners``: x and y of a, b, c and a - b + c; ``asked_target``: cosines of a, b, c with the
    target (they are left out of the answers); ``explained``: share of the variance that the plane shows."""

    asked: list[WordView]
    unknown: list[UnknownWord]
    candidates: list[Candidate]
    corners: list[tuple[float, float]]
    corner_heights: list[float]
    origin: tuple[float, float]
    asked_target: list[float]
    explained: float


class ListRequest(WordsQuestion):
    """A list of words."""

    words: WordList


class KnownRequest(WordsQuestion):
    """Words that may be known."""

    words: Annotated[list[Ref], Field(max_length=1000)]


class KnownAnswer(Contract):
    """For each word whether it has a row of its own."""

    known: list[bool]


class OddWord(Contract):
    """A word and its cosine with the mean of all (the product with the mean direction)."""

    word: WordView
    centrality: float


class OddAnswer(Contract):
    """Words, the least alike last; ``odd`` is that one, None below three words."""

    odd: WordView | None
    words: list[OddWord]
    unknown: list[UnknownWord]


class TableRequest(WordsQuestion):
    """Words for a table of similarities."""

    words: Annotated[list[Ref], Field(max_length=100)]


class TableAnswer(Contract):
    """Cosines of all pairs; ``order``: the rows in an order that puts alike words beside each other."""

    words: list[WordView]
    cosines: PackedArray
    order: list[int]
    unknown: list[UnknownWord]


Pole = Annotated[list[Ref], Field(max_length=50)]


class BiasRequest(WordsQuestion):
    """Words on the direction from one pole to the other: by pairs (start[i], end[i]), or from mean to mean."""

    start: Pole
    end: Pole
    by: Literal["pairs", "means"] = "pairs"
    words: WordList


class LeanView(Contract):
    """A word and its cosine with the direction: negative towards the start, positive towards the end."""

    word: WordView
    projection: float


class BiasAnswer(Contract):
    """Words from the one nearest to the start to the one nearest to the end; the poles' own words beside them. ``pairs``: how
    many pairs were used (pairs with an unknown word are left out); ``agreement``: mean cosine of the pairs' own directions with
    the common one, None by means."""

    leans: list[LeanView]
    start: list[LeanView]
    end: list[LeanView]
    pairs: int
    agreement: float | None
    unknown: list[UnknownWord]


class AssociationRequest(WordsQuestion):
    """How differently two groups of words lean to two poles."""

    start: Pole
    end: Pole
    words: Pole
    others: Pole


class AssociationAnswer(Contract):
    """The effect size and one-sided p of the word embedding association test; None while a group has too few known words."""

    effect_size: float | None
    p: float | None
    words: list[LeanView]
    others: list[LeanView]
    unknown: list[UnknownWord]
