"""Corpus -> counted pieces: reads blocks, hands them to the core, shows progress, keeps a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import FormatError
from ...io.checkpoint import Checkpoint
from ...io.corpus import Corpus
from ...io.workspace import Workspace
from ...long_call import run_interruptible
from ...progress import ProgressLike
from .pipelines import Pipeline

__all__ = ["Counted", "count_pieces"]

_STAGE = "counts"


@dataclass
class Counted:
    """Pieces of a corpus and where they come from. ``words``: the core's WordCounts, one a pipeline."""

    words: list[Any]
    texts: int
    bytes: int
    skipped: int
    held_out_texts: int
    held_out_bytes: int
    spilled_bytes: int
    scale: int
    from_checkpoint: bool = False

    def meta(self) -> dict[str, Any]:
        """Everything but the words, as JSON."""
        return {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("words", "from_checkpoint")
        }


def native_pipeline(pipeline: Pipeline) -> Any:
    """The core's tokenizer with these components; its model is never asked."""
    from ..tokenizer import Tokenizer

    model = {"type": "WordLevel", "vocab": {"<unk>": 0}, "unk_token": "<unk>"}
    return Tokenizer.from_str(pipeline.document(model, []), name="pipeline")._core


def count_pieces(
    corpus: Corpus,
    pipelines: Sequence[Pipeline],
    threads: int,
    memory_budget: int,
    temp_dir: Path | None,
    progress: ProgressLike,
    checkpoint: Checkpoint | None,
) -> Counted:
    """Every distinct piece of the corpus with its count, in one reading for all pipelines.

    From the checkpoint when that stage was finished before.
    """
    from ... import _core

    saved = checkpoint.load(_STAGE) if checkpoint is not None else None
    if saved is not None:
        meta = dict(saved.meta)
        raw_bytes = meta.pop("raw_bytes")
        words = [_core.WordCounts.load(str(saved.files[_name(i)]), raw) for i, raw in enumerate(raw_bytes)]
        return Counted(words=words, from_checkpoint=True, **meta)
    control = _core.TrainControl()
    with Workspace(temp_dir) as work:
        counters = []
        for number, pipeline in enumerate(pipelines):
            folder = work.path / str(number)
            folder.mkdir()
            share = memory_budget // len(pipelines)
            counters.append(_core.PieceCounter(native_pipeline(pipeline), threads, share, str(folder)))
        for block in corpus.blocks(progress, "count"):
            data, weight = block.data, block.weight

            def count(data: bytes | list[str] = data, weight: int = weight) -> None:
                for counter in counters:
                    if isinstance(data, bytes):
                        counter.add_lines(data, weight, control)
                    else:
                        counter.add_texts(data, weight, control)

            run_interruptible(count, control, watch=work.require)
        words = run_interruptible(
            lambda: [counter.finish(control) for counter in counters], control, progress, watch=work.require
        )
        spilled = sum(counter.stats["spilled_bytes"] for counter in counters)
        statistics = corpus.statistics
        if not all(len(counts) for counts in words):
            raise FormatError("[train] expected text with words, received nothing but what the pre-tokenizer drops")
        counted = Counted(
            words,
            statistics.texts,
            statistics.bytes,
            statistics.skipped,
            statistics.held_out_texts,
            statistics.held_out_bytes,
            spilled,
            corpus.scale,
        )
        if checkpoint is not None:
            files = {_name(number): work.path / _name(number) for number in range(len(words))}
            for number, counts in enumerate(words):
                counts.save(str(files[_name(number)]))
            checkpoint.save(_STAGE, files, {**counted.meta(), "raw_bytes": [counts.raw_bytes for counts in words]})
    return counted


def _name(number: int) -> str:
    return f"pieces-{number}.run"
