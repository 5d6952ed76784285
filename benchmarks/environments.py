"""One virtual environment per group of contestants: tokenizers 0.23 and 1.0rc cannot share one.

python benchmarks/environments.py          makes what is missing
TOKENSPACE_BENCH_PEERS=/path/to/python     uses an environment that exists (likewise _NEXT, _FAST, _TRAINERS, _SEARCH, _VECTORS, _STATIC
and _ENCODERS)
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUPS = {
    "peers": ["tokenizers==0.23.3", "tiktoken==0.14.0", "sentencepiece==0.2.3"],
    "next": ["tokenizers==1.0.0rc3"],
    "fast": ["gigatoken==0.10.0", "tokie==0.1.4"],
    "trainers": ["rustbpe==0.1.0"],
    "search": ["usearch==2.26.6"],
    "vectors": ["gensim==4.4.0", "fasttext-wheel==0.9.2"],
    # torch is named with its version: unpinned, it brings gigabytes of CUDA on Linux.
    "static": ["torch==2.13.0", "model2vec[distill]==0.10.0"],
    "encoders": ["torch==2.13.0", "sentence-transformers==6.2.0", "onnxruntime==1.31.1", "onnx==1.23.2"],
}
GROUP_OF = {
    "tokenizers": "peers",
    "tiktoken": "peers",
    "sentencepiece": "peers",
    "tokenizers-1.0rc": "next",
    "gigatoken": "fast",
    "tokie": "fast",
    "rustbpe": "trainers",
    "gensim": "vectors",
    "usearch": "search",
    "fasttext": "vectors",
    "model2vec": "static",
    "sentence-transformers": "encoders",
    "onnxruntime": "encoders",
}


def interpreter(library: str) -> str | None:
    """The Python that has this contestant, or None when its environment was not made. Ours is the one that runs this."""
    if library == "tokenspace":
        return sys.executable
    group = GROUP_OF[library]
    named = os.environ.get(f"TOKENSPACE_BENCH_{group.upper()}")
    if named:
        return named
    path = HERE / f".venv-{group}" / "bin" / "python"
    return str(path) if path.exists() else None


def main() -> int:
    failed = []
    for group, packages in GROUPS.items():
        if os.environ.get(f"TOKENSPACE_BENCH_{group.upper()}"):
            continue
        folder = HERE / f".venv-{group}"
        if (folder / ".ready").exists():
            continue
        print(f"making {folder.name}: {', '.join(packages)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        done = subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *packages])
        if done.returncode:
            failed.append(group)
        else:
            (folder / ".ready").touch()
    if failed:
        print(f"[bench] could not install: {', '.join(failed)}; their rows will be missing", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
