"""What can be wrong with a model or the arguments of a training, by the classes that gensim's users expect."""

from __future__ import annotations

from ...errors import ArgumentError, TokenspaceError

__all__ = ["ModelStateError", "TrainingArgumentError"]


class ModelStateError(TokenspaceError, RuntimeError):
    """The model is not ready for this: no vocabulary yet, or made for another kind of training."""

    exit_code = 2


class TrainingArgumentError(ArgumentError):
    """Arguments of a training that say nothing or contradict each other; a ValueError."""
