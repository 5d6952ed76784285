"""Words on a plane, with how far each point's surroundings can be believed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ....errors import ArgumentError, message
from ....pictures import Trust, group_directions, neighbourhood_trust, plane
from ....pictures.map_page import map_page
from ....pictures.umap_plane import require_umap, umap_plane
from ....progress import ProgressLike
from ...arrays import pack
from ...faults import StudioError
from ...jobs import Job, JobContext
from .contracts import UnknownWord, WordView
from .map_contracts import MOST_POINTS, WordMapAnswer, WordMapPageAnswer, WordMapPageRequest, WordMapRequest
from .opening import space_of
from .spaces import Found, Space

if TYPE_CHECKING:
    from ...state import Studio

__all__ = ["map_of", "map_page_of"]

_KIND = "words-map"
_AT_ONCE = 2000  # points of a plane that is made while the request waits
_NEIGHBOURS = 10
_NAMES = 3


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The words of a map with the group of each."""

    found: list[Found]
    group: list[int]
    names: list[str]
    unknown: list[UnknownWord]


@dataclass(frozen=True, slots=True)
class _Map:
    """A map that was made: what the page and the document are told."""

    views: list[WordView]
    chosen: _Chosen
    coordinates: npt.NDArray[np.float32]
    explained: tuple[float, float] | None
    cluster: npt.NDArray[np.int32]
    cluster_names: list[str]
    trust: Trust | None
    seconds: float

    @property
    def nbytes(self) -> int:
        return 600 * len(self.views)


def map_of(studio: Studio, question: WordMapRequest, page: str) -> WordMapAnswer | Job:
    """The map; a job where it may take over a second.

    Raises:
        UnsupportedError: UMAP without umap-learn.
    """
    space = space_of(studio, question.vectors)
    if not _is_long(question):
        return _answer(_kept(studio, space, question), space)
    found: _Map | None = studio.keep.find(_KIND, _key(question), space.stamp)
    if found is not None:
        return _answer(found, space)

    if question.method == "umap":
        require_umap()

    def work(job: JobContext) -> dict[str, Any]:
        return _answer(_kept(studio, space, question, job.progress), space).model_dump(mode="json")

    return studio.jobs.start("words-map", question.vectors, work, page=page)


def map_page_of(studio: Studio, question: WordMapPageRequest) -> WordMapPageAnswer:
    """The same map as one HTML document.

    Raises:
        StudioError: 409, a map that takes a job and is not there (any more).
    """
    space = space_of(studio, question.map.vectors)
    made: _Map | None = studio.keep.find(_KIND, _key(question.map), space.stamp)
    if made is None:
        if _is_long(question.map):
            raise StudioError(409, "[words] expected a map that has been made, received another; try making it first")
        made = _kept(studio, space, question.map)
    columns: dict[str, Any] = {"cluster": _named(made.cluster, made.cluster_names)}
    if any(made.chosen.names):
        columns["group"] = _named(made.chosen.group, made.chosen.names)
    columns["rank"] = np.array([-1 if view.row is None else view.row + 1 for view in made.views])
    if space.counted:
        columns["count"] = np.array([view.count or 0 for view in made.views])
    colour = question.colour_by
    known = {*columns, *(["trust"] if made.trust is not None else [])}
    html = map_page(
        made.coordinates,
        [view.label for view in made.views],
        columns,
        title=question.title,
        note=question.note,
        colour_by=colour if colour in known else "cluster",
        trust=made.trust,
    )
    return WordMapPageAnswer(html=html)


def _named(codes: Sequence[int] | npt.NDArray[np.int32], names: Sequence[str]) -> list[str]:
    return [names[code] if code >= 0 else "" for code in codes]


def _key(question: WordMapRequest) -> str:
    return hashlib.sha256(question.model_dump_json().encode("utf-8", "replace")).hexdigest()


def _is_long(question: WordMapRequest) -> bool:
    return question.method == "umap" or (question.show != "words" and question.count > _AT_ONCE)


def _kept(studio: Studio, space: Space, question: WordMapRequest, progress: ProgressLike = None) -> _Map:
    return studio.keep.get(_KIND, _key(question), lambda: _made(space, question, progress), stamp=space.stamp)


def _chosen(space: Space, question: WordMapRequest) -> _Chosen:
    if question.show == "frequent":
        frequent = list(islice((one for row in space.frequent_rows() if (one := space.find(row))), question.count))
        return _Chosen(frequent, [-1] * len(frequent), [], [])
    seen: dict[Any, int] = {}
    found: list[Found] = []
    unknown: list[UnknownWord] = []
    for number, asked in enumerate(question.groups):
        members, missing = space.find_all(asked.words)
        unknown += [one for one in missing if one not in unknown]
        for one in members:
            if len(found) < MOST_POINTS and seen.setdefault(one.handle, number) == number:
                found.append(one)
    names = [asked.name for asked in question.groups]
    if question.show == "words":
        return _Chosen(found, [seen[one.handle] for one in found], names, unknown)
    # Neighbours: each word is the group of those that are near it.
    group = list(range(len(found)))
    names = [one.view.label for one in found]
    rows = {one.view.row for one in found}
    for number, one in enumerate(list(found)):
        each = max(1, (question.count - len(names)) // max(1, len(names)))
        for row, _ in space.neighbours([one.handle], [], each, None):
            near = space.find(row)
            if row not in rows and near is not None:
                rows.add(row)
                found.append(near)
                group.append(number)
    return _Chosen(found, group, names, unknown)


def _made(space: Space, question: WordMapRequest, progress: ProgressLike) -> _Map:
    began = perf_counter()
    chosen = _chosen(space, question)
    if len(chosen.found) < 2:
        raise ArgumentError(message("map", "at least two words that have a vector", str(len(chosen.found))))
    vectors = np.vstack([space.vector(one.handle) for one in chosen.found]).astype(np.float32)
    explained = None
    if question.method == "umap":
        coordinates = umap_plane(vectors, seed=question.seed, progress=progress).coordinates
    else:
        flat = plane(vectors)
        coordinates, explained = flat.coordinates, flat.explained
    groups = group_directions(vectors, min(question.clusters, len(vectors)), seed=question.seed)
    views = [one.view for one in chosen.found]
    names = [
        " ".join(views[row].label.strip("·") for row in groups.central(number, _NAMES))
        for number in range(len(groups.centres))
    ]
    trust = _trust(vectors, coordinates, progress)
    return _Map(views, chosen, coordinates, explained, groups.codes, names, trust, seconds=perf_counter() - began)


def _trust(
    vectors: npt.NDArray[np.float32], coordinates: npt.NDArray[np.float32], progress: ProgressLike
) -> Trust | None:
    """The trust in the surroundings of the points that have a place; None of too few."""
    there = np.flatnonzero(np.isfinite(coordinates).all(axis=1))
    k = min(_NEIGHBOURS, (len(there) - 1) // 2)
    if k < 1:
        return None
    found = neighbourhood_trust(vectors[there], coordinates[there], k, progress=progress)
    if len(there) == len(vectors):
        return found
    kept = np.full(len(vectors), np.nan, np.float32)
    kept[there] = found.kept
    near = np.full((len(vectors), k), -1, np.int32)
    near[there] = np.where(found.neighbours >= 0, there[found.neighbours], -1)
    return replace(found, kept=kept, neighbours=near)


def _answer(made: _Map, space: Space) -> WordMapAnswer:
    trust = made.trust
    return WordMapAnswer(
        positions=pack(made.coordinates, "f4"),
        refs=[view.ref for view in made.views],
        labels=[view.label for view in made.views],
        row=pack(np.array([-1 if view.row is None else view.row for view in made.views], np.int64)),
        count=pack(np.array([view.count or 0 for view in made.views], np.float32)) if space.counted else None,
        cluster=pack(made.cluster),
        cluster_names=made.cluster_names,
        group=pack(np.array(made.chosen.group, np.int32)),
        group_names=made.chosen.names,
        k=0 if trust is None else trust.k,
        kept=None if trust is None else pack(trust.kept),
        near=None if trust is None else pack(trust.neighbours.reshape(-1)),
        share=None if trust is None else trust.share,
        trustworthiness=None if trust is None else trust.trustworthiness,
        continuity=None if trust is None else trust.continuity,
        explained=made.explained,
        unknown=made.chosen.unknown,
        seconds=made.seconds,
    )
