"""``tokenspace studio`` as a process: the address, ports, Ctrl-C, what is missing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import patience

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
pytest.importorskip("uvicorn", reason="uvicorn not found: pip install 'tokenspace[studio]'")

COMMAND = [sys.executable, "-m", "tokenspace.cli", "studio"]


@contextmanager
def started(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """(process, the first line of its stdout)."""
    process = subprocess.Popen(
        [*COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1", **environment},
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def get(address: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, timeout=60, env={**os.environ, **environment}, check=False
    )


def test_it_serves_and_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with started("--port", "0", str(tmp_path)) as (process, line):
        address = line.split()[-1]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        assert [file["name"] for file in json.loads(get(address + "api/files")[1])["files"]] == ["a.txt"]
        assert b"<html" in get(address)[1]
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, notes = process.communicate(timeout=60)
        assert time.monotonic() - began < patience(1.5)
        assert process.returncode == 0
        assert all(note.startswith("note: ") for note in notes.splitlines())


def test_ctrl_c_ends_it_with_streams_open_and_work_under_way(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("\n".join(" ".join(f"w{(n * k) % 9973}" for n in range(60)) for k in range(4000)))
    with started("--port", "0", str(text)) as (process, line):
        address = line.split()[-1]
        file = json.loads(get(address + "api/files")[1])["files"][0]["id"]
        body = json.dumps({"corpus": {"files": [file]}, "settings": {"epochs": 10_000, "min_count": 1}})
        job = start_training(address, body)
        place = address.removeprefix("http://").rstrip("/").split(":")
        streams = []
        for _ in range(3):
            stream = socket.create_connection((place[0], int(place[1])), 10)
            stream.sendall(f"GET /api/jobs/{job}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            assert b"200" in stream.recv(4096)
            streams.append(stream)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert time.monotonic() - began < patience(2.0)
        assert process.returncode == 0
        for stream in streams:
            stream.close()


def start_training(address: str, body: str) -> str:
    """The id of a job that trains word vectors."""
    request = urllib.request.Request(
        address + "api/train/vectors", body.encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.loads(answer.read())["job"]["id"])


def test_a_taken_port_gives_way_to_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started("--port", str(port)) as (process, line):
            found = int(line.rstrip("/\n").rpartition(":")[2])
            assert port < found <= port + 100
            process.send_signal(signal.SIGINT)
            _, notes = process.communicate(timeout=60)
            assert f"port {port} is taken" in notes


def test_beyond_loopback_a_token_is_printed_and_wanted() -> None:
    with started("--host", "0.0.0.0", "--port", "0") as (_, line):
        port, token = re.search(r":(\d+)/\?token=([\w-]{30,})$", line.strip()).groups()  # type: ignore[union-attr]
        here = f"http://127.0.0.1:{port}/"
        assert get(here + "api/status")[0] == 403
        assert get(here + "api/status", {"Authorization": f"Bearer {token}"})[0] == 200
        assert get(here + "?token=wrong")[0] == 403


def test_check_answers_by_its_exit_code() -> None:
    done = run("--check", "--port", "0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Studio: http://127.0.0.1:")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("nothing/here",), 4, "does not exist"),
        (("--host", "203.0.113.7"), 3, "[studio] expected"),
        (("--host", "no such host"), 3, "[studio] expected an address"),
        (("--port", "70000"), 2, "70000"),
    ],
)
def test_what_cannot_be_is_one_line(options: tuple[str, ...], code: int, said: str) -> None:
    done = run(*options)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_extra_one_line_says_what_adds_it(tmp_path: Path) -> None:
    # A package of that name that cannot be imported, as where it is not installed.
    (tmp_path / "fastapi.py").write_text("raise ModuleNotFoundError('No module named fastapi', name='fastapi')")
    done = run(PYTHONPATH=str(tmp_path))
    assert done.returncode == 3
    assert done.stderr.strip().count("\n") == 0
    assert "pip install 'tokenspace[studio]'" in done.stderr


def test_settings_come_from_the_environment() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = run("--check", TOKENSPACE_STUDIO_PORT=str(port))
    assert f":{port}/" in done.stdout
