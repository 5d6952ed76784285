"""``/api/recommend``."""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(prefix="/api/recommend", tags=["recommend"])
