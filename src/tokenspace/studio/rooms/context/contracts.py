"""Contracts of ``/api/context``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...arrays import PackedArray
from ...contracts import Contract, ModelName

__all__ = [
    "AlignRequest",
    "AlignView",
    "AttentionRequest",
    "AttentionView",
    "ChangeRequest",
    "ExampleView",
    "ExamplesView",
    "NearestRequest",
    "NearestText",
    "NearestView",
    "SensesRequest",
    "SentencePair",
    "StaticNeighbour",
    "StaticRequest",
    "StaticView",
    "TextSetView",
    "TextsRequest",
    "TokenView",
]  # fmt: skip

MOST_SENTENCES, MOST_TEXTS, MOST_TOKENS = 2000, 300, 160
Sentence = Annotated[str, Field(max_length=4000)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Pool = Literal["mean", "first", "last", "max", "sum"]


class _Sentences(Contract):
    """Texts as they are, or a file of the shelf that has one a line or row."""

    sentences: list[Sentence] = Field(default_factory=list, max_length=MOST_SENTENCES)
    file: str | None = Field(None, min_length=1, max_length=64, description="A file of texts, in place of sentences.")

    @model_validator(mode="after")
    def _one_of_both(self) -> _Sentences:
        if (self.file is None) == (not self.sentences):
            raise ValueError("expected sentences or a file, received both or neither")
        return self


class SensesRequest(_Sentences):
    """A word in many sentences."""

    model: ModelName
    word: Word
    labels: list[Annotated[str, Field(max_length=100)]] | None = Field(
        None, max_length=MOST_SENTENCES, description="What is known of each sentence: measured, not used."
    )
    case: Literal["smart", "exact", "ignore"] = "smart"
    pool: Pool = "mean"
    clusters: int | None = Field(None, ge=1, le=20)
    limit: int = Field(100, ge=1, le=200, description="Most occurrences; of more a sample is drawn.")
    seed: Seed = 0


class ChangeRequest(_Sentences):
    """Many words through many texts."""

    model: ModelName
    words: list[Word] | None = Field(None, max_length=200)
    min_texts: int = Field(3, ge=2, le=1000)
    max_words: int = Field(200, ge=1, le=500)
    seed: Seed = 0


class TokenView(Contract):
    """A token and where it stands in its text."""

    token: str
    start: int
    end: int
    special: bool


class AttentionRequest(Contract):
    """Who looks at whom in one text, at one layer."""

    model: ModelName
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    layer: int = Field(1, ge=1, le=1000)


class AttentionView(Contract):
    """Weights of one layer. ``weights``: f4 (1 + heads, n, n), the mean of the heads first; a row is how a token divides its
    look. ``flow``: f4 (n, n), how much of each token has flowed into each up to this layer (rollout)."""

    model: str
    layer: int
    layers: int
    heads: int
    tokens: list[TokenView]
    weights: PackedArray
    flow: PackedArray


class AlignRequest(Contract):
    """The tokens of two texts beside each other."""

    model: ModelName
    first: Annotated[str, Field(min_length=1, max_length=2000)]
    second: Annotated[str, Field(min_length=1, max_length=2000)]


class AlignedLayer(Contract):
    """One layer: tokens that are each other's nearest (first, second), and what of the texts answers each other."""

    layer: int
    pairs: list[tuple[int, int]]
    precision: float
    recall: float
    f1: float


class AlignView(Contract):
    """``similarities``: f4 (layers, n, m), cosines."""

    model: str
    first: list[TokenView]
    second: list[TokenView]
    layers: list[AlignedLayer]
    similarities: PackedArray


class StaticRequest(Contract):
    """The one vector that a word has before any sentence."""

    model: ModelName = "tokenspace/static"
    word: Word
    count: int = Field(10, ge=1, le=50)


class StaticNeighbour(Contract):
    """A token near it."""

    text: str
    similarity: float


class StaticView(Contract):
    """The word's tokens in a matrix, their neighbours; ``unknown`` where the tokenizer does not know a part of it."""

    model: str
    tokens: list[str]
    unknown: bool
    neighbours: list[StaticNeighbour]


class TextsRequest(Contract):
    """Whole texts, to be compared."""

    model: ModelName = "tokenspace/static"
    texts: list[Sentence] = Field(min_length=1, max_length=MOST_TEXTS)


class NearestRequest(TextsRequest):
    """A question to the texts."""

    query: Annotated[str, Field(min_length=1, max_length=4000)]
    count: int = Field(10, ge=1, le=MOST_TEXTS)


class NearestText(Contract):
    """A text by its number among those given."""

    text: int
    similarity: float


class NearestView(Contract):
    """The nearest texts, the best first."""

    model: str
    similarity: str
    nearest: list[NearestText]


class ExampleView(Contract):
    """A word in sentences by sense."""

    name: str
    language: Literal["en", "zh"]
    word: str
    sentences: list[str]
    labels: list[str]


class SentencePair(Contract):
    """Two texts to lay beside each other."""

    language: Literal["en", "zh"]
    first: str
    second: str


class TextSetView(Contract):
    """Texts to compare, and a question to them."""

    name: str
    language: Literal["en", "zh"]
    texts: list[str]
    query: str


class ExamplesView(Contract):
    """What the room begins with."""

    words: list[ExampleView]
    pairs: list[SentencePair]
    texts: list[TextSetView]
