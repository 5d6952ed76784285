"""all-MiniLM-L6-v2, run natively, gives the vectors of sentence-transformers 6 on 2,000 texts of many kinds and lengths."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data import minilm_folder, require
from tokenspace import _core
from tokenspace.encoders.engines.native import NativeEngine
from tokenspace.encoders.engines.protocol import FloatArray, TokenBatch
from tokenspace.encoders.model_files import open_model

pytestmark = pytest.mark.parity
COUNT = 2000


def texts() -> list[str]:
    """Reviews, sentences of many languages, and runs of prose; a few go beyond the longest row."""
    drawn = random.Random(0)
    reviews = require("benchmarks/rt-polarity/rt-polarity.pos").read_text("utf-8", "replace").splitlines()
    lines = gzip.decompress(require("text/multilingual.txt.gz").read_bytes()).decode("utf-8", "replace").splitlines()
    prose = gzip.decompress(require("text/en-prose.txt.gz").read_bytes()).decode("utf-8", "replace")
    found = drawn.sample(reviews, 900) + drawn.sample([line for line in lines if line.strip()], 700)
    for _ in range(COUNT - len(found) - 3):
        start, length = drawn.randrange(len(prose) - 4000), int(80 * 8 ** drawn.random())
        found.append(prose[start : start + length])
    found[-5:] = [prose[start : start + 3000] for start in range(0, 15_000, 3000)]
    return [*found, "", " ", "a"]


@pytest.fixture(scope="module")
def both() -> tuple[Path, TokenBatch, FloatArray]:
    folder = minilm_folder()
    sentence_transformers = pytest.importorskip("sentence_transformers")
    model: Any = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    rows = texts()
    ids = [model.tokenizer(text, truncation=True, max_length=model.max_seq_length)["input_ids"] for text in rows]
    offsets = np.concatenate(([0], np.cumsum([len(row) for row in ids]))).astype(np.int64)
    batch = TokenBatch(np.concatenate(ids).astype(np.uint32), offsets)
    theirs: FloatArray = model.encode(rows, batch_size=32, show_progress_bar=False, normalize_embeddings=True)
    return folder, batch, theirs


# The least cosine of all texts, not the mean. That of int8 is what docs/algorithms/transformer.md states.
@pytest.mark.parametrize(
    ("precision", "least"), [("fp32", 0.999999), ("auto", 0.999), ("bf16", 0.9999), ("int8", 0.98)]
)
def test_vectors(both: tuple[Path, TokenBatch, FloatArray], precision: str, least: float) -> None:
    folder, batch, theirs = both
    if precision not in ("auto", *_core.transformer_kernels()[-1][1]):
        pytest.skip(f"this processor has no {precision}")
    ours = NativeEngine(open_model(folder), precision).pooled(batch, "mean", normalize=True)
    cosines = np.einsum("ij,ij->i", ours, theirs)
    print(f"{precision}: least {cosines.min():.6f}, 1 % {np.quantile(cosines, 0.01):.6f}, mean {cosines.mean():.6f}")
    assert len(ours) == COUNT
    assert cosines.min() >= least
    if precision == "fp32":
        np.testing.assert_allclose(ours, theirs, atol=2e-6)
