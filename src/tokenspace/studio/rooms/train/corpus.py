"""The text of a training: files of the shelf, or a text of the page."""

from __future__ import annotations

from itertools import groupby

from ....errors import ArgumentError, message
from ....io.corpus import Corpus as Texts
from ...state import Studio
from .contracts import Corpus

__all__ = ["open_corpus", "title_of"]

_FEW_LINES = 20  # with fewer nothing is held back


def open_corpus(studio: Studio, corpus: Corpus, held_out: float = 0.0) -> Texts:
    """The corpus of a request.

    Raises:
        ArgumentError: neither files nor text. StudioError: 404, a file that is not on the shelf.
    """
    if corpus.files:
        # Neighbours of one encoding together: a corpus of corpora keeps how each is read.
        parts = [
            Texts.of([str(studio.shelf.path(id)) for id in ids], kind="paths", encoding=encoding)
            for encoding, ids in groupby(dict.fromkeys(corpus.files), studio.shelf.encoding)
        ]
        return Texts.of(parts, held_out=held_out)
    if not corpus.text.strip():
        raise ArgumentError(message("train", "files or a text to train on", "neither", "the sample text"))
    lines = corpus.text.encode("utf-8", "replace").decode("utf-8").splitlines(keepends=True)
    return Texts.of(lines, kind="texts", held_out=held_out if len(lines) >= _FEW_LINES else 0.0)


def title_of(studio: Studio, corpus: Corpus) -> str:
    """What the corpus is called in the title of a job."""
    names = [studio.shelf.file(id).name for id in corpus.files[:2]]
    more = len(corpus.files) - len(names)
    return ", ".join(names) + (f" +{more}" if more else "") if names else " ".join(corpus.text[:40].split())
