"""Running the command line in this process, with a chosen standard input and no settings of the machine."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tokenspace.cli.main import run


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def jsonl(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__(newline="")
        self._terminal = terminal
        self.buffer = io.BytesIO()

    def isatty(self) -> bool:
        return self._terminal

    def everything(self) -> str:
        """Text and bytes; Click writes to the buffer when there is one."""
        return self.getvalue() + self.buffer.getvalue().decode("utf-8", "replace")


class Input(io.TextIOWrapper):
    terminal = False

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("TOKENSPACE_") and name not in ("TOKENSPACE_CACHE_DIR", "TOKENSPACE_DATA"):
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOKENSPACE_CONFIG", str(tmp_path / "no-such-config.toml"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def ts(monkeypatch: pytest.MonkeyPatch):
    """``ts("count", "a.txt", stdin=b"...", terminal=True)`` -> Result."""

    def call(*arguments: str, stdin: bytes | None = None, terminal: bool = False) -> Result:
        source = Input(io.BytesIO(stdin or b""))
        source.terminal = stdin is None
        out, err = Stream(terminal), Stream(terminal)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", source)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = run([str(argument) for argument in arguments])
        return Result(code, out.everything(), err.everything())

    return call
