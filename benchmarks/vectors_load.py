"""How fast do vectors load and answer? GloVe text of 400,000 x 50 and word2vec files of 71,291 x 100, against gensim.

python benchmarks/vectors_load.py [--passes 3]

The files are made here from random numbers, written as the original programs write them. Loads are of files in the page cache, in fresh
processes, in turns; what was read is compared before any time is shown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from environments import interpreter
from harness import CACHE, save

JOB = """
import json, resource, sys, time
library, path, how, rows = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
started = time.perf_counter()
if library == "gensim":
    from gensim.models import KeyedVectors
else:
    from tokenspace import KeyedVectors
imported = time.perf_counter()
options = {"glove": {"no_header": True}, "text": {}, "binary": {"binary": True}}[how]
vectors = KeyedVectors.load_word2vec_format(path, **options)
loaded = time.perf_counter()
word = vectors.index_to_key[rows // 2]
first = vectors.most_similar(word)
answered = time.perf_counter()
times = []
for index in range(100, 120):
    begun = time.perf_counter()
    vectors.most_similar(vectors.index_to_key[index])
    times.append(time.perf_counter() - begun)
import hashlib
digest = hashlib.sha256(vectors.vectors.astype("<f4").tobytes() + "\\n".join(vectors.index_to_key).encode()).hexdigest()
print(json.dumps({"import_s": imported - started, "load_s": loaded - imported, "first_query_s": answered - loaded,
    "query_s": sorted(times)[len(times) // 2], "digest": digest, "nearest": [w for w, _ in first],
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
FILES = [
    ("GloVe text", "glove", 400_000, 50),
    ("word2vec text", "text", 71_291, 100),
    ("word2vec binary", "binary", 71_291, 100),
]


def make(how: str, rows: int, size: int) -> Path:
    """Random vectors with Zipf-like words, in the layout of the program that writes such files."""
    import numpy as np

    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"vectors-{how}-{rows}x{size}"
    if path.exists():
        return path
    draw = np.random.default_rng(3)
    matrix = draw.normal(scale=0.5, size=(rows, size)).astype(np.float32)
    letters = np.array(list("etaoinshrdlcumwfgypbvk"))
    words = ["".join(draw.choice(letters, 2 + number % 9)) + str(number) for number in range(rows)]
    partial = path.with_suffix(".part")
    with partial.open("wb") as out:
        if how != "glove":
            out.write(f"{rows} {size}\n".encode())
        for word, row in zip(words, matrix, strict=True):
            if how == "binary":
                out.write(word.encode() + b" " + row.tobytes() + b"\n")
            elif how == "glove":
                out.write((word + " " + " ".join(f"{value:.5g}" for value in row) + "\n").encode())
            else:
                out.write((word + " " + "".join(f"{value:.6f} " for value in row) + "\n").encode())
    partial.replace(path)
    return path


def run(library: str, path: Path, how: str, rows: int) -> dict[str, Any]:
    python = interpreter(library)
    if python is None:
        return {"error": "no environment; run benchmarks/environments.py"}
    done = subprocess.run([python, "-c", JOB, library, str(path), how, str(rows)], capture_output=True, text=True)
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=int, default=3)
    passes = parser.parse_args().passes
    results = []
    for title, how, rows, size in FILES:
        path = make(how, rows, size)
        answers: dict[str, list[dict[str, Any]]] = {"tokenspace": [], "gensim": []}
        for _ in range(passes):
            for library, given in answers.items():
                given.append(run(library, path, how, rows))
        lines = []
        for library, given in answers.items():
            errors = [answer["error"] for answer in given if "error" in answer]
            if errors:
                lines.append({"library": library, "error": errors[0]})
                continue
            numbers = {
                name: median(answer[name] for answer in given)
                for name in ("import_s", "load_s", "first_query_s", "query_s", "peak_mb")
            }
            lines.append({"library": library, "digest": given[0]["digest"], "nearest": given[0]["nearest"], **numbers})
        equal = (
            len({line.get("digest") for line in lines}) == 1 and len({str(line.get("nearest")) for line in lines}) == 1
        )
        print(f"### {title}, {rows} x {size}, values and neighbours {'equal' if equal else 'NOT equal'}\n")
        print("| library | import s | load s | first query ms | query ms | peak MB |\n|---|---|---|---|---|---|")
        for line in lines:
            if "error" in line:
                print(f"| {line['library']} | {line['error']} | | | | |")
            else:
                print(
                    f"| {line['library']} | {line['import_s']:.2f} | {line['load_s']:.2f} | {line['first_query_s'] * 1e3:.1f} | "
                    f"{line['query_s'] * 1e3:.2f} | {line['peak_mb']:.0f} |"
                )
        print(flush=True)
        results.append({"title": f"{title}, {rows} x {size}", "equal": equal, "rows": lines})
    save("vectors_load", results)


if __name__ == "__main__":
    sys.exit(main())
