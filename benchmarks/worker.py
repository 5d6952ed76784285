"""One contestant in its own process and environment, driven by JSON lines on stdin, answering JSON lines on stdout.

    {"do": "load", "library": ..., "kind": ..., "path": ..., "threads": 1}      -> {"load_s": ..., "version": ..., "rss_mb": ...}
    {"do": "texts", "path": "texts.json"}                                        -> {"bytes": ..., "texts": ...}
    {"do": "check", "mode": "array"}                                             -> {"digest": ..., "tokens": ...}
    {"do": "pass", "mode": "array", "repeat": 1}                                 -> {"seconds": ...}
    {"do": "memory"}                                                             -> {"rss_mb": ..., "peak_mb": ...}

An error answers {"error": ...}; what the contestant cannot do answers {"unsupported": ...}.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import resource
import sys
import time
from array import array
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from adapters import CONTESTANTS, Contestant, Unsupported


def rss_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def digest(rows: list[list[int]]) -> str:
    """Of row lengths and ids, so that equal digests mean equal results."""
    summary = hashlib.sha256()
    for row in rows:
        summary.update(array("I", [len(row), *row]).tobytes())
    return summary.hexdigest()


class Worker:
    contestant: Contestant
    texts: list[str]

    def do_load(self, job: dict[str, Any]) -> dict[str, Any]:
        from importlib.metadata import version

        with contextlib.suppress(ModuleNotFoundError):
            __import__("numpy")  # arrays need it: nobody's load or first pass pays for it
        module = {"tokenizers-1.0rc": "tokenizers"}.get(job["library"], job["library"])
        before = time.perf_counter()
        __import__(module)
        imported = time.perf_counter()
        base = rss_mb()
        self.contestant = CONTESTANTS[job["library"]](job)
        loaded = time.perf_counter()
        return {
            "import_s": imported - before,
            "load_s": loaded - imported,
            "version": version(module),
            "rss_mb": rss_mb() - base,
        }

    def do_reload(self, job: dict[str, Any]) -> dict[str, Any]:
        """Loads again in the same process: what the file costs once the library is warm."""
        start = time.perf_counter()
        CONTESTANTS[job["library"]](job)
        return {"load_s": time.perf_counter() - start}

    def do_texts(self, job: dict[str, Any]) -> dict[str, Any]:
        with open(job["path"], encoding="utf-8") as file:
            self.texts = json.load(file)
        return {"texts": len(self.texts), "bytes": sum(len(text.encode()) for text in self.texts)}

    def do_pass(self, job: dict[str, Any]) -> dict[str, Any]:
        encode = self.contestant.encoder(job["mode"])
        repeat = int(job.get("repeat", 1))
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        for _ in range(repeat):
            result = encode(self.texts)
        seconds = time.perf_counter() - start
        gc.enable()
        del result
        return {"seconds": seconds / repeat}

    def do_check(self, job: dict[str, Any]) -> dict[str, Any]:
        rows = self.contestant.ids(self.contestant.encoder(job["mode"])(self.texts))
        return {"digest": digest(rows), "tokens": sum(len(row) for row in rows)}

    def do_memory(self, job: dict[str, Any]) -> dict[str, Any]:
        return {"rss_mb": rss_mb(), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def serve(worker: object) -> None:
    """Answer the jobs on stdin by the worker's ``do_`` methods."""
    # Whatever a library prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = getattr(worker, "do_" + job["do"])(job)
        except Unsupported as reason:
            answer = {"unsupported": str(reason)}
        except BaseException as error:  # Rust panics are BaseException
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(Worker())
