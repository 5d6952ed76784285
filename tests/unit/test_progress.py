"""Events of the progress protocol and how they are shown."""

from __future__ import annotations

import io
import json
import sys

import pytest

from tokenspace.errors import ArgumentError
from tokenspace.progress import ProgressEvent, Reporter, human_number, human_time, track


def test_events_begin_and_end() -> None:
    seen: list[ProgressEvent] = []
    assert list(track([1, 2, 3], "work", progress=seen.append)) == [1, 2, 3]
    assert (seen[0].done, seen[0].total, seen[0].finished) == (0, 3, False)
    assert (seen[-1].done, seen[-1].finished) == (3, True)
    assert set(seen[-1].to_dict()) == {"stage", "done", "total", "rate", "eta", "unit", "finished"}


def test_json_lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter("encode", 10, progress="json") as report:
        report.advance(10)
    out, err = capsys.readouterr()
    assert out == ""
    assert [json.loads(line)["done"] for line in err.splitlines()] == [0, 10]


def test_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter("encode", progress="plain") as report:
        report.advance(2)
    assert capsys.readouterr().err.splitlines()[-1].startswith("encode: 2 rows")


def test_auto_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter("encode", 1, progress=True):
        pass
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_is_drawn_and_erased_even_on_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())

    def work() -> None:
        with Reporter("encode", 10, progress="auto", interval=0) as report:
            report.advance(5)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    drawn = sys.stderr.getvalue()
    assert "50%" in drawn
    assert drawn.endswith(" \r")


def test_a_callback_may_stop_the_work() -> None:
    def stop(event: ProgressEvent) -> None:
        if event.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        for _ in track(range(5), "work", progress=stop):
            pass


def test_unknown_style() -> None:
    with pytest.raises(ArgumentError, match="sparkles"):
        Reporter("x", progress="sparkles")


def test_numbers_and_times() -> None:
    assert [human_number(n) for n in (0, 7, 999, 1000, 12345, 999_999, 2_500_000, 3e12)] == [
        "0", "7", "999", "1k", "12.3k", "1M", "2.5M", "3T",
    ]  # fmt: skip
    assert (human_time(0.2), human_time(75), human_time(3675)) == ("0:00", "1:15", "1:01:15")
