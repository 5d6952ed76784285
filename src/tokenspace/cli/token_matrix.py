"""A checkpoint's token matrix where a command asks for vectors."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import click

from ..hub import is_hub_id
from .options import Settings

__all__ = ["TokenMatrixVectors", "is_checkpoint"]


def is_checkpoint(name: str) -> bool:
    """Whether a name means the folder of a model, or a repository of the hub (``owner/name``)."""
    path = Path(name).expanduser()
    if path.is_dir():
        return (path / "config.json").is_file() or (path / "modules.json").is_file()
    return "/" in name and not path.exists() and not name.startswith((".", "~")) and is_hub_id(name)


class TokenMatrixVectors:
    """Input embeddings with the questions of the commands; the tokens that were taken are said on stderr."""

    def __init__(self, name: str, run: Settings) -> None:
        from ..encoders.token_embeddings import TokenEmbeddings

        self._run = run
        self.key_to_index: dict[Any, int] = {}  # words are tokens, never numbers of rows
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            self._table = TokenEmbeddings.from_pretrained(
                name, local_files_only=True if run.offline else None, progress=run.progress
            )
            _ = self._table.tokenizer
        for warning in caught:
            run.note(str(warning.message))

    def _answer(self, found: Any) -> list[tuple[str, float]]:
        self._run.note("tokens taken: " + ", ".join(repr(text) for text in found.asked.values()))
        return [(neighbour.text or f"#{neighbour.id}", neighbour.score) for neighbour in found]

    def _bounds(self, restrict_vocab: int | None) -> dict[str, Any]:
        return {"restrict_vocab": restrict_vocab, "threads": self._run.threads or 0}

    def most_similar(
        self, positive: list[Any], negative: list[Any], topn: int, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]:
        """(token, cosine) of the nearest tokens."""
        return self._answer(self._table.most_similar(positive, negative, topn, **self._bounds(restrict_vocab)))

    def analogy(self, a: Any, b: Any, c: Any, topn: int, restrict_vocab: int | None = None) -> list[tuple[str, float]]:
        """(token, cosine) of the tokens nearest to a - b + c."""
        return self._answer(self._table.analogy(a, b, c, topn, **self._bounds(restrict_vocab)))

    def most_similar_cosmul(self, **given: Any) -> Any:
        """Not for the matrices of checkpoints."""
        raise click.UsageError("--cosmul is for files of vectors, not for the token matrix of a model")
