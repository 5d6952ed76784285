"""``/api/models``: what can be named."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..state import StudioDep
from .contracts import ModelList, ModelTask

__all__ = ["router"]

router = APIRouter(prefix="/api/models", tags=["desk"])


@router.get("")
def list_models(studio: StudioDep, task: Annotated[ModelTask, Query()]) -> ModelList:
    """Models on this machine that can do the task."""
    return ModelList(models=studio.models.listed(task))
