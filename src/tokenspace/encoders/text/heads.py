"""What may follow the pooling: dense layers, layer norm, normalisation; in NumPy, on rows of float32.

Formulas and files are those of sentence-transformers 6.2 (base/modules/dense.py, normalize.py, modules/layer_norm.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ...errors import FormatError, UnsupportedError, message
from ..engines.pooling import unit_rows
from ..engines.protocol import FloatArray

if TYPE_CHECKING:
    from ..model_files import ModelFiles

__all__ = ["Dense", "Head", "LayerNorm", "Normalize", "read_dense", "read_layer_norm"]

_ERF = np.frompyfunc(math.erf, 1, 1)


class Head(Protocol):
    """One step on rows of vectors."""

    def __call__(self, vectors: FloatArray) -> FloatArray:
        """(n, d) to (n, d')."""
        ...

    def dimension(self, given: int) -> int:
        """d' of d.

        Raises:
            FormatError: vectors of d numbers are not what this step takes.
        """
        ...


@dataclass(frozen=True)
class Normalize:
    """Each row of length 1."""

    def __call__(self, vectors: FloatArray) -> FloatArray:
        return unit_rows(vectors)

    def dimension(self, given: int) -> int:
        """The same."""
        return given

    def __str__(self) -> str:
        return "normalize"


@dataclass(frozen=True)
class LayerNorm:
    """(x - mean) / sqrt(variance + 1e-5), scaled and shifted."""

    weight: FloatArray
    bias: FloatArray

    def __call__(self, vectors: FloatArray) -> FloatArray:
        wide = vectors.astype(np.float64)
        wide -= wide.mean(axis=1, keepdims=True)
        wide /= np.sqrt(np.square(wide).mean(axis=1, keepdims=True) + 1e-5)
        normed: FloatArray = (wide * self.weight + self.bias).astype(np.float32)
        return normed

    def dimension(self, given: int) -> int:
        """The same."""
        return _fitting(given, len(self.weight), self)

    def __str__(self) -> str:
        return f"layer norm of {len(self.weight)}"


@dataclass(frozen=True)
class Dense:
    """activation(x W^T + b), plus x (or x R^T where the sizes differ) when ``residual`` says so.

    weight: (out, in). bias: (out) or None. residual: None, "same", or R of (out, in).
    """

    weight: FloatArray
    bias: FloatArray | None
    activation: str
    residual: FloatArray | str | None = None

    def __call__(self, vectors: FloatArray) -> FloatArray:
        out = vectors @ self.weight.T
        if self.bias is not None:
            out += self.bias
        out = np.asarray(_ACTIVATIONS[self.activation](out), dtype=np.float32)
        if isinstance(self.residual, str):
            out += vectors
        elif self.residual is not None:
            out += vectors @ self.residual.T
        return out

    def dimension(self, given: int) -> int:
        """The rows of the weight."""
        _fitting(given, int(self.weight.shape[1]), self)
        return int(self.weight.shape[0])

    def __str__(self) -> str:
        out, given = self.weight.shape
        plus = "" if self.residual is None else ", residual"
        return f"dense {given} -> {out}, {self.activation}{plus}"


def _fitting(given: int, expected: int, step: object) -> int:
    if given != expected:
        raise FormatError(
            message("load", f"vectors of {expected} numbers for the step {str(step)!r}", f"{given} numbers")
        )
    return given


def _sigmoid(x: FloatArray) -> FloatArray:
    return np.asarray(np.tanh(x * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5), dtype=np.float32)


def _gelu(x: FloatArray) -> FloatArray:
    erf = np.asarray(_ERF(x.astype(np.float64) * math.sqrt(0.5)), dtype=np.float64)
    return np.asarray(x * 0.5 * (1.0 + erf), dtype=np.float32)


# The modules of torch.nn.modules.activation, with the defaults of their options: a configuration holds no others.
_ACTIVATIONS: Mapping[str, Callable[[FloatArray], Any]] = {
    "Identity": lambda x: x,
    "Tanh": np.tanh,
    "ReLU": lambda x: np.maximum(x, 0),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "GELU": _gelu,
    "Sigmoid": _sigmoid,
    "SiLU": lambda x: x * _sigmoid(x),
    "LeakyReLU": lambda x: np.where(x >= 0, x, np.float32(0.01) * x),
    "ELU": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "Softplus": lambda x: np.logaddexp(np.float32(0), x),
}


def read_dense(part: ModelFiles, config: Mapping[str, Any]) -> Dense:
    """The dense layer of a module's folder.

    Raises:
        UnsupportedError: an activation that is not one of torch's without options, or pickled weights. FormatError: shapes
            that contradict the configuration. NotFoundError: no weights.
    """
    what = f"load {part.name}"
    # Without the key the module's own default holds.
    path = str(config.get("activation_function", "torch.nn.modules.activation.Tanh"))
    activation = path.rpartition(".")[2]
    if not path.startswith("torch.nn.modules.") or activation not in _ACTIVATIONS:
        raise UnsupportedError(message(what, f"an activation among {', '.join(_ACTIVATIONS)} of torch.nn", repr(path)))
    tensors = _tensors(part, ("linear.weight",), ("linear.bias", "residual.weight"))
    weight = tensors["linear.weight"]
    stated = (config.get("out_features"), config.get("in_features"))
    if weight.ndim != 2 or (None not in stated and weight.shape != stated):
        raise FormatError(message(what, f"a weight of shape {stated}", f"shape {weight.shape}"))
    bias = tensors.get("linear.bias")
    if bool(config.get("bias", True)) != (bias is not None) or (bias is not None and bias.shape != weight.shape[:1]):
        received = "none" if bias is None else f"shape {bias.shape}"
        raise FormatError(message(what, f"a bias of shape {weight.shape[:1]} where bias is true", received))
    residual: FloatArray | str | None = None
    if config.get("use_residual", False):
        residual = "same" if weight.shape[0] == weight.shape[1] else tensors.get("residual.weight")
        if residual is None or (not isinstance(residual, str) and residual.shape != weight.shape):
            raise FormatError(message(what, f"residual.weight of shape {weight.shape}", "none, or another shape"))
    return Dense(weight, bias, activation, residual)


def read_layer_norm(part: ModelFiles, config: Mapping[str, Any]) -> LayerNorm:
    """The layer norm of a module's folder. Raises as `read_dense`."""
    tensors = _tensors(part, ("norm.weight", "norm.bias"))
    weight, bias = tensors["norm.weight"], tensors["norm.bias"]
    if weight.ndim != 1 or weight.shape != bias.shape or config.get("dimension", len(weight)) != len(weight):
        expected = f"weight and bias of {config.get('dimension')} numbers"
        raise FormatError(message(f"load {part.name}", expected, f"shapes {weight.shape} and {bias.shape}"))
    return LayerNorm(weight, bias)


def _tensors(part: ModelFiles, needed: tuple[str, ...], known: tuple[str, ...] = ()) -> dict[str, FloatArray]:
    """Small tensors, in memory, finite."""
    weights = part.weights()
    found = {name: np.array(weights.float32(name)) for name in (*needed, *(n for n in known if n in weights))}
    for name, array in found.items():
        if not np.isfinite(array).all():
            raise FormatError(message(f"load {part.name}", f"finite numbers in {name}", "NaN or infinity"))
    return found
