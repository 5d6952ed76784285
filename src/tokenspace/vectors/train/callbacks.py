"""Hooks into a training, with gensim's names."""

from __future__ import annotations

from typing import Any

__all__ = ["CallbackAny2Vec"]


class CallbackAny2Vec:
    """Base of callbacks: override what you need. Each method gets the model; what it raises ends the training.

    >>> class Losses(CallbackAny2Vec):
    ...     def on_epoch_end(self, model):
    ...         print(model.get_latest_training_loss())
    """

    def on_train_begin(self, model: Any) -> None:
        """Before the first epoch."""

    def on_train_end(self, model: Any) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        """Before each pass over the sentences."""

    def on_epoch_end(self, model: Any) -> None:
        """After each pass over the sentences."""

    def on_progress(self, model: Any) -> None:
        """About ten times a second while the core works on a pass (not of gensim); matrices are being written to."""
