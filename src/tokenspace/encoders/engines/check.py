"""What every engine asks of the batches and layers it is given."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np

from ...errors import ArgumentError, LimitError, message
from .protocol import TokenBatch

__all__ = ["check_batch", "check_layers"]


def check_batch(batch: TokenBatch, vocab_size: int, max_tokens: int | None, type_count: int = 256) -> None:
    """Refuse a batch that a model cannot run.

    Raises:
        ArgumentError: offsets that do not rise from 0 to the number of ids, an id outside ``vocab_size``, a segment
            outside ``type_count``, arrays of another length or type. LimitError: a row longer than ``max_tokens``.
    """
    ids, offsets, types = batch.ids, batch.row_offsets, batch.type_ids
    if ids.ndim != 1 or ids.dtype != np.uint32:
        raise ArgumentError(message("encode", "ids of uint32, one dimension", f"{ids.dtype}, shape {ids.shape}"))
    if offsets.ndim != 1 or offsets.dtype != np.int64 or len(offsets) == 0:
        raise ArgumentError(
            message("encode", "row offsets of int64, one more than rows", f"{offsets.dtype}, shape {offsets.shape}")
        )
    lengths = np.diff(offsets)
    if offsets[0] != 0 or offsets[-1] != len(ids) or (lengths < 0).any():
        raise ArgumentError(
            message("encode", f"row offsets that rise from 0 to {len(ids)}, the number of ids", "others")
        )
    if len(ids) and (largest := int(ids.max())) >= vocab_size:
        raise ArgumentError(
            message(
                "encode", f"ids below {vocab_size}, the model's vocabulary", str(largest), "the tokenizer of this model"
            )
        )
    if types is not None:
        if types.shape != ids.shape or types.dtype != np.uint8:
            raise ArgumentError(
                message("encode", f"{len(ids)} type ids of uint8", f"{types.dtype}, shape {types.shape}")
            )
        if len(types) and (largest := int(types.max())) >= max(1, type_count):
            raise ArgumentError(message("encode", f"type ids below {max(1, type_count)}", str(largest)))
    if max_tokens is not None and len(lengths) and (longest := int(lengths.max())) > max_tokens:
        raise LimitError(
            message(
                "encode",
                f"rows of at most {max_tokens} tokens, which is what the model has positions for",
                f"{longest} in row {int(lengths.argmax())}",
                "to truncate or to split the text",
            )
        )


def check_layers(layers: Sequence[int], layer_count: int) -> tuple[int, ...]:
    """The layers asked for as numbers of 0 ... ``layer_count``; negative ones count from the end, -1 is the last.

    Raises:
        ArgumentError: no such layer.
    """
    found = []
    for layer in layers:
        number = operator.index(layer)
        if not -layer_count - 1 <= number <= layer_count:
            raise ArgumentError(
                message(
                    "encode", f"layers of {-layer_count - 1} ... {layer_count}, 0 being the embeddings", str(number)
                )
            )
        found.append(number if number >= 0 else number + layer_count + 1)
    return tuple(found)
