"""Every command given what a new user gives by mistake: the exit code, and a message that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

READERS = ["encode", "count", "report", "chunk"]


@pytest.fixture(autouse=True)
def files(quiet_machine: None) -> None:
    """One file of each kind of mistake, in the current folder."""
    Path("binary.dat").write_bytes(b"\x7fELF\x02\x01\x00\xd0\x61\x00\xff\n")
    Path("folder").mkdir()
    Path("bad.jsonl").write_text('{"text": "fine"}\n{bad\n')
    Path("columns.jsonl").write_text('{"body": "a", "key": 1}\n')
    Path("bad.csv").write_text("a,b\n1,2,3\n")
    Path("bad.parquet").write_text("nonsense")
    Path("utf16.txt").write_bytes("Grüße\n".encode("utf-16")[:-1])
    Path("words.txt").write_text("hello\n")


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.txt"], 4, "missing.txt: no such file or folder; try --text"),
        (["*.nothing"], 4, "no file matches"),
        (["folder"], 4, "try --glob"),
        (["binary.dat"], 3, "binary.dat: expected utf-8, received bytes d0 61"),
        (["bad.jsonl"], 3, "bad.jsonl, line 2, column 2: expected one JSON value"),
        (["columns.jsonl"], 3, "expected a column named 'text', received columns body, key; try --column NAME"),
        (["columns.jsonl", "--column", "title"], 3, "expected a column 'title', received columns body, key"),
        (["bad.csv"], 3, "line 2: expected 2 fields, received 3; try quotes"),
        (["bad.parquet"], 3, "bad.parquet: expected Parquet"),
        (["utf16.txt", "--encoding", "utf-16"], 3, "utf16.txt: expected utf-16"),
        (["words.txt", "--encoding", "klingon"], 2, "received 'klingon'"),
        (["words.txt", "-t", "no-such-model"], 4, "tokenspace models list"),
        (["words.txt", "-t", "folder"], 4, "expected a tokenizer file"),
        (["words.txt", "-t", "binary.dat"], 3, "expected a tokenizer file"),
        (
            ["words.txt", "--json", "--jsonl"],
            2,
            "--json and --jsonl are different forms of the same output: choose one",
        ),
        (["missing.txt", "--json", "--jsonl"], 2, "choose one"),
        (["words.txt", "-o", "folder"], 3, "expected a file, received a folder"),
        (["words.txt", "--threads", "many"], 2, "'many' is not a valid integer"),
        ([], 2, "nothing to read"),
    ],
)
def test_reading(ts, command: str, arguments: list[str], code: int, said: str) -> None:
    if said == "nothing to read" and command == "report":
        pytest.skip("report without files probes the tokenizer alone")
    tokenizer = [] if "-t" in arguments else ["-t", "byte"]
    result = ts(command, *arguments, *tokenizer)
    assert result.code == code, result.err
    if command != "chunk":  # which writes the chunks of a text when it has read it
        assert result.out == ""
    assert said in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["decode", "abc"], 4, "'abc', which is neither a number nor a file; try --ids '72 105'"),
        (["decode", "72", "x105"], 4, "'x105', which is neither"),
        (["decode", "--", "-5"], 4, "'-5', which is neither"),
        (["decode", "72", "words.txt"], 2, "give the ids as --ids '72'"),
        (["decode", "--ids", "72 x"], 3, "expected ids, received 'x'"),
        (["decode", "99999999999"], 3, "from 0 to 4294967295, received 99999999999"),
        (["decode", "words.txt"], 3, "words.txt, row 1] expected ids, received 'hello'; try a line of ids a text"),
        (["decode", "columns.jsonl"], 3, "expected a column 'ids', received columns body, key; try --column NAME"),
        (["decode", "72", "--json", "--jsonl"], 2, "choose one"),
        (["decode"], 2, "nothing to decode"),
        (["encode", "words.txt", "--plain", "--json"], 2, "--json and --plain are different forms"),
        (["encode", "words.txt", "--json", "-o", "a.npz"], 2, "-o FILE.npz writes arrays"),
        (["encode", "words.txt", "--show", "colours"], 2, "--show takes a list of ids, tokens, offsets, text"),
        (["encode", "words.txt", "--pair", "b"], 2, "use --pair-column for tables"),
        (["compare"], 2, "nothing to compare"),
        (["compare", "a", "-f", "words.txt"], 2, "not both"),
        (["compare", "a", "--html", "a.html", "--json"], 2, "leave out --json"),
        (["compare", "-f", "missing.txt"], 4, "missing.txt: no such file"),
        (["compare", "-f", "binary.dat"], 3, "binary.dat: expected utf-8"),
        (["compare", "a", "-t", "no-such-model"], 4, "tokenspace models list"),
        (["report", "words.txt", "--by", "lang"], 3, "expected an object with columns"),
        (["report", "--by", "lang"], 2, "--by needs files"),
        (["chunk", "words.txt", "--size", "4", "--overlap", "4"], 2, "--overlap must be less than --size"),
        (["chunk", "--rejoin", "columns.jsonl"], 3, "expected a column named 'text'"),
        (["models", "path", "no-such-model"], 4, "try tokenspace models pull"),
        (["models", "pull", "no-such-model"], 4, "expected the repository"),
        (["models", "list", "--json", "--jsonl"], 2, "choose one"),
        (["completion", "tcsh"], 2, "'bash', 'zsh', 'fish', 'powershell'"),
        (["coutn"], 2, "Did you mean 'count'?"),
    ],
)
def test_each_command(ts, arguments: list[str], code: int, said: str) -> None:
    more = ["-t", "byte"] if arguments[0] in ("encode", "decode", "chunk") else []
    at = arguments.index("--") if "--" in arguments else len(arguments)
    result = ts(*arguments[:at], *more, *arguments[at:])
    assert (result.code, result.out) == (code, ""), result.err
    assert said in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["encode", "-t", "byte"], ""),
        (["decode", "-t", "byte"], ""),
        (["chunk", "-t", "byte"], ""),
        (["compare", "-t", "byte", "--no-properties"], "byte  0 tokens\n"),
    ],
)
def test_empty_standard_input_is_no_error(ts, arguments: list[str], out: str) -> None:
    result = ts(*arguments, stdin=b"")
    assert (result.code, result.out) == (0, out), result.err
    assert ts("count", "-t", "byte", stdin=b"").jsonl[0]["n_tokens"] == 0


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize(
    "arguments",
    [
        ["encode", "-t", "byte", "big.txt", "--json"],
        ["count", "-t", "byte", "--per-record", "big.txt"],
        ["chunk", "-t", "byte", "--size", "20", "big.txt"],
        ["decode", "-t", "byte", "ids.txt"],
        ["compare", "-t", "byte", "-f", "big.txt", "--limit", "0"],
        ["report", "-t", "byte"],
        ["models", "list"],
        ["config", "show"],
        ["env"],
        ["--help"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    Path("big.txt").write_text("some words here\n" * 20_000)
    Path("ids.txt").write_text("72 105\n" * 20_000)
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "tokenspace.cli", *arguments, *(["-q"] if "-t" in arguments else [])],
        stdout=write,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(write)
        os.read(read, 10)
        os.close(read)
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")
