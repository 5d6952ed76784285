"""How fast is exact search? Top 10 by cosine over 1,000,000 x 384 and 71,291 x 100, against the memory's own speed, NumPy, gensim and usearch.

python benchmarks/vectors_search.py [--rows 1000000 --size 384] [--passes 5]

A query must read every row, so the bound is the time that merely reading the matrix takes: measured in the same process, in turns with the
queries, by a loop of vector loads that a C compiler makes (without one: by NumPy's sum). Rows found are compared before any time is shown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from environments import interpreter
from harness import save

READER = """
#include <stdint.h>
#include <stddef.h>
uint64_t read_all(const uint64_t* p, size_t n) {
  uint64_t a[32] = {0};
  size_t i = 0;
  for (; i + 32 <= n; i += 32)
    for (int j = 0; j < 32; ++j) a[j] |= p[i + j];
  for (int j = 1; j < 32; ++j) a[0] |= a[j];
  for (; i < n; ++i) a[0] |= p[i];
  return a[0];
}
"""
JOB = """
import ctypes, json, os, subprocess, sys, tempfile, threading, time
library, rows, size, passes, threads, reader = sys.argv[1], *map(int, sys.argv[2:6]), sys.argv[6]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)
import numpy as np
K = 10
draw = np.random.default_rng(7)
matrix = draw.standard_normal((rows, size), dtype=np.float32)
asked = {count: draw.standard_normal((count, size), dtype=np.float32) for count in (1, 10, 100)}

def reading():
    with tempfile.TemporaryDirectory() as folder:
        source, made = os.path.join(folder, "r.c"), os.path.join(folder, "r.so")
        open(source, "w").write(reader)
        try:
            subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", made, source], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return lambda part: part.view(np.uint64).sum(), "numpy"
        read = ctypes.CDLL(made).read_all
    read.argtypes, read.restype = [ctypes.c_void_p, ctypes.c_size_t], ctypes.c_uint64
    return lambda part: read(part.ctypes.data, part.nbytes // 8), "C"

def read_in(threads):
    parts = np.array_split(matrix, threads)
    workers = [threading.Thread(target=read_one, args=(part,)) for part in parts]
    for worker in workers: worker.start()
    for worker in workers: worker.join()

if library == "tokenspace":
    import tokenspace as ts
    vectors = ts.KeyedVectors(size)
    vectors.index_to_key = range(rows)
    vectors.vectors = matrix
    vectors.fill_norms()
    search = lambda queries: vectors.search(queries, K, threads=threads)[0]
elif library == "numpy":
    norms = np.linalg.norm(matrix, axis=1)
    def search(queries):
        scores = queries @ matrix.T
        scores /= norms
        best = np.argpartition(-scores, K, axis=1)[:, :K]
        return np.take_along_axis(best, np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1), axis=1)
elif library == "gensim":
    from gensim.models import KeyedVectors
    vectors = KeyedVectors(size)
    vectors.index_to_key = list(range(rows))
    vectors.vectors = matrix
    vectors.fill_norms()
    asked = {1: asked[1]}
    search = lambda queries: np.array([[key for key, _ in vectors.similar_by_vector(query, K)] for query in queries])
else:
    import usearch.index
    search = lambda queries: np.atleast_2d(
        usearch.index.search(matrix, queries, K, usearch.index.MetricKind.Cos, exact=True, threads=threads).keys)

facts = {"library": library, "times": {}, "found": {}}
read_one, facts["reader"] = reading()
read_times = []
for count, queries in asked.items():
    times = []
    for _ in range(passes):
        begun = time.perf_counter(); read_in(threads); read_times.append(time.perf_counter() - begun)
        begun = time.perf_counter(); found = search(queries); times.append(time.perf_counter() - begun)
    facts["times"][count] = min(times)
    facts["found"][count] = found.tolist()
facts["read_s"] = min(read_times)
facts["bytes"] = matrix.nbytes
print(json.dumps(facts))
"""
LIBRARIES = ("tokenspace", "numpy", "gensim", "usearch")


def run(library: str, rows: int, size: int, passes: int, threads: int) -> dict[str, Any]:
    python = sys.executable if library == "numpy" else interpreter(library)
    if python is None:
        return {"library": library, "error": "no environment; run benchmarks/environments.py"}
    given = [library, *map(str, (rows, size, passes, threads)), READER]
    done = subprocess.run([python, "-c", JOB, *given], capture_output=True, text=True)
    if done.returncode:
        return {"library": library, "error": (done.stderr.strip().splitlines() or ["killed"])[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    arguments = parser.parse_args()
    results = []
    for rows, size in ((arguments.rows, arguments.size), (71_291, 100)):
        for threads in arguments.threads:
            answers = [run(library, rows, size, arguments.passes, threads) for library in LIBRARIES]
            ours = answers[0]
            print(f"### {rows} x {size} float32, {threads} threads\n")
            print("| library | 1 query ms | GB/s | of reading alone | 10 queries ms | 100 queries ms | same rows |")
            print("|---|---|---|---|---|---|---|")
            for answer in answers:
                if "error" in answer:
                    print(f"| {answer['library']} | {answer['error']} | | | | | |")
                    continue
                times, one = answer["times"], answer["times"]["1"]
                share = answer["read_s"] / one
                same = all(answer["found"][count] == ours.get("found", {}).get(count) for count in answer["found"])
                more = " | ".join(f"{1e3 * times[c]:.1f}" if c in times else "" for c in ("10", "100"))
                speed = answer["bytes"] / one / 1e9
                print(
                    f"| {answer['library']} | {1e3 * one:.2f} | {speed:.1f} | {share:.0%} | {more} | {'yes' if same else 'NO'} |"
                )
                row = {"rows": rows, "size": size, "threads": threads, "library": answer["library"], "same": same}
                row |= {"seconds": times, "read_s": answer["read_s"], "share_of_bandwidth": share}
                results.append(row | {"reader": answer["reader"]})
            print(flush=True)
    save("vectors_search", results)


if __name__ == "__main__":
    main()
