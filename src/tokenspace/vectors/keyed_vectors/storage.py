"""Keys with a matrix of their vectors, one row each, and any further attributes of a key."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, UnsupportedError, message
from .keys import KEY_TYPES, Floats, Key, UnknownKeyError, unknown_key

__all__ = ["VectorStorage", "grown_matrix"]

# Rows are worked on so many bytes at a time wherever NumPy needs a temporary copy of them.
_BLOCK_BYTES = 1 << 23


def grown_matrix(shape: tuple[int, int], prior: Floats | None, seed: int, dtype: npt.DTypeLike = np.float32) -> Floats:
    """A matrix of ``shape`` that begins with the rows of ``prior``; the others are uniform in (-1, 1) / columns.

    The numbers are those of gensim 4: the whole matrix is drawn from ``default_rng(seed)``, then the prior rows are
    put over it.
    """
    if prior is not None and prior.shape == shape:
        return prior
    drawn = np.random.default_rng(seed).random(shape, dtype=np.float32)
    drawn *= 2.0
    drawn -= 1.0
    drawn /= shape[1]
    out: Floats = drawn.astype(dtype, copy=False)
    if prior is not None:
        out[: prior.shape[0], : prior.shape[1]] = prior[: shape[0], : shape[1]]
    return out


class VectorStorage:
    """Keys and vectors. Attributes, named as gensim's:

    vector_size: columns of ``vectors``.
    index_to_key: the key of each row.
    key_to_index: the row of each key.
    vectors: (keys, vector_size), C-contiguous; float32 unless made otherwise. Assigning it drops ``norms``; whoever
        writes into it sets ``norms`` to None.
    norms: (keys,) float32, the lengths of the rows; None until a query needs them.
    scales: (keys,) float32 for int8 vectors, whose row i stands for ``scales[i] * vectors[i]``; else None.
    expandos: attribute name -> one value a row ("count", ...); see `set_vecattr`.
    next_index: the first row without a key, in a table made with ``count`` rows in advance.
    """

    def __init__(self, vector_size: int, count: int = 0, dtype: npt.DTypeLike = np.float32) -> None:
        if vector_size < 0 or count < 0:
            raise ArgumentError(message("KeyedVectors", "sizes >= 0", f"vector_size={vector_size}, count={count}"))
        self.vector_size = vector_size
        self.index_to_key: list[Any] = [None] * count
        self.key_to_index: dict[Any, int] = {}
        self.next_index = 0
        self.norms: npt.NDArray[np.float32] | None = None
        self.scales: npt.NDArray[np.float32] | None = None
        self.expandos: dict[str, npt.NDArray[Any]] = {}
        self._vectors: Floats = np.zeros((count, vector_size), dtype=dtype)

    @property
    def vectors(self) -> Floats:
        return self._vectors

    @vectors.setter
    def vectors(self, value: Floats) -> None:
        matrix = value if isinstance(value, np.ndarray) else np.asarray(value, dtype=np.float32)
        if matrix.ndim != 2:
            raise ArgumentError(message("vectors", "a matrix (keys, vector_size)", f"an array of shape {matrix.shape}"))
        if not matrix.dtype.isnative:
            matrix = matrix.astype(matrix.dtype.newbyteorder("="))
        # Not ascontiguousarray in any case: it would make a plain array of a mapped one.
        self._vectors = matrix if matrix.flags.c_contiguous else np.ascontiguousarray(matrix)
        self.norms = None

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __str__(self) -> str:
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    __repr__ = __str__

    # -- looking up --------------------------------------------------------------------------------------------------

    def get_index(self, key: Key, default: int | None = None) -> int:
        """The row of ``key``. An integer that is no key is a row number.

        Raises:
            UnknownKeyError: (a KeyError) unless there is a ``default``.
        """
        row = self.key_to_index.get(key, -1)
        if row >= 0:
            return row
        if isinstance(key, (int, np.integer)) and 0 <= key < len(self.index_to_key):
            return int(key)
        if default is not None:
            return default
        raise unknown_key(key, self.key_to_index, rows=len(self))

    def has_index_for(self, key: Key) -> bool:
        """Whether a row of the matrix belongs to this key. Models that make vectors for unknown words answer True to
        ``key in vectors`` and False here."""
        return self.get_index(key, -1) >= 0

    def __contains__(self, key: Key) -> bool:
        return self.has_index_for(key)

    def get_vector(self, key: Key, norm: bool = False) -> Floats:
        """The vector of ``key``, (vector_size,), read-only; of length one with ``norm``. float16 and int8 rows
        come as float32.

        Raises:
            UnknownKeyError: (a KeyError) the key is not there.
        """
        row = self.get_index(key)
        result: Floats = self._vectors[row]
        if result.dtype == np.float16:
            result = result.astype(np.float32)
        elif self.scales is not None:
            result = result * self.scales[row]
        if norm:
            norms = self._norms()
            with np.errstate(divide="ignore", invalid="ignore"):
                result = result / norms[row]
        result = np.asarray(result)
        result.flags.writeable = False  # a change behind our back would make the norms wrong
        return result

    def __getitem__(self, keys: Key | Iterable[Key]) -> Floats:
        """The vector of a key, (vector_size,), or of several, (keys, vector_size)."""
        if isinstance(keys, KEY_TYPES):
            return self.get_vector(keys)
        rows = [self.get_vector(key) for key in keys]
        return np.vstack(rows) if rows else np.zeros((0, self.vector_size), dtype=np.float32)

    # -- adding ------------------------------------------------------------------------------------------------------

    def add_vector(self, key: Key, vector: Floats) -> int:
        """Put one key with its vector into the next free row, or after the last one (that copies the whole matrix: add
        many with `add_vectors`, or say ``count`` in advance). Returns the row."""
        row = self.next_index
        if row < len(self) and self.index_to_key[row] is None:
            self._refuse_fixed("add_vector")
            self._vectors[row] = vector
            self.norms = None
            self.index_to_key[row] = key
            self.key_to_index[key] = row
            self.next_index += 1
            return row
        warnings.warn(
            "each add_vector beyond the rows made in advance copies the whole matrix; use add_vectors with many keys, "
            "or KeyedVectors(vector_size, count=...)",
            UserWarning,
            stacklevel=2,
        )
        row = len(self)
        self.add_vectors([key], np.asarray(vector).reshape(1, -1))
        row = self.key_to_index[key]
        self.next_index = len(self)
        return row

    def add_vectors(
        self,
        keys: Key | Sequence[Key],
        weights: Floats | Sequence[Floats],
        extras: Mapping[str, npt.NDArray[Any]] | None = None,
        replace: bool = False,
    ) -> None:
        """Append keys with their vectors.

        Args:
            keys: new keys; one that is there already keeps its vector unless ``replace``. Of a key that comes twice
                the first vector counts.
            weights: (keys, vector_size).
            extras: attribute name -> (keys,), see `set_vecattr`.

        Raises:
            ArgumentError: another number of vectors or columns.
        """
        if isinstance(keys, KEY_TYPES):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        matrix = np.asarray(weights)
        if matrix.size == 0:
            matrix = matrix.reshape(len(keys), self.vector_size)
        if matrix.shape != (len(keys), self.vector_size):
            expected = f"{len(keys)} vectors of {self.vector_size} numbers"
            raise ArgumentError(message("add_vectors", expected, f"an array of shape {matrix.shape}"))
        extras = {name: np.asarray(values) for name, values in (extras or {}).items()}
        for name, values in extras.items():
            if len(values) != len(keys):
                raise ArgumentError(message("add_vectors", f"{len(keys)} values of {name!r}", f"{len(values)}"))
        self._refuse_fixed("add_vectors")
        self.allocate_vecattrs(list(extras), [values.dtype for values in extras.values()])

        new: list[int] = []
        known: list[int] = []
        rows: dict[Any, int] = {}
        for position, key in enumerate(keys):
            if key in self.key_to_index:
                known.append(position)
            elif key not in rows:
                rows[key] = len(self.index_to_key) + len(new)
                new.append(position)
        if known and replace:
            targets = [self.key_to_index[keys[position]] for position in known]
            self._vectors[targets] = matrix[known]
            for name, values in extras.items():
                self.expandos[name][targets] = values[known]
        if new:
            self._vectors = np.concatenate((self._vectors, matrix[new].astype(self._vectors.dtype, copy=False)))
            self.key_to_index.update(rows)
            self.index_to_key.extend(rows)
        self.norms = None
        self.allocate_vecattrs()
        for name, values in extras.items():
            self.expandos[name][len(self) - len(new) :] = values[new]

    def __setitem__(self, keys: Key | list[Key], weights: Floats | Sequence[Floats]) -> None:
        """`add_vectors` with ``replace=True``."""
        if not isinstance(keys, list):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        self.add_vectors(keys, weights, replace=True)

    def resize_vectors(self, seed: int = 0) -> None:
        """Make the matrix as long as ``index_to_key``; new rows are drawn as `grown_matrix` says."""
        self._refuse_fixed("resize_vectors")
        self.vectors = grown_matrix((len(self), self.vector_size), self._vectors, seed, self._vectors.dtype)
        self.allocate_vecattrs()

    def _refuse_fixed(self, operation: str) -> None:
        """int8 rows have scales of their own, and a mapped file is not ours to write into."""
        if self.scales is not None or not self._vectors.flags.writeable:
            received = "int8 vectors" if self.scales is not None else "read-only vectors"
            raise UnsupportedError(message(operation, "vectors that may be changed", received, "`.astype('float32')`"))

    # -- attributes --------------------------------------------------------------------------------------------------

    def allocate_vecattrs(self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None) -> None:
        """Make the arrays of these attributes, or of all there are, as long as ``index_to_key``.

        Raises:
            TypeError: the attribute exists with another type.
        """
        if attrs is None or types is None:
            attrs = list(self.expandos)
            types = [self.expandos[attr].dtype for attr in attrs]
        size = len(self.index_to_key)
        for attr, given in zip(attrs, types, strict=True):
            # 64 bits for int on every system; str as objects, since NumPy's own strings have a fixed width.
            wanted = np.dtype(np.int64 if given is int else object if given in (str, type(None)) else given)
            wanted = np.dtype(object) if wanted.kind == "U" else wanted
            prior = self.expandos.get(attr)
            if prior is None:
                self.expandos[attr] = np.zeros(size, dtype=wanted)
                continue
            if not np.issubdtype(wanted, prior.dtype):
                raise TypeError(message("vecattr", f"{attr!r} of its type {prior.dtype}", str(wanted)))
            if len(prior) != size:
                grown = np.zeros(size, dtype=prior.dtype)
                kept = min(len(prior), size)
                grown[:kept] = prior[:kept]
                self.expandos[attr] = grown

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Give ``key`` the value ``val`` of attribute ``attr``. The first value of an attribute decides its type.

        Raises:
            UnknownKeyError: no such key. TypeError: the attribute has another type.
        """
        row = self.get_index(key)
        self.allocate_vecattrs([attr], [type(val)])
        self.expandos[attr][row] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """The value of ``attr`` for ``key``.

        Raises:
            UnknownKeyError: no such key, or no such attribute.
        """
        row = self.get_index(key)
        if attr not in self.expandos:
            expected = f"one of the attributes {', '.join(map(repr, self.expandos)) or '(none)'}"
            raise UnknownKeyError(message("get_vecattr", expected, repr(attr)))
        return self.expandos[attr][row]

    # -- norms and order ---------------------------------------------------------------------------------------------

    def _blocks(self) -> Iterable[tuple[slice, Floats]]:
        """The rows as float32 (float64 as they are), a few MB at a time."""
        step = max(1, _BLOCK_BYTES // max(1, 4 * self.vector_size))
        for start in range(0, len(self._vectors), step):
            part = slice(start, min(start + step, len(self._vectors)))
            rows: Floats = self._vectors[part]
            if rows.dtype != np.float64:
                rows = rows.astype(np.float32, copy=False)
            if self.scales is not None:
                rows = rows * self.scales[part, None]
            yield part, rows

    def _rows(self, rows: Sequence[int]) -> npt.NDArray[Any]:
        """A copy of some rows as float32 (float64 as they are), scales applied."""
        taken: npt.NDArray[Any] = self.vectors[list(rows)]
        if taken.dtype != np.float64:
            taken = taken.astype(np.float32, copy=False)
        return taken if self.scales is None else taken * self.scales[list(rows), None]

    def fill_norms(self, force: bool = False) -> None:
        """Compute ``norms`` where they are missing, or in any case with ``force``. The rows are read once and nothing of them
        is kept: they may lie in a mapped file larger than memory."""
        if self.norms is not None and not force:
            return
        self.norms = _core.knn_norms(self._vectors, scales=self.scales)

    def _norms(self) -> npt.NDArray[np.float32]:
        self.fill_norms()
        assert self.norms is not None
        return self.norms

    def get_normed_vectors(self) -> Floats:
        """All vectors scaled to length one, (keys, vector_size): a second matrix. A zero vector becomes NaN."""
        norms = self._norms()
        out = np.empty(self._vectors.shape, np.float64 if self._vectors.dtype == np.float64 else np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):
            for part, rows in self._blocks():
                np.divide(rows, norms[part, None], out=out[part])
        return out

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length one in place. There is no sensible training after that."""
        self._refuse_fixed("unit_normalize_all")
        norms = self._norms()
        with np.errstate(divide="ignore", invalid="ignore"):
            self._vectors /= norms[:, None]
        self.norms = np.ones(len(self._vectors), dtype=np.float32)

    def sort_by_descending_frequency(self) -> None:
        """Reorder the rows by the attribute "count", largest first; of equal counts the later row comes first."""
        if not len(self):
            return
        if "count" not in self.expandos:
            raise UnknownKeyError(message("sort_by_descending_frequency", "the attribute 'count'", "none"))
        counts = np.asarray(self.expandos["count"], dtype=np.int64)
        order = np.lexsort((-np.arange(len(counts)), -counts))
        self.index_to_key = [self.index_to_key[row] for row in order]
        self.allocate_vecattrs()
        self.expandos = {name: values[order] for name, values in self.expandos.items()}
        if len(self._vectors):
            self.vectors = self._vectors[order]
        if self.scales is not None:
            self.scales = self.scales[order]
        self.key_to_index = {key: row for row, key in enumerate(self.index_to_key)}
