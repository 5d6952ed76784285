"""Checkpoints of a training: the matrices and how far it has come. Random draws depend on the position alone, so a
training that goes on from here makes the same draws as one that was never interrupted."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import CheckpointError
from ...io.checkpoint import Checkpoint

__all__ = ["TrainCheckpoints", "vocabulary_digest"]

_STAGE = "train"
_SECONDS = 600.0


def vocabulary_digest(words: Iterable[str], counts: npt.NDArray[Any]) -> str:
    """Tells the words of one training, in their order and with their counts, from those of others."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode("utf-8", "surrogatepass") + b"\0")
    digest.update(np.ascontiguousarray(counts).tobytes())
    return digest.hexdigest()


class TrainCheckpoints:
    """The state of one training in a folder.

    Args:
        folder: made by the first `save`.
        identity: settings of the training and identity of its corpus, as JSON values.
        matrices: name -> the matrix that is trained; loading writes into it.

    Raises:
        CheckpointError: the folder holds the state of another training.
    """

    def __init__(
        self, folder: str | os.PathLike[str], identity: Mapping[str, Any], matrices: Mapping[str, npt.NDArray[Any]]
    ) -> None:
        self._checkpoint = Checkpoint(folder, identity)
        self._matrices = dict(matrices)
        self._saved = time.monotonic()

    def save(self, position: Mapping[str, Any]) -> None:
        """Store the matrices with the position; on the disk when this returns."""
        files: dict[str, Any] = {
            f"{name}.f32": matrix.reshape(-1).view(np.uint8).data
            for name, matrix in self._matrices.items()
            if matrix.size
        }
        self._checkpoint.save(_STAGE, files, position)
        self._saved = time.monotonic()

    def save_now_and_then(self, position: Callable[[], Mapping[str, Any]]) -> None:
        """`save`, when the last time was ten minutes ago."""
        if time.monotonic() - self._saved >= _SECONDS:
            self.save(position())

    def load(self) -> dict[str, Any] | None:
        """The stored position, the matrices as they were there; None when nothing is stored."""
        saved = self._checkpoint.load(_STAGE)
        if saved is None:
            return None
        for name, matrix in self._matrices.items():
            if not matrix.size:
                continue
            stored = np.fromfile(saved.files[f"{name}.f32"], dtype=matrix.dtype)
            if stored.size != matrix.size:
                raise CheckpointError(f"[resume] expected {matrix.size} numbers of {name}, received {stored.size}")
            matrix[...] = stored.reshape(matrix.shape)
        return saved.meta
