"""Two spaces of vectors laid over each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ArgumentError, message
from .keys import Floats, Key
from .search import unit_rows
from .storage import VectorStorage

if TYPE_CHECKING:
    from . import KeyedVectors

__all__ = ["Aligned", "Alignment"]


@dataclass(frozen=True)
class Aligned:
    """What `Alignment.align` gives.

    vectors: the vectors, turned; keys and attributes are those of the space that was turned.
    rotation: (vector_size, vector_size) float32, orthogonal; a vector of the old space times it is one of the new.
    anchors: the pairs of keys that were laid over each other.
    cosine: the mean cosine of the anchors' vectors afterwards.
    """

    vectors: KeyedVectors
    rotation: Floats
    anchors: Sequence[tuple[Key, Key]]
    cosine: float


class Alignment(VectorStorage):
    """Orthogonal Procrustes."""

    def align(self, other: Alignment, anchors: Iterable[Any] | None = None) -> Aligned:
        """These vectors turned so that they lie over those of ``other``, as well as a rotation (or reflection) can do it:
        the one that makes the anchors' vectors of length one meet with the least sum of squared distances (Schoenemann
        1966). Lengths and all cosines among these vectors stay.

        Args:
            other: vectors of the same size: another language, another year, another run.
            anchors: what should meet: keys that both have, or pairs (key here, key in ``other``). All keys that both
                have by default.

        Raises:
            ArgumentError: another vector size, or no anchors. UnknownKeyError: an anchor is not there.
        """
        if other.vector_size != self.vector_size:
            expected = f"vectors of size {self.vector_size}"
            raise ArgumentError(message("align", expected, f"size {other.vector_size}"))
        if anchors is None:
            anchors = [key for key in self.index_to_key if key in other.key_to_index]
        pairs = [(a, a) if isinstance(a, str) or not isinstance(a, Sequence) else (a[0], a[1]) for a in anchors]
        if not pairs:
            raise ArgumentError(message("align", "anchors", "no key that both have", "`anchors=[(here, there), ...]`"))
        here = unit_rows(self._rows([self.get_index(a) for a, _ in pairs]).astype(np.float64))
        there = unit_rows(other._rows([other.get_index(b) for _, b in pairs]).astype(np.float64))
        left, _, right = np.linalg.svd(here.T.astype(np.float64) @ there)
        rotation = (left @ right).astype(np.float32)

        from . import KeyedVectors

        out = KeyedVectors(self.vector_size)
        out.index_to_key, out.key_to_index = list(self.index_to_key), dict(self.key_to_index)
        out.next_index = self.next_index
        out.expandos = {name: values.copy() for name, values in self.expandos.items()}
        turned = np.empty(self.vectors.shape, dtype=np.float32)
        for part, rows in self._blocks():
            turned[part] = rows @ rotation
        out.vectors = turned
        cosine = float(np.einsum("ij,ij->i", here @ rotation, there).mean())
        return Aligned(out, rotation, pairs, cosine)
