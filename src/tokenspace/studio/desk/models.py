"""``/api/models``: what can be named."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from ...encoders.pull import pull
from ...errors import ArgumentError, message
from ...hub import is_hub_id
from ...tokenizers.tiktoken_names import ENCODINGS
from ..jobs import JobAnswer, JobContext
from ..state import PageDep, StudioDep
from .contracts import ModelList, ModelTask, PullRequest

__all__ = ["router"]

router = APIRouter(prefix="/api/models", tags=["desk"])


@router.get("")
def list_models(studio: StudioDep, task: Annotated[ModelTask, Query()]) -> ModelList:
    """Models on this machine that can do the task."""
    return ModelList(models=studio.models.listed(task))


@router.post("/pull", status_code=202)
def pull_model(studio: StudioDep, request: PullRequest, page: PageDep) -> JobAnswer:
    """Download a model into the hub's cache, as a job: the only thing that ever asks the network. Its result has ``name``,
    ``entries`` of the tokenizer and bytes of the ``weights`` (null: not fetched)."""
    name = request.name
    if name not in ENCODINGS and (not is_hub_id(name) or name.startswith("tokenspace/")):
        raise ArgumentError(message("pull", "a hub id such as owner/name", repr(name)))

    def work(job: JobContext) -> dict[str, Any]:
        found = pull(name, weights=request.weights, progress=job.progress)
        studio.keep.forget(name)
        return {"name": found.name, "entries": found.entries, "weights": found.weights}

    return JobAnswer(job=studio.jobs.start("pull", name, work, page).view())
