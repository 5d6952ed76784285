"""``GET /api/status``."""

from __future__ import annotations

from importlib.util import find_spec

from fastapi import APIRouter

from ... import __version__
from ..rooms import ROOMS
from ..state import StudioDep
from .contracts import ExtraView, LimitsView, RoomView, Status

__all__ = ["EXTRAS", "router"]

router = APIRouter(prefix="/api", tags=["desk"])
# Extra -> the modules that tell that it is installed.
EXTRAS = {
    "data": ("pyarrow",),
    "models": ("torch", "transformers"),
    "plots": ("matplotlib",),
    "topics": ("sklearn", "umap"),
    "zh": ("jieba",),
}


@router.get("/status")
def status(studio: StudioDep) -> Status:
    """Version, rooms, extras with the command that adds each, limits."""
    settings = studio.settings
    return Status(
        version=__version__,
        rooms=[RoomView(name=room.name, extras=list(room.extras)) for room in ROOMS],
        extras=[
            ExtraView(
                name=name,
                installed=all(find_spec(module) is not None for module in modules),
                command=f"pip install 'tokenspace[{name}]'",
            )
            for name, modules in EXTRAS.items()
        ],
        limits=LimitsView(
            body_bytes=settings.body_bytes,
            upload_bytes=settings.upload_bytes,
            uploads_bytes=settings.uploads_bytes,
            text_characters=settings.text_characters,
            given_files=settings.given_files,
            jobs_at_work=settings.jobs_at_work,
            jobs_waiting=settings.jobs_waiting,
            grace_seconds=settings.grace,
        ),
    )
