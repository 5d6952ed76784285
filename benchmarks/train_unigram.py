"""How fast is Unigram training, and how good is the vocabulary? Time and peak memory at 8 MB (and --size MB), threads 1 and 2.

Every contestant gets the same lines, white space collapsed, cut before each space mark and nowhere else (Metaspace; for
sentencepiece the script and number rules off and identity normalization), and gives the same number of pieces. Before any
time is shown, the vocabularies are compared on held-out lines: tokens of the best segmentation and log-likelihood, both by the
plain-Python twin. Ours counts words with the trainer's own counter; times are from the file to the vocabulary.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from environments import interpreter
from harness import CACHE, CORE, ROOT, corpus, save

VOCAB = 16_000  # with <unk>
LIBRARIES = ("tokenspace", "tokenizers", "sentencepiece")


def lines_of(name: str) -> list[str]:
    """The lines of a shared text; "multilingual" takes turns between its larger languages."""
    if name != "multilingual":
        texts = corpus(name, 100_000_000)
    else:
        texts = [
            text
            for language in ["ja", "ko", "fr", "de", "es", "ru", "ar", "hi", "pt", "it"]
            for text in corpus(language)
        ]
    lines = (re.sub(r"\s+", " ", line).strip() for text in texts for line in text.split("\n"))
    return [line for line in lines if line]


def perturbed(lines: list[str], size: int) -> Iterator[str]:
    """The lines again and again, one word in twenty misspelt, so that distinct words grow as they do in a real corpus."""
    rng = random.Random(20)
    total = 0
    while True:
        for line in lines:
            words = line.split(" ")
            for i, word in enumerate(words):
                if len(word) > 2 and rng.random() < 0.05:
                    at = rng.randrange(len(word) - 1)
                    words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            changed = " ".join(words)
            total += len(changed.encode()) + 1
            yield changed
            if total >= size:
                return


def write_corpus(name: str, megabytes: int) -> tuple[Path, list[str]]:
    """A training file of about so many MB and every tenth line held back."""
    lines = lines_of(name)
    training = [line for number, line in enumerate(lines) if number % 10 != 9]
    held_out = [line for number, line in enumerate(lines) if number % 10 == 9]
    size = megabytes * 1_000_000
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"train-{name}-{megabytes}.txt"
    with open(path, "w", encoding="utf-8") as file:
        written = 0
        if sum(len(line.encode()) + 1 for line in training) >= size or megabytes <= 8:
            for line in training:
                written += file.write(line + "\n") and len(line.encode()) + 1
                if written >= size:
                    break
        else:
            file.writelines(line + "\n" for line in perturbed(training, size))
    return path, held_out


def train(library: str, path: Path, threads: int) -> dict[str, Any]:
    """One training in a fresh process: seconds, peak memory, vocabulary."""
    python = interpreter(library)
    if python is None:
        return {"error": "no environment; run benchmarks/environments.py"}
    command = [python, str(Path(__file__).with_name("train_worker.py"))]
    if threads == 1 and shutil.which("taskset"):
        command = ["taskset", "-c", CORE, *command]
    job = {"library": library, "path": str(path), "vocab_size": VOCAB, "threads": threads}
    environment = {**os.environ, "RAYON_NUM_THREADS": str(threads), "TOKENIZERS_PARALLELISM": "true"}
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, env=environment)
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "the process died"}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def quality(vocab: dict[str, float], held_out: list[str]) -> tuple[int, float]:
    """(tokens, log-likelihood) of the held-out lines; characters outside the vocabulary are cut out of both."""
    from tokenspace.reference.unigram import log_likelihood
    from tokenspace.reference.unigram_seeds import cut_words
    from tokenspace.reference.unigram_train import best_path

    words = Counter("▁" + word for line in held_out for word in line.split(" "))
    segments = cut_words(words, {piece for piece in vocab if len(piece) == 1})
    longest = max(map(len, vocab))
    tokens = sum(len(best_path(segment, vocab, longest)) * count for segment, count in segments.items())
    return tokens, sum(log_likelihood(vocab, segment) * count for segment, count in segments.items())


def race(name: str, megabytes: int, threads: int, passes: int, libraries: list[str]) -> dict[str, Any]:
    """All contestants in turn, `passes` times; one row each."""
    path, held_out = write_corpus(name, megabytes)
    runs: dict[str, list[dict[str, Any]]] = {library: [] for library in libraries}
    for _ in range(passes):
        for library in libraries:
            if not any("error" in run for run in runs[library]):
                runs[library].append(train(library, path, threads))
    rows = []
    for library, results in runs.items():
        if "error" in results[-1]:
            rows.append({"library": library, "error": results[-1]["error"]})
            continue
        tokens, likelihood = quality(results[0]["vocab"], held_out[:3000])
        rows.append(
            {
                "library": library,
                "version": results[0]["version"],
                "pieces": len(results[0]["vocab"]),
                "same_every_run": all(run["vocab"] == results[0]["vocab"] for run in results),
                "held_out_tokens": tokens,
                "held_out_log_likelihood": round(likelihood),
                "seconds": round(median(run["seconds"] for run in results), 3),
                "peak_mb": round(max(run["peak_mb"] for run in results)),
            }
        )
    return {"corpus": name, "bytes": path.stat().st_size, "threads": threads, "passes": passes, "rows": rows}


def table(result: dict[str, Any]) -> str:
    others = [row["seconds"] for row in result["rows"] if row["library"] != "tokenspace" and "error" not in row]
    out = [
        f"### {result['corpus']}, {result['bytes'] / 1e6:.1f} MB, {VOCAB} entries, threads {result['threads']}",
        "",
        "| library | held-out tokens | held-out log-likelihood | same every run | s | against the best other | peak MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        if "error" in row:
            out.append(f"| {row['library']} | {row['error']} | | | | | |")
            continue
        ratio = f"{min(others) / row['seconds']:.1f}x" if others else "-"
        out.append(
            f"| {row['library']} {row['version']} | {row['held_out_tokens']} | {row['held_out_log_likelihood']} | "
            f"{'yes' if row['same_every_run'] else 'no'} | {row['seconds']:.2f} | {ratio} | {row['peak_mb']} |"
        )
    return "\n".join(out) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=8, help="MB of training text")
    parser.add_argument("--corpus", action="append", help="en-prose, en-docs, zh, multilingual; may be repeated")
    parser.add_argument("--threads", type=int, action="append")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--library", action="append", choices=LIBRARIES)
    options = parser.parse_args()
    results = []
    for name in options.corpus or ["en-prose", "multilingual"]:
        for threads in options.threads or [1, 2]:
            results.append(race(name, options.size, threads, options.passes, options.library or list(LIBRARIES)))
            print(table(results[-1]), flush=True)
    question = "train_unigram" if options.size == 8 else f"train_unigram_{options.size}mb"
    print(f"saved {save(question, results).relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
