"""The application: middleware, desk, rooms, page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from .. import __version__
from . import faults, page, safety
from .asker import while_asked
from .desk import files, models, status
from .jobs import routes as jobs
from .lane import ROOM_THREADS, room_lane
from .rooms import routers
from .settings import StudioSettings
from .state import Studio

__all__ = ["create_app"]


def _operation_id(route: APIRoute) -> str:
    return route.name


def create_app(settings: StudioSettings | None = None) -> FastAPI:
    """The ASGI application of one Studio.

    Args:
        settings: None means the defaults: loopback, no files given.

    ``app.state.studio`` is the `Studio`; it is closed when the application's lifespan ends.
    """
    studio = Studio(settings or StudioSettings())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        studio.close()

    app = FastAPI(
        title="tokenspace Studio",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages fetch scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation_id,
    )
    app.state.studio = studio
    app.state.lane = asyncio.Semaphore(ROOM_THREADS)
    faults.install(app, studio.named)
    safety.install(app, studio.settings)
    for router in (status.router, files.router, models.router, jobs.router):
        app.include_router(router, responses=faults.DOCUMENTED)
    for router in routers():
        app.include_router(router, responses=faults.DOCUMENTED, dependencies=[Depends(while_asked), Depends(room_lane)])
    page.install(app)
    return app
