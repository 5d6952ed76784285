"""Encoded sentences kept for the next epoch: in memory up to a budget, beyond it in a temporary file that is mapped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from ...errors import FileError
from ...io.workspace import Workspace
from .id_block import IdBlock, Ids


@dataclass(frozen=True, slots=True)
class _OnDisk:
    at: int  # of the ids; the offsets follow behind them
    ids: int
    raw_words: int
    sentences: int


class IdStore:
    """Blocks, appended once and then given as often as wanted.

    Args:
        memory_budget: bytes of blocks to hold in memory.
        temp_dir: for the file of the others; None: the platform's. It is removed with the store.
    """

    def __init__(self, memory_budget: int, temp_dir: str | os.PathLike[str] | None = None) -> None:
        self._left, self._temp_dir = memory_budget, temp_dir
        self._blocks: list[IdBlock | _OnDisk] = []
        self._work: Workspace | None = None
        self._file: BinaryIO | None = None
        self._size = 0

    @property
    def on_disk(self) -> int:
        """Bytes in the temporary file."""
        return self._size

    def append(self, block: IdBlock) -> None:
        """Keep ``block``.

        Raises:
            LimitError, FileError: no room for the temporary file.
        """
        if block.nbytes <= self._left:
            self._left -= block.nbytes
            self._blocks.append(block)
            return
        if self._work is None:
            self._work = Workspace(self._temp_dir, block.nbytes)
            self._file = open(self._work.path / "ids", "w+b", buffering=0)  # noqa: SIM115 - closed with the workspace
        assert self._file is not None
        self._work.require(block.nbytes)
        ids = block.ids.tobytes()
        data = ids + bytes(-len(ids) % 8) + block.offsets.tobytes()
        try:
            written = self._file.write(data)
        except OSError as error:
            raise FileError(f"[train] {self._work.path}: {error.strerror}; try temp_dir= on another disk") from error
        if written != len(data):
            raise FileError(f"[train] {self._work.path}: the disk is full; try temp_dir= on another one")
        self._blocks.append(_OnDisk(self._size, len(block.ids), block.raw_words, block.sentences))
        self._size += len(data)

    def __iter__(self) -> Iterator[IdBlock]:
        for block in self._blocks:
            yield block if isinstance(block, IdBlock) else self._mapped(block)

    def _mapped(self, block: _OnDisk) -> IdBlock:
        assert self._work is not None
        path = self._work.path / "ids"
        behind = block.at + -(-block.ids * 4 // 8) * 8
        ids: Ids = np.memmap(path, np.int32, "r", block.at, (block.ids,)) if block.ids else np.empty(0, np.int32)
        offsets = np.memmap(path, np.int64, "r", behind, (block.sentences + 1,))
        return IdBlock(np.asarray(ids), np.asarray(offsets), block.raw_words, block.sentences)

    def close(self) -> None:
        """Remove the temporary file."""
        self._blocks = []
        if self._file is not None:
            self._file.close()
        if self._work is not None:
            self._work.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()
