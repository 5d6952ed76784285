"""Files of vectors: their forms, and that a stopped run goes on to the same bytes."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.text_models import WIDTH, write_bert
from tokenspace.encoders.text import TruncationWarning, quantization_ranges, quantize_embeddings
from tokenspace.errors import ArgumentError, CheckpointError, FileError, NotFoundError
from tokenspace.io.safetensors_file import SafetensorsFile, read_tensors

TEXTS = [
    f"the small cat {word} " * (n % 4)
    for n, word in enumerate(["sat", "on", "the", "mat", "and", "hello", "world", "it", "is", "very", "cold"] * 9)
]
FORMATS = ("out.npy", "out.safetensors", "out.parquet", "out.jsonl", "out.jsonl.gz", "shards")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> ts.TextEncoder:
    return ts.TextEncoder(write_bert(tmp_path_factory.mktemp("models") / "bert"), on_truncate="ignore")


def bytes_of(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {one.name: one.read_bytes() for one in sorted(path.iterdir())}


def read(path: Path) -> tuple[np.ndarray[Any, Any], list[Any] | None]:
    """(vectors, ids) of any of the formats, by other readers where there are any."""
    if path.suffix == ".npy":
        return np.load(path), None
    if path.suffix == ".parquet":
        table = pytest.importorskip("pyarrow.parquet").read_table(path)
        return np.stack(table["embedding"].to_numpy()), table["id"].to_pylist() if "id" in table.schema.names else None
    if path.suffix in (".jsonl", ".gz"):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in data.splitlines()]
        return np.array([row["embedding"] for row in rows], np.float32), [row.get("id") for row in rows]
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    parts = [read_tensors(file)[0] for file in files]
    ids: list[Any] | None = None
    if "ids" in parts[0]:
        ids = []
        for part in parts:
            if "ids.offsets" in part:
                ends, text = part["ids.offsets"].tolist(), part["ids"].tobytes()
                ids += [text[a:b].decode() for a, b in pairwise(ends)]
            else:
                ids += part["ids"].tolist()
    return np.concatenate([part["embeddings"] for part in parts]), ids


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["none", "int", "str"])
def test_formats(encoder: ts.TextEncoder, tmp_path: Path, name: str, kind: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    ids: list[Any] = {
        "none": [None] * len(TEXTS),
        "int": list(range(-3, len(TEXTS) - 3)),
        "str": [f"é{n}" for n in range(len(TEXTS))],
    }[kind]
    source: list[Any] = TEXTS if kind == "none" else list(zip(ids, TEXTS, strict=True))
    path = tmp_path / name
    written = encoder.encode_to_file(source, path, rows_per_part=7, rows_per_shard=30)
    vectors, found = read(path)
    np.testing.assert_array_equal(vectors, encoder.encode(TEXTS))
    assert kind == "none" or name == "out.npy" or found == ids
    assert (written.rows, written.dimension, written.dtype, written.resumed) == (len(TEXTS), WIDTH, "float32", 0)
    assert [one.name for one in tmp_path.iterdir()] == [name]
    if name == "shards":
        index = json.loads((path / "index.json").read_text())
        assert [shard["rows"] for shard in index["shards"]] == [30, 30, 30, 9]
    if name == "out.safetensors":
        about = json.loads(SafetensorsFile(path).metadata["tokenspace"])
        assert (about["encoder"], about["normalized"], about["dimension"]) == (encoder.identity, True, WIDTH)


@pytest.mark.parametrize("name", FORMATS)
def test_no_texts(encoder: ts.TextEncoder, tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    assert encoder.encode_to_file(iter(()), tmp_path / name).rows == 0
    if name in ("out.npy", "out.safetensors"):
        assert read(tmp_path / name)[0].shape == (0, WIDTH)


@pytest.mark.parametrize("precision", ["float16", "int8", "uint8", "binary", "ubinary"])
def test_precisions(encoder: ts.TextEncoder, tmp_path: Path, precision: Any) -> None:
    path = tmp_path / "out.safetensors"
    encoder.encode_to_file(TEXTS, path, precision=precision, rows_per_part=40)
    vectors = encoder.encode(TEXTS)
    ranges = quantization_ranges(vectors[:40]) if "int" in precision else None
    tensors = read_tensors(path)[0]
    np.testing.assert_array_equal(tensors["embeddings"], quantize_embeddings(vectors, precision, ranges))
    if ranges is not None:
        np.testing.assert_array_equal(tensors["ranges"], ranges)
        with pytest.raises(ArgumentError, match="ranges"):
            encoder.encode_to_file(TEXTS, tmp_path / "out.npy", precision=precision)


def test_sources(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("key,body\nx,a cat\ny,the dog\n")
    encoder.encode_to_file(tmp_path / "a.csv", tmp_path / "out.jsonl", column="body", id_column="key", keep_texts=True)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(row["id"], row["text"]) for row in rows] == [("x", "a cat"), ("y", "the dog")]
    with pytest.raises(NotFoundError):
        encoder.encode_to_file(tmp_path / "nothing.txt", tmp_path / "out.npy")
    with pytest.raises(ArgumentError, match="row 1"):
        encoder.encode_to_file([("a", "a cat"), ("b", None)], tmp_path / "out.npy")
    with pytest.raises(ArgumentError, match="ids for all"):
        encoder.encode_to_file([("a", "a cat"), "the dog"], tmp_path / "out.npy")
    with pytest.raises(ArgumentError, match=r"ending in \.npy"):
        encoder.encode_to_file(TEXTS, tmp_path / "out.pickle")
    with pytest.raises(ArgumentError, match="texts in Parquet"):
        encoder.encode_to_file(TEXTS, tmp_path / "out.npy", keep_texts=True)
    with pytest.raises(FileError):
        encoder.encode_to_file(TEXTS, tmp_path / "a.csv" / "out.npy")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(FileError, match="received a folder"):
        encoder.encode_to_file(TEXTS, tmp_path / "folder.npy")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="received a file"):
        encoder.encode_to_file(TEXTS, tmp_path / "file")
    assert not (tmp_path / "out.npy").exists()


def test_warning_at_the_end(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    texts = ["a cat", "the dog " * 30, "a " * 40]
    with pytest.warns(
        TruncationWarning, match=r"2 of 3 texts have more than 12 tokens and were cut, the first in row 1"
    ):
        written = encoder.encode_to_file(texts, tmp_path / "out.npy", on_truncate="warn", rows_per_part=1)
    assert (written.truncated, written.first_truncated, written.longest) == (2, 1, 62)


class StoppedError(Exception):
    pass


def stopping(count: int) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(TEXTS):
        if number == count:
            raise StoppedError
        yield f"id{number}", text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_goes_on_after_a_failure(encoder: ts.TextEncoder, tmp_path: Path, name: str, precision: Any) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    if name == "out.npy" and precision == "int8":
        pytest.skip("needs ranges")
    options: dict[str, Any] = {"precision": precision, "rows_per_part": 10}
    whole = tmp_path / "whole" / name
    whole.parent.mkdir()
    encoder.encode_to_file(stopping(-1), whole, **options)
    path = tmp_path / name
    for count in (5, 31, 58):
        with pytest.raises(StoppedError):
            encoder.encode_to_file(stopping(count), path, **options)
        assert not path.exists()
    written = encoder.encode_to_file(stopping(-1), path, **options)
    assert written.resumed == 50
    assert bytes_of(path) == bytes_of(whole)
    assert not path.with_name(name + ".parts").exists()


def test_other_settings_or_texts_are_refused(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    path = tmp_path / "out.npy"
    with pytest.raises(StoppedError):
        encoder.encode_to_file(stopping(31), path, rows_per_part=10)
    for options in (
        {"dimensions": 3},
        {"prompt": "a "},
        {"on_truncate": "chunk"},
        {"normalize": False},
        {"precision": "float16"},
    ):
        with pytest.raises(CheckpointError, match="resume"):
            encoder.encode_to_file(stopping(-1), path, rows_per_part=10, **options)
    changed = [(f"id{number}", text + "x" * (number == 25)) for number, text in enumerate(TEXTS)]
    with pytest.raises(CheckpointError, match="texts part 2"):
        encoder.encode_to_file(changed, path, rows_per_part=10)
    assert encoder.encode_to_file(changed, path, rows_per_part=10, resume=False).resumed == 0
    np.testing.assert_array_equal(np.load(path), encoder.encode([text for _, text in changed]))


def test_a_damaged_part_is_made_again(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    path = tmp_path / "out.npy"
    with pytest.raises(StoppedError):
        encoder.encode_to_file(stopping(31), path, rows_per_part=10)
    (part,) = (tmp_path / "out.npy.parts").rglob("part1.*/vectors")
    part.write_bytes(b"\0" * part.stat().st_size)
    assert encoder.encode_to_file(stopping(-1), path, rows_per_part=10).resumed == 20
    np.testing.assert_array_equal(np.load(path), encoder.encode(TEXTS))


def test_shards_in_place_of_more_shards(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    path = tmp_path / "shards"
    encoder.encode_to_file(TEXTS, path, rows_per_shard=10)
    (path / "notes.txt").write_text("mine")
    encoder.encode_to_file(TEXTS[:25], path, rows_per_shard=10)
    names = [f"shard-0000{number}.safetensors" for number in range(3)]
    assert sorted(one.name for one in path.iterdir()) == ["index.json", "notes.txt", *names]
    np.testing.assert_array_equal(read(path)[0], encoder.encode(TEXTS[:25]))


def test_what_is_not_ours_stays(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    (tmp_path / "out.npy.parts").mkdir()
    (tmp_path / "out.npy.parts" / "notes.txt").write_text("mine")
    encoder.encode_to_file(TEXTS, tmp_path / "out.npy", resume=False)
    assert [one.name for one in (tmp_path / "out.npy.parts").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", ["out.npy", "shards"])
@pytest.mark.parametrize("resume", [True, False])
def test_a_file_that_another_run_is_writing(encoder: ts.TextEncoder, tmp_path: Path, name: str, resume: bool) -> None:
    """The second is refused and leaves the first alone, whose parts it would otherwise remove or mix up."""
    path = tmp_path / name

    def texts() -> Iterator[str]:
        for number, text in enumerate(TEXTS):
            if number == 25:
                with pytest.raises(FileError, match=r"no other run.*process \d+ holds"):
                    encoder.encode_to_file(TEXTS, path, rows_per_part=10, resume=resume)
            yield text

    encoder.encode_to_file(texts(), path, rows_per_part=10)
    np.testing.assert_array_equal(read(path)[0], encoder.encode(TEXTS))
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_of_many_runs_at_once_one_writes(encoder: ts.TextEncoder, tmp_path: Path) -> None:
    path = tmp_path / "out.safetensors"
    runs = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, encoder.name, str(path)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ends = [(run.communicate(timeout=120)[1], run.returncode) for run in runs]
    assert any(code == 0 for _, code in ends)
    assert all(code == 0 or "FileError" in errors for errors, code in ends)
    assert [one.name for one in tmp_path.iterdir()] == ["out.safetensors"]


PROGRAM = """
import sys, tokenspace as ts
encoder = ts.TextEncoder(sys.argv[1], on_truncate="ignore", threads=1)
texts = (("id" + str(n), "the small cat sat on the mat " * (n % 3)) for n in range(1500))
encoder.encode_to_file(texts, sys.argv[2], rows_per_part=50)
"""


@pytest.mark.parametrize("name", ["out.safetensors", "shards"])
def test_killed_at_any_moment(encoder: ts.TextEncoder, tmp_path: Path, name: str) -> None:
    """kill -9 with ever more parts done, the last time while they are put together; then the bytes of a run left alone."""
    whole = tmp_path / "whole" / name
    whole.parent.mkdir()
    subprocess.run([sys.executable, "-c", PROGRAM, encoder.name, str(whole)], check=True)
    path, parts = tmp_path / name, tmp_path / f"{name}.parts"
    killed = []
    for wanted in (1, 8, 29, 30):
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, encoder.name, str(path)])
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if sum(1 for _ in parts.glob("*/part*")) >= wanted:
                os.kill(process.pid, signal.SIGKILL)
                break
        killed.append(process.wait() == -signal.SIGKILL)
        if path.exists():
            assert bytes_of(path) == bytes_of(whole)
    assert killed[:2] == [True, True]
    subprocess.run([sys.executable, "-c", PROGRAM, encoder.name, str(path)], check=True)
    assert bytes_of(path) == bytes_of(whole)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["whole", name])
