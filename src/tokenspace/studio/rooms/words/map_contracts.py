"""Contracts of the map of words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...arrays import PackedArray
from ...contracts import Contract
from .contracts import MOST_ROWS, Ref, UnknownWord, WordsQuestion

__all__ = ["MOST_POINTS", "WordGroup", "WordMapAnswer", "WordMapPageAnswer", "WordMapPageRequest", "WordMapRequest"]

MOST_POINTS = 20_000


class WordGroup(Contract):
    """Words of one colour."""

    name: Annotated[str, Field(max_length=60)] = ""
    words: Annotated[list[Ref], Field(max_length=2000)]


class WordMapRequest(WordsQuestion):
    """Which words are drawn: the ``count`` most frequent; the words of ``groups``; or the neighbours of these words, ``count``
    in all. ``clusters``: groups looked for in the space itself."""

    show: Literal["frequent", "words", "neighbours"] = "frequent"
    count: Annotated[int, Field(ge=2, le=MOST_POINTS)] = 1000
    groups: Annotated[list[WordGroup], Field(max_length=20)] = Field(default_factory=list)
    method: Literal["pca", "umap"] = "pca"
    clusters: Annotated[int, Field(ge=1, le=40)] = 12
    seed: Annotated[int, Field(ge=0, lt=MOST_ROWS)] = 0


class WordMapAnswer(Contract):
    """Words on a plane. n points.

    positions: (n, 2) float32. refs, labels: n. row: n, the row of each in the file. count: n, or None without counts.
    cluster: (n,) int32, -1 for none; cluster_names: by the words nearest to each centre. group: (n,) int32 as given.
    kept: (n,) float32, how many of the k nearest in the space are among the k nearest here. near: (n * k,) int32.
    explained: share of the variance that the plane shows, of principal components.
    """

    positions: PackedArray
    refs: list[Ref]
    labels: list[str]
    row: PackedArray
    count: PackedArray | None
    cluster: PackedArray
    cluster_names: list[str]
    group: PackedArray
    group_names: list[str]
    k: int
    kept: PackedArray | None
    near: PackedArray | None
    share: float | None
    trustworthiness: float | None
    continuity: float | None
    explained: tuple[float, float] | None
    unknown: list[UnknownWord]
    seconds: float


class WordMapPageRequest(Contract):
    """The map as one HTML document."""

    map: WordMapRequest
    title: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=500)] = ""
    colour_by: Literal["cluster", "group", "rank", "count", "trust"] | None = None


class WordMapPageAnswer(Contract):
    """One HTML document that opens from the disk."""

    html: str
