"""Ctrl-C ends native work on one long text soon, whatever the kind of tokenizer; nothing is broken afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.patience import patience
from tokenspace.encoders.engines.native import NativeEngine
from tokenspace.encoders.engines.protocol import TokenBatch
from tokenspace.encoders.model_files import open_model

from .encoder_models import tiny_checkpoint, write_checkpoint

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="POSIX signals"),
    pytest.mark.usefixtures("without_collection"),
]

# Far beyond what any call below does in the time the test allows; the calls end by the signal alone.
TEXT = "The quick brown fox jumps over 13 lazy dogs; 今天天气很好. Grüße aus Köln!\n" * 2_000_000


class StoppedError(Exception):
    """What the handler raises: KeyboardInterrupt itself would end the test run if it came late."""


def seconds_to_stop(call: Any, delay: float = 0.2) -> float | None:
    """How long `call` went on behind the signal; None when it was done before."""

    def handler(number: int, frame: object) -> None:
        raise StoppedError

    before = signal.signal(signal.SIGINT, handler)
    sent: list[float] = []

    def send() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(delay, send)
    try:
        timer.start()
        try:
            call()
            timer.cancel()
            timer.join()
            time.sleep(0)  # a signal sent in the last moment is handled here
            return None
        except StoppedError:
            return time.monotonic() - sent[0]
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("name", ["bpe", "wordpiece", "unigram", "word", "char", "byte"])
@pytest.mark.parametrize(
    "call",
    [
        lambda tok: tok.encode(TEXT),
        lambda tok: tok.encode(TEXT, "pair"),
        lambda tok: tok.count(TEXT),
        lambda tok: tok.encode_batch(["a", TEXT, "b"], threads=2, offsets="chars"),
    ],
    ids=["encode", "pair", "count", "batch"],
)
def test_one_long_text(name: str, call: Any) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    expected = tokenizer.encode("The quick brown fox").ids
    stopped = seconds_to_stop(lambda: call(tokenizer))
    if stopped is not None:
        # The aim is a second; a machine busy with other work gets more.
        assert stopped < patience(5)
    assert tokenizer.encode("The quick brown fox").ids == expected


def test_one_word_of_many_megabytes() -> None:
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    stopped = seconds_to_stop(lambda: tokenizer.encode("abcdefghij" * 3_000_000))
    assert stopped is None or stopped < patience(5)
    assert tokenizer.decode(tokenizer.encode("abcdefghij").ids) == "abcdefghij"


def test_the_command_line(tmp_path: Any) -> None:
    path = tmp_path / "long.txt"
    path.write_text(TEXT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tokenspace.cli", "compare", "-f", str(path), "-t", "tokenspace/wordpiece"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        # Background jobs of a script inherit an ignored SIGINT, which Python then leaves ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Traceback" not in err
        assert time.monotonic() - sent < patience(10)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_search_for_many_vectors(threads: int) -> None:
    vectors = ts.KeyedVectors(256)
    vectors.index_to_key = list(range(40_000))
    vectors.vectors = np.random.default_rng(0).standard_normal((40_000, 256), dtype=np.float32)
    queries = np.ones((40_000, 256), dtype=np.float32)
    stopped = seconds_to_stop(lambda: vectors.search(queries, 5, threads=threads))
    assert stopped is not None
    assert stopped < patience(5)
    assert vectors.search(queries[:1], 5)[0].shape == (1, 5)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_native_encoder_stops(tmp_path: Path, threads: int) -> None:
    config, tensors = tiny_checkpoint()
    engine = NativeEngine(open_model(write_checkpoint(tmp_path, config, tensors)))
    rows = 1_000_000
    batch = TokenBatch(np.ones(rows * 16, np.uint32), np.arange(0, rows * 16 + 1, 16, dtype=np.int64))
    stopped = seconds_to_stop(lambda: engine.pooled(batch, threads=threads))
    assert stopped is not None
    assert stopped < patience(1.0)
    assert engine.pooled(TokenBatch(batch.ids[:16], batch.row_offsets[:2])).shape == (1, 8)
