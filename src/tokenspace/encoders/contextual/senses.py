"""The occurrences of one word: how alike they are, how they group, and at which layer their senses part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray
from .baseline import unit
from .clusters import Clusters, Labels, Matrix, adjusted_rand, cluster, distances_of, silhouette, similarities

if TYPE_CHECKING:
    from ...pictures.curves import CurveChart
    from ...pictures.heat_map import HeatMap
    from ...pictures.picture import Picture
    from ...pictures.plane import Plane
    from ...pictures.point_map import PointMap

__all__ = ["LayerSenses", "Occurrence", "Senses"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place of the word.

    sentence: number of the text among those given. text: that text. start, end: of the word in it, in code points.
    tokens: what the word is made of. label: what the caller knows of it, or None.
    """

    sentence: int
    text: str
    start: int
    end: int
    tokens: tuple[str, ...]
    label: str | None = None

    def window(self, columns: int = 30) -> str:
        """The word in brackets with up to ``columns`` characters on both sides, cut between words where there are spaces."""
        text, start, end = self.text, self.start, self.end
        first, last = max(0, start - columns), min(len(text), end + columns)
        if first and not text[first - 1].isspace():
            gap = text.find(" ", first, start)
            first = gap + 1 if gap >= 0 else first
        if last < len(text) and not text[last].isspace():
            gap = text.rfind(" ", end, last)
            last = gap if gap >= 0 else last
        whole = f"{'…' * (first > 0)}{text[first:start]}[{text[start:end]}]{text[end:last]}{'…' * (last < len(text))}"
        return " ".join(whole.split())


@dataclass(frozen=True, slots=True)
class LayerSenses:
    """One layer.

    Attributes:
        layer: its number.
        similarity: mean cosine of pairs of occurrences (self-similarity; Ethayarajh 2019).
        random: mean cosine of other words of these sentences, pairs from different sentences; None for one sentence.
        adjusted: similarity minus random.
        to_static: mean cosine of the occurrences with their own vectors at layer 0.
        clusters: how many groups. silhouette: how well they stand apart. separation: the same, less how well the same
            groups stand apart at layer 0, where only the place in the sentence and the spelling can part them.
        same, other: mean cosine of pairs with the same label, with different ones; None without labels.
        label_silhouette, label_separation: as for clusters. agreement: of clusters with labels, adjusted Rand index.
    """

    layer: int
    similarity: float | None
    random: float | None
    adjusted: float | None
    to_static: float
    clusters: int
    silhouette: float | None
    separation: float | None
    same: float | None = None
    other: float | None = None
    label_silhouette: float | None = None
    label_separation: float | None = None
    agreement: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, six decimals; keys that do not apply are null."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in values.items()}


class Senses:
    """What `ContextualEncoder.senses` found.

    Attributes:
        word: what was looked for. occurrences: where it is. found: how many there were before a sample was drawn.
        layers: the layers. vectors: float32 (layers, occurrences, d).
        static: float32 (occurrences, d), their vectors at layer 0, before any context is mixed in.
        model: its name.
    """

    def __init__(
        self,
        word: str,
        occurrences: list[Occurrence],
        layers: tuple[int, ...],
        vectors: FloatArray,
        static: FloatArray,
        random: npt.NDArray[np.float64] | None = None,
        *,
        clusters: int | None = None,
        found: int | None = None,
        model: str = "",
    ) -> None:
        if clusters is not None and not 1 <= clusters <= len(occurrences):
            raise ArgumentError(
                message("senses", f"1 ... {len(occurrences)} clusters, one an occurrence at most", str(clusters))
            )
        self.word, self.occurrences, self.layers, self.model = word, occurrences, layers, model
        self.vectors, self.static = vectors, static
        self.found = len(occurrences) if found is None else found
        self._random, self._count = random, clusters
        self._clusters: dict[int, Clusters] = {}

    def __len__(self) -> int:
        return len(self.occurrences)

    def _index(self, layer: int | None) -> int:
        if layer is None:
            layer = self.best_layer
        if -len(self.layers) <= layer < 0:
            return layer % len(self.layers)
        if layer not in self.layers:
            raise ArgumentError(
                message("layer", f"one of {list(self.layers)}", str(layer), 'senses(..., layers="all")')
            )
        return self.layers.index(layer)

    @cached_property
    def _control(self) -> Matrix:
        return similarities(self.static)

    def layer_number(self, layer: int) -> int:
        """A layer of ``layers``, negative numbers counted from the last.

        Raises:
            ArgumentError: no such layer.
        """
        return self.layers[self._index(layer)]

    # ---- one layer ----
    def similarity(self, layer: int | None = None) -> Matrix:
        """Cosine of every pair of occurrences, (n, n). layer None: the best one."""
        return similarities(self.vectors[self._index(layer)])

    def clusters(self, layer: int | None = None) -> Clusters:
        """The groups of the occurrences at a layer: average linkage over cosine distances, layer 0 as control
        (`clusters.cluster`)."""
        index = self._index(layer)
        if index not in self._clusters:
            self._clusters[index] = cluster(similarities(self.vectors[index]), self._count, self._control)
        return self._clusters[index]

    def members(self, layer: int | None = None) -> list[list[int]]:
        """Numbers of the occurrences of each cluster, the most typical (largest mean similarity inside) first."""
        labels, table = self.clusters(layer).labels, self.similarity(layer)
        found = []
        for number in range(int(labels.max(initial=-1)) + 1):
            group = np.nonzero(labels == number)[0]
            typical = np.argsort(-table[np.ix_(group, group)].mean(axis=1), kind="stable")
            found.append(group[typical].tolist())
        return found

    def words_around(self, layer: int | None = None, topn: int = 5) -> list[list[str]]:
        """For each cluster the words of its sentences that set it apart: those in the largest share of them beyond their
        share elsewhere."""
        from .words import overlapping, split_words

        labels = self.clusters(layer).labels
        sets = []
        split: dict[int, tuple[list[tuple[int, int]], list[str], Counter[str]]] = {}
        for one in self.occurrences:
            if one.sentence not in split:  # once, however many occurrences a long text has
                spans = split_words(one.text)
                words = [one.text[a:b].lower() for a, b in spans]
                split[one.sentence] = spans, words, Counter(words)
            spans, words, counts = split[one.sentence]
            own = Counter(words[overlapping(spans, one.start, one.end)])
            sets.append({word for word in counts if counts[word] > own[word] and any(map(str.isalpha, word))})
        names = sorted(set().union(*sets)) if sets else []
        lengths = np.asarray([len(name) for name in names], dtype=np.int64)
        held = np.asarray([[name in one for name in names] for one in sets], dtype=float).reshape(len(sets), len(names))
        found = []
        for number in range(int(labels.max(initial=-1)) + 1):
            inside = labels == number
            apart = held[inside].mean(axis=0) - (held[~inside].mean(axis=0) if (~inside).any() else 0)
            found.append([names[place] for place in np.lexsort((-lengths, -apart))[:topn] if apart[place] > 0])
        return found

    # ---- all layers ----
    @cached_property
    def to_static(self) -> Matrix:
        """Cosine of each occurrence with its own vector at layer 0, (layers, n): how far its sentence has carried it."""
        found: Matrix = np.clip((unit(self.static) * unit(self.vectors)).sum(axis=2), -1, 1)
        return found

    def planes(self) -> list[Plane]:
        """The occurrences on the plane of their first two principal components at each layer, every plane but that of the
        best layer turned towards its neighbour's, so that points move no more than they must from layer to layer."""
        from ...pictures.plane import plane, turned

        found = [plane(vectors) for vectors in self.vectors]
        best = self._index(None)
        for index in range(best + 1, len(found)):
            found[index] = turned(found[index], found[index - 1])
        for index in range(best - 1, -1, -1):
            found[index] = turned(found[index], found[index + 1])
        return found

    @cached_property
    def rows(self) -> list[LayerSenses]:
        """Each layer in numbers."""
        return [self._row(index) for index in range(len(self.layers))]

    @property
    def best_layer(self) -> int:
        """The layer whose groups stand apart best: by the separation of the labels where there are some of two kinds, else of
        the clusters; layer 0 only where there is no other."""
        rows = [row for row in self.rows if row.layer > 0] or self.rows

        def score(row: LayerSenses) -> float:
            value = row.separation if row.label_separation is None else row.label_separation
            return -2.0 if value is None else value

        return max(rows, key=lambda row: (score(row), row.layer)).layer

    @cached_property
    def _labels(self) -> Labels | None:
        names: dict[str, int] = {}
        given = [one.label for one in self.occurrences]
        if any(label is None for label in given):
            return None
        return np.asarray([names.setdefault(str(label), len(names)) for label in given], dtype=np.int64)

    def _row(self, index: int) -> LayerSenses:
        table = similarities(self.vectors[index])
        n = len(table)
        pairs = ~np.eye(n, dtype=bool)
        similarity = float(table[pairs].mean()) if n > 1 else None
        random = None if self._random is None else float(self._random[index])
        static = float(self.to_static[index].mean())
        groups = self.clusters(self.layers[index])
        row: dict[str, Any] = {}
        labels = self._labels
        if labels is not None and labels.max(initial=0) > 0:
            alike = labels[:, None] == labels[None, :]
            row["same"] = float(table[pairs & alike].mean()) if (pairs & alike).any() else None
            row["other"] = float(table[~alike].mean())
            row["label_silhouette"] = apart = silhouette(distances_of(table), labels)
            row["label_separation"] = apart - max(0.0, silhouette(distances_of(self._control), labels))
            row["agreement"] = adjusted_rand(groups.labels, labels)
        adjusted = similarity - random if similarity is not None and random is not None else None
        return LayerSenses(
            self.layers[index],
            similarity,
            random,
            adjusted,
            static,
            groups.count,
            groups.silhouette,
            groups.separation,
            **row,
        )

    # ---- pictures ----
    def _names(self, columns: int = 20) -> list[str]:
        return [one.window(columns) for one in self.occurrences]

    def matrix(self, layer: int | None = None) -> HeatMap:
        """The similarity table as a picture, occurrences of a cluster side by side."""
        from ...pictures.heat_map import HeatMap

        order = [one for group in self.members(layer) for one in group]
        names = self._names()
        number = self.layers[self._index(layer)]
        values = self.similarity(layer)[np.ix_(order, order)]
        title = f"{self.word}: cosine similarity at layer {number}"
        return HeatMap(values, [names[one] for one in order], title=title, diagonal=False)

    def map(self, layer: int | None = None) -> PointMap:
        """The occurrences on the plane of their first two principal components, coloured by label, or by cluster."""
        from ...pictures.plane import plane
        from ...pictures.point_map import PointMap

        index = self._index(layer)
        found = plane(self.vectors[index])
        labels = self._labels
        groups = (
            [f"cluster {number + 1}" for number in self.clusters(layer).labels]
            if labels is None
            else [str(one.label) for one in self.occurrences]
        )
        title = f"{self.word} at layer {self.layers[index]}"
        return PointMap(self._names(), found.coordinates, groups, found.explained, title, sorted(set(groups)))

    def chart(self) -> CurveChart:
        """Similarities from layer to layer."""
        from ...pictures.curves import Curve, CurveChart

        curves = []
        if any(row.same is not None for row in self.rows):
            curves.append(Curve("same sense", [row.same for row in self.rows]))
            curves.append(Curve("another sense", [row.other for row in self.rows]))
        else:
            curves.append(Curve("any two occurrences", [row.similarity for row in self.rows]))
        if any(row.random is not None for row in self.rows):
            curves.append(Curve("any two words", [row.random for row in self.rows]))
        curves.append(Curve("with its own layer 0", [row.to_static for row in self.rows]))
        mark = self.layers.index(self.best_layer) if len(self.layers) > 1 else None
        return CurveChart(
            curves, [str(layer) for layer in self.layers], title=f"{self.word}: cosine similarity, layer by layer", mark=mark,
            mark_text="groups apart best",
        )  # fmt: skip

    def picture(self, which: str = "all", layer: int | None = None) -> Picture:
        """A picture: "matrix", "map" and "chart", or "all" of them on one page.

        Raises:
            ArgumentError: another name.
        """
        from .senses_picture import SensesPicture

        if which == "all":
            return SensesPicture(self, layer)
        if which not in ("matrix", "map", "chart"):
            raise ArgumentError(message("picture", "all, matrix, map or chart", repr(which)))
        return self.chart() if which == "chart" else self.matrix(layer) if which == "matrix" else self.map(layer)

    # ---- shown ----
    def to_dict(self, tables: bool = True) -> dict[str, Any]:
        """All of it as JSON values; ``tables``: with the similarity table of each layer."""
        best = self.best_layer
        layers = []
        for row in self.rows:
            labels = self.clusters(row.layer).labels
            entry = row.to_dict() | {"labels": labels.tolist()}
            if tables:
                entry["table"] = np.round(self.similarity(row.layer), 6).tolist()
            layers.append(entry)
        occurrences = [
            {
                "sentence": one.sentence, "start": one.start, "end": one.end, "text": one.text, "tokens": list(one.tokens),
                "label": one.label,
            }
            for one in self.occurrences
        ]  # fmt: skip
        around = self.words_around()
        return {
            "word": self.word, "model": self.model, "found": self.found, "best_layer": best, "occurrences": occurrences,
            "layers": layers,
            "clusters": [
                {"members": group, "words_around": words} for group, words in zip(self.members(), around, strict=True)
            ],
        }  # fmt: skip

    def __repr__(self) -> str:
        best, one = self.clusters(), "" if len(self) == 1 else "s"
        drawn = f" of {self.found:,}" if self.found > len(self) else ""
        groups = f"{best.count} cluster{'' if best.count == 1 else 's'} at layer {self.best_layer}"
        value = "" if best.separation is None else f", separation {best.separation:.2f}"
        return f"Senses({self.word!r}: {len(self):,}{drawn} occurrence{one}, {groups}{value})"

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, rows: int = 8, layer: int | None = None) -> str:
        """A table of the layers, then the clusters of one (None: the best) with up to ``rows`` occurrences each."""
        from .senses_text import senses_text

        return senses_text(self, rows, layer)

    def _repr_html_(self) -> str:
        from .senses_text import senses_html

        return senses_html(self)


def shown(value: float | None) -> str:
    """Three decimals, or a dash."""
    return "-" if value is None else f"{value:.3f}"


def columns_of(rows: Sequence[LayerSenses]) -> list[tuple[str, list[str]]]:
    """The table of the layers by columns: title and cells; columns without a number are left out."""
    titles = {
        "similarity": "similarity", "random": "any two words", "to_static": "with layer 0", "same": "same label",
        "other": "other label", "label_separation": "labels apart", "separation": "clusters apart", "agreement": "agreement",
    }  # fmt: skip
    found = [("layer", [str(row.layer) for row in rows])]
    for name, title in titles.items():
        values = [getattr(row, name) for row in rows]
        if any(value is not None for value in values):
            found.append((title, [shown(value) for value in values]))
        if name == "label_separation":
            found.append(("clusters", [str(row.clusters) for row in rows]))
    return found
