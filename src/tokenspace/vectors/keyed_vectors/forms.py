"""The same vectors in another form: other keys, other numbers, NumPy, torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from ...errors import ArgumentError, UnsupportedError, message
from .keys import Floats, Key, UnknownKeyError
from .storage import VectorStorage

if TYPE_CHECKING:
    import torch

    from . import KeyedVectors

__all__ = ["Forms"]

Self = TypeVar("Self", bound="Forms")


class Forms(VectorStorage):
    """Conversions."""

    def astype(self: Self, dtype: Literal["float32", "float16", "int8", "float64"] | Any) -> KeyedVectors:
        """The same keys and attributes with vectors of another type, as a table of its own.

        ``"float16"`` takes half the memory of float32, ``"int8"`` a quarter: there row i is ``scales[i]`` times whole
        numbers of -127 to 127, ``scales[i]`` being the largest magnitude of the row over 127. All queries work on every
        type, on the rounded numbers.

        Raises:
            ArgumentError: another type; or int8 for a row with NaN or infinity.
        """
        from . import KeyedVectors

        wanted = np.dtype(dtype)
        if wanted not in (np.float32, np.float16, np.int8, np.float64):
            raise ArgumentError(message("astype", "float32, float16, float64 or int8", str(wanted)))
        out = KeyedVectors(self.vector_size, 0, dtype=wanted)
        out.index_to_key, out.key_to_index = list(self.index_to_key), dict(self.key_to_index)
        out.next_index, out.expandos = self.next_index, {name: one.copy() for name, one in self.expandos.items()}
        vectors = np.empty(self.vectors.shape, dtype=wanted)
        scales = np.ones(len(vectors), dtype=np.float32) if wanted == np.int8 else None
        for part, rows in self._blocks():
            if scales is None:
                vectors[part] = rows
                continue
            largest = np.abs(rows).max(axis=1, initial=0.0)
            if not np.isfinite(largest).all():
                row = part.start + int(np.flatnonzero(~np.isfinite(largest))[0])
                expected = "finite numbers"
                raise ArgumentError(message("astype", expected, f"NaN or infinity in row {row}", '"float16"'))
            scales[part] = np.where(largest > 0, largest / 127, 1)
            vectors[part] = np.rint(rows / scales[part, None])
        out.vectors, out.scales = vectors, scales
        return out

    def to_numpy(self, copy: bool = False) -> Floats:
        """The matrix (keys, vector_size) in the order of ``index_to_key``: the very one, or a copy. int8 vectors come as
        a new float32 matrix."""
        if self.scales is None:
            return self.vectors.copy() if copy else self.vectors
        out = np.empty(self.vectors.shape, dtype=np.float32)
        for part, rows in self._blocks():
            out[part] = rows
        return out

    def to_torch(self, freeze: bool = True, padding_idx: int | None = None) -> torch.nn.Embedding:
        """A ``torch.nn.Embedding`` with a float32 copy of the vectors, row by row as in ``index_to_key``.

        Args:
            freeze: the vectors are not trained.
            padding_idx: the row that stands for padding.

        Raises:
            UnsupportedError: torch is not installed.
        """
        try:
            import torch
        except ModuleNotFoundError as error:
            raise UnsupportedError(message("to_torch", "torch", "no such package", "pip install torch")) from error
        matrix = np.array(self.to_numpy(), dtype=np.float32)
        return torch.nn.Embedding.from_pretrained(torch.from_numpy(matrix), freeze=freeze, padding_idx=padding_idx)

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """New KeyedVectors of those of ``keys`` that have a vector, in their order, each once.

        Args:
            allow_inference: also keys whose vector a model makes up (subwords of unknown words).
            copy_vecattrs: take the attributes along, where a key has them. Without, "count" falls from the number of
                keys to 1, as in files that hold no counts.
        """
        from . import KeyedVectors

        known = self if allow_inference else self.key_to_index
        kept = [key for key in dict.fromkeys(keys) if key in known]
        out = KeyedVectors(self.vector_size, 0, dtype=np.float32 if self.scales is not None else self.vectors.dtype)
        matrix = np.empty((len(kept), self.vector_size), dtype=out.vectors.dtype)
        for row, key in enumerate(kept):
            matrix[row] = self.get_vector(key)
        out.add_vectors(kept, matrix, {"count": np.arange(len(kept), 0, -1, dtype=np.int64)})
        out.next_index = len(kept)
        if copy_vecattrs:
            for attr in self.expandos:
                for key in kept:
                    try:
                        out.set_vecattr(key, attr, self.get_vecattr(key, attr))
                    except UnknownKeyError:
                        continue  # a vector that was made up has no attributes
        return out
