"""The files of a model: where they are, its configuration, its weights. Nothing here runs a model or imports torch."""

from .files import ModelFiles, open_model
from .tokenizer import model_tokenizer
from .weights import Shard, TensorInfo, Weights

__all__ = ["ModelFiles", "Shard", "TensorInfo", "Weights", "model_tokenizer", "open_model"]
