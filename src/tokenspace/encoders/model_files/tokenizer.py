"""The tokenizer that lies beside a model's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...tokenizers.loading import load_files
from ...tokenizers.tokenizer import Tokenizer

if TYPE_CHECKING:
    from .files import ModelFiles

__all__ = ["model_tokenizer"]


def model_tokenizer(files: ModelFiles) -> Tokenizer:
    """The tokenizer of a model: tokenizer.json, a SentencePiece model, vocab.txt, ..., with its configuration.

    ``encode_batch`` of the result never cuts nor pads, whatever the file's own settings (``truncation``, ``padding``) say.

    Raises:
        NotFoundError: the model has no tokenizer. FormatError: a damaged one.
    """
    return Tokenizer(load_files(files.path, files.name))
