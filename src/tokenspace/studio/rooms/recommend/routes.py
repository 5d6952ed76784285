"""``/api/recommend``."""

from __future__ import annotations

from fastapi import APIRouter

from ....pictures.umap_plane import require_umap
from ...jobs import JobAnswer
from ...state import StartDep, StudioDep
from .asking import ask, explain, find, find_sessions, item_map
from .contracts import (
    AskRequest,
    AskView,
    EvaluateRequest,
    ExplainRequest,
    ExplainView,
    FileLook,
    FindRequest,
    GridRequest,
    ItemsView,
    LookRequest,
    MapRequest,
    SessionSource,
    SessionsRequest,
    SessionsView,
    TrainRequest,
)
from .source import look
from .training import evaluate_systems, read_source, train, try_settings

__all__ = ["router"]

router = APIRouter(prefix="/api/recommend", tags=["recommend"])


@router.post("/look")
def recommend_look(studio: StudioDep, request: LookRequest) -> FileLook:
    """What a file of sessions looks like: form, columns, first rows."""
    return look(studio, request)


@router.post("/read", status_code=202)
def recommend_read(start: StartDep, request: SessionSource) -> JobAnswer:
    """Read sessions and items: `source.summary` is the result of the job."""
    return start("read sessions", "sessions", read_source, request)


@router.post("/train", status_code=202)
def recommend_train(start: StartDep, request: TrainRequest) -> JobAnswer:
    """Learn item vectors; the result of the job names the recommender."""
    return start("recommender", "item vectors", train, request)


@router.post("/evaluate", status_code=202)
def recommend_evaluate(start: StartDep, request: EvaluateRequest) -> JobAnswer:
    """Item vectors beside the baselines: `Evaluation.to_dict` is the result of the job."""
    return start("evaluation", "evaluation", evaluate_systems, request)


@router.post("/grid", status_code=202)
def recommend_grid(start: StartDep, request: GridRequest) -> JobAnswer:
    """What changes with window, negatives and ns_exponent: `Tuning.to_dict` is the result, ``trial`` an event."""
    return start("grid", "settings", try_settings, request)


@router.post("/ask")
def recommend_ask(studio: StudioDep, request: AskRequest) -> AskView:
    """What goes with a history."""
    return ask(studio, request)


@router.post("/explain")
def recommend_explain(studio: StudioDep, request: ExplainRequest) -> ExplainView:
    """What each item of a history adds to the score of one."""
    return explain(studio, request)


@router.post("/items")
def recommend_items(studio: StudioDep, request: FindRequest) -> ItemsView:
    """Items by words of their metadata."""
    return find(studio, request)


@router.post("/sessions")
def recommend_sessions(studio: StudioDep, request: SessionsRequest) -> SessionsView:
    """Sessions the recommender was trained on."""
    return find_sessions(studio, request)


@router.post("/map", status_code=202)
def recommend_map(start: StartDep, request: MapRequest) -> JobAnswer:
    """The items as points: `MapView` is the result of the job."""
    if request.method == "umap":
        require_umap()
    return start("item map", "items", item_map, request)
