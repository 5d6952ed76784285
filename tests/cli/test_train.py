"""``tokenspace train tokenizer``: results, options, errors, and a process that is interrupted, killed and resumed."""

from __future__ import annotations

import dataclasses
import errno
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import tokenspace
from tests.patience import patience
from tokenspace.cli.train_options import MODELS
from tokenspace.cli.train_tokenizer import tokenizer as command
from tokenspace.tokenizers.train import options as train_options

TEXT = "The low towers of the new town are lower than the newest ones; 12345 people live in the widest street.\n" * 20


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some seconds of merging: a million random words, hardly two alike."""
    random_of = random.Random(1)
    path = tmp_path_factory.mktemp("large") / "large.txt"
    letters = "etaoinshrdlu"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(60_000):
            file.write(" ".join("".join(random_of.choices(letters, k=8)) for _ in range(10)) + "\n")
    return path


def start(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tokenspace.cli", "train", "tokenizer", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True, cwd=cwd,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def until_stage(process: subprocess.Popen[str], stage: str) -> None:
    """Reads JSON events until one of that stage."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{") and json.loads(line)["stage"] == stage and json.loads(line)["done"]:
            return
    raise AssertionError(f"no {stage} event")


# ---- what it makes ----
def test_a_folder_that_transformers_opens(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    result = ts("train", "tokenizer", text, "--vocab-size", "300", "--special-token", "<|endoftext|>", "-o", out)
    assert result.code == 0, result.err
    assert result.out.splitlines()[0] == "bpe, 300 entries"
    assert result.out.splitlines()[-1] == f"written: {out}/tokenizer.json, {out}/tokenizer_config.json"
    assert result.err == ""
    assert sorted(os.listdir(out)) == ["tokenizer.json", "tokenizer_config.json"]
    transformers = pytest.importorskip("transformers")
    theirs = transformers.AutoTokenizer.from_pretrained(str(out))
    ours = tokenspace.Tokenizer.from_pretrained(out)
    assert theirs.encode(TEXT) == ours.encode(TEXT).ids
    assert theirs.eos_token == ours.eos_token == "<|endoftext|>"


def test_as_the_python_call(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    options = ["--model", "wordpiece", "--vocab-size", "90", "--no-lowercase", "--min-frequency", "2"]
    result = ts("train", "tokenizer", text, *options, "-o", out, "--json")
    trained = tokenspace.Tokenizer.train(text, "wordpiece", 90, lowercase=False, min_frequency=2)
    assert json.loads(out.read_text()) == json.loads(trained.to_json())
    assert result.json["vocab_size"] == 90
    assert result.json["texts"] == 20
    assert result.json["output"] == [str(out)]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("x.json", []),
        ("x.tiktoken", ["--pre-tokenizer", "cl100k"]),
        ("vocab.txt", ["--model", "wordpiece"]),
        ("vocab.json", []),
        ("x.model", ["--model", "unigram"]),
        ("x.model", ["--pre-tokenizer", "sentencepiece"]),
    ],
)
def test_files_by_their_name(ts: Any, text: Path, tmp_path: Path, name: str, options: list[str]) -> None:
    out = tmp_path / "out" / name
    size = "90" if "wordpiece" in options else "300"
    result = ts("train", "tokenizer", text, "--vocab-size", size, *options, "-o", out)
    assert result.code == 0, result.err
    pattern = {"pattern": "cl100k"} if name.endswith("tiktoken") else {}
    loaded = tokenspace.Tokenizer.from_file(out, **pattern)
    assert "newest" in loaded.decode(loaded.encode("the newest town").ids)


def test_sentencepiece_folder_has_the_model_too(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert ts("train", "tokenizer", text, "--model", "unigram", "--vocab-size", "300", "-o", out).code == 0
    assert sorted(os.listdir(out)) == ["tokenizer.json", "tokenizer.model", "tokenizer_config.json"]
    by_json = tokenspace.Tokenizer.from_file(out / "tokenizer.json")
    by_model = tokenspace.Tokenizer.from_file(out / "tokenizer.model")
    assert by_json.encode("the newest town 世").ids == by_model.encode("the newest town 世").ids
    transformers = pytest.importorskip("transformers")
    theirs = transformers.AutoTokenizer.from_pretrained(str(out))
    assert (
        theirs.encode("the newest town 世", add_special_tokens=False)
        == by_model.encode("the newest town 世", add_special_tokens=False).ids
    )


def test_standard_input_tables_and_limits(ts: Any, tmp_path: Path) -> None:
    result = ts("train", "tokenizer", "--vocab-size", "280", "-o", "a", "--json", stdin=TEXT.encode())
    assert (result.code, result.json["texts"]) == (0, 20), result.err
    rows = tmp_path / "rows.jsonl.gz"
    rows.write_bytes(gzip.compress("".join(json.dumps({"body": line}) + "\n" for line in TEXT.splitlines()).encode()))
    result = ts(
        "train", "tokenizer", rows, "--column", "body", "--limit", "1k", "--vocab-size", "280", "-o", "b", "--json"
    )
    assert result.code == 0, result.err
    assert result.json["bytes"] <= 1024
    result = ts("train", "tokenizer", "-", "--unit", "document", "-o", "c", "--json", stdin=TEXT.encode())
    assert result.json["texts"] == 1


def test_held_out_share_is_measured(ts: Any, tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"line {number} of the new town\n" for number in range(500)), encoding="utf-8")
    result = ts("train", "tokenizer", path, "--vocab-size", "280", "--held-out", "10%", "-o", "a", "--json")
    held_out = result.json["held_out"]
    assert 20 <= held_out["texts"] <= 90
    assert held_out["texts"] + result.json["texts"] == 500
    assert held_out["bytes_per_token"] > 1


def test_weights(ts: Any, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.txt").write_text("xyxy\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("abab abab\n", encoding="utf-8")

    def first_merge(*weights: str) -> list[str]:
        out = tmp_path / "weighted.json"
        rules = [part for weight in weights for part in ("--weight", weight)]
        done = ts(
            "train", "tokenizer", tmp_path, "--glob", "*.txt", *rules, "--vocab-size", "257", "-o", out, "--force"
        )
        assert done.code == 0, done.err
        return list(json.loads(out.read_text())["model"]["merges"][0])

    assert first_merge() == ["a", "b"]
    assert first_merge(f"{tmp_path}/code=5") == ["x", "y"]
    assert first_merge("a.txt=2.5") == ["x", "y"]
    assert first_merge("*.txt=5", "b.txt=1") == ["x", "y"]
    wrong = ts("train", "tokenizer", tmp_path / "b.txt", "--weight", "c*=2", "-o", "w")
    assert (wrong.code, "matches none of the 1 files" in wrong.err) == (2, True)
    assert ts("train", "tokenizer", tmp_path / "b.txt", "--weight", "b.txt", "-o", "w").code == 2
    assert ts("train", "tokenizer", tmp_path / "b.txt", "--weight", "b.txt=0", "-o", "w").code == 2


# ---- every parameter has its option ----
def test_every_parameter_has_an_option() -> None:
    names = {parameter.name for parameter in command.params}
    assert {field.name for field in dataclasses.fields(train_options.TrainOptions) if field.init} <= names
    assert MODELS == train_options.MODELS


def test_options_reach_the_training(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    result = ts(
        "train", "tokenizer", text, "-o", out, "--vocab-size", "60", "--pre-tokenizer", "whitespace", "--normalizer", "nfkc",
        "--normalizer", "lowercase", "--digits", "individual", "--initial-alphabet", "é", "--end-of-word-suffix", "</w>",
        "--unk-token", "<unk>", "--special-token", "<pad>", "--max-token-length", "6",
    )  # fmt: skip
    assert result.code == 0, result.err
    made = json.loads(out.read_text())
    assert [step["type"] for step in made["normalizer"]["normalizers"]] == ["NFKC", "Lowercase"]
    assert [step["type"] for step in made["pre_tokenizer"]["pretokenizers"]] == ["Whitespace", "Digits"]
    assert made["model"]["end_of_word_suffix"] == "</w>"
    assert made["model"]["unk_token"] == "<unk>"
    assert list(made["model"]["vocab"])[:2] == ["<unk>", "<pad>"]
    assert "é" in made["model"]["vocab"]


# ---- what is refused, each in one line ----
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nothing.txt", "-o", "x"], 4, "nothing.txt"),
        (["{text}"], 2, "-o FOLDER"),
        (["{text}", "-o", "x", "--vocab-size", "many"], 2, "16000 or 32k"),
        (["{text}", "-o", "x", "--memory-budget", "much"], 2, "is not a size"),
        (["{text}", "-o", "x", "--memory-budget", "1k"], 2, "at least 1 MB"),
        (["{text}", "-o", "x", "--held-out", "80%"], 2, "0.0 to 0.5"),
        (["{text}", "-o", "x", "--held-out", "some"], 2, "is not a share"),
        (["{text}", "-o", "x", "--special-token", "a", "--special-token", "a"], 2, "'a' twice"),
        (["{text}", "-o", "x", "--special-token", "a", "--no-special-tokens"], 2, "contradict"),
        (["{text}", "-o", "x", "--limit-alphabet", "9", "--character-coverage", "0.9"], 2, "not both"),
        (["{text}", "-o", "x", "--model", "wordpiece", "--tie-breaking", "bytes"], 2, "tie_breaking"),
        (["{text}", "-o", "x", "--pre-tokenizer", "gpt9"], 2, "gpt2, cl100k"),
        (["{text}", "-o", "x", "--column", "body"], 2, "a table for column 'body'"),
        (["{text}", "-o", "x", "--text", "both of them"], 2, "two corpora"),
        (["{text}", "-o", "x", "--resume"], 2, "--checkpoint-dir"),
        (["{text}", "-o", "x", "--temp-dir", "nowhere"], 3, "expected a folder for temporary files"),
        (["{text}", "-o", "x.tiktoken", "--model", "wordpiece"], 2, "-o FOLDER"),
        (["{text}", "-o", "x.model"], 2, "-o FOLDER"),
        (["{text}", "-o", "vocab.txt", "--model", "unigram"], 2, "-o FOLDER"),
        (["{empty}", "-o", "x"], 3, "expected text, received none"),
        (["{bad}", "-o", "x"], 3, "bad.txt: expected utf-8, received bytes ff"),
        (["{text}", "--explain", "-o", "x"], 2, "leave out -o"),
        (["{text}", "--explain", "--model", "word"], 2, "model= one of bpe"),
    ],
)
def test_refusals(ts: Any, text: Path, tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "bad.txt").write_bytes(b"good\nab\xff\n")
    places = {"text": str(text), "empty": str(tmp_path / "empty.txt"), "bad": str(tmp_path / "bad.txt")}
    result = ts("train", "tokenizer", *(argument.format(**places) for argument in arguments))
    assert result.code == code, result.err
    assert words in " ".join(result.err.split())
    assert "Traceback" not in result.err
    assert len([line for line in result.err.splitlines() if line.startswith(("error:", "Error:"))]) == 1
    assert os.listdir(".") == []


def test_bytes_that_are_not_text_can_be_skipped(ts: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"good text\nab\xff\ngood\n")
    result = ts("train", "tokenizer", tmp_path / "bad.txt", "--errors", "skip", "-o", "x", "--json")
    assert (result.code, result.json["skipped"], result.json["texts"]) == (0, 1, 2)
    assert "byte 12" in ts("train", "tokenizer", tmp_path / "bad.txt", "-o", "y").err


def test_an_output_is_not_overwritten(ts: Any, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    assert (
        ts("train", "tokenizer", text, "--model", "unigram", "--vocab-size", "300", "-o", out).code == 0
    )  # empty: fine
    (out / "notes.txt").write_text("kept", encoding="utf-8")
    again = ts("train", "tokenizer", text, "--vocab-size", "270", "-o", out)
    assert (again.code, "--force" in again.err) == (2, True)
    assert ts("train", "tokenizer", text, "--vocab-size", "270", "-o", out, "--force").code == 0
    # The SentencePiece model of the first would be another tokenizer than tokenizer.json beside it.
    assert sorted(os.listdir(out)) == ["notes.txt", "tokenizer.json", "tokenizer_config.json"]
    (tmp_path / "merges.txt").write_text("someone's", encoding="utf-8")
    beside = ts("train", "tokenizer", text, "--vocab-size", "270", "-o", tmp_path / "vocab.json")
    assert (beside.code, "merges.txt" in beside.err) == (2, True)


def test_a_full_disk(ts: Any, text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(path: Any) -> Any:
        return shutil._ntuple_diskusage(100, 100, 0)  # type: ignore[attr-defined]

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", no_room)
        result = ts("train", "tokenizer", text, "-o", "x")
    assert (result.code, "bytes free for temporary files" in result.err) == (3, True)

    def full(handle: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for name in ("x", "x.json"):
            result = ts("train", "tokenizer", text, "-o", name)
            assert (result.code, "expected room on the disk" in result.err) == (3, True), result.err
    assert os.listdir(".") == []


# ---- the story ----
def test_explain(ts: Any) -> None:
    result = ts(
        "train",
        "tokenizer",
        "--explain",
        "--text",
        "low lowing lowest",
        "--pre-tokenizer",
        "whitespace",
        "--steps",
        "2",
    )
    assert result.code == 0, result.err
    assert "l + o → lo" in result.out
    assert "… the training goes on" in result.out
    told = ts("train", "tokenizer", "--explain", "--text", "low lowing lowest", "--json").json
    assert told["steps"][2]["token"] == "Ġlow"


# ---- processes ----
def test_json_events_on_stderr(text: Path, tmp_path: Path) -> None:
    process = start(str(text), "--vocab-size", "400", "--progress", "json", "-o", "out", "--json", cwd=tmp_path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["asked"] == 400
    events = [json.loads(line) for line in err.splitlines()]
    assert {"stage", "done", "total", "rate", "eta", "unit", "finished"} == set(events[0])
    assert events[0]["stage"] == "count"
    assert any(event["stage"] == "count" and event["finished"] for event in events)


def test_standard_input_of_a_process(tmp_path: Path) -> None:
    process = start("--vocab-size", "300", "-o", "out", cwd=tmp_path)
    out, err = process.communicate(TEXT, timeout=60)
    assert process.returncode == 0, err
    assert out.startswith("bpe, 300 entries")


@pytest.mark.parametrize("stage", ["count", "merge"])
def test_ctrl_c(large: Path, tmp_path: Path, stage: str) -> None:
    (tmp_path / "temporary").mkdir()
    process = start(
        str(large), "--vocab-size", "200k", "--progress", "json", "-o", "out", "--temp-dir", "temporary", cwd=tmp_path
    )
    until_stage(process, stage)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert time.monotonic() - sent < patience(5)  # a second on a machine that is not busy
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "interrupted"
    assert out == ""
    assert not (tmp_path / "out").exists()
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
    assert os.listdir(tmp_path / "temporary") == []


def test_resume_after_a_kill_gives_the_same(large: Path, tmp_path: Path) -> None:
    common = [str(large), "--vocab-size", "3k", "--progress", "json"]
    killed = start(*common, "--checkpoint-dir", "stages", "-o", "resumed", cwd=tmp_path)
    until_stage(killed, "merge")
    killed.kill()
    killed.communicate(timeout=60)
    assert not (tmp_path / "resumed").exists()

    again = start(*common, "--checkpoint-dir", "stages", "-o", "resumed", cwd=tmp_path)
    _, err = again.communicate(timeout=60)
    assert again.returncode == 2
    assert "--resume" in err

    other = start(*common, "--min-frequency", "3", "--checkpoint-dir", "stages", "--resume", "-o", "x", cwd=tmp_path)
    _, err = other.communicate(timeout=60)
    assert (other.returncode, "min_frequency=3 instead of 0" in err) == (2, True), err

    resumed = start(*common, "--checkpoint-dir", "stages", "--resume", "-o", "resumed", "--json", cwd=tmp_path)
    out, err = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, err
    assert json.loads(out)["resumed"] == ["count"]

    whole = start(*common, "-o", "whole", cwd=tmp_path)
    whole.communicate(timeout=120)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (tmp_path / "resumed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
