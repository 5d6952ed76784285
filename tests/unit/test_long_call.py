"""A long call on a worker thread: events by stage, errors, Ctrl-C."""

from __future__ import annotations

import contextvars
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.patience import patience
from tokenspace.long_call import run_interruptible
from tokenspace.progress import ProgressEvent


class FakeControl:
    def __init__(self) -> None:
        self.stage, self.done, self.total, self.cancelled = "", 0, 0, False

    def begin(self, stage: str, total: int) -> None:
        self.done, self.total, self.stage = 0, total, stage

    def cancel(self) -> None:
        self.cancelled = True


class Cancelled(Exception):
    pass


def steps(control: FakeControl, stages: list[tuple[str, int]], seconds: float = 0.2) -> str:
    for stage, total in stages:
        control.begin(stage, total)
        for _ in range(20):
            if control.cancelled:
                raise Cancelled
            time.sleep(seconds / 20)
            control.done += max(1, total // 20)
    return "result"


def test_each_stage_is_a_series_of_events() -> None:
    control = FakeControl()
    seen: list[ProgressEvent] = []
    stages = [("count", 100), ("merge", 0), ("merge", 40)]
    units = {"count": "words"}
    assert run_interruptible(lambda: steps(control, stages), control, seen.append, units) == "result"
    firsts = [event for before, event in zip([None, *seen], seen, strict=False) if before is None or before.finished]
    assert [(event.stage, event.unit) for event in firsts] == [
        ("count", "words"),
        ("merge", "steps"),
        ("merge", "steps"),
    ]
    lasts = [event for event in seen if event.finished]
    assert (lasts[0].done, lasts[0].total) == (100, 100)
    assert lasts[1].total is None
    assert lasts[2].done == 40
    assert any(event.rate and event.eta is not None for event in seen)
    assert not control.cancelled


def test_errors_of_the_work_come_through() -> None:
    def work() -> None:
        raise ValueError("from the work")

    with pytest.raises(ValueError, match="from the work") as caught:
        run_interruptible(work, FakeControl(), "none")
    assert caught.traceback[-1].name == "work"


@pytest.mark.parametrize("where", ["progress", "watch"])
def test_an_exception_of_a_callback_cancels(where: str) -> None:
    control = FakeControl()

    def stop(*_: object) -> None:
        raise RuntimeError("enough")

    began = time.monotonic()
    with pytest.raises(RuntimeError, match="enough"):
        run_interruptible(lambda: steps(control, [("count", 100)], 30), control, **{where: stop})
    assert time.monotonic() - began < patience(4)
    assert control.cancelled


def test_a_native_call_is_cancelled() -> None:
    from tokenspace import _core

    control = _core.TrainControl()
    numbers = random.Random(1)
    words = _core.WordCounts([("".join(numbers.choices("abcdefgh", k=12)), 1) for _ in range(200_000)])

    def stop(event: ProgressEvent) -> None:
        raise RuntimeError("enough")  # at the first look

    with pytest.raises(RuntimeError, match="enough"):
        run_interruptible(lambda: _core.train_bpe(words, control, vocab_size=2_000_000), control, stop)
    assert control.cancelled
    assert control.done < control.total


def test_a_bar_is_erased_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    control = FakeControl()

    def work() -> None:
        steps(control, [("count", 100)])
        raise ValueError

    with pytest.raises(ValueError):
        run_interruptible(work, control, "bar")
    assert "count" in stream.getvalue()
    assert stream.getvalue().endswith(" \r")


def test_from_another_thread_and_with_its_context() -> None:
    variable: contextvars.ContextVar[int] = contextvars.ContextVar("variable", default=0)
    control = FakeControl()
    results: list[object] = []

    def outer() -> None:
        variable.set(7)
        results.append(run_interruptible(lambda: (steps(control, [("count", 20)]), variable.get()), control))

    thread = threading.Thread(target=outer)
    thread.start()
    thread.join()
    assert results == [("result", 7)]


SCRIPT = """
import signal, sys, time
from tests.unit.test_long_call import FakeControl, steps
from tokenspace.long_call import run_interruptible
signal.signal(signal.SIGINT, signal.default_int_handler)  # parents in the background have it ignored
control = FakeControl()
print("ready", flush=True)
try:
    run_interruptible(lambda: steps(control, [("count", 100)], 10), control, "json")
except KeyboardInterrupt:
    print("stopped", control.cancelled, flush=True)
"""


def test_ctrl_c_stops_within_a_second() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=os.getcwd()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        process.stderr.readline()  # the first event: the work has begun
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"stopped True\n"
        assert time.monotonic() - began < patience(2)  # a second, and as much for a busy machine
        process.stderr.read()
    assert process.returncode == 0
