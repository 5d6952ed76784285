"""What distillation gives: rows of tokens with their tokenizer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ...types import PathLike
from ..engines.protocol import FloatArray, TokenBatch
from .engine import StaticEngine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["StaticModel", "kept_tokens"]


@dataclass(frozen=True)
class StaticModel:
    """A static encoder in memory; ``save`` it and open it with ``ts.TextEncoder(folder)``.

    engine: the rows. tokenizer: of the same ids. normalize: vectors of texts have length 1. teacher: the model it was
    distilled from. cosines: of held-out texts to the teacher before refinement and after each epoch; empty without it.
    """

    engine: StaticEngine
    tokenizer: Tokenizer
    normalize: bool = True
    teacher: str = ""
    cosines: tuple[float, ...] = field(default=())

    @property
    def dimension(self) -> int:
        """Numbers a vector."""
        return self.engine.dimension

    def encode(self, texts: Iterable[str], threads: int = 0) -> FloatArray:
        """Vectors of texts, float32 (n, dimension); zeros for a text without known tokens."""
        batch = self.tokenizer.encode_batch(list(texts), add_special_tokens=False, threads=threads or None)
        return self.engine.pooled(TokenBatch(batch.ids, batch.row_offsets), normalize=self.normalize, threads=threads)

    def save(self, path: PathLike, card: str = "", progress: Any = None) -> None:
        """Write a folder that `TextEncoder`, model2vec and, unless the rows are int8, sentence-transformers open.

        Raises:
            FileError: it cannot be written.
        """
        from .write import write_static

        write_static(
            path, self.engine, self.tokenizer,
            normalize=self.normalize, teacher=self.teacher, card=card, progress=progress,
        )  # fmt: skip


def kept_tokens(tokenizer: Tokenizer, texts: list[str], dropped: int | None, threads: int = 0) -> TokenBatch:
    """The tokens of texts as a static encoder averages them: no special ones, without the ``dropped`` one."""
    batch = tokenizer.encode_batch(texts, add_special_tokens=False, threads=threads or None)
    if dropped is None or not (batch.ids == dropped).any():
        return TokenBatch(batch.ids, batch.row_offsets)
    kept = batch.ids != dropped
    counts = np.concatenate([[0], np.cumsum(kept)])
    return TokenBatch(batch.ids[kept], counts[batch.row_offsets])
