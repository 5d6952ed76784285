"""Trainers side by side: each training in a fresh process, in turns; what was learnt is compared before any time is shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from environments import interpreter
from harness import CORE, HERE, save
from make_corpus import make_corpus

LIMIT = 300  # seconds a training may take before it is left out


@dataclass
class Contestant:
    """A library with options. `group`: contestants of one group have the same rule for ties, ours is their reference."""

    library: str
    label: str
    group: str = "huggingface"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Contest:
    language: str
    megabytes: int
    vocab_size: int
    threads: int
    model: str
    contestants: list[Contestant]
    passes: int = 3
    held_out: Path | None = None  # a text whose tokens are counted, where vocabularies need not be equal
    corpus: Path | None = None  # instead of the text that make_corpus makes
    judge: Callable[[Any], dict[str, Any]] | None = None  # of what was learnt: more figures of its row

    @property
    def title(self) -> str:
        return f"{self.model}, {self.language}, {self.megabytes} MB, {self.vocab_size} entries, threads {self.threads}"


def train(contest: Contest, contestant: Contestant, result: Path) -> dict[str, Any]:
    """The answer of benchmarks/train_job.py, or {"error": why there is none}."""
    python = interpreter(contestant.library)
    if python is None:
        return {"error": "no environment; run benchmarks/environments.py"}
    job = {
        "library": contestant.library,
        "model": contest.model,
        "corpus": str(contest.corpus or make_corpus(contest.language, contest.megabytes)),
        "vocab_size": contest.vocab_size,
        "threads": contest.threads,
        "result": str(result),
        "held_out": str(contest.held_out) if contest.held_out else None,
        "options": contestant.options,
    }
    command = [python, str(HERE / "train_job.py"), json.dumps(job)]
    if contest.threads == 1 and shutil.which("taskset"):
        command = ["taskset", "-c", CORE, *command]
    environment = {**os.environ, "RAYON_NUM_THREADS": str(contest.threads), "TOKENIZERS_PARALLELISM": "true"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return {"error": f"stopped after {LIMIT} s"}
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"error": lines[-1] if lines else "the process died"}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    answer["result"] = json.loads(result.read_text(encoding="utf-8"))
    return answer


def compared(own: list[str] | dict[str, float], other: list[str] | dict[str, float]) -> str:
    """ "equal", or the share of entries that both have."""
    if own == other:
        return "equal"
    return f"{100 * len(set(own) & set(other)) / len(set(own)):.1f} % shared"


def run(contest: Contest) -> dict[str, Any]:
    """All contestants in turn, `passes` times; one row each."""
    runs: dict[str, list[dict[str, Any]]] = {contestant.label: [] for contestant in contest.contestants}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(contest.passes):
            for contestant in contest.contestants:
                answers = runs[contestant.label]
                if not any("error" in answer for answer in answers):
                    answers.append(train(contest, contestant, Path(folder) / "result.json"))
    own = {
        contestant.group: runs[contestant.label][0]["result"]
        for contestant in reversed(contest.contestants)
        if contestant.library == "tokenspace" and "error" not in runs[contestant.label][0]
    }
    rows = []
    for contestant in contest.contestants:
        row: dict[str, Any] = {
            "library": contestant.library,
            "label": contestant.label,
            "group": contestant.group,
        }
        answers = runs[contestant.label]
        failed = [answer["error"] for answer in answers if "error" in answer]
        if failed:
            rows.append(row | {"error": failed[0]})
            continue
        row |= {
            "version": answers[0]["version"],
            "result": compared(own[contestant.group], answers[0]["result"]) if contestant.group in own else "",
            "same_every_run": all(answer["result"] == answers[0]["result"] for answer in answers),
            "entries": answers[0]["entries"],
            "seconds": round(median(answer["seconds"] for answer in answers), 3),
            "peak_mb": round(max(answer["peak_mb"] for answer in answers), 1),
        }
        row |= {key: answers[0][key] for key in ("held_out_tokens", "spilled_mb") if key in answers[0]}
        rows.append(row | (contest.judge(answers[0]["result"]) if contest.judge else {}))
    return {
        "title": contest.title,
        "model": contest.model,
        "corpus": contest.language,
        "megabytes": contest.megabytes,
        "vocab_size": contest.vocab_size,
        "threads": contest.threads,
        "passes": contest.passes,
        "load": os.getloadavg()[0],
        "rows": rows,
    }


def table(result: dict[str, Any]) -> str:
    """Markdown of one contest."""
    own = {
        row["group"]: row for row in reversed(result["rows"]) if row["library"] == "tokenspace" and "error" not in row
    }
    out = [
        f"### {result['title']}, {result['passes']} runs",
        "",
        "| library | learnt | s | times ours | peak MB | held-out tokens | log-likelihood | spilled MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        if "error" in row:
            out.append(f"| {row['label']} | {row['error']} | | | | | | |")
            continue
        ours = own.get(row["group"])
        ratio = f"{row['seconds'] / ours['seconds']:.2f}" if ours else ""
        out.append(
            f"| {row['label']} {row['version']} | {row['result']} | {row['seconds']:.2f} | {ratio} | {row['peak_mb']:.0f} | "
            f"{row.get('held_out_tokens', '')} | {row.get('held_out_log_likelihood', '')} | {row.get('spilled_mb', '')} |"
        )
    return "\n".join(out) + "\n"


def report(question: str, contests: list[Contest]) -> None:
    """Each table as it is done; results join those of other sizes in the file."""
    path = HERE / "results" / f"{question}.json"
    known = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    for contest in contests:
        result = run(contest)
        print(table(result), flush=True)
        known = [entry for entry in known if entry["title"] != result["title"]] + [result]
        save(question, known)
