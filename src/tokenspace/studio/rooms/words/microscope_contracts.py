"""Contracts of the word2vec microscope."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...contracts import Contract, ModelName

__all__ = [
    "GradientView", "MicroscopeAnswer", "MicroscopeRequest", "PairView", "SoftmaxWord", "VocabularyWord", "WindowView",
]  # fmt: skip

MOST_WORDS = 400


class MicroscopeRequest(Contract):
    """A text and the settings of a toy training. ``split``: "words" are runs of letters and digits, "tokens" those of
    ``tokenizer``; "auto" takes tokens where six signs of a script without
    spaces follow each other. ``centre``: number of the window whose step is shown."""

    text: Annotated[str, Field(max_length=4000)]
    split: Literal["auto", "words", "tokens"] = "auto"
    tokenizer: ModelName = "tokenspace/unigram"
    skip_gram: bool = True
    hierarchical: bool = False
    window: Annotated[int, Field(ge=1, le=10)] = 2
    negative: Annotated[int, Field(ge=1, le=20)] = 5
    vector_size: Annotated[int, Field(ge=1, le=32)] = 8
    alpha: Annotated[float, Field(gt=0, le=1)] = 0.1
    ns_exponent: Annotated[float, Field(ge=-2, le=2)] = 0.75
    sample: Annotated[float, Field(ge=0, le=1)] = 1e-3
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1
    centre: Annotated[int, Field(ge=0, lt=MOST_WORDS)] = 0
    passes: Annotated[int, Field(ge=0, le=200)] = 0


class VocabularyWord(Contract):
    """A word: how often it is there, kept with this probability, drawn as noise with that one; its way from the root of the
    Huffman tree: steps (1 to the larger count) and inner nodes."""

    word: str
    count: int
    keep: float
    noise: float
    code: list[int]
    points: list[int]


class PairView(Contract):
    """``input`` is to predict ``output``: target 1, or 0 for a noise word."""

    input: str
    output: str
    target: int


class WindowView(Contract):
    """A window: sentence, place in it, centre, context, pairs, pairs with noise words."""

    sentence: int
    place: int
    centre: str
    context: list[str]
    pairs: list[PairView]
    noise_pairs: list[PairView]


class GradientView(Contract):
    """One step: B inputs, N outputs, d numbers in a vector; see `tokenspace.vectors.word2vec.explanation.GradientStep`."""

    method: str
    alpha: float
    inputs: list[str]
    outputs: list[str]
    labels: list[int]
    scores: list[list[float]]
    probabilities: list[list[float]]
    gradients: list[list[float]]
    input_before: list[list[float]]
    input_after: list[list[float]]
    output_before: list[list[float]]
    output_after: list[list[float]]
    loss_before: float
    loss_after: float


class SoftmaxWord(Contract):
    """A word's probability to be the centre, before and after the step, were the softmax over all words computed."""

    word: str
    before: float
    after: float


class MicroscopeAnswer(Contract):
    """What `explain_word2vec` says; ``split`` is how the words were cut; ``chosen`` the window of the step; ``losses`` the mean
    loss of a window in each pass; ``likely`` the words that a softmax finds likeliest after the step."""

    split: Literal["words", "tokens"]
    vocabulary: list[VocabularyWord]
    windows: list[WindowView]
    chosen: int
    step: GradientView | None
    likely: list[SoftmaxWord]
    losses: list[float]
