"""Epochs over blocks of ids: what every model class does around its own training step."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..._core import TrainControl
from ...errors import ArgumentError
from ...long_call import run_interruptible
from ...progress import ProgressLike, Reporter
from ..corpora import IdBlock
from .checkpoints import TrainCheckpoints
from .feed import read_ahead

__all__ = ["BlockResult", "Position", "Schedule", "Step", "TrainSummary", "call_all", "run_epochs", "useful_threads"]

logger = logging.getLogger(__name__)

CALLBACKS = ("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_progress")
LOOK_SECONDS = 0.1


def useful_threads(workers: int) -> int:
    """``workers``, but no more than there are cores: more only wait for each other."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return max(1, min(workers, available))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a block lies: random draws depend on it and on the seed alone.

    Attributes:
        epoch: counted over all trainings of the model.
        block: number within the epoch.
    """

    epoch: int
    block: int


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What a step says of a block.

    Attributes:
        words: words trained on, those that sub-sampling left.
        pairs: predictions made, to divide the loss by.
        loss: summed over them; 0 unless it is computed.
    """

    words: int
    pairs: int
    loss: float


class Step(Protocol):
    """One pass over a block with a learning rate falling from ``alpha_begin`` to ``alpha_end``. Releases the GIL, adds
    the tokens worked on to ``control.done`` and ends soon after ``control.cancel()``."""

    def __call__(
        self, block: IdBlock, position: Position, alpha_begin: float, alpha_end: float, control: TrainControl
    ) -> BlockResult: ...


@dataclass(frozen=True, slots=True)
class Schedule:
    """How far a training has come, and the learning rate there.

    Attributes:
        epochs: passes over the corpus.
        alpha: (epoch, part of that epoch in 0..1) -> learning rate.
        total_words: raw words of the corpus, or None.
        total_examples: sentences of the corpus, or None. One of the two at least.
        word_count: words that count as done before the first.
    """

    epochs: int
    alpha: Callable[[int, float], float]
    total_words: int | None = None
    total_examples: int | None = None
    word_count: int = 0

    def part(self, words: int, examples: int) -> float:
        """The part of an epoch behind after so many of its words and sentences: by sentences where their number is known, as
        gensim has it. Texts whose sentences grow shorter learn at a higher rate for longer that way than by words."""
        if self.total_examples and not self.word_count:
            return min(1.0, examples / self.total_examples)
        return min(1.0, words / self.total_words) if self.total_words else 1.0


@dataclass(slots=True)
class TrainSummary:
    """What a training has done so far.

    Attributes:
        trained_words: words trained on, after sub-sampling.
        raw_words: words read, those outside the vocabulary included.
        loss: of all epochs together.
        epoch_losses: mean loss a pair of each finished epoch; 0 unless the loss is computed.
    """

    trained_words: int = 0
    raw_words: int = 0
    loss: float = 0.0
    epoch_losses: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Epoch:
    """The state of an unfinished epoch."""

    number: int = 0
    block: int = 0
    words: int = 0
    examples: int = 0
    pairs: int = 0
    loss: float = 0.0


class _Watcher:
    """Progress within a block: shows what the control says while the core works."""

    def __init__(self, report: Reporter, control: TrainControl, look: Callable[[], None]) -> None:
        self._report, self._control, self._look = report, control, look
        self._block: IdBlock | None = None
        self._before = self._control_before = 0

    def begin(self, block: IdBlock) -> None:
        self._block, self._before = block, self._report.done
        self._control_before = self._control.done

    def look(self) -> None:
        block = self._block
        if block is not None and len(block.ids):
            done = (self._control.done - self._control_before) / len(block.ids)
            self._report.update(self._before + int(min(1.0, done) * block.raw_words))
        self._look()

    def show(self, **values: float) -> None:
        self._report.values = values

    def end(self) -> None:
        if self._block is not None:
            self._report.update(self._before + self._block.raw_words)
        self._block = None


def run_epochs(
    make_step: Callable[[], Step],
    blocks: Callable[[int], Iterable[IdBlock]],
    schedule: Schedule,
    *,
    model: Any = None,
    first_epoch: int = 0,
    summary: TrainSummary | None = None,
    callbacks: Sequence[Any] = (),
    progress: ProgressLike = None,
    checkpoints: TrainCheckpoints | None = None,
) -> TrainSummary:
    """Train for ``schedule.epochs`` passes.

    Args:
        make_step: called at the beginning of each epoch, so that callbacks may exchange matrices between epochs.
        blocks: epoch -> its blocks, walked on a thread of its own.
        model: handed to the callbacks.
        first_epoch: epochs the model was trained for before.
        summary: filled in while the work goes on, so that callbacks can read it.
        callbacks: objects with the methods of `CallbackAny2Vec`, all of them or some.
        progress: a style or callback of `tokenspace.progress`: words read, words a second, time left.
        checkpoints: where to store the state now and then, and to go on from.

    Raises:
        KeyboardInterrupt: within a second of Ctrl-C; matrices keep what was learnt. Whatever callbacks and ``blocks``
        raise.
    """
    _check_callbacks(callbacks)
    summary = summary if summary is not None else TrainSummary()
    state = _Epoch()
    if checkpoints is not None:
        _resume(checkpoints, state, summary)
    control = TrainControl()
    call_all(callbacks, "on_train_begin", model)
    total = schedule.total_words * schedule.epochs if schedule.total_words else None
    with Reporter("train", total, "words", progress) as report:
        report.update(summary.raw_words)
        watcher = _Watcher(report, control, lambda: call_all(callbacks, "on_progress", model))
        while state.number < schedule.epochs:
            call_all(callbacks, "on_epoch_begin", model)
            _train_epoch(make_step(), blocks, schedule, state, summary, first_epoch, control, watcher, checkpoints)
            _warn_of_another_corpus(schedule, state)
            summary.epoch_losses.append(state.loss / state.pairs if state.pairs else 0.0)
            state = _Epoch(number=state.number + 1)
            call_all(callbacks, "on_epoch_end", model)
            if checkpoints is not None:
                checkpoints.save(_position(state, summary))
    call_all(callbacks, "on_train_end", model)
    return summary


def _train_epoch(
    step: Step,
    blocks: Callable[[int], Iterable[IdBlock]],
    schedule: Schedule,
    state: _Epoch,
    summary: TrainSummary,
    first_epoch: int,
    control: TrainControl,
    watcher: _Watcher,
    checkpoints: TrainCheckpoints | None,
) -> None:
    with read_ahead(lambda: blocks(state.number)) as walk:
        for index, block in enumerate(walk):
            if index < state.block:
                continue  # done before the checkpoint
            result = _train_block(step, block, schedule, state, first_epoch, control, watcher)
            _add(summary, state, block, result)
            if state.loss and state.pairs:
                watcher.show(loss=state.loss / state.pairs)
            if checkpoints is not None:
                checkpoints.save_now_and_then(lambda: _position(state, summary))


def _train_block(
    step: Step,
    block: IdBlock,
    schedule: Schedule,
    state: _Epoch,
    first_epoch: int,
    control: TrainControl,
    watcher: _Watcher,
) -> BlockResult:
    before = schedule.part(state.words + schedule.word_count, state.examples)
    after = schedule.part(state.words + schedule.word_count + block.raw_words, state.examples + block.sentences)
    position = Position(first_epoch + state.number, state.block)
    alphas = schedule.alpha(state.number, before), schedule.alpha(state.number, after)
    watcher.begin(block)
    result = run_interruptible(
        lambda: step(block, position, *alphas, control), control, watch=watcher.look, watch_seconds=LOOK_SECONDS
    )
    watcher.end()
    return result


def _add(summary: TrainSummary, state: _Epoch, block: IdBlock, result: BlockResult) -> None:
    state.block += 1
    state.words += block.raw_words
    state.examples += block.sentences
    state.pairs += result.pairs
    state.loss += result.loss
    summary.trained_words += result.words
    summary.raw_words += block.raw_words
    summary.loss += result.loss


def _check_callbacks(callbacks: Sequence[Any]) -> None:
    for callback in callbacks:
        if not any(callable(getattr(callback, name, None)) for name in CALLBACKS):
            raise ArgumentError(
                f"[train] expected callbacks with a method such as {CALLBACKS[3]}, received {type(callback).__name__}; "
                "try a class derived from CallbackAny2Vec"
            )


def call_all(callbacks: Sequence[Any], name: str, model: Any) -> None:
    """Calls the method of that name of every callback that has it."""
    for callback in callbacks:
        method = getattr(callback, name, None)
        if method is not None:
            method(model)


def _warn_of_another_corpus(schedule: Schedule, state: _Epoch) -> None:
    """The learning rate is planned by the numbers that were given: others mean that it ends too high or too early."""
    if schedule.total_words and state.words + schedule.word_count != schedule.total_words:
        logger.warning(
            "epoch %d: read %d words, expected total_words=%d", state.number, state.words, schedule.total_words
        )
    elif schedule.total_examples and state.examples != schedule.total_examples:
        logger.warning(
            "epoch %d: read %d sentences, expected total_examples=%d",
            state.number,
            state.examples,
            schedule.total_examples,
        )


def _position(state: _Epoch, summary: TrainSummary) -> dict[str, Any]:
    return {
        "epoch": {name: getattr(state, name) for name in state.__slots__},
        "summary": {name: getattr(summary, name) for name in summary.__slots__},
    }


def _resume(checkpoints: TrainCheckpoints, state: _Epoch, summary: TrainSummary) -> None:
    stored = checkpoints.load()
    if stored is None:
        return
    for name, value in stored["epoch"].items():
        setattr(state, name, value)
    for name, value in stored["summary"].items():
        setattr(summary, name, value)
