"""Vectors by name, as a `Space`: kept, opened at once when small, by a job when large."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from ....progress import ProgressLike
from ...faults import StudioError
from ...jobs import Job, JobContext
from .spaces import Space, TokenSpace, WordSpace, row_bytes

if TYPE_CHECKING:
    from ...state import Studio

__all__ = ["open_space", "space_of"]

_KIND = "words"
LARGE = 24 << 20  # bytes of a file that is read by a job


class _NotOpenError(StudioError):
    """Large vectors that no job has opened yet."""


def space_of(studio: Studio, name: str) -> Space:
    """The vectors of that name; large ones only when they are open.

    Raises:
        StudioError: 404, no such vectors; 409, large and not open. Errors of the readers.
    """

    stamp = studio.models.stamp(name)
    if not _is_large(studio, name):
        return studio.keep.get(_KIND, name, lambda: _load(studio, name, None), stamp=stamp)
    found: Space | None = studio.keep.find(_KIND, name, stamp)  # a job may be reading it: no request waits for that
    if found is None:
        received = f"{name!r}, which is large and not open"
        raise _NotOpenError(409, f"[words] expected vectors that are open, received {received}; try opening it")
    return found


def open_space(studio: Studio, name: str, page: str) -> Space | Job:
    """The vectors of that name, or the job that opens them (its result is the same as that of the route)."""
    try:
        return space_of(studio, name)
    except _NotOpenError:
        pass

    def work(job: JobContext) -> dict[str, object]:
        stamp = studio.models.stamp(name)
        space = studio.keep.get(_KIND, name, lambda: _load(studio, name, job.progress), stamp=stamp)
        job.check()
        return {"space": space.describe().model_dump(mode="json")}

    return studio.jobs.start("words-open", studio.models.place(name).name, work, page=page)


def _load(studio: Studio, name: str, progress: ProgressLike) -> Space:
    from ....encoders.token_embeddings import TokenEmbeddings
    from ....vectors.formats.open import load_vectors

    place = studio.models.place(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # rows without a token, words that come twice: nothing to do about
        if place.is_dir():
            return TokenSpace(name, TokenEmbeddings.from_pretrained(place, local_files_only=True))
        limit = _rows_within(place, studio.settings.kept_bytes)
        vectors = load_vectors(place, mmap="r", limit=limit, progress=progress)
    vectors = getattr(vectors, "wv", vectors)
    return WordSpace(name, vectors, cut=limit is not None and len(vectors) == limit)


def _rows_within(place: Path, budget: int) -> int | None:
    """How many rows of a file are read: as many as may be kept; None: all. The first are the most frequent, as a rule.

    Raises:
        StudioError: 413, too large for what may be kept, in a format that is not read in part.
    """
    from ....vectors.formats.open import load_vectors, recognise

    size = place.stat().st_size
    if 4 * size < budget:  # compressed text is the one that grows, about threefold
        return None
    format = recognise(place)
    if format in ("word2vec-text", "word2vec-binary", "glove"):
        return max(1, budget * 3 // 4 // row_bytes(load_vectors(place, limit=1).vector_size))
    if format == "fasttext-bin" and size > budget * 3 // 4:
        raise StudioError(
            413, f"[words] expected at most {budget * 3 // 4:,} bytes, received {size:,}; try a smaller file"
        )
    return None


def _is_large(studio: Studio, name: str) -> bool:
    place = studio.models.place(name)
    # A checkpoint's matrix is mapped from its file; vectors of a file are read.
    return place.is_file() and place.suffix != ".safetensors" and place.stat().st_size > LARGE
