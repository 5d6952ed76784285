"""BERT-like encoders run by the core: no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import FormatError, message
from ...reference import transformer
from ..model_files import ModelFiles
from .check import check_batch, check_layers
from .description import Description
from .families import describe, part_names
from .protocol import FloatArray, Pooling, TokenBatch, TokenVectors

__all__ = ["NativeEngine"]


class NativeEngine:
    """One of the architectures of `FAMILIES`, read from a checkpoint.

    Raises:
        UnsupportedError: an architecture, setting or tensor this engine does not know, by name.
        FormatError: a missing part, a wrong shape, weights that are not finite.
    """

    name = "native"

    def __init__(self, files: ModelFiles, precision: str = "fp32") -> None:
        description = describe(files.config)
        weights = files.weights()
        self._parts = {}
        for part, name in part_names(description, weights.names).items():
            shape = dict(description.shapes())[part]
            if weights.info(name).shape != shape:
                raise FormatError(
                    message("native engine", f"{name} of shape {shape}", f"shape {weights.info(name).shape}")
                )
            self._parts[part] = weights.float32(name)
            if not np.isfinite(self._parts[part]).all():
                raise FormatError(message("native engine", f"finite numbers in {name}", "NaN or infinity"))
        self._description: Description = description
        self.architecture = description.architecture
        self.precision = "fp32"
        self.dimension = description.dimension
        self.layer_count = description.layer_count
        self.head_count = description.head_count
        self.max_tokens: int | None = description.max_tokens
        self.vocab_size = description.vocab_size

    def token_vectors(
        self, batch: TokenBatch, layers: Sequence[int] = (-1,), attentions: bool = False, threads: int = 0
    ) -> TokenVectors:
        """See `Engine.token_vectors`."""
        wanted = check_layers(layers, self.layer_count)
        vectors = np.empty((len(wanted), len(batch.ids), self.dimension), np.float32)
        shares = []
        for i, row in enumerate(self._rows(batch)):
            start, end = batch.row_offsets[i : i + 2]
            for j, layer in enumerate(wanted):
                vectors[j, start:end] = row.hidden[layer]
            shares.append(np.stack(row.attentions).astype(np.float32))
        return TokenVectors(wanted, vectors, shares if attentions else None)

    def pooled(
        self, batch: TokenBatch, pooling: Pooling = "mean", normalize: bool = False, threads: int = 0
    ) -> FloatArray:
        """See `Engine.pooled`."""
        found = np.zeros((len(batch), self.dimension), np.float32)
        for i, row in enumerate(self._rows(batch)):
            found[i] = transformer.pool(row.hidden[-1], pooling)
        if normalize:
            lengths = np.linalg.norm(found, axis=1, keepdims=True)
            found /= np.where(lengths > 0, lengths, 1)
        return found

    def _rows(self, batch: TokenBatch) -> list[transformer.Row]:
        check_batch(batch, self.vocab_size, self.max_tokens, self._description.type_count)
        rows = []
        for start, end in zip(batch.row_offsets[:-1], batch.row_offsets[1:], strict=True):
            types = None if batch.type_ids is None else batch.type_ids[start:end].tolist()
            rows.append(transformer.run(self._description, self._parts, batch.ids[start:end].tolist(), types))
        return rows
