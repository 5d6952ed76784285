"""Temporary folders that vanish, folders written whole, checkpoints that survive a kill."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from tokenspace.errors import ArgumentError, CheckpointError, FileError, LimitError
from tokenspace.io.atomic_folder import atomic_folder
from tokenspace.io.checkpoint import Checkpoint
from tokenspace.io.workspace import Workspace
from tokenspace.io.writers import atomic_writer
from tokenspace.long_call import run_interruptible

from .test_long_call import FakeControl, steps

Usage = namedtuple("Usage", "total used free")


def run(code: str, *arguments: object, expect: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, done.stderr
    return done.stdout


# ---- workspace ----


def test_a_workspace_vanishes(tmp_path: Path) -> None:
    with Workspace(tmp_path) as work:
        (work.path / "sub").mkdir()
        (work.path / "sub" / "run-0").write_bytes(b"x")
        assert work.path.parent == tmp_path
    work.close()
    assert not os.listdir(tmp_path)
    with pytest.raises(KeyboardInterrupt), Workspace(tmp_path):
        raise KeyboardInterrupt
    Workspace(tmp_path)  # collected as garbage
    assert not os.listdir(tmp_path)


def test_a_workspace_vanishes_at_the_end_of_the_interpreter_but_not_of_a_fork(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom tokenspace.io.workspace import Workspace\n"
        "work = Workspace(sys.argv[1])\n"
        "if os.fork() == 0: sys.exit()\n"
        "os.wait()\nprint(work.path.exists())\n"
    )
    assert run(code, tmp_path) == "True\n"
    assert not os.listdir(tmp_path)


def test_folders_of_killed_processes_are_removed_and_of_living_ones_kept(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom tokenspace.io.workspace import Workspace\n"
        "work = Workspace(sys.argv[1])\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with Workspace(tmp_path) as living:
        run(code, tmp_path, expect=-signal.SIGKILL)
        assert len(os.listdir(tmp_path)) == 2
        (tmp_path / "tokenspace-work-half-removed").mkdir()
        (tmp_path / ".tokenspace-begin-now").mkdir()
        old = tmp_path / ".tokenspace-begin-old"
        old.mkdir()
        os.utime(old, (time.time() - 9999,) * 2)
        with Workspace(tmp_path) as other:
            left = {living.path.name, other.path.name, ".tokenspace-begin-now"}
            assert set(os.listdir(tmp_path)) == left


def test_too_little_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace(tmp_path) as work:
        work.require(1 << 20)
        monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9 - 80_000_000, 80_000_000))
        work.require(1 << 20)
        with pytest.raises(LimitError, match=r"expected 1\.07G bytes free .* received 80M; try temp_dir="):
            work.require(10**9)
    with pytest.raises(LimitError, match=str(tmp_path)):
        Workspace(tmp_path, need=10**9)
    assert not os.listdir(tmp_path)


def test_a_disk_that_fills_stops_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    control = FakeControl()
    with Workspace(tmp_path) as work:
        monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9, 0))
        with pytest.raises(LimitError, match="received 0"):
            run_interruptible(lambda: steps(control, [("count", 100)], 30), control, watch=work.require)
    assert control.cancelled
    assert not os.listdir(tmp_path)


def test_a_workspace_is_found_from_another_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    with Workspace("sub"):
        monkeypatch.chdir("/")
    assert not os.listdir(tmp_path / "sub")


def test_a_temporary_folder_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for wrong in ("file", "missing"):
        with pytest.raises(FileError, match="temp_dir="):
            Workspace(tmp_path / wrong)

    def refuse(**_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(FileError, match="Permission denied"):
        Workspace(tmp_path)


# ---- atomic folder ----


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "model"
    with atomic_folder(target) as folder:
        (folder / "a").write_text("1")
        (folder / "sub").mkdir()
        (folder / "sub" / "b").write_text("2")
        assert not target.exists()
    assert (target / "sub" / "b").read_text() == "2"
    (target / "other").write_text("stays")
    with atomic_folder(target) as folder:
        (folder / "a").write_text("new")
        (folder / "sub").mkdir()
        (folder / "sub" / "c").write_text("3")
    assert {str(path.relative_to(target)) for path in target.rglob("*")} == {"a", "other", "sub", "sub/b", "sub/c"}
    assert (target / "a").read_text() == "new"
    assert os.listdir(target.parent) == ["model"]


def test_a_folder_is_not_half_written(tmp_path: Path) -> None:
    target = tmp_path / "model"

    def interrupted(folder: Path) -> None:
        (folder / "a").write_text("1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), atomic_folder(target) as made:
        interrupted(made)
    with pytest.raises(FileError, match="expected room on the disk"), atomic_folder(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(FileError, match="expected room on the disk"), atomic_writer(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not os.listdir(tmp_path)
    target.write_text("a file")
    with pytest.raises(FileError, match="received a file"), atomic_folder(target):
        pass
    with pytest.raises(FileError), atomic_folder(target / "below"):
        pass


# ---- checkpoint ----

SETTINGS = {"options": {"vocab_size": 1000, "model": "bpe"}, "corpus": {"files": [["a.txt", 3]]}}


def test_stages_come_back(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "run", SETTINGS)
    assert checkpoint.load("count") is None
    assert not checkpoint.folder.exists()
    (tmp_path / "source").write_bytes(b"from a file")
    checkpoint.save("count", {"words": b"\x00\x01", "copied": tmp_path / "source"}, {"texts": 7})
    checkpoint.save("merge", meta={"done": 1})
    checkpoint.save("merge", meta={"done": 2})
    again = Checkpoint(tmp_path / "run", json.loads(json.dumps(SETTINGS)))
    saved = again.load("count")
    assert saved is not None
    assert saved.meta == {"texts": 7}
    assert {name: path.read_bytes() for name, path in saved.files.items()} == {
        "words": b"\x00\x01",
        "copied": b"from a file",
    }
    assert again.load("merge").meta == {"done": 2}  # type: ignore[union-attr]
    assert sorted(os.listdir(again.folder)) == ["count.000001", "fingerprint.json", "merge.000002"]
    (again.folder / "of-the-user").write_text("")
    again.clear()
    assert os.listdir(again.folder) == ["of-the-user"]
    os.unlink(again.folder / "of-the-user")
    again.clear()
    assert not again.folder.exists()
    again.clear()


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    Checkpoint(tmp_path, SETTINGS).save("count")
    other = {"options": {"vocab_size": 2000, "model": "bpe"}, "corpus": {"files": [["a.txt", 4]]}, "seed": 1}
    with pytest.raises(CheckpointError, match=r"corpus\.files\[0\]\[1\]=4 instead of 3; options\.vocab_size=2000"):
        Checkpoint(tmp_path, other)
    with pytest.raises(CheckpointError, match='tokenspace="9" instead of'):
        Checkpoint(tmp_path, {**SETTINGS, "tokenspace": "9"})
    with pytest.raises(CheckpointError, match="files=2 items instead of 1 items"):
        Checkpoint(tmp_path, {**SETTINGS, "corpus": {"files": [["a.txt", 3], ["b.txt", 1]]}})
    (tmp_path / "fingerprint.json").write_text("{half")
    with pytest.raises(CheckpointError, match="delete"):
        Checkpoint(tmp_path, SETTINGS)


def test_damaged_stages_are_ignored(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, SETTINGS)
    checkpoint.save("count", {"words": b"1234"})
    (tmp_path / "count.000001" / "words").write_bytes(b"1235")
    assert checkpoint.load("count") is None
    checkpoint.save("count", {"words": b"1234"})
    assert checkpoint.load("count") is not None
    stage = tmp_path / "count.000002" / "stage.json"
    stage.write_text(stage.read_text().replace('"settings": "', '"settings": "0'))
    assert checkpoint.load("count") is None
    stage.write_text("[]")
    assert checkpoint.load("count") is None
    for name in ("../x", "", "stage.json", "a/b"):
        with pytest.raises(ArgumentError):
            checkpoint.save("count", {name: b""})
    for stage_name in ("", "a.b", "../x"):
        with pytest.raises(ArgumentError):
            checkpoint.load(stage_name)
    with pytest.raises(ArgumentError, match="settings as JSON"):
        Checkpoint(tmp_path, {"value": object()})
    with pytest.raises(ArgumentError, match="meta as JSON"):
        checkpoint.save("count", meta={"value": object()})
    (tmp_path / "file").write_text("")
    with pytest.raises((FileError, CheckpointError)):
        Checkpoint(tmp_path / "file", SETTINGS).save("count")


WRITER = """
import sys
from tokenspace.io.checkpoint import Checkpoint
checkpoint = Checkpoint(sys.argv[1], {"seed": 1})
number = 0
while True:
    number += 1
    checkpoint.save("merge", {"a": str(number).encode() * 5000, "b": b"x" * number}, {"number": number})
    print(number, flush=True)
"""


def test_a_kill_at_any_moment_loses_one_stage_at_most(tmp_path: Path) -> None:
    for attempt in range(6):
        folder = tmp_path / str(attempt % 2)  # so that later ones find what a killed one left
        before = Checkpoint(folder, {"seed": 1})
        with subprocess.Popen([sys.executable, "-c", WRITER, folder], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(3):
                process.stdout.readline()
            time.sleep(0.003 * attempt)
            process.send_signal(signal.SIGKILL)
            finished = 3 + len(process.stdout.read().splitlines())
        saved = before.load("merge")
        assert saved is not None
        number = saved.meta["number"]
        assert finished <= number <= finished + 1
        assert saved.files["a"].read_bytes() == str(number).encode() * 5000
    before.save("merge")
    assert sorted(os.listdir(folder)) == sorted({"fingerprint.json", before._versions("merge")[0][1].name})
