"""Static text encoders: one row of numbers a token, a text is the mean of its tokens' rows."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .distillation import Weighting, distill
    from .engine import StaticEngine
    from .model import StaticModel
    from .refine import Refinement, RefineSettings, refine_rows

__all__ = [
    "RefineSettings",
    "Refinement",
    "StaticEngine",
    "StaticModel",
    "Weighting",
    "distill",
    "refine_rows",
]
# Imported when asked for: who encodes with a table has no use for what makes one.
_HOMES = {
    "RefineSettings": "refine",
    "Refinement": "refine",
    "StaticEngine": "engine",
    "StaticModel": "model",
    "Weighting": "distillation",
    "distill": "distillation",
    "refine_rows": "refine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
