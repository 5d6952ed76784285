"""BERT-like encoders run by the core: no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import FormatError, UnsupportedError, message
from ..model_files import ModelFiles, Weights
from .check import check_batch, check_layers
from .description import Description
from .families import describe, part_names
from .protocol import FloatArray, Pooling, TokenBatch, TokenVectors

__all__ = ["NativeEngine"]

_READ_BY_THE_CORE = ("F32", "F16", "BF16")


class NativeEngine:
    """One of the architectures of `families.FAMILIES`, read from a checkpoint.

    The matrices of the layers are packed for the processor, straight from the mapped file; of the tables of embeddings
    only the rows of a text are read, where they lie.

    Attributes:
        probed_cosine: with ``precision="auto"`` on a processor that has bf16, the least cosine between a token's vector of
            bf16 and of float32, over a few rows that are run while loading; below 0.9995 the engine takes fp32.
    """

    name = "native"

    def __init__(self, files: ModelFiles, precision: str = "auto", *, threads: int = 0, kernels: str = "") -> None:
        """Read and pack the weights.

        Args:
            files: the model.
            precision: "auto", "fp32", "bf16" or "int8".
            threads: that pack; 0: all cores.
            kernels: a set of ``_core.transformer_kernels()``, for tests; "": the best of this processor.

        Raises:
            UnsupportedError: an architecture, setting or tensor this engine does not know, by name; a precision the
                processor has not. FormatError: a missing part, a wrong shape, weights that are not finite.
        """
        description = describe(files.config)
        weights = files.weights()
        names = part_names(description, weights.names)
        parts = {part: _part(weights, names[part], shape) for part, shape in description.shapes()}
        self._core = _core.Transformer(
            parts,
            vocabulary=description.vocab_size,
            dimension=description.dimension,
            heads=description.head_count,
            inner=description.inner_dimension,
            layers=description.layer_count,
            max_tokens=description.max_tokens,
            types=description.type_count,
            activation=description.activation,
            epsilon=description.norm_epsilon,
            first_position=description.first_position,
            padding=-1 if description.padding_id is None else description.padding_id,
            relative=description.relative_buckets > 0,
            precision=precision,
            threads=threads,
            kernels=kernels,
        )
        self._description: Description = description
        self.architecture = description.architecture
        self.precision: str = self._core.precision
        self.probed_cosine: float = self._core.probed_cosine
        self.dimension = description.dimension
        self.layer_count = description.layer_count
        self.head_count = description.head_count
        self.max_tokens: int | None = description.max_tokens
        self.vocab_size = description.vocab_size

    def token_vectors(
        self, batch: TokenBatch, layers: Sequence[int] = (-1,), attentions: bool = False, threads: int = 0
    ) -> TokenVectors:
        """See `Engine.token_vectors`. Layers above the highest asked for are not computed, unless attentions are."""
        wanted = check_layers(layers, self.layer_count)
        self._check(batch)
        vectors, weights = self._core.token_vectors(
            batch.ids, batch.row_offsets, batch.type_ids, list(wanted), attentions, threads
        )
        return TokenVectors(wanted, vectors, weights)

    def pooled(
        self, batch: TokenBatch, pooling: Pooling = "mean", normalize: bool = False, threads: int = 0
    ) -> FloatArray:
        """See `Engine.pooled`."""
        self._check(batch)
        vectors: FloatArray = self._core.pooled(
            batch.ids, batch.row_offsets, batch.type_ids, pooling, normalize, threads
        )
        return vectors

    def _check(self, batch: TokenBatch) -> None:
        check_batch(batch, self.vocab_size, self.max_tokens, self._description.type_count)


def _part(weights: Weights, name: str, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.uint8], str, int, int]:
    """A tensor as the core takes it: its bytes where they lie, and what they are."""
    info = weights.info(name)
    if tuple(info.shape) != shape:
        raise FormatError(message("native engine", f"{name} of shape {shape}, as config.json says", f"{info.shape}"))
    if info.dtype in _READ_BY_THE_CORE:
        dtype, numbers = info.dtype, weights.raw(name)
    elif info.dtype == "F64":
        dtype, numbers = "F32", weights.float32(name)
    else:
        raise UnsupportedError(message("native engine", f"{name} of F16, BF16, F32 or F64", info.dtype))
    flat: npt.NDArray[Any] = np.ascontiguousarray(numbers).reshape(-1)
    rows, columns = (1, *shape) if len(shape) == 1 else shape
    return flat.view(np.uint8), dtype, rows, columns
