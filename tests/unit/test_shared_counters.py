"""Objects of the core that several threads work on at once: calls come one after another, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from tokenspace import _core

TEXT = b" ".join(b"w%d" % (n * 7919 % 5003) for n in range(60_000)) + b"\n"
IDS = np.random.default_rng(1).integers(0, 2000, 60_000).astype(np.int32)
OFFSETS = np.array([0, len(IDS)], dtype=np.int64)


def together(work: Callable[[], object], threads: int = 4) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(3):
                work()
        except BaseException as error:
            errors.append(error)

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert not errors


def test_words() -> None:
    counter = _core.WordCounter(threads=2)
    together(lambda: counter.add_lines(TEXT))
    _, counts, _, _ = counter.finish()
    assert counts.sum() == counter.words == 12 * 60_000


def test_phrases() -> None:
    counter = _core.PhraseCounter("_", [], threads=2)
    together(lambda: counter.add_lines(TEXT))
    counts = counter.finish()
    assert sum(count for word, count in counts.items() if "_" not in word) == 12 * 60_000


def test_cooccurrences() -> None:
    counts = _core.Cooccurrences(2000, window=2, weighted=False, symmetric=False, threads=2)
    together(lambda: counts.add(IDS, OFFSETS, _core.TrainControl()))
    assert counts.to_arrays(_core.TrainControl())[2].sum() == 12 * (2 * 60_000 - 3)


def test_a_trainer() -> None:
    matrices = [np.random.default_rng(seed).random((2000, 16), dtype=np.float32) for seed in (1, 2)]
    for deterministic in (False, True):
        trainer = _core.Word2VecTrainer(
            words=matrices[0], skip_gram=False, negative=5, negative_rows=matrices[1], noise=np.ones(2000), threads=2,
            deterministic=deterministic,
        )  # fmt: skip
        together(
            lambda trainer=trainer: trainer.train(
                IDS, OFFSETS, alpha_begin=0.01, alpha_end=0.01, control=_core.TrainControl()
            )
        )
    assert np.isfinite(matrices[0]).all()
