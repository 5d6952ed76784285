"""Questions to a trained recommender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ....pictures import neighbourhood_trust, plane
from ....pictures.umap_plane import umap_plane
from ....recommend import Recommender, Session
from ...arrays import pack
from ...faults import StudioError
from ...jobs import JobContext
from ...state import Studio
from .contracts import (
    AskRequest,
    AskView,
    ExplainRequest,
    ExplainView,
    FindRequest,
    HistoryEvent,
    ItemsView,
    ItemView,
    MapColumn,
    MapRequest,
    MapView,
    ReasonView,
    RecommendedView,
    Scoring,
    SessionsRequest,
    SessionsView,
    SessionView,
)
from .source import fields, read
from .training import nbytes, source_of

__all__ = ["ask", "explain", "find", "find_sessions", "item_map", "recommender"]

_SHOWN = 30  # items of a session that are shown
_VALUES = 24  # of a field, told apart on the map
_TRUSTED = 10  # neighbours whose keeping is looked at


def recommender(studio: Studio, name: str) -> Recommender:
    """The recommender of that name, loaded again where it went.

    Raises:
        StudioError: 404.
    """
    if not name.startswith("job:"):
        raise StudioError(
            404,
            f"[recommend] expected a recommender that was trained here, received {name[:64]!r}; try training it again",
        )
    return studio.keep.get("recommender", name, lambda: Recommender.load(studio.models.place(name)), nbytes)


def ask(studio: Studio, request: AskRequest) -> AskView:
    """`Recommender.recommend`."""
    made = recommender(studio, request.recommender)
    found = made.recommend(
        _history(made, request.history),
        request.count,
        filter_seen=request.filter_seen,
        exclude=request.exclude,
        popularity=request.popularity,
        half_life=request.half_life,
        scoring=request.scoring,
        reasons=request.reasons,
    )
    items = [
        RecommendedView(
            **_item(made, one.item).model_dump(),
            score=one.score,
            similarity=one.similarity,
            because=_reasons(made, one.because),
        )
        for one in found
    ]
    unknown = [one.item for one in request.history if one.item not in made]
    return AskView(scoring=_scoring(made, request.scoring), items=items, unknown=unknown)


def explain(studio: Studio, request: ExplainRequest) -> ExplainView:
    """`Recommender.explain`."""
    made = recommender(studio, request.recommender)
    found = made.explain(
        _history(made, request.history), request.item, half_life=request.half_life, scoring=request.scoring
    )
    return ExplainView(
        item=_item(made, request.item), scoring=_scoring(made, request.scoring), reasons=_reasons(made, found)
    )


def find(studio: Studio, request: FindRequest) -> ItemsView:
    """Items by words of their metadata, or the most frequent."""
    made = recommender(studio, request.recommender)
    catalogue = made.catalogue
    if request.items is not None:
        chosen = [item for item in request.items if item in made]
    elif request.text.strip():
        chosen = [item for item in made.search(request.text) if item in made]
    else:
        order = np.argsort(-catalogue.counts, kind="stable")
        chosen = [catalogue.items[place] for place in order[request.first : request.first + request.count].tolist()]
        return ItemsView(items=[_item(made, item) for item in chosen], found=len(catalogue))
    window = chosen[request.first : request.first + request.count]
    return ItemsView(items=[_item(made, item) for item in window], found=len(chosen))


def find_sessions(studio: Studio, request: SessionsRequest) -> SessionsView:
    """Sessions the recommender was trained on."""
    made = recommender(studio, request.recommender)
    sessions = read(studio, source_of(studio, request.recommender)).sessions
    wanted = request.text.strip()
    places: Sequence[int] = range(len(sessions))
    if wanted:
        places = sessions.find(wanted)
    window = places[request.first : request.first + request.count]
    return SessionsView(sessions=[_session(made, sessions[place], place) for place in window], found=len(places))


def item_map(studio: Studio, request: MapRequest, job: JobContext) -> dict[str, Any]:
    """The most frequent items as points; `MapView` as JSON values."""
    made = recommender(studio, request.recommender)
    catalogue = made.catalogue
    places = np.argsort(-catalogue.counts, kind="stable")[: request.most]
    vectors = catalogue.vectors(places)
    if request.method == "umap":
        coordinates, explained = umap_plane(vectors, seed=request.seed, progress=job.progress).coordinates, None
    else:
        drawn = plane(vectors)
        coordinates, explained = drawn.coordinates, drawn.explained
    job.check()
    items = [catalogue.items[place] for place in places.tolist()]
    k = min(_TRUSTED, (len(items) - 1) // 3)
    kept, near, share = np.full(len(items), np.nan, np.float32), np.zeros((len(items), 0), np.int32), 0.0
    if k:
        trust = neighbourhood_trust(vectors, coordinates, k, threads=studio.settings.threads, progress=job.progress)
        kept, near, share = trust.kept, trust.neighbours, trust.share
    return MapView(
        items=items,
        titles=[made.metadata.text(item)[:200] for item in items],
        coordinates=pack(coordinates, "f4"),
        explained=explained,
        counts=pack(catalogue.counts[places], "f4"),
        k=k,
        kept=pack(kept, "f4"),
        near=pack(near.reshape(-1), "i4"),
        trust=share,
        columns=[_column(made, items, name) for name in fields(made.metadata)[:20]],
        total=len(catalogue),
    ).model_dump()


def _scoring(made: Recommender, asked: Scoring | None) -> Scoring:
    return asked or ("next" if made.scoring == "next" else "cosine")


def _column(made: Recommender, items: Sequence[str], name: str) -> MapColumn:
    texts = [made.metadata.field(item, name) for item in items]
    counts: dict[str, int] = {}
    for text in texts:
        if text:
            counts[text] = counts.get(text, 0) + 1
    values = sorted(counts, key=lambda value: -counts[value])[:_VALUES]
    codes = {value: number for number, value in enumerate(values)}
    return MapColumn(name=name, values=values, codes=pack(np.array([codes.get(text, -1) for text in texts]), "i2"))


def _history(made: Recommender, history: Sequence[HistoryEvent]) -> list[Any]:
    return [
        (one.item, one.event) if one.event is not None else (one.item, 1.0 if one.weight is None else one.weight)
        for one in history
    ]


def _item(made: Recommender, item: str) -> ItemView:
    place = made.catalogue.index[item]
    return ItemView(
        item=item,
        title=made.metadata.text(item),
        metadata={name: _json(value) for name, value in made.metadata.get(item, {}).items()},
        count=float(made.catalogue.counts[place]),
        placed=place >= made.catalogue.n_trained,
    )


def _session(made: Recommender, session: Session, place: int) -> SessionView:
    items = [item for item in session.items[-_SHOWN:] if item in made]
    return SessionView(
        key=session.key or str(place + 1), length=len(session), items=[_item(made, item) for item in items]
    )


def _reasons(made: Recommender, reasons: Iterable[Any]) -> list[ReasonView]:
    return [
        ReasonView(item=reason.item, share=reason.share, title=made.metadata.text(reason.item)) for reason in reasons
    ]


def _json(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool, list, dict)) or value is None else str(value)
