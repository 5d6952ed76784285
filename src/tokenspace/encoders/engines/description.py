"""A BERT-like encoder in the terms of no particular family: its sizes, its rules, and the names of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["ACTIVATIONS", "Activation", "Description"]

# gelu: x * Phi(x), exact. gelu_tanh: its approximation by tanh. quick_gelu: x * sigmoid(1.702 x). silu: x * sigmoid(x).
Activation: TypeAlias = Literal["gelu", "gelu_tanh", "quick_gelu", "relu", "silu", "tanh"]

# The names of transformers' ACT2FN (5.23) for them.
ACTIVATIONS: dict[str, Activation] = {
    "gelu": "gelu",
    "gelu_python": "gelu",
    "gelu_accurate": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu_new": "gelu_tanh",
    "gelu_python_tanh": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "quick_gelu": "quick_gelu",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}


@dataclass(frozen=True)
class Description:
    """Sizes and rules of a post-norm transformer encoder (Vaswani et al. 2017; Devlin et al. 2018).

    ``padding_id``: None: token i of a row stands at position ``first_position + i``. A token id: such tokens stand at
    ``first_position - 1`` and are not counted (RoBERTa, MPNet), which matters only for a row that holds one.
    ``relative_buckets``: 0, or the rows of the table of biases by distance that MPNet adds to the attention scores.
    """

    architecture: str
    vocab_size: int
    dimension: int
    head_count: int
    inner_dimension: int
    layer_count: int
    max_tokens: int
    type_count: int  # rows of the table of segments; 0: no segments
    activation: Activation
    norm_epsilon: float
    first_position: int = 0
    padding_id: int | None = None
    relative_buckets: int = 0

    @property
    def head_dimension(self) -> int:
        return self.dimension // self.head_count

    @property
    def position_count(self) -> int:
        """Rows of the table of positions."""
        return self.first_position + self.max_tokens

    def shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Name and shape of every part. Matrices are (out, in), as torch's Linear has them.

        words, positions, types, embedding_norm.*, relative_bias; and for each layer i: i.query.*, i.key.*, i.value.*,
        i.output.*, i.attention_norm.*, i.up.*, i.down.*, i.output_norm.*, where * is weight and bias.
        """
        d, inner = self.dimension, self.inner_dimension
        yield "words", (self.vocab_size, d)
        yield "positions", (self.position_count, d)
        if self.type_count:
            yield "types", (self.type_count, d)
        yield from _pair("embedding_norm", (d,))
        if self.relative_buckets:
            yield "relative_bias", (self.relative_buckets, self.head_count)
        for i in range(self.layer_count):
            for name in ("query", "key", "value", "output"):
                yield from _pair(f"{i}.{name}", (d, d))
            yield from _pair(f"{i}.attention_norm", (d,))
            yield from _pair(f"{i}.up", (inner, d))
            yield from _pair(f"{i}.down", (d, inner))
            yield from _pair(f"{i}.output_norm", (d,))


def _pair(name: str, shape: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", shape
    yield f"{name}.bias", shape[:1]
