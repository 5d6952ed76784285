"""A plane through the space: words as points on a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ...pictures.picture import Picture
from .keys import Key
from .storage import VectorStorage

if TYPE_CHECKING:
    from ...pictures.drawing import Drawing

__all__ = ["WordMap", "WordMaps"]


@dataclass(frozen=True)
class WordMap(Picture):
    """Words on a plane; ``save`` writes SVG, HTML or PNG.

    words: the keys.
    coordinates: (words, 2) float32, the first column along the direction in which the words differ most.
    explained: what share of their variance each of the two columns shows.
    groups: name of the group of each word, "" for none; one colour a group.
    """

    words: Sequence[Key]
    coordinates: npt.NDArray[np.float32]
    explained: tuple[float, float]
    groups: Sequence[str] = field(default_factory=tuple)

    def drawing(self) -> Drawing:
        """The words as a `PointMap`."""
        from ...pictures.point_map import PointMap

        labels = [str(word) for word in self.words]
        return PointMap(labels, self.coordinates, self.groups, self.explained).drawing()


class WordMaps(VectorStorage):
    """Projections onto two dimensions."""

    def word_map(
        self, words: Iterable[Key] | Mapping[str, Iterable[Key]] | None = None, *, normalize: bool = True
    ) -> WordMap:
        """Words on the plane on which their vectors differ most, their first two principal components (`pictures.plane`).
        The same words give the same picture.

        Args:
            words: keys, or a mapping from the name of a group to its keys; the first 200 keys by default.
            normalize: scale the vectors to length one first, so that the picture shows cosines rather than counts.

        Raises:
            ArgumentError: fewer than two words, NaN or infinity. UnknownKeyError: a key is not there.
        """
        groups: list[str] = []
        if isinstance(words, Mapping):
            listed: list[Key] = []
            for name, members in words.items():
                members = list(members)
                listed += members
                groups += [name] * len(members)
        else:
            listed = list(self.index_to_key[:200] if words is None else words)
        if len(listed) < 2:
            raise ArgumentError(message("word_map", "at least two words", str(len(listed))))
        from ...pictures.plane import plane

        found = plane(np.vstack([self.get_vector(word) for word in listed]), normalize=normalize)
        return WordMap(listed, found.coordinates, found.explained, groups)
