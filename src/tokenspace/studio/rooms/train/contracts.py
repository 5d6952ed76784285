"""Questions and answers of the Train room."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from ...contracts import Contract, ModelName, Text

__all__ = [
    "CompareAnswer", "CompareQuestion", "Corpus", "Cut", "Rival", "Segmented", "SurveyAnswer", "SurveyQuestion",
    "TokenizerSettings", "TrainTokenizer", "TrainVectors", "VectorsSettings", "VocabularyPage", "VocabularyRow",
]  # fmt: skip

Method = Literal["bpe", "wordpiece", "unigram", "word", "char", "superbpe"]
VectorModel = Literal["word2vec", "fasttext", "glove", "doc2vec"]
Special = Annotated[str, StringConstraints(min_length=1, max_length=200)]
FileId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Corpus(Contract):
    """What is trained on: files of the shelf, or a text."""

    files: list[FileId] = Field(default_factory=list, max_length=1000)
    text: Text = ""


class TokenizerSettings(Contract):
    """Options of `Tokenizer.train`; null: the method's usual one."""

    model: Method = "bpe"
    vocab_size: int = Field(default=4000, ge=1, le=1_000_000)
    min_frequency: int = Field(default=0, ge=0, le=1_000_000_000)
    pre_tokenizer: str | None = Field(default=None, max_length=2000, description="A preset or a regular expression.")
    normalizer: str | None = Field(default=None, max_length=40)
    lowercase: bool | None = None
    strip_accents: bool | None = None
    digits: Literal["individual", "groups"] | None = None
    special_tokens: list[Special] | None = Field(default=None, max_length=1000)
    limit_alphabet: int | None = Field(default=None, ge=1, le=1_000_000)
    character_coverage: float | None = Field(default=None, ge=0.5, le=1.0)
    max_token_length: int | None = Field(default=None, ge=1, le=1000)
    byte_fallback: bool = True
    add_prefix_space: bool = False
    transition: float = Field(default=0.75, ge=0.05, le=1.0)
    max_token_words: int = Field(default=4, ge=1, le=1000)


class TrainTokenizer(Contract):
    """A tokenizer to train. ``held_out``: share of the lines kept back, on which tokenizers are compared afterwards."""

    corpus: Corpus
    settings: TokenizerSettings = TokenizerSettings()
    held_out: float = Field(default=0.1, ge=0.0, le=0.5)


class VectorsSettings(Contract):
    """Parameters of the model's class, by gensim's names; null: what `advise_training` advises for the corpus."""

    vector_size: int | None = Field(default=None, ge=1, le=4096)
    window: int | None = Field(default=None, ge=1, le=1000)
    min_count: int | None = Field(default=None, ge=1, le=1_000_000)
    epochs: int | None = Field(default=None, ge=1, le=10_000)
    sg: Literal[0, 1] | None = None
    hs: Literal[0, 1] | None = None
    negative: int | None = Field(default=None, ge=0, le=100)
    ns_exponent: float | None = Field(default=None, ge=-10, le=10)
    sample: float | None = Field(default=None, ge=0, le=1)
    alpha: float | None = Field(default=None, gt=0, le=10)
    min_alpha: float | None = Field(default=None, ge=0, le=10)
    cbow_mean: Literal[0, 1] | None = None
    shrink_windows: bool | None = None
    max_final_vocab: int | None = Field(default=None, ge=1, le=10_000_000)
    min_n: int | None = Field(default=None, ge=0, le=100)
    max_n: int | None = Field(default=None, ge=0, le=100)
    bucket: int | None = Field(default=None, ge=1, le=10_000_000)
    x_max: float | None = Field(default=None, gt=0, le=1e9)
    eta: float | None = Field(default=None, gt=0, le=10)
    symmetric: bool | None = None
    distance_weighting: bool | None = None
    dm: Literal[0, 1] | None = None
    dbow_words: Literal[0, 1] | None = None
    seed: int = Field(default=1, ge=0, le=2**32 - 1)


class TrainVectors(Contract):
    """Word vectors to train. ``watch``: words whose neighbours are told meanwhile; empty: chosen from the vocabulary."""

    corpus: Corpus
    model: VectorModel = "word2vec"
    settings: VectorsSettings = VectorsSettings()
    segmenter: Literal["auto", "learnt", "jieba", "characters"] = "auto"
    watch: list[Word] = Field(default_factory=list, max_length=12)


class SurveyQuestion(Contract):
    """A corpus to look at before training."""

    corpus: Corpus
    tokenizer: TokenizerSettings | None = None
    model: VectorModel = "word2vec"
    vectors: VectorsSettings = VectorsSettings()


class SurveyAnswer(Contract):
    """What a look at the beginning says of the corpus, and the settings that suit it.

    ``sampled``: the numbers are extrapolated from the first megabytes. Seconds are estimates.
    """

    bytes: int
    lines: int
    words: int
    characters: int
    without_spaces: float
    sampled: bool
    tokenizer: dict[str, Any]
    tokenizer_seconds: float
    vectors: dict[str, Any]
    vectors_size: str
    vectors_seconds: float


class VocabularyRow(Contract):
    """An entry: ``text`` is what it stands for, null for bytes that are no whole characters."""

    id: int
    token: str
    text: str | None
    bytes: int
    special: bool
    count: int = Field(description="How often it stands in the lines held out.")


class VocabularyPage(Contract):
    """A window of a vocabulary."""

    total: int
    found: int
    first: int
    rows: list[VocabularyRow]


class CompareQuestion(Contract):
    """Tokenizers to compare a trained one with, on the lines it has not seen."""

    others: list[ModelName] = Field(min_length=1, max_length=6)


class Rival(Contract):
    """A tokenizer measured."""

    name: str
    vocab_size: int
    tokens: int
    bytes_per_token: float
    unknown: int
    used: int = Field(description="Entries of the vocabulary that the lines use.")


class Cut(Contract):
    """A piece of a line; ``tokens`` above 1: a character spelled by several."""

    text: str
    tokens: int


class Segmented(Contract):
    """A line as each tokenizer cuts it, in the order of the rivals."""

    text: str
    pieces: list[list[Cut]]


class CompareAnswer(Contract):
    """The trained one first. ``seen``: the text is too short to hold lines back; it was trained on what is compared."""

    lines: int
    bytes: int
    seen: bool
    rivals: list[Rival]
    examples: list[Segmented]
