"""A file of tensors on the hub, of which only what is asked for is fetched."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...hub import HubRepo
from ...hub_ranges import NoRangesError, RangedFile
from ...io.safetensors_file import TensorInfo, header_bytes, parse_header, tensor_dtype
from ...progress import ProgressLike
from .shards import LocalShard
from .weights import Shard

__all__ = ["RemoteShard", "open_ranged"]

# Rows closer than this are fetched in one request: asking costs more than the bytes between them.
_GAP_BYTES = 16 << 10
# From here on the whole tensor is fetched: as many requests, or pieces on the disk, would take longer.
_MOST_RUNS = 64
_MOST_PIECES = 1024


def open_ranged(repo: HubRepo, name: str, progress: ProgressLike = None) -> Shard | None:
    """A file of tensors: from the hub's cache if it is there; else read in ranges; else, where the server has none, fetched
    whole, which a UserWarning says. None when there is no such file.

    Raises:
        NotFoundError: the hub is out of reach. FormatError: a damaged file.
    """
    cached = repo.cached(name)
    if cached is not None:
        return LocalShard(cached)
    try:
        file = RangedFile.find(repo, name)
        return None if file is None else RemoteShard(repo, file, progress)
    except NoRangesError:
        return _whole(repo, name)


def _whole(repo: HubRepo, name: str) -> LocalShard | None:
    text = f"[load {repo.repo_id!r}] the server sends no byte ranges: {name} is fetched whole"
    warnings.warn(text, UserWarning, stacklevel=2)
    path = repo.get(name)
    return None if path is None else LocalShard(path)


class RemoteShard:
    """As `LocalShard`; a tensor that is asked for as a whole is kept and mapped, rows are fetched alone.

    Raises:
        NoRangesError: the server sends whole files only.
    """

    def __init__(self, repo: HubRepo, file: RangedFile, progress: ProgressLike = None) -> None:
        self._repo = repo
        self._progress = progress
        self._file = file
        self._operation = f"load {repo.repo_id}/{file.name}"
        size = header_bytes(self._operation, file.read(0, min(8, file.size)), file.size)
        self._tensors = parse_header(self._operation, file.read(8, 8 + size), file.size).tensors
        self._local: LocalShard | None = None

    @property
    def tensors(self) -> Mapping[str, TensorInfo]:
        """What the file holds."""
        return self._tensors

    def array(self, name: str) -> npt.NDArray[Any]:
        """The whole tensor, mapped from the piece that is kept of it."""
        tensor = self._tensors[name]
        dtype = tensor_dtype(self._operation, tensor)
        if not tensor.nbytes:
            return np.zeros(tensor.shape, dtype)
        try:
            path, first = self._file.path(tensor.begin, tensor.begin + tensor.nbytes, self._progress)
        except NoRangesError:
            return self._whole_file().array(name)
        mapped = np.memmap(path, np.uint8, "r", tensor.begin - first, (tensor.nbytes,))
        array: npt.NDArray[Any] = np.asarray(mapped).view(dtype).reshape(tensor.shape)
        return array

    def rows(self, name: str, ids: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Some rows: neighbours are fetched together, and the whole tensor where that is most of it."""
        tensor = self._tensors[name]
        dtype = tensor_dtype(self._operation, tensor)
        row_bytes = tensor.nbytes // max(1, tensor.shape[0])
        if not len(ids) or not row_bytes:
            return np.zeros((len(ids), *tensor.shape[1:]), dtype)
        wanted, places = np.unique(ids, return_inverse=True)
        runs = np.split(wanted, np.flatnonzero(np.diff(wanted) * row_bytes > _GAP_BYTES + row_bytes) + 1)
        fetched = sum(int(run[-1] - run[0] + 1) for run in runs) * row_bytes
        whole = self._file.has(tensor.begin, tensor.begin + tensor.nbytes)
        if whole or 2 * fetched > tensor.nbytes or len(runs) > _MOST_RUNS or self._file.pieces > _MOST_PIECES:
            every: npt.NDArray[Any] = self.array(name)[ids]
            return every
        parts = []
        try:
            for run in runs:
                begin, end = (tensor.begin + int(row) * row_bytes for row in (run[0], run[-1] + 1))
                block = np.frombuffer(self._file.read(begin, end), dtype).reshape(-1, *tensor.shape[1:])
                parts.append(block[run - run[0]])
        except NoRangesError:
            return self._whole_file().rows(name, ids)
        taken: npt.NDArray[Any] = np.concatenate(parts)[places]
        return taken

    def _whole_file(self) -> LocalShard:
        """Where a server that sent ranges no longer does."""
        if self._local is None:
            found = _whole(self._repo, self._file.name)
            if found is None:
                raise NoRangesError
            self._local = found
        return self._local
