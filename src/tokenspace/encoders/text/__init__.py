"""Texts to vectors: pooling, prompts, what is too long, streams and files."""

from .description import TextDescription, describe_texts
from .encoder import TextEncoder
from .quantize import quantization_ranges, quantize_embeddings
from .report import EncodeReport, TruncationWarning

__all__ = [
    "EncodeReport",
    "TextDescription",
    "TextEncoder",
    "TruncationWarning",
    "describe_texts",
    "quantization_ranges",
    "quantize_embeddings",
]
