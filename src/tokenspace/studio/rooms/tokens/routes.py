"""``/api/tokens``."""

from __future__ import annotations

from fastapi import APIRouter

from .text.routes import router as text

__all__ = ["router"]

router = APIRouter(prefix="/api/tokens", tags=["tokens"])
router.include_router(text)
