"""``tokenspace distill``: the embedded encoder as the teacher of smaller ones."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tokenspace import TextEncoder

LINES = [
    f"The {animal} in the {place} sees a {color} bird, and waits until it flies away."
    for animal in ("cat", "dog", "fox", "horse", "child")
    for place in ("garden", "forest", "street", "house", "field")
    for color in ("red", "blue", "green", "grey")
]


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return str(path)


def test_distil_and_embed(ts, corpus, tmp_path):
    folder = str(tmp_path / "small")
    done = ts("distill", "tokenspace/static", "--dimensions", "24", "-o", folder, "--json", "--threads", "1")
    assert done.code == 0, done.err
    assert (done.json["dimensions"], done.json["rows"], done.json["cosines"]) == (24, "float16", [])
    assert TextEncoder(folder).encode(["a text"]).shape == (1, 24)
    refined = str(tmp_path / "refined")
    arguments = (
        "distill",
        "tokenspace/static",
        "--corpus",
        corpus,
        "--dimensions",
        "24",
        "--rows",
        "int8",
        "--epochs",
        "2",
    )
    done = ts(*arguments, "--rate", "0.01", "-o", refined)
    assert done.code == 0, done.err
    assert "held-out cosine" in done.out
    again = str(tmp_path / "again")
    assert ts(*arguments, "--rate", "0.01", "-o", again, "--threads", "1").code == 0
    np.testing.assert_array_equal(TextEncoder(refined).encode(LINES), TextEncoder(again).encode(LINES))


def test_columns_limits_and_words(ts, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"body": line}) + "\n" for line in LINES), encoding="utf-8")
    words = tmp_path / "words.txt"
    words.write_text("kubernetes\ncat\n\n", encoding="utf-8")
    folder = str(tmp_path / "small")
    done = ts(
        "distill", "tokenspace/static", "--corpus", str(rows), "--column", "body", "--limit", "60", "--vocabulary",
        str(words), "--dimensions", "16", "--weighting", "sif", "--epochs", "1", "-o", folder, "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert len(done.json["cosines"]) == 2
    assert TextEncoder(folder).tokenizer.tokenize("Kubernetes") == ["kubernetes"]


def test_what_is_refused(ts, corpus, tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    for arguments, code, words in (
        (("tokenspace/static",), 2, "--output"),
        (("tokenspace/static", "-o", str(taken)), 2, "--force"),
        (("tokenspace/static", "-o", str(tmp_path / "x"), "--dimensions", "100000"), 2, "dimensions"),
        (("tokenspace/static", "-o", str(tmp_path / "x"), "--weighting", "sif"), 2, "corpus"),
        (("tokenspace/static", "-o", str(tmp_path / "x"), "--corpus", str(tmp_path / "none.txt")), 4, "none.txt"),
        ((str(tmp_path / "nothing"), "-o", str(tmp_path / "x")), 4, "nothing"),
    ):
        done = ts("distill", *arguments)
        assert done.code == code, (arguments, done.err)
        assert words in done.err
        assert not (tmp_path / "x").exists()
    assert ts("distill", "tokenspace/static", "-o", str(taken), "--dimensions", "8", "--force").code == 0
