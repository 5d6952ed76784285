"""``embed`` and ``similar --in``: forms, files, what was cut, errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace
from tests.unit.text_models import WIDTH, write_bert, write_static
from tokenspace.io.safetensors_file import read_tensors

TEXTS = ["a cat", "the dog sat on the mat", "hello world"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("key,body\n" + "".join(f"k{n},{text}\n" for n, text in enumerate(TEXTS)))
    return path


@pytest.fixture(scope="module")
def vectors(model: Path) -> Any:
    return tokenspace.TextEncoder(model).encode(TEXTS)


def test_records(ts: Any, model: Path, table: Path, vectors: Any) -> None:
    result = ts("embed", table, "--column", "body", "--id", "key", "-m", model, "--with-text")
    assert result.code == 0, result.err
    rows = result.jsonl
    assert [(row["id"], row["text"]) for row in rows] == [(f"k{n}", text) for n, text in enumerate(TEXTS)]
    np.testing.assert_array_equal(np.array([row["embedding"] for row in rows], np.float32), vectors)
    document = ts("embed", "--text", "a cat", "-m", model, "--json").json
    assert (document["dimension"], len(document["records"])) == (WIDTH, 1)
    shown = ts("embed", "--text", "a cat", "-m", model, terminal=True).out
    assert shown.splitlines()[0].split() == ["id", "text", "numbers", "vector"]
    piped = ts("embed", "-", "-m", model, stdin=b"a cat\nhello world\n").jsonl
    assert [row["embedding"] for row in piped] == [rows[0]["embedding"], rows[2]["embedding"]]


@pytest.mark.parametrize("name", ["out.npy", "out.safetensors", "out.parquet", "out.jsonl", "out.json", "out"])
def test_files(ts: Any, model: Path, table: Path, tmp_path: Path, vectors: Any, name: str) -> None:
    path = tmp_path / name
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    result = ts("embed", table, "--column", "body", "--id", "key", "-m", model, "-o", path)
    assert (result.code, result.out) == (0, ""), result.err
    if name == "out.npy":
        found = np.load(path)
    elif name == "out.parquet":
        found = np.stack(pytest.importorskip("pyarrow.parquet").read_table(path)["embedding"].to_numpy())
    elif name == "out.jsonl":
        found = np.array([json.loads(line)["embedding"] for line in path.read_text().splitlines()], np.float32)
    elif name == "out.json":
        found = np.array([row["embedding"] for row in json.loads(path.read_text())["records"]], np.float32)
    else:
        found = read_tensors(path if path.is_file() else path / "shard-00000.safetensors")[0]["embeddings"]
    np.testing.assert_array_equal(found, vectors)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["here", "in.csv", name])


def test_options(ts: Any, model: Path, tmp_path: Path) -> None:
    def run(*options: str) -> np.ndarray[Any, Any]:
        result = ts("embed", "--text", "a cat", "--text", "the dog", "-m", model, "-o", tmp_path / "out.npy", *options)
        assert result.code == 0, result.err
        return np.load(tmp_path / "out.npy")

    encoder = tokenspace.TextEncoder(model)
    texts = ["a cat", "the dog"]
    same = {
        ("--dimensions", "3"): encoder.encode(texts, dimensions=3),
        ("--prompt", "the "): encoder.encode(texts, prompt="the "),
        ("--dtype", "ubinary"): encoder.encode(texts, precision="ubinary"),
        ("--dtype", "float16"): encoder.encode(texts, precision="float16"),
        ("--max-length", "3", "--on-truncate", "ignore"): tokenspace.TextEncoder(model, max_length=3, on_truncate="ignore").encode(texts),
        ("--pooling", "cls,max"): tokenspace.TextEncoder(model, pooling=("cls", "max")).encode(texts),
        ("--batch-size", "1", "--threads", "1"): encoder.encode(texts),
    }  # fmt: skip
    for options, expected in same.items():
        np.testing.assert_array_equal(run(*options), expected, err_msg=str(options))
    # The kernel that makes vectors of length 1 rounds otherwise.
    np.testing.assert_allclose(run("--no-normalize"), encoder.encode(texts, normalize=False), atol=1e-6)
    full = tokenspace.TextEncoder(model, precision="fp32", engine="native").encode(texts)
    np.testing.assert_array_equal(run("--precision", "fp32", "--engine", "native"), full)


def test_cut_texts_are_told_at_the_end(ts: Any, model: Path, tmp_path: Path) -> None:
    long = "the small cat sat on the mat " * 9
    arguments = ["embed", "--text", "a cat", "--text", long, "-m", model]
    for output in ([], ["-o", tmp_path / "out.npy"]):
        result = ts(*arguments, *output)
        assert result.code == 0
        assert "1 of 2 texts have more than 12 tokens and were cut" in result.err
        assert "65" in result.err
        assert "UserWarning" not in result.err
        assert ts(*arguments, *output, "--on-truncate", "ignore").err == ""
        assert ts(*arguments, *output, "--on-truncate", "chunk").err == ""
        assert ts(*arguments, *output, "-q").err == ""
        refused = ts(*arguments, *output, "--on-truncate", "error")
        assert refused.code == 3
        assert "65 in row 1 (from 0)" in refused.err
    assert ts(*arguments).jsonl[1]["embedding"] != ts(*arguments, "--on-truncate", "chunk").jsonl[1]["embedding"]


def test_tokens(ts: Any, model: Path, tmp_path: Path) -> None:
    rows = ts("embed", "--tokens", "--text", "a cat", "--text", "Dogs", "-m", model).jsonl
    assert rows[0]["tokens"] == ["[CLS]", "a", "cat", "[SEP]"]
    assert rows[0]["offsets"] == [[0, 0], [0, 1], [2, 5], [0, 0]]
    assert rows[1]["tokens"] == ["[CLS]", "dog", "##s", "[SEP]"]
    assert np.array(rows[0]["vectors"]).shape == (4, WIDTH)
    out = tmp_path / "tokens.safetensors"
    assert ts("embed", "--tokens", "--text", "a cat", "--text", "Dogs", "-m", model, "-o", out).code == 0
    arrays = read_tensors(out)[0]
    assert arrays["row_offsets"].tolist() == [0, 4, 8]
    np.testing.assert_array_equal(arrays["vectors"][:4], np.array(rows[0]["vectors"], np.float32))
    assert ts("embed", "--tokens", "--text", "a", "-m", model, terminal=True).out.splitlines()[1].split() == [
        "token",
        "offsets",
        "vector",
    ]
    for wrong in (
        ["--dtype", "int8"],
        ["-o", tmp_path / "x.npy"],
        ["--prompt", "a "],
        ["--on-truncate", "chunk", "-o", "x.npy"],
    ):
        assert ts("embed", "--tokens", "--text", "a", "-m", model, *wrong).code == 2


def test_resume(ts: Any, model: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    rows = [json.dumps({"text": f"a cat {n}"}) for n in range(2500)]
    lines.write_text("\n".join([*rows[:2000], "{broken", *rows[2001:]]))
    out = tmp_path / "out.npy"
    failed = ts("embed", lines, "-m", model, "-o", out)
    assert failed.code == 3
    assert "is kept in" in failed.err
    assert not out.exists()
    lines.write_text("\n".join(rows))
    undecided = ts("embed", lines, "-m", model, "-o", out)
    assert undecided.code == 2
    assert "--resume goes on, --no-resume begins anew" in undecided.err
    assert ts("embed", lines, "-m", model, "-o", out, "--resume", "--dimensions", "3").code == 2
    done = ts("embed", lines, "-m", model, "-o", out, "--resume")
    assert done.code == 0, done.err
    assert "1,024 of 2,500 texts were there" in done.err
    resumed = out.read_bytes()
    assert ts("embed", lines, "-m", model, "-o", out, "--no-resume").code == 0
    assert out.read_bytes() == resumed
    assert ts("embed", lines, "-m", model, "--resume").code == 2


def test_wrong_use(ts: Any, model: Path, table: Path, tmp_path: Path) -> None:
    cases: list[tuple[int, list[Any], str]] = [
        (2, ["embed", table, "-m", model, "-o", tmp_path / "x.pickle", "--column", "body"], "ending in"),
        (2, ["embed", "--text", "a", "-m", model, "--dimensions", "99"], "dimensions"),
        (2, ["embed", "--text", "a", "-m", model, "--pooling", "sum"], "pooling"),
        (2, ["embed", "--text", "a", "-m", model, "--prompt-name", "query"], "prompt"),
        (2, ["embed", "--text", "a", "-m", model, "--json", "--jsonl"], "choose one"),
        (3, ["embed", table, "-m", model], "--column"),
        (3, ["embed", table, "-m", model, "--column", "nothing"], "nothing"),
        (4, ["embed", "--text", "a", "-m", tmp_path / "nothing"], "nothing"),
        (4, ["embed", tmp_path / "nothing.txt", "-m", model], "nothing.txt"),
    ]
    for code, arguments, part in cases:
        result = ts(*arguments)
        assert (result.code, result.out) == (code, ""), (arguments, result.err)
        assert part in result.err
        assert "Traceback" not in result.err


def test_the_texts_are_not_overwritten(ts: Any, model: Path, tmp_path: Path) -> None:
    source = tmp_path / "texts.jsonl"
    source.write_text('{"text": "a cat"}\n')
    (tmp_path / "link.jsonl").symlink_to(source)
    for name in ("texts.jsonl", "link.jsonl"):
        result = ts("embed", source, "-m", model, "-o", tmp_path / name)
        assert result.code == 2
        assert "another name" in result.err
    assert source.read_text() == '{"text": "a cat"}\n'


def test_similar_texts(ts: Any, model: Path, table: Path, vectors: Any) -> None:
    result = ts("similar", "the", "dog", "--in", table, "--column", "body", "--id", "key", "-m", model, "-n", "2")
    assert result.code == 0, result.err
    rows = result.jsonl
    scores = tokenspace.TextEncoder(model).similarity("the dog", vectors)[0]
    best = np.argsort(-scores)[:2]
    assert [row["id"] for row in rows] == [f"k{n}" for n in best]
    assert [row["score"] for row in rows] == pytest.approx([float(scores[n]) for n in best], abs=1e-5)
    assert set(rows[0]) == {"id", "score", "text", "source"}
    shown = ts("similar", "the dog", "--in", table, "--column", "body", "-m", model, terminal=True).out
    assert shown.splitlines()[0].split() == ["id", "cosine", "text"]
    for wrong in (["--negative", "x"], ["--cosmul"], ["--restrict-vocab", "3"]):
        assert ts("similar", "a", "--in", table, "--column", "body", "-m", model, *wrong).code == 2
    assert ts("similar", "a", "--column", "body", "-m", model).code == 2
    assert ts("similar", "a").code == 2


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean", "manhattan"])
def test_nearest_texts_by_every_similarity(model: Path, similarity: str) -> None:
    from tokenspace.encoders.text.nearest import nearest_texts

    encoder = tokenspace.TextEncoder(model, similarity=similarity, normalize=False)
    texts = [
        f"{a} {b}"
        for a in ["the", "a", "small", "big", "cat", "dog"]
        for b in ["sat", "on", "mat", "and", "hello", "world"]
    ]
    found = nearest_texts(
        encoder, "the cat", ([(text, None) for text in texts[at : at + 7]] for at in range(0, 36, 7)), 5
    )
    scores = encoder.similarity("the cat", texts)[0]
    best = np.argsort(-scores, kind="stable")[:5]
    assert [text for _, text, _ in found] == [texts[n] for n in best]
    np.testing.assert_allclose([score for score, _, _ in found], scores[best], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["transformer", "static"])
def test_cold_start_is_light(model: Path, tmp_path: Path, kind: str) -> None:
    if kind == "static":
        model = write_static(tmp_path / "static")
    program = (
        "import sys; from tokenspace.cli.main import run\n"
        f"code = run(['embed', '--text', 'a cat', '-m', {str(model)!r}, '-o', {str(tmp_path / 'out.npy')!r}])\n"
        "heavy = {'torch', 'transformers', 'scipy', 'sklearn', 'pandas', 'pyarrow', 'matplotlib', 'huggingface_hub', 'rich'}\n"
        "print(code, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 []"
