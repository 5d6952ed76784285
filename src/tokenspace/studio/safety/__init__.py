"""What stands in front of every route: each piece of middleware is plain ASGI and has a file of its own."""

from __future__ import annotations

from fastapi import FastAPI

from ..settings import StudioSettings
from .body import BodyLimit
from .headers import SafeHeaders
from .host import HostCheck
from .origin import OriginCheck
from .rate import RateLimit
from .token import TokenCheck

__all__ = ["install"]


def install(app: FastAPI, settings: StudioSettings) -> None:
    """Put all of it in front of ``app``; the last added is asked first."""
    app.add_middleware(BodyLimit, limit=settings.body_bytes, upload_limit=settings.upload_bytes)
    app.add_middleware(OriginCheck)
    if settings.token is not None:
        app.add_middleware(TokenCheck, token=settings.token)
    app.add_middleware(
        RateLimit,
        in_flight=settings.in_flight,
        per_second=settings.requests_per_second,
        burst=settings.request_burst,
    )
    app.add_middleware(HostCheck, host=settings.host)
    app.add_middleware(SafeHeaders)
