"""The vocabulary of a trained tokenizer: a window, searched and sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...state import Studio
from .contracts import VocabularyPage, VocabularyRow
from .results import trained_folder
from .tokenizer_job import HELD_OUT_FILE

__all__ = ["Sort", "vocabulary_page"]

Sort = Literal["id", "token", "length", "count"]


@dataclass(frozen=True, slots=True)
class _Entry:
    row: VocabularyRow
    searched: str


def vocabulary_page(
    studio: Studio, job_id: str, first: int, count: int, search: str, sort: Sort, descending: bool
) -> VocabularyPage:
    """Entries ``first`` to ``first + count`` of those whose text holds ``search``, in the order asked for.

    Raises:
        StudioError: 404, an unknown job; 409, the training has not ended well.
    """
    trained_folder(studio, job_id, "train tokenizer")
    entries = studio.keep.get("vocabulary", f"job:{job_id}", lambda: _entries(studio, job_id), _bytes_of)
    wanted = search.encode("utf-8", "replace").decode().casefold()
    found = [entry for entry in entries if wanted in entry.searched] if wanted else list(entries)
    keys = {
        "id": lambda entry: entry.row.id,
        "token": lambda entry: entry.searched,
        "length": lambda entry: entry.row.bytes,
        "count": lambda entry: entry.row.count,
    }
    found.sort(key=keys[sort], reverse=descending)
    rows = [entry.row for entry in found[first : first + count]]
    return VocabularyPage(total=len(entries), found=len(found), first=first, rows=rows)


def _bytes_of(entries: list[_Entry]) -> int:
    return 1000 * len(entries)  # about: two objects, four texts


def _entries(studio: Studio, job_id: str) -> list[_Entry]:
    tokenizer = studio.tokenizer(f"job:{job_id}")
    folder = trained_folder(studio, job_id, "train tokenizer")
    lines = (folder.path / HELD_OUT_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    ids = np.asarray(tokenizer.encode_batch(lines, threads=2, add_special_tokens=False).ids, np.int64)
    counts = np.bincount(ids, minlength=1)
    entries = []
    for entry in tokenizer.vocab.rows():
        data = entry.bytes if entry.bytes is not None else entry.token.encode("utf-8", "replace")
        try:
            text: str | None = data.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        token = entry.token.encode("utf-8", "replace").decode()
        times = int(counts[entry.id]) if entry.id < len(counts) else 0
        row = VocabularyRow(
            id=entry.id, token=token, text=text, bytes=len(data), special=entry.special, count=times
        )  # fmt: skip
        entries.append(_Entry(row, f"{token} {text or ''}".casefold()))
    return entries
