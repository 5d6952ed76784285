"""Training: from a corpus to a tokenizer. `train_tokenizer` is what `Tokenizer.train` calls."""

from .report import TrainingReport
from .train import train_tokenizer

__all__ = ["TrainingReport", "train_tokenizer"]
