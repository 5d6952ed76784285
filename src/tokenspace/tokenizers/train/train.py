"""The whole of a training: options, counting, the model, the tokenizer, the report on what was held out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from ...errors import ArgumentError, message
from ...io.checkpoint import Checkpoint
from ...io.corpus import Corpus
from ...progress import ProgressLike, track
from ...types import PathLike
from .counting import Counted, count_pieces
from .learning import Learning, OnLearning
from .models import bpe_model, unigram_trainer, word_model
from .options import TrainOptions
from .pipelines import Pipeline, make_pipeline
from .report import HeldOut, TrainingReport

__all__ = ["counting_pipelines", "pipeline_of", "train_tokenizer"]

_CORPUS_OPTIONS = ("kind", "unit", "column", "format", "glob", "encoding", "errors", "header", "held_out", "limit")
_SMALLEST_BUDGET = 1 << 20
_HELD_OUT_BATCH = 1024


class _Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begin, 3)


def train_tokenizer(
    tokenizer_class: Any,
    corpus: Any,
    *,
    threads: int | None = None,
    memory_budget: int = 2 << 30,
    temp_dir: PathLike | None = None,
    checkpoint_dir: PathLike | None = None,
    progress: ProgressLike = None,
    on_learning: OnLearning | None = None,
    **options: Any,
) -> Any:
    """What `Tokenizer.train` documents; ``tokenizer_class`` makes the result."""
    reading = {name: options.pop(name) for name in _CORPUS_OPTIONS if name in options}
    known = TrainOptions.__dataclass_fields__.keys() - {"special"}
    for name in options:
        if name not in known:
            raise ArgumentError(message("train", f"options among {', '.join(sorted(known))}", repr(name)))
    asked = TrainOptions(**options)
    if memory_budget < _SMALLEST_BUDGET:
        raise ArgumentError(message("train", "memory_budget= at least 1 MB (1 << 20)", str(memory_budget)))
    if threads is not None and threads < 0:
        raise ArgumentError(message("train", "threads= None or at least 1", str(threads)))
    source = corpus if isinstance(corpus, Corpus) and not reading else Corpus.of(corpus, **reading)
    checkpoint = None
    if checkpoint_dir is not None:
        identity = source.fingerprint()
        if identity is None:
            raise ArgumentError(
                message("train", "a corpus that can be told again with checkpoint_dir", "an iterator or pipe", "files")
            )
        checkpoint = Checkpoint(checkpoint_dir, {"options": asked.identity(), "corpus": identity})
    watch = _Stopwatch()
    pipeline = pipeline_of(asked)
    with watch.stage("count"):
        counted = count_pieces(
            source,
            counting_pipelines(asked, pipeline),
            threads or 0,
            memory_budget,
            Path(os.fspath(temp_dir)) if temp_dir is not None else None,
            progress,
            checkpoint,
        )
    learning = None
    if on_learning is not None:
        learning = Learning(on_learning, asked.model, [token.content for token in asked.special])
    with watch.stage("train"):
        tokenizer, details = _build(
            tokenizer_class, asked, pipeline, counted, threads or 0, progress, checkpoint, learning
        )
    held_out = None
    if source.held_out and counted.held_out_texts:
        with watch.stage("held-out"):
            held_out = _measure(tokenizer, source, progress)
    tokenizer.training = TrainingReport(
        model=asked.model,
        vocab_size=tokenizer.get_vocab_size(),
        asked=int(asked.vocab_size),
        texts=counted.texts,
        bytes=counted.bytes,
        skipped=counted.skipped,
        pieces=len(counted.words[0]),
        spilled_bytes=counted.spilled_bytes,
        seconds=watch.seconds,
        held_out=held_out,
        resumed=("count",) if counted.from_checkpoint else (),
        details=details,
    )
    return tokenizer


def pipeline_of(options: TrainOptions) -> Pipeline:
    """The components around the model."""
    if options.is_sentencepiece:
        from .sentencepiece import sentencepiece_pipeline

        return sentencepiece_pipeline(options)
    return make_pipeline(options)


def counting_pipelines(options: TrainOptions, pipeline: Pipeline) -> list[Pipeline]:
    """The pipelines whose pieces are counted, one a stage of the model."""
    if options.model == "superbpe":
        from .superbpe import second_stage

        if not pipeline.byte_level:
            raise ArgumentError(
                message("train", "a byte-level pre_tokenizer with superbpe", repr(options.pre_tokenizer), "'o200k'")
            )
        return [pipeline, second_stage(pipeline)]
    if options.model == "char" and pipeline.pre_tokenizer is None:
        # Characters are counted through pieces that cover the text: there are far fewer of those.
        step = {"type": "Split", "pattern": {"Regex": r"\s+"}, "behavior": "Isolated", "invert": False}
        return [replace(pipeline, pre_tokenizer=step)]
    return [pipeline]


def _build(
    tokenizer_class: Any,
    options: TrainOptions,
    pipeline: Pipeline,
    counted: Counted,
    threads: int,
    progress: ProgressLike,
    checkpoint: Checkpoint | None,
    learning: Learning | None,
) -> tuple[Any, dict[str, Any]]:
    """(the tokenizer, numbers of its training)."""
    words = counted.words[0]
    if options.is_sentencepiece:
        from .sentencepiece import train_sentencepiece

        return train_sentencepiece(tokenizer_class, options, counted, threads, progress, checkpoint, learning)
    details: dict[str, Any] = {}
    post_processor = None
    if options.model == "superbpe":
        from .superbpe import second_stage, superbpe_model

        model, details = superbpe_model(words, counted.words[1], options, counted.scale, pipeline, progress, learning)
        pipeline = second_stage(pipeline)
    elif options.model in ("bpe", "wordpiece"):
        model = bpe_model(words, options, counted.scale, pipeline.byte_level, progress, learning)
    elif options.model == "unigram":
        room = int(options.vocab_size) - len(options.special)
        pieces, details = unigram_trainer(words, options, room, threads, progress, checkpoint, learning)
        model = _unigram_json(pieces, options)
    else:
        model = word_model(words, options, counted.scale)
        if options.model == "char" and pipeline.pre_tokenizer is None:
            step = {"type": "Split", "pattern": {"Regex": r"[\s\S]"}, "behavior": "Isolated", "invert": False}
            pipeline = replace(pipeline, pre_tokenizer=step)
    vocab = model["vocab"]
    ids = vocab if isinstance(vocab, dict) else {piece: index for index, (piece, _) in enumerate(vocab)}
    if options.model == "wordpiece" and "[CLS]" in ids and "[SEP]" in ids:
        post_processor = {"type": "BertProcessing", "sep": ["[SEP]", ids["[SEP]"]], "cls": ["[CLS]", ids["[CLS]"]]}
    fields = ("content", "single_word", "lstrip", "rstrip", "normalized", "special")
    added = [
        {"id": ids[token.content], **dict(zip(fields, token.as_tuple(), strict=True))} for token in options.special
    ]
    return tokenizer_class.from_str(pipeline.document(model, added, post_processor), name=options.model), details


def _unigram_json(pieces: list[tuple[str, float]], options: TrainOptions) -> dict[str, Any]:
    contents = [token.content for token in options.special]
    unknown = options.unk_token or next((content for content in contents if "unk" in content.lower()), None)
    taken = set(contents)
    return {
        "type": "Unigram",
        "unk_id": contents.index(unknown) if unknown is not None else None,
        "vocab": [*([content, 0.0] for content in contents), *([p, s] for p, s in pieces if p not in taken)],
        "byte_fallback": False,
    }


def _measure(tokenizer: Any, corpus: Corpus, progress: ProgressLike) -> HeldOut:
    unk = getattr(tokenizer, "unk_token_id", None)
    texts = size = tokens = unknown = 0
    rows = iter(corpus.held_out_texts())
    batches = iter(lambda: list(islice(rows, _HELD_OUT_BATCH)), [])
    for batch in track(batches, "held-out", None, "batches", progress):
        ids = tokenizer.encode_batch(batch, add_special_tokens=False).ids
        texts += len(batch)
        size += sum(len(text.encode()) for text in batch)
        tokens += len(ids)
        if unk is not None:
            unknown += int((ids == unk).sum())
    return HeldOut(texts, size, tokens, unknown)
