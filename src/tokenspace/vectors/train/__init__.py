"""The loop that all trainers share: epochs, learning rate, callbacks, progress, checkpoints."""

from __future__ import annotations

from .advice import TrainingAdvice, advise_training
from .callbacks import CallbackAny2Vec
from .errors import ModelStateError, TrainingArgumentError
from .loop import BlockResult, Position, Schedule, TrainSummary, run_epochs, useful_threads
from .neighbours import NeighbourSnapshot, NeighbourWatch, telling_words

__all__ = [
    "BlockResult",
    "CallbackAny2Vec",
    "ModelStateError",
    "NeighbourSnapshot",
    "NeighbourWatch",
    "Position",
    "Schedule",
    "TrainSummary",
    "TrainingAdvice",
    "TrainingArgumentError",
    "advise_training",
    "run_epochs",
    "telling_words",
    "useful_threads",
]
