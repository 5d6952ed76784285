"""Pausing, resuming and cancelling long calls from another thread."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tokenspace import _core
from tokenspace.errors import CancelledError
from tokenspace.progress import ProgressEvent, Reporter, track
from tokenspace.run_switch import pause_point


def some_words(count: int, distinct: int = 4000) -> list[list[str]]:
    draw = random.Random(7)
    return [[f"w{int(draw.paretovariate(0.6)) % distinct}" for _ in range(12)] for _ in range(count // 12)]


def some_text(count: int) -> list[str]:
    draw = random.Random(3)
    letters = "etaoinshrdlucmfwyp"
    return [" ".join("".join(draw.choices(letters, k=draw.randint(2, 9))) for _ in range(10)) for _ in range(count)]


TEXT, SENTENCES = some_text(8000), some_words(240_000)


def bpe() -> str:
    return ts.Tokenizer.train(TEXT, vocab_size=6000, threads=2).to_str()


def unigram() -> str:
    return ts.Tokenizer.train(TEXT[:2000], model="unigram", vocab_size=2000, threads=2).to_str()


def word2vec() -> bytes:
    model = ts.Word2Vec(SENTENCES, vector_size=32, epochs=4, sg=1, workers=2, deterministic=True, compute_loss=True)
    return model.wv.vectors.tobytes()


def glove() -> bytes:
    return ts.GloVe(SENTENCES[:8000], vector_size=32, epochs=20, workers=2, min_count=1).wv.vectors.tobytes()


class Run(threading.Thread):
    """Work under a switch, on a thread of its own."""

    def __init__(self, work: Callable[[], Any], switch: ts.RunSwitch) -> None:
        super().__init__(daemon=True)
        self._work, self._switch = work, switch
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self._switch:
                self.result = self._work()
        except BaseException as error:
            self.error = error


@pytest.mark.parametrize("work", [bpe, unigram, word2vec, glove])
def test_with_pauses_the_result_is_the_same_and_the_processor_idle(work: Callable[[], Any]) -> None:
    expected = work()
    switch = ts.RunSwitch()
    run = Run(work, switch)
    switch.pause()
    run.start()
    pauses = 0
    while run.is_alive() and pauses < 6:
        time.sleep(0.1)  # the last check is over
        before = time.process_time()
        time.sleep(0.1)
        assert time.process_time() - before < 0.03
        pauses += run.is_alive()
        switch.resume()
        time.sleep(0.01)
        switch.pause()
    switch.resume()
    run.join(60)
    assert run.error is None
    assert pauses > 1
    assert switch.seconds >= 0.2 * pauses
    assert run.result == expected


@pytest.mark.parametrize("work", [unigram, word2vec])
@pytest.mark.parametrize("paused", [False, True])
def test_cancel_ends_the_work_paused_or_not(work: Callable[[], Any], paused: bool) -> None:
    switch = ts.RunSwitch()
    run = Run(work, switch)
    run.start()
    time.sleep(0.05)
    if paused:
        switch.pause()
        time.sleep(0.1)
        assert run.is_alive()
    switch.cancel()
    run.join(5)
    assert not run.is_alive()
    assert isinstance(run.error, CancelledError)
    assert not switch.paused
    switch.pause()
    assert not switch.paused  # cancelled is for good
    with switch, pytest.raises(CancelledError):
        work()


def test_a_call_that_begins_while_paused_waits() -> None:
    switch = ts.RunSwitch()
    switch.pause()
    run = Run(lambda: ts.Tokenizer.train(["low lower lowest"], vocab_size=300), switch)
    run.start()
    time.sleep(0.1)
    assert run.is_alive()
    switch.resume()
    run.join(5)
    assert run.error is None
    assert run.result.get_vocab_size() <= 300


def test_loops_in_python_wait_where_they_report_and_rates_leave_pauses_out() -> None:
    switch = ts.RunSwitch()
    events: list[ProgressEvent] = []

    def work() -> int:
        done = 0
        with Reporter("loop", 40, "rounds", events.append, interval=0.0) as report:
            for _ in range(40):
                time.sleep(0.005)
                done += 1
                report.advance()
        return done

    run = Run(work, switch)
    run.start()
    time.sleep(0.05)
    switch.pause()
    time.sleep(0.02)
    seen = len(events)
    time.sleep(0.5)
    assert len(events) == seen
    switch.resume()
    run.join(10)
    assert run.result == 40
    rate = events[-1].rate
    assert rate is not None
    assert rate > 75  # 40 rounds in 0.2 s and a little; with the pause there would be fewer than 60


def test_without_a_switch_nothing_waits() -> None:
    pause_point()
    assert list(track(range(3), "loop", progress=None)) == [0, 1, 2]


def test_one_switch_for_two_threads_and_an_inner_one() -> None:
    outer, inner = ts.RunSwitch(), ts.RunSwitch()
    with outer:
        outer.pause()
        with inner:
            pause_point()  # the innermost counts
        outer.resume()
        pause_point()
    runs = [Run(lambda: sum(track(range(100_000), "loop", progress=None)), outer) for _ in range(2)]
    outer.pause()
    for run in runs:
        run.start()
    time.sleep(0.1)
    assert all(run.is_alive() for run in runs)
    outer.resume()
    for run in runs:
        run.join(10)
    assert [run.result for run in runs] == [4999950000] * 2


def test_the_control_itself() -> None:
    words = _core.WordCounts([(text.encode(), 1) for line in TEXT for text in line.split()])
    control = _core.TrainControl()
    control.pause()
    assert control.paused
    out: list[Any] = []
    thread = threading.Thread(target=lambda: out.append(_core.train_bpe(words, control, vocab_size=3000)))
    thread.start()
    while control.sleeping == 0:
        time.sleep(0.001)
    assert not out
    control.resume()
    thread.join(20)
    assert out[0] == _core.train_bpe(words, _core.TrainControl(), vocab_size=3000)


def test_ctrl_c_ends_a_paused_call() -> None:
    program = """
import random, tokenspace as ts
switch = ts.RunSwitch()
draw = random.Random(1)
text = [" ".join("".join(draw.choices("abcdefgh", k=6)) for _ in range(10)) for _ in range(20000)]
def pause_when_merging(event):
    if event.stage == "merge" and not switch.paused:
        switch.pause()
        print("paused", flush=True)
try:
    with switch:
        ts.Tokenizer.train(text, vocab_size=60000, threads=2, progress=pause_when_merging)
    print("done")
except KeyboardInterrupt:
    print("interrupted", switch.paused)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "paused\n"
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGINT)
        assert process.stdout.read() == "interrupted True\n"
        assert process.wait(10) == 0
    finally:
        process.kill()


def test_vectors_keep_what_was_learnt_when_cancelled() -> None:
    switch = ts.RunSwitch()
    model = ts.Word2Vec(vector_size=16, min_count=1, workers=2)
    model.build_vocab(SENTENCES)
    before = np.array(model.wv.vectors)
    timer = threading.Timer(0.15, switch.cancel)
    timer.start()
    with switch, pytest.raises(CancelledError):
        model.train(SENTENCES, total_examples=len(SENTENCES), epochs=500)
    assert np.isfinite(model.wv.vectors).all()
    assert not np.array_equal(model.wv.vectors, before)


def unseen_words(count: int) -> str:
    """Words of random letters: no cache helps, so that a tokenizer takes long."""
    letters = b"etaoinshrdlucmfwypbgkv ETAOINSHR"
    return random.Random(5).randbytes(count).translate(letters * 8).decode()


def general_characters() -> ts.Tokenizer:
    """Characters by a pattern no fast engine knows: the general path."""
    described = json.loads(ts.Tokenizer.from_pretrained("tokenspace/char").to_str())
    described["pre_tokenizer"]["pattern"]["Regex"] = r"[\s\S]{1}"
    return ts.Tokenizer.from_str(json.dumps(described))


@pytest.mark.parametrize("name", ["bpe", "unigram", "wordpiece", "general"])
def test_a_switch_reaches_into_one_long_text(name: str) -> None:
    tokenizer = general_characters() if name == "general" else ts.Tokenizer.from_pretrained(f"tokenspace/{name}")
    text = unseen_words(40_000_000)  # far more than is done between two looks
    switch = ts.RunSwitch()
    switch.cancel()
    for call in (tokenizer.count, tokenizer.encode, lambda text: tokenizer.encode_batch([text], offsets="chars")):
        with switch, pytest.raises(CancelledError):
            call(text)
    short = "The quick brown fox"
    with ts.RunSwitch():
        assert tokenizer.decode(tokenizer.encode(short, add_special_tokens=False).ids).strip().lower() == short.lower()


def test_one_long_text_with_a_pause_is_encoded_as_without() -> None:
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    text = unseen_words(2_000_000)
    expected = tokenizer.encode_batch([text], threads=1, offsets="chars")
    switch = ts.RunSwitch()
    switch.pause()
    run = Run(lambda: tokenizer.encode_batch([text], threads=1, offsets="chars"), switch)
    run.start()
    run.join(1)
    assert run.is_alive()
    switch.resume()
    run.join(60)
    assert run.error is None
    assert np.array_equal(run.result.ids, expected.ids)
    assert np.array_equal(run.result.spans, expected.spans)
