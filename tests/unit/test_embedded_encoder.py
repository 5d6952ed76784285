"""tokenspace/static: the text encoder that ships, and what it was promised to be worth."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import tokenspace as ts
from tests.data import ASSETS, require
from tokenspace.errors import ArgumentError
from tokenspace.vectors.keyed_vectors.correlation import spearman

FOLDER = ASSETS / "static"


@pytest.fixture(scope="module")
def encoder() -> ts.TextEncoder:
    return ts.TextEncoder()


def test_it_is_the_default(encoder):
    assert encoder.name == "tokenspace/static"
    assert encoder.engine == "static"
    assert encoder.dimension == 248
    assert encoder.max_length is None
    vectors = encoder.encode(
        ["A man is playing a guitar.", "Someone plays an instrument.", "The bank raised its rates.", ""]
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    similarity = vectors @ vectors.T
    assert similarity[0, 1] > 0.5 > similarity[0, 2] + 0.2


def test_it_is_small_and_says_where_it_comes_from():
    files = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert sum(map(len, files.values())) < 8_000_000
    card = files["README.md"].decode()
    for needed in ("all-MiniLM-L6-v2", "Apache-2.0", "make_static_encoder.py", "English", "CC-BY-4.0", "public domain"):
        assert needed in card


def test_long_and_odd_texts(encoder):
    megabyte = "a long text about the sea and ships " * 28_000
    vectors = encoder.encode(
        [megabyte, "a long text about the sea and ships", "\x00\x01", "日本語", "🙂" * 1000, " \n\t"]
    )
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
    with pytest.raises(ArgumentError):
        encoder.encode(["fine", None])


def test_many_texts_whatever_the_threads(encoder):
    texts = [f"text {number % 977} about {'ships' if number % 2 else 'banks'}" for number in range(100_000)]
    one, two = encoder.encode(texts, threads=1), encoder.encode(texts, threads=2)
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one[977 * 2 : 977 * 2 + 5], encoder.encode(texts[977 * 2 : 977 * 2 + 5]))


@pytest.mark.parametrize(("split", "least"), [("dev", 0.81), ("test", 0.74)])
def test_similarity_of_sentences(encoder, split, least):
    lines = require(f"benchmarks/stsbenchmark/sts-{split}.csv").read_text(encoding="utf-8").split("\n")
    rows = [line.split("\t") for line in lines if line]
    left, right = encoder.encode([row[5] for row in rows]), encoder.encode([row[6] for row in rows])
    assert spearman(np.einsum("ij,ij->i", left, right), [float(row[4]) for row in rows])[0] > least


def test_no_heavy_library_is_imported():
    code = (
        "import sys, tokenspace as ts; ts.TextEncoder().encode(['a text']); "
        "print([name for name in ('torch', 'transformers', 'scipy', 'sklearn', 'tokenizers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_lines_take_little_memory(tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("a line of text\n" * 10, encoding="utf-8")
    # VmHWM is this program's own; ru_maxrss would begin with that of the process that started it.
    code = (
        "import sys\nfrom tokenspace.cli.main import run\n"
        "code = run(['embed', sys.argv[1], '-o', sys.argv[2]])\n"
        "status = open('/proc/self/status').read()\n"
        "print(code, status.split('VmHWM:')[1].split()[0])"
    )
    command = [sys.executable, "-c", code, str(lines), str(tmp_path / "out.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "0", done.stderr
    assert int(done.stdout.split()[1]) < 150_000  # KB
    assert np.load(tmp_path / "out.npy").shape == (10, 248)
