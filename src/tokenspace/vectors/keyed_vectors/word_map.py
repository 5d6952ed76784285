"""A plane through the space: words as points on a picture."""

from __future__ import annotations

import html
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ...io.writers import atomic_writer
from .keys import Key
from .storage import VectorStorage

__all__ = ["WordMap", "WordMaps"]

_WIDTH, _HEIGHT, _MARGIN = 900, 640, 48
# Distinguishable also for readers who see red and green alike (Okabe and Ito 2008).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")


@dataclass(frozen=True)
class WordMap:
    """Words on a plane.

    words: the keys.
    coordinates: (words, 2) float32, the first column along the direction in which the words differ most.
    explained: what share of their variance each of the two columns shows.
    groups: name of the group of each word, "" for none; one colour a group.
    """

    words: Sequence[Key]
    coordinates: npt.NDArray[np.float32]
    explained: tuple[float, float]
    groups: Sequence[str] = field(default_factory=tuple)

    def to_svg(self) -> str:
        """The picture as an SVG document."""
        low = self.coordinates.min(axis=0)
        span = np.maximum(self.coordinates.max(axis=0) - low, 1e-12)
        inner = np.array([_WIDTH - 3 * _MARGIN, _HEIGHT - 2 * _MARGIN])  # labels stand right of their points
        places = _MARGIN + (self.coordinates - low) / span * inner
        names = list(dict.fromkeys(self.groups))
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'font-family="sans-serif" font-size="12">',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        ]
        for row, word in enumerate(self.words):
            x, y = places[row, 0], _HEIGHT - places[row, 1]
            group = self.groups[row] if self.groups else ""
            colour = _COLOURS[names.index(group) % len(_COLOURS)] if self.groups else _COLOURS[0]
            label = html.escape(str(word))
            parts.append(
                f'<g><title>{label}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
                f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="#222222">{label}</text></g>'
            )
        for line, name in enumerate(name for name in names if name):
            colour = _COLOURS[names.index(name) % len(_COLOURS)]
            y = 20 + 16 * line
            parts.append(
                f'<circle cx="14" cy="{y - 4}" r="4" fill="{colour}"/>'
                f'<text x="24" y="{y}" fill="#222222">{html.escape(name)}</text>'
            )
        shown = f"principal components, {self.explained[0]:.0%} and {self.explained[1]:.0%} of the variance"
        parts.append(f'<text x="{_MARGIN}" y="{_HEIGHT - 12}" fill="#666666">{shown}</text>')
        return "\n".join([*parts, "</svg>\n"])

    def to_html(self) -> str:
        """A page with the picture, which fills the window."""
        return (
            '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Word map</title>\n'
            "<style>body{margin:0}svg{width:100vw;height:100vh}</style>\n" + self.to_svg() + "</html>\n"
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as ``.svg`` or ``.html``.

        Raises:
            ArgumentError: another extension. FileError: the file cannot be written.
        """
        forms = {".svg": self.to_svg, ".html": self.to_html}
        form = forms.get(Path(path).suffix.lower())
        if form is None:
            raise ArgumentError(message("save", "a path that ends in .svg or .html", str(path)))
        with atomic_writer(path) as file:
            file.write(form())


class WordMaps(VectorStorage):
    """Projections onto two dimensions."""

    def word_map(
        self, words: Iterable[Key] | Mapping[str, Iterable[Key]] | None = None, *, normalize: bool = True
    ) -> WordMap:
        """Words on the plane on which their vectors differ most: the first two principal components, by singular value
        decomposition of the centred vectors of these words. The same words give the same picture.

        Args:
            words: keys, or a mapping from the name of a group to its keys; the first 200 keys by default.
            normalize: scale the vectors to length one first, so that the picture shows cosines rather than counts.

        Raises:
            ArgumentError: fewer than two words. UnknownKeyError: a key is not there.
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
        matrix = np.vstack([self.get_vector(word) for word in listed]).astype(np.float64)
        if normalize:
            lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
            np.divide(matrix, lengths, out=matrix, where=lengths > 0)
        if not np.isfinite(matrix).all():
            raise ArgumentError(message("word_map", "finite vectors", "NaN or infinity"))
        matrix -= matrix.mean(axis=0)
        left, values, _ = np.linalg.svd(matrix, full_matrices=False)
        coordinates = np.zeros((len(listed), 2))
        shown = min(2, len(values))
        coordinates[:, :shown] = left[:, :shown] * values[:shown]
        # A component's sign is arbitrary: the word farthest out is put on the positive side.
        farthest = np.abs(coordinates).argmax(axis=0)
        coordinates *= np.where(coordinates[farthest, [0, 1]] < 0, -1, 1)
        variance = values**2 / max(float((values**2).sum()), 1e-300)
        explained = (float(variance[0]), float(variance[1]) if len(variance) > 1 else 0.0)
        return WordMap(listed, coordinates.astype(np.float32), explained, groups)
