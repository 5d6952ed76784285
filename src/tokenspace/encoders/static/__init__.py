"""Static text encoders: one row of numbers a token, a text is the mean of its tokens' rows."""

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
