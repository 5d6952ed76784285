"""Jobs: reading sessions, training item vectors, measuring them, trying settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ....recommend import (
    Recommender,
    Sessions,
    Split,
    Trial,
    baselines,
    evaluate,
    split_last,
    split_sessions,
    split_time,
    tune,
)
from ...jobs import JobContext
from ...state import Studio
from .contracts import EvaluateRequest, GridRequest, ItemSettings, SessionSource, TrainRequest
from .source import Read, fields, read, summary

__all__ = ["evaluate_systems", "nbytes", "read_source", "source_of", "train", "try_settings"]


def read_source(studio: Studio, source: SessionSource, job: JobContext) -> dict[str, Any]:
    """What a source holds; see `source.summary`."""
    found = read(studio, source, job.progress)
    job.check()
    return summary(found)


def train(studio: Studio, request: TrainRequest, job: JobContext) -> dict[str, Any]:
    """A recommender, kept under ``job:<id>`` and written into the state folder."""
    found = read(studio, request.source, job.progress)
    made = _recommender(studio, request.settings, found, request.source.event_weights)
    made.fit(found.sessions, progress=job.progress)
    job.check()
    folder = studio.folder / "recommenders" / job.id
    folder.parent.mkdir(parents=True, exist_ok=True)
    made.save(folder)
    (folder.parent / f"{job.id}.json").write_text(request.source.key, encoding="utf-8")
    title = studio.shelf.file(request.source.sessions).name
    name = studio.models.trained(job.id, folder, ["recommender"], title, f"{len(made):,} items")
    studio.keep.put("recommender", name, made, nbytes(made))
    return {
        "recommender": name,
        "items": len(made),
        "dimension": made.settings.vector_size,
        "placed": len(made) - made.catalogue.n_trained,
        "fields": fields(made.metadata),
        "settings": made.settings.to_dict() | {"half_life": made.half_life},
    }


def source_of(studio: Studio, name: str) -> SessionSource:
    """What a recommender was trained on.

    Raises:
        StudioError: 404.
    """
    folder = studio.models.place(name)
    return SessionSource.model_validate_json((folder.parent / f"{folder.name}.json").read_text(encoding="utf-8"))


def evaluate_systems(studio: Studio, request: EvaluateRequest, job: JobContext) -> dict[str, Any]:
    """`evaluate` of item vectors beside the baselines, as JSON values."""
    found = read(studio, request.source, job.progress)
    made = _recommender(studio, request.settings, found, request.source.event_weights)
    systems = [made, *(baselines(request.settings.half_life) if request.baselines else [])]
    split = _split(found.sessions, request.split, request.max_queries)
    measured = evaluate(
        systems, split, k=request.k, filter_seen=request.filter_seen, reference=made.name, progress=job.progress
    )
    return measured.to_dict()


def try_settings(studio: Studio, request: GridRequest, job: JobContext) -> dict[str, Any]:
    """`tune` over the grid, as JSON values; each trial is an event ``trial`` when it is done."""
    found = read(studio, request.source, job.progress)
    made = _recommender(studio, request.settings, found, request.source.event_weights)
    space: Mapping[str, list[Any]] = {
        "window": list(dict.fromkeys(request.window)),
        "negative": list(dict.fromkeys(request.negative)),
        "ns_exponent": list(dict.fromkeys(request.ns_exponent)),
    }

    def tell(trial: Trial) -> None:
        job.emit("trial", trial=asdict(trial))

    tuning = tune(
        found.sessions,
        space=space,
        method="grid",
        metric=request.metric,
        k=request.k,
        recommender=made,
        max_queries=request.max_queries,
        on_trial=tell,
        progress=job.progress,
    )
    return tuning.to_dict()


def nbytes(made: Recommender) -> int:
    """Roughly what a recommender takes."""
    return 3 * 4 * len(made) * made.settings.vector_size + 500 * (len(made) + len(made.metadata))


def _recommender(
    studio: Studio, settings: ItemSettings, found: Read, event_weights: dict[str, float] | None
) -> Recommender:
    given = settings.model_dump()
    options = {name: given.pop(name) for name in ("half_life", "scoring", "seed")}
    threads = studio.settings.threads
    return Recommender(
        metadata=found.items,
        event_weights=event_weights or None,
        workers=threads or None,
        **options,
        **given,
    )


def _split(sessions: Sessions, how: str, most: int) -> Split:
    split = {"last": split_last, "time": split_time, "sessions": split_sessions}[how]
    return split(sessions, max_queries=most)
