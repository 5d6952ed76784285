"""`InputEmbeddings`: the parts of what a model's first layer is given, each to be looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, LimitError, NotFoundError, UnsupportedError, message
from ...types import PathLike, Text
from ..model_files import ModelFiles, Weights, open_model
from ..model_files.float_values import FloatArray
from ..token_embeddings.locate import config_sizes, find_input
from .recipes import Positions, Recipe, recipe_for
from .rotation import Rotation

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["InputEmbeddings", "InputParts"]

# A projection of the token part alone, before the others are added (OPT-350m, DeBERTa with a narrow embedding).
_PROJECTED_FIRST = ("embed_proj.weight", "project_in.weight")
_SAID: dict[Positions, str] = {
    "added": "a vector for each position is added",
    "rotary": "queries and keys are rotated by their position in every layer (RoPE); nothing is added; see rotation()",
    "alibi": "attention is lowered with the distance (ALiBi); nothing is added",
    "relative": "attention depends on the relative position; nothing is added",
    "none": "the model reads in order; nothing is added",
}


@dataclass(frozen=True)
class InputParts:
    """The input of the first layer for a text or pair, n tokens.

    ids, position_ids, segment_ids: (n,) int64; position_ids None where no position is added.
    tokens: spelling in the vocabulary. labels: token, position and segment in words.
    offsets: (n, 2), half-open, in code points of the token's text; (0, 0) for special tokens.
    token, position, segment: (n, width) float32; None where the model has no such part.
    sum: their sum, (n, width), times the root of the width in Gemma.
    normed: after the layer norm; None where there is none.
    projected: brought to the hidden size, (n, hidden), in models with a narrower embedding; else None.
    """

    ids: npt.NDArray[np.int64]
    tokens: list[str]
    labels: list[str]
    offsets: npt.NDArray[np.int64]
    position_ids: npt.NDArray[np.int64] | None
    segment_ids: npt.NDArray[np.int64]
    token: FloatArray
    position: FloatArray | None
    segment: FloatArray | None
    sum: FloatArray
    normed: FloatArray | None = None
    projected: FloatArray | None = None

    @property
    def parts(self) -> dict[str, FloatArray]:
        """Those there are, by name, in the order they are made."""
        names = ("token", "position", "segment", "sum", "normed", "projected")
        return {name: part for name in names if (part := getattr(self, name)) is not None}

    @property
    def output(self) -> FloatArray:
        """What the first layer is given: layer 0 of transformers' ``hidden_states``."""
        for last in (self.projected, self.normed):
            if last is not None:
                return last
        return self.sum


class InputEmbeddings:
    """Token, position and segment vectors of a checkpoint. Made by `from_pretrained`.

    Attributes:
        name: the model. architecture: its model_type.
        positions: how it knows about order: "added", "rotary", "alibi", "relative" or "none".
        max_tokens: rows of the position matrix that a text can use; None where no position is added.
    """

    def __init__(self, files: ModelFiles, weights: Weights, recipe: Recipe, tokenizer: Tokenizer | None) -> None:
        self.name = files.name
        self.config: Mapping[str, Any] = files.config
        self.architecture = str(self.config.get("model_type"))
        self._files = files
        self._weights = weights
        self._recipe = recipe
        self._tokenizer = tokenizer
        operation = f"InputEmbeddings {files.name!r}"
        self._token = find_input(operation, weights, config_sizes(self.config))
        if not self._token.name.endswith(recipe.token):
            raise FormatError(message(operation, f"a token matrix named ...{recipe.token}", self._token.name))
        self._base = self._token.name.removesuffix(recipe.token)
        for name in _PROJECTED_FIRST:
            if self._base + name in weights:
                expected = "a token matrix as wide as what is added to it"
                raise UnsupportedError(message(operation, expected, f"the tensor {self._base + name} in between"))
        self._position = self._matrix(recipe.position)
        self._segment = self._matrix(recipe.segment) if self.config.get("type_vocab_size", 1) else None
        has_position = recipe.positions == "added"
        if has_position and self._position is None:
            raise NotFoundError(message(operation, f"the tensor {self._base}{recipe.position}", "no such tensor"))
        self.positions: Positions = recipe.positions
        first = {"plain": 0, "after_padding": 1, "shifted": 2}[recipe.rule]
        if recipe.rule == "after_padding":
            first += self._padding_id
        self._first = first if has_position else 0
        rows = None if self._position is None else weights.info(self._position).shape[0]
        self.max_tokens: int | None = None if rows is None else rows - self._first

    @classmethod
    def from_pretrained(
        cls,
        model: PathLike,
        tokenizer: Tokenizer | PathLike | None = None,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: PathLike | None = None,
        local_files_only: bool | None = None,
    ) -> InputEmbeddings:
        """The input embeddings of a checkpoint; only headers are read, and rows as texts need them.

        Args:
            model, revision, token, cache_dir, local_files_only: as `TokenEmbeddings.from_pretrained`.
            tokenizer: a Tokenizer, whose truncation and padding hold, or its path or name; None: the model's own, which
                neither cuts nor pads.

        Raises:
            UnsupportedError: an architecture whose input is not known here (lists those that are), or see
            `TokenEmbeddings.from_pretrained`. NotFoundError, FormatError: missing or damaged files.
        """
        files = open_model(
            model, revision=revision, token=token, cache_dir=cache_dir, local_files_only=local_files_only
        ).main_part()
        recipe = recipe_for(files.config)
        from ...tokenizers.tokenizer import Tokenizer

        if tokenizer is not None and not isinstance(tokenizer, Tokenizer):
            tokenizer = Tokenizer.from_pretrained(tokenizer)
        return cls(files, files.weights(ranges=True), recipe, tokenizer)

    def __repr__(self) -> str:
        return f"InputEmbeddings({self.name!r}, {self.architecture}: {self.describe()})"

    def describe(self) -> str:
        """The parts in a line of words."""
        parts = ["token"] + ["position"] * (self._position is not None) + ["segment"] * (self._segment is not None)
        return f"{' + '.join(parts)}; positions: {_SAID[self.positions]}"

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the texts. Raises NotFoundError when the model has none."""
        if self._tokenizer is not None:
            return self._tokenizer
        from ..model_files.tokenizer import model_tokenizer

        own = model_tokenizer(self._files)
        own.no_truncation()
        own.no_padding()
        return own

    def embed(self, text: Text, pair: Text | None = None, *, add_special_tokens: bool = True) -> InputParts:
        """The parts for a text, or for a pair of texts.

        Raises:
            LimitError: more tokens than the model has positions for. ArgumentError: a token without a row.
        """
        found = self.tokenizer.encode(text, pair, add_special_tokens=add_special_tokens)
        parts = self.embed_ids(found.ids, segment_ids=found.type_ids, tokens=list(found.tokens))
        spans = np.array(found.offsets, np.int64).reshape(-1, 2)
        return replace(parts, offsets=spans)

    def embed_ids(
        self, ids: npt.ArrayLike, *, segment_ids: npt.ArrayLike | None = None, tokens: list[str] | None = None
    ) -> InputParts:
        """The parts for ids, (n,); segments are 0 where they are not given.

        Raises:
            as `embed`.
        """
        wanted = np.asarray(ids, np.int64)
        segments = np.zeros(len(wanted), np.int64) if segment_ids is None else np.asarray(segment_ids, np.int64)
        if wanted.ndim != 1 or segments.shape != wanted.shape:
            received = f"shapes {wanted.shape} and {segments.shape}"
            raise ArgumentError(message("embed_ids", "ids (n,) and as many segments", received))
        token = self._weights.rows(self._token.name, wanted)
        positions = self._position_ids(wanted)
        position = None if positions is None else self._weights.rows(str(self._position), positions)
        segment = None if self._segment is None else self._weights.rows(self._segment, segments)
        total = token.copy()
        for part in (position, segment):
            if part is not None:
                total += part
        if self._recipe.scaled:
            total *= np.float32(math.sqrt(total.shape[1]))
        normed = self._normed(total)
        return InputParts(
            ids=wanted,
            tokens=tokens or [str(id) for id in wanted.tolist()],
            labels=self._labels(tokens, wanted, positions, segments),
            offsets=np.zeros((len(wanted), 2), np.int64),
            position_ids=positions,
            segment_ids=segments,
            token=token,
            position=position,
            segment=segment,
            sum=total,
            normed=normed,
            projected=self._projected(total if normed is None else normed),
        )

    @cached_property
    def _rotation(self) -> Rotation:
        return Rotation.from_config(self.config)

    def rotation(self, layer_type: str | None = None) -> Rotation:
        """The rotation of queries and keys of a RoPE model, as a function of position.

        Args:
            layer_type: "full_attention" or "sliding_attention" where the model rotates these differently.

        Raises:
            UnsupportedError: a model that does not rotate (the error says what it does), or a kind of scaling that is not
            known here.
        """
        if self.positions != "rotary":
            raise UnsupportedError(message("rotation", "a model with rotary positions", _SAID[self.positions]))
        return self._rotation if layer_type is None else Rotation.from_config(self.config, layer_type)

    # -- parts -------------------------------------------------------------------------------------------------------

    @property
    def _padding_id(self) -> int:
        given = self.config.get("pad_token_id")
        # MPNet's code does not read its configuration: the first position is 2 in any case.
        if self.architecture == "mpnet" or given is None:
            return 1
        if type(given) is not int or not 0 <= given < self._token.shape[0]:
            what = f"InputEmbeddings {self.name!r}"
            raise FormatError(message(what, "a token's id under 'pad_token_id' in config.json", repr(given)[:60]))
        return given

    def _matrix(self, ending: str | None) -> str | None:
        name = None if ending is None else self._base + ending
        if name is None or name not in self._weights:
            return None
        shape = self._weights.info(name).shape
        if len(shape) != 2 or shape[1] != self._token.shape[1]:
            expected = f"{name!r} of {self._token.shape[1]} columns"
            raise FormatError(message(f"InputEmbeddings {self.name!r}", expected, f"shape {list(shape)}"))
        return name

    def _position_ids(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
        if self._position is None:
            return None
        positions = np.arange(len(ids), dtype=np.int64) + self._first
        if self._recipe.rule == "after_padding":
            real = ids != self._padding_id
            positions = np.where(real, np.cumsum(real) + self._padding_id, self._padding_id)
        assert self.max_tokens is not None
        if len(positions) and int(positions.max()) >= self.max_tokens + self._first:
            raise LimitError(message("embed", f"at most {self.max_tokens} tokens", str(len(ids))))
        return positions

    def _normed(self, total: FloatArray) -> FloatArray | None:
        name = self._recipe.norm
        if name is None:
            return None
        weight = self._vector(f"{self._base}{name}.weight", f"{self._base}{name}.gamma")
        if weight is None:
            expected = f"the tensor {self._base}{name}.weight"
            raise NotFoundError(message(f"InputEmbeddings {self.name!r}", expected, "no such tensor"))
        bias = self._vector(f"{self._base}{name}.bias", f"{self._base}{name}.beta")
        eps = self._recipe.eps
        number = self.config.get(eps, self._recipe.default_eps) if isinstance(eps, str) else eps
        if type(number) not in (int, float) or not 0 <= number < 1:
            what = f"InputEmbeddings {self.name!r}"
            raise FormatError(message(what, f"a number of [0, 1) under {eps!r} in config.json", repr(number)[:60]))
        wide = total.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinite weights give NaN
            centred = wide - wide.mean(axis=1, keepdims=True)
            scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + number)
        return np.asarray(scaled * weight + (0 if bias is None else bias), np.float32)

    def _vector(self, *names: str) -> FloatArray | None:
        found = [name for name in names if name in self._weights]
        return self._weights.float32(found[0]) if found else None

    def _projected(self, values: FloatArray) -> FloatArray | None:
        for name in self._recipe.project:
            matches = [full for full in self._weights.names if f".{full}".endswith(f".{name}.weight")]
            if matches:
                bias = self._vector(matches[0].removesuffix("weight") + "bias")
                out = values @ self._weights.float32(matches[0]).T
                return np.asarray(out if bias is None else out + bias, np.float32)
        return None

    @staticmethod
    def _labels(
        tokens: list[str] | None,
        ids: npt.NDArray[np.int64],
        positions: npt.NDArray[np.int64] | None,
        segments: npt.NDArray[np.int64],
    ) -> list[str]:
        labels = []
        for number, id in enumerate(ids.tolist()):
            place = "" if positions is None else f", position {positions[number]}"
            segment = f", segment {segments[number]}" if segments.any() else ""
            labels.append(f"{tokens[number] if tokens else id}{place}{segment}")
        return labels
