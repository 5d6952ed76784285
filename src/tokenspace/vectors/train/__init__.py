"""The loop that all trainers share: epochs, learning rate, callbacks, progress, checkpoints."""

from __future__ import annotations

from .callbacks import CallbackAny2Vec
from .errors import ModelStateError, TrainingArgumentError
from .loop import BlockResult, Position, Schedule, TrainSummary, run_epochs, useful_threads

__all__ = [
    "BlockResult",
    "CallbackAny2Vec",
    "ModelStateError",
    "Position",
    "Schedule",
    "TrainSummary",
    "TrainingArgumentError",
    "run_epochs",
    "useful_threads",
]
