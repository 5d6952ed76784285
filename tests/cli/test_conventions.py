"""What every command keeps to: streams, exit codes, colour, settings, a fast and light start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tokenspace.cli.main import COMMANDS, cli
from tokenspace.config import SETTINGS, load_config
from tokenspace.errors import ArgumentError, FormatError

HEAVY = ("numpy", "torch", "sklearn", "scipy", "pandas", "pyarrow", "transformers", "huggingface_hub", "jinja2", "rich")


def start(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "tokenspace.cli", *arguments], capture_output=True, text=True, **options
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tokenspace.cli.main import run; run(['--help']);"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules]);"
        "print('NATIVE', 'tokenspace._core' in sys.modules, [m for m in sys.modules if m.startswith('tokenspace.cli.')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "HEAVY []" in out
    assert "NATIVE False ['tokenspace.cli.main']" in out


def test_help_is_fast() -> None:
    resource = pytest.importorskip("resource", reason="needs POSIX process times")

    def seconds(*command: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # Processor time beyond a bare interpreter, so that a busy machine or a site hook does not decide.
    bare = min(seconds("-c", "pass") for _ in range(5))
    ours = min(seconds("-m", "tokenspace.cli", "--help") for _ in range(5))
    assert ours - bare < 0.150


def test_listed_help_is_the_commands_own() -> None:
    context = click.Context(cli)
    for name, (_, line) in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.short_help == line


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(ts, name: str) -> None:
    result = ts(name, "--help")
    assert result.code == 0
    assert result.out.startswith("Usage: tokenspace")


def test_version(ts) -> None:
    assert ts("--version").out.startswith("tokenspace, version ")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (2, ["nonsense"]),
        (2, ["encode", "--no-such-flag"]),
        (2, ["count", "--text", "a", "--json", "--jsonl"]),
        (2, ["encode", "-t", "byte"]),
        (2, ["encode", "-t", "byte", "--text", "a", "--show", "colours"]),
        (4, ["encode", "-t", "byte", "missing.txt"]),
        (4, ["encode", "-t", "./no/such/tokenizer", "--text", "a"]),
        (4, ["models", "path", "no-such-model"]),
        (3, ["encode", "-t", "byte", "bad.txt"]),
        (3, ["decode", "-t", "byte", "--ids", "1 x"]),
    ],
)
def test_exit_codes(ts, code: int, arguments: list[str]) -> None:
    Path("bad.txt").write_bytes(b"a\xff")
    result = ts(*arguments)
    assert (result.code, result.out) == (code, "")
    assert result.err


def test_errors_name_the_place(ts) -> None:
    Path("bad.txt").write_bytes(b"fine\na\xff")
    assert "bad.txt" in ts("count", "-t", "byte", "bad.txt").err
    assert "byte 6 (line 2)" in ts("encode", "-t", "byte", "bad.txt").err


def test_interrupt_is_130(ts, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tokenspace.cli.encode.load_one", interrupt)
    assert ts("encode", "--text", "a").code == 130


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_interrupt_of_a_running_command() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tokenspace.cli", "count", "-t", "byte", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Background jobs of a script inherit an ignored SIGINT, which Python then leaves ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        # More than a pipe holds: when all of it is written the command is past its imports and reading.
        process.stdin.write("hello world\n" * 50_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_closed_pipe_is_quiet(tmp_path: Path) -> None:
    Path("big.txt").write_text("some words here\n" * 200_000)
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "tokenspace.cli", "encode", "-t", "byte", "big.txt"],
        stdout=write,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(write)
        os.read(read, 100)
        os.close(read)
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("lines", [1, 50_000])  # found out at the end, and on the way
def test_no_room_for_the_output(lines: int) -> None:
    Path("big.txt").write_text("some words here\n" * lines)
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "tokenspace.cli", "encode", "-t", "byte", "big.txt"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("error: [write stdout] expected room")


def test_colour(ts, monkeypatch: pytest.MonkeyPatch) -> None:
    def coloured(*more: str, terminal: bool = True) -> bool:
        return "\x1b[" in ts("compare", "-t", "byte", "--no-properties", *more, "ab", terminal=terminal).out

    assert coloured()
    assert not coloured(terminal=False)
    assert coloured("--color", "always", terminal=False)
    assert not coloured("--color", "never")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert coloured(terminal=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured()


def test_progress_goes_to_stderr(ts) -> None:
    Path("a.txt").write_text("one\ntwo\n")
    result = ts("encode", "-t", "byte", "a.txt", "--progress", "json")
    events = [json.loads(line) for line in result.err.splitlines()]
    assert events[-1]["done"] == 8
    assert events[-1]["total"] == 8
    assert len(result.jsonl) == 2
    assert ts("encode", "-t", "byte", "a.txt", "--progress", "json", "-q").err == ""


def test_settings_order(ts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def shown() -> dict:
        return ts("config", "show", "--origin", "--json").json

    assert shown()["threads"] == {"value": 0, "origin": "default"}
    user = tmp_path / "user.toml"
    user.write_text('threads = 1\ncolor = "never"\n')
    monkeypatch.setenv("TOKENSPACE_CONFIG", str(user))
    assert shown()["threads"] == {"value": 1, "origin": str(user)}
    Path("pyproject.toml").write_text('[tool.tokenspace]\nthreads = 2\ntokenizer = "byte"\n')
    assert shown()["threads"]["value"] == 2
    assert shown()["color"]["value"] == "never"
    Path("tokenspace.toml").write_text("threads = 3\nthraeds = 9\n")
    assert shown()["threads"]["value"] == 3
    assert "thraeds" in ts("config", "show").err
    monkeypatch.setenv("TOKENSPACE_THREADS", "4")
    assert shown()["threads"] == {"value": 4, "origin": "environment TOKENSPACE_THREADS"}
    assert "TOKENSPACE_THREADS" in ts("config", "show", "--origin").out


def test_settings_are_checked(tmp_path: Path) -> None:
    for text in ('threads = "many"', "threads = true", 'color = "red"', "tokenizer = [1]", "threads = -1"):
        (tmp_path / "tokenspace.toml").write_text(text)
        with pytest.raises(ArgumentError, match=r"tokenspace\.toml"):
            load_config(tmp_path, {})
    (tmp_path / "tokenspace.toml").write_text("threads = ")
    with pytest.raises(FormatError, match="TOML"):
        load_config(tmp_path, {})
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ArgumentError, match="TOKENSPACE_OFFLINE"):
        load_config(empty, {"TOKENSPACE_OFFLINE": "perhaps"})
    assert load_config(empty, {"TOKENSPACE_TOKENIZER": "a, b"})["tokenizer"] == ["a", "b"]
    assert set(SETTINGS) == {key for key, _ in load_config(empty, {}).items()}


def test_configured_tokenizer_is_used(ts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENSPACE_TOKENIZER", "byte")
    assert ts("encode", "--text", "Hi").jsonl[0]["ids"] == [72, 105]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_scripts(ts, shell: str) -> None:
    script = ts("completion", shell).out
    assert "_TOKENSPACE_COMPLETE" in script
    assert "%(" not in script


@pytest.mark.parametrize(
    ("mode", "variables"),
    [
        ("bash_complete", {"COMP_WORDS": "tokenspace co", "COMP_CWORD": "1"}),
        ("powershell_complete", {"COMP_WORDS": "tokenspace co", "COMP_INCOMPLETE": "co"}),
    ],
)
def test_completion_answers(mode: str, variables: dict[str, str]) -> None:
    environment = {**os.environ, "_TOKENSPACE_COMPLETE": mode, **variables}
    out = start(env=environment).stdout
    assert {"count", "compare", "completion", "config"} <= set(out.replace(",", " ").replace("\t", " ").split())


def test_env(ts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret-value")
    found = ts("env", "--json")
    assert {"tokenspace", "python", "cpu", "paths", "packages"} <= set(found.json)
    assert "secret-value" not in found.out + ts("env").out
    assert found.json["variables"]["HF_TOKEN"] == "(set)"
