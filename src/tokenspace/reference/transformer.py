"""How a BERT-like encoder computes, one row of tokens at a time: the core's transformer must agree with this.

Every token starts as the sum of its word's, its position's and its segment's row. Each block then lets every token look at
all tokens of its row (attention) and works on every token by itself (two matrix products with an activation between);
after each of the two steps the input of the step is added and the sum brought to mean 0 and variance 1 (layer norm).
Sources: Vaswani et al. 2017, Devlin et al. 2018; transformers 5.23 for the details of each family.

>>> layer_norm(np.array([1.0, 3.0]), np.array([1.0, 1.0]), np.array([0.0, 0.5]), 0.0).tolist()
[-1.0, 1.5]
>>> softmax(np.log(np.array([1.0, 3.0]))).tolist()
[0.25, 0.75]
>>> relative_buckets(4).tolist()
[[0, 17, 18, 19], [1, 0, 17, 18], [2, 1, 0, 17], [3, 2, 1, 0]]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ..encoders.engines.description import Description

Array = npt.NDArray[Any]  # float32 or float64: everything is computed in the type of the weights
_erf = np.vectorize(math.erf, otypes=[np.float64])


@dataclass(frozen=True)
class Row:
    """A row of n tokens. hidden: layer_count + 1 arrays (n, dimension). attentions: layer_count arrays (heads, n, n)."""

    hidden: list[Array]
    attentions: list[Array]


def softmax(scores: Array) -> Array:
    """Along the last axis; the largest score is taken off first, so that exp cannot overflow."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def layer_norm(x: Array, weight: Array, bias: Array, epsilon: float) -> Array:
    """(x - mean) / sqrt(variance + epsilon) * weight + bias, along the last axis."""
    apart = x - x.mean(axis=-1, keepdims=True)
    variance = (apart * apart).mean(axis=-1, keepdims=True)
    return np.asarray(apart / np.sqrt(variance + x.dtype.type(epsilon)) * weight + bias)


def activate(x: Array, name: str) -> Array:
    """One of the activations of `Description`."""
    if name == "gelu":
        return np.asarray(x * 0.5 * (1.0 + _erf(x / math.sqrt(2.0)).astype(x.dtype)))
    if name == "gelu_tanh":
        return np.asarray(0.5 * x * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3))))
    if name == "relu":
        return np.maximum(x, 0)
    if name == "tanh":
        return np.tanh(x)
    steep = {"silu": 1.0, "quick_gelu": 1.702}[name]
    return np.asarray(x * np.exp(-np.logaddexp(0, -steep * x)))


def relative_buckets(n: int) -> Array:
    """MPNet's bucket of every pair (row: the token that looks; column: the token looked at), int64 (n, n).

    32 buckets: 16 for what is behind and 16 for what is ahead; distances below 8 have one each, larger ones share
    logarithmically, all from 128 on the last.
    """
    behind = np.arange(n)[:, None] - np.arange(n)[None, :]
    distance = np.abs(behind)
    # float32, as the reference has it: on the edge of a bucket it decides.
    ratio = (
        np.log(np.maximum(distance, 1).astype(np.float32) / np.float32(8)) / np.float32(math.log(16.0)) * np.float32(8)
    )
    far = np.minimum(8 + ratio.astype(np.int64), 15)
    return np.asarray(np.where(behind < 0, 16, 0) + np.where(distance < 8, distance, far))


def positions(ids: Sequence[int], description: Description) -> list[int]:
    """The row of the table of positions for every token."""
    found, next_one = [], description.first_position
    for token in ids:
        counted = token != description.padding_id
        found.append(next_one if counted else description.first_position - 1)
        next_one += counted
    return found


def embed(description: Description, weights: Mapping[str, Array], ids: Sequence[int], types: Sequence[int]) -> Array:
    """Layer 0: the sums of the rows, normalised; (n, dimension)."""
    x = weights["words"][list(ids)] + weights["positions"][positions(ids, description)]
    if description.type_count:
        x = x + weights["types"][list(types)]
    return layer_norm(x, weights["embedding_norm.weight"], weights["embedding_norm.bias"], description.norm_epsilon)


def attend(
    description: Description, weights: Mapping[str, Array], layer: int, x: Array, bias: Array | None
) -> tuple[Array, Array]:
    """The attention of one block before the sum: (n, dimension), and its weights (heads, n, n)."""
    n, heads = len(x), description.head_count

    def project(name: str, source: Array) -> Array:
        return np.asarray(source @ weights[f"{layer}.{name}.weight"].T + weights[f"{layer}.{name}.bias"])

    def by_head(name: str) -> Array:
        return np.asarray(project(name, x).reshape(n, heads, -1).transpose(1, 0, 2))

    query, key, value = by_head("query"), by_head("key"), by_head("value")
    scores = query @ key.transpose(0, 2, 1) / x.dtype.type(math.sqrt(description.head_dimension))
    shares = softmax(scores if bias is None else scores + bias)
    mixed = (shares @ value).transpose(1, 0, 2).reshape(n, -1)
    return project("output", mixed), shares


def run(
    description: Description, weights: Mapping[str, Array], ids: Sequence[int], types: Sequence[int] | None = None
) -> Row:
    """All layers and attention weights of one row of tokens."""
    if len(ids) == 0:
        shape = (description.head_count, 0, 0)
        empty = weights["words"][:0]
        return Row([empty] * (description.layer_count + 1), [np.empty(shape, empty.dtype)] * description.layer_count)
    x = embed(description, weights, ids, types if types is not None else [0] * len(ids))
    bias = None
    if description.relative_buckets:
        bias = weights["relative_bias"][relative_buckets(len(ids))].transpose(2, 0, 1)
    hidden, attentions = [x], []
    for i in range(description.layer_count):

        def norm(x: Array, name: str, i: int = i) -> Array:
            pair = weights[f"{i}.{name}.weight"], weights[f"{i}.{name}.bias"]
            return layer_norm(x, *pair, description.norm_epsilon)

        attended, shares = attend(description, weights, i, x, bias)
        x = norm(x + attended, "attention_norm")
        inner = activate(x @ weights[f"{i}.up.weight"].T + weights[f"{i}.up.bias"], description.activation)
        x = norm(x + inner @ weights[f"{i}.down.weight"].T + weights[f"{i}.down.bias"], "output_norm")
        hidden.append(x)
        attentions.append(shares)
    return Row(hidden, attentions)


def pool(x: Array, pooling: str) -> Array:
    """One vector (dimension) of the vectors (n, dimension) of a row; zeros when n is 0."""
    if len(x) == 0:
        return np.zeros(x.shape[1], x.dtype)
    if pooling in ("cls", "last"):
        return np.asarray(x[0 if pooling == "cls" else -1])
    if pooling == "max":
        return np.asarray(x.max(axis=0))
    if pooling == "weighted_mean":
        each = np.arange(1, len(x) + 1, dtype=x.dtype)
        return np.asarray(each @ x / each.sum())
    return np.asarray(x.sum(axis=0) / {"mean": len(x), "mean_sqrt_len": math.sqrt(len(x))}[pooling])
