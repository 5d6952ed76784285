"""What goes into the first layer of a model: token, position and segment, and the rotation of models that turn instead."""

from .embeddings import InputEmbeddings, InputParts
from .rotation import Rotation

__all__ = ["InputEmbeddings", "InputParts", "Rotation"]
