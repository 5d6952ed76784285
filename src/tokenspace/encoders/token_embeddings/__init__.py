"""The matrix of input embeddings of a checkpoint, read without loading the model."""

from .embeddings import TokenEmbeddings
from .tokens import Neighbour, Neighbours, TokenRows

__all__ = ["Neighbour", "Neighbours", "TokenEmbeddings", "TokenRows"]
