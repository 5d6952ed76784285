"""``/api/tokens``: the text itself, and a router a panel."""

from __future__ import annotations

from fastapi import APIRouter

from . import alternatives, chat, decode, report, ruler
from .text import routes as text

__all__ = ["router"]

router = APIRouter(prefix="/api/tokens", tags=["tokens"])
for question in (text, alternatives, chat, decode, report, ruler):
    router.include_router(question.router)
