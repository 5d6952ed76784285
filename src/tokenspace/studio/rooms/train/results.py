"""What trainings have written: a folder a job, there as a whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...faults import StudioError
from ...state import Studio

__all__ = ["TrainedFolder", "result_folder", "trained_folder"]

_FACTS = "training.json"


class TrainedFolder:
    """The folder of one training."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write_facts(self, facts: dict[str, Any]) -> None:
        """Keep what a later question needs to know."""
        (self.path / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    @property
    def facts(self) -> dict[str, Any]:
        """What `write_facts` kept."""
        found: dict[str, Any] = json.loads((self.path / _FACTS).read_text(encoding="utf-8"))
        return found


@contextmanager
def result_folder(studio: Studio, job_id: str) -> Iterator[TrainedFolder]:
    """A folder to write into; it gets its name when the block ends well, and vanishes otherwise."""
    final = _place(studio, job_id)
    part = final.with_name(final.name + ".part")
    part.mkdir(parents=True)
    try:
        yield TrainedFolder(part)
        os.replace(part, final)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def trained_folder(studio: Studio, job_id: str, kind: str) -> TrainedFolder:
    """The folder of a training that has ended well.

    Raises:
        StudioError: 404, there is no such job; 409, it has not ended well, or is of another kind.
    """
    job = studio.jobs.job(job_id)
    if job.kind != kind:
        raise StudioError(409, f"[train] expected a training, received {job.title!r}, which is another job")
    if job.state != "done":
        raise StudioError(
            409,
            f"[train] expected a training that is done, received one that is {job.state}; try again when it has ended",
        )
    return TrainedFolder(_place(studio, job_id))


def _place(studio: Studio, job_id: str) -> Path:
    return studio.folder / "trained" / job_id
