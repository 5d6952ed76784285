"""What a text encoder is, as its properties tell."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..model_files import ModelFiles
from .description import TextDescription, described
from .options import whole_number
from .pipeline import Pipeline
from .recipe import Stated
from .theirs import SentenceTransformersNames

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["TextEncoderFacts"]


class TextEncoderFacts(SentenceTransformersNames):
    """The half of `TextEncoder` that says what was loaded and how it stands; nothing here encodes."""

    name: str
    _what: str  # the operation in messages
    _files: ModelFiles
    _pipeline: Pipeline
    _length: Stated[int | None]
    _identity: str | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's tokenizer, with truncation and padding turned off."""
        return self._pipeline.rows.tokenizer

    @property
    def engine(self) -> str:
        """The engine that runs the model: "native", "torch" or "static"."""
        return self._pipeline.engine.name

    @property
    def dimension(self) -> int:  # type: ignore[override]
        """Numbers a vector."""
        return min(self._pipeline.dimension, self.dimensions or self._pipeline.dimension)

    @property
    def token_dimension(self) -> int:
        """Numbers of the vector of a token, before the pooling."""
        return self._pipeline.engine.dimension

    @property
    def dimensions(self) -> int | None:  # type: ignore[override]
        """Leading numbers that are kept; None: all."""
        return self._pipeline.recipe.dimensions.value

    @property
    def max_length(self) -> int | None:
        """Longest text in tokens, special ones and the prompt included; None: no bound. May be set."""
        return self._length.value

    @max_length.setter
    def max_length(self, value: int | None) -> None:
        if value is None:
            bound = self._pipeline.engine.max_tokens
            self._length = Stated(bound, "the model's positions" if bound is not None else "argument")
        else:
            self._length = Stated(self._checked_length(value), "argument")

    def _checked_length(self, value: int) -> int:
        bound = self._pipeline.engine.max_tokens
        least = self._pipeline.rows.before + self._pipeline.rows.after + 1
        if bound is None:
            return whole_number(self._what, "max_length", value, least)
        return whole_number(self._what, "a max_length within the model's positions,", value, least, bound)

    def _checked_dimensions(self, dimensions: int | None) -> int | None:
        if dimensions is None:
            return None
        return whole_number(self._what, "dimensions", dimensions, 1, self._pipeline.dimension)

    @property
    def prompts(self) -> dict[str, str]:
        """Name -> text put before each text."""
        return dict(self._pipeline.recipe.prompts.value)

    @property
    def default_prompt_name(self) -> str | None:
        """The prompt of `encode` when none is named."""
        return self._pipeline.recipe.default_prompt_name.value

    @property
    def similarity_name(self) -> str:  # type: ignore[override]
        """What `similarity` computes."""
        return self._pipeline.recipe.similarity.value

    @property
    def identity(self) -> str:
        """A digest (SHA-256, hexadecimal) of what makes the vectors: the model's files, pooling and normalisation.
        Vectors of encoders with different identities are not to be compared. Prompts and dimensions are no part of it."""
        if self._identity is None:
            recipe = self._pipeline.recipe
            parts = {
                "files": self._files.identity,
                "pooling": recipe.pooling.value,
                "include_prompt": recipe.include_prompt,
                "steps": [str(head) for head in (*recipe.token_heads, *recipe.heads)],
                "lower_case": recipe.lower_case,
            }
            self._identity = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        return self._identity

    def describe(self) -> TextDescription:
        """What was found in the model's files and what runs it; prints as a table."""
        engine = self._pipeline.engine
        return described(
            self.name, self._pipeline.recipe, self._length, (engine.name, engine.precision), self._pipeline.dimension
        )

    def __repr__(self) -> str:
        engine = self._pipeline.engine
        return f"TextEncoder({self.name!r}, engine={engine.name!r}, precision={engine.precision!r}, dimension={self.dimension})"
