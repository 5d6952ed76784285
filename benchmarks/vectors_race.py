"""Trainers of vectors side by side: same corpus, vocabulary and parameters, a fresh process each, in turns; quality of the vectors of every
seed beside the speed. A speed-up at lower quality is none.

The text: TOKENSPACE_BENCH_WORDS names a file of words divided by spaces, a sentence or paragraph a line; without it the
English of the shared data is used, lower-cased, words only (3.4 million words).
word2vec.c runs when TOKENSPACE_BENCH_WORD2VEC_C names its source and gcc is here.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, median, pstdev
from typing import Any

from environments import interpreter
from harness import CACHE, CORE, DATA, HERE, save

WORDS = DATA / "benchmarks" / "words"
RESTRICT = 30_000  # analogies are asked among this many most frequent words, as word2vec's own demonstration does


@dataclass
class Contest:
    """One setting. `seeds` runs of each contestant; quality is the mean over them, speed the median."""

    title: str
    model: str
    parameters: dict[str, Any]
    contestants: list[str]
    seeds: int = 3
    workers: int = 2
    bar: float | None = None
    corpus: Path | None = None
    judge: Callable[[Path], dict[str, float]] | None = (
        None  # scores of a file of vectors; None: analogies and word pairs
    )
    judged: bool = True
    own: dict[str, Any] = field(default_factory=dict)  # parameters that only tokenspace has
    reader: str = "file"  # how tokenspace and gensim get the sentences: "file" (corpus_file) or "list"


def add_reader(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reader", choices=["file", "list"], default="file", help="gensim's two readers score differently"
    )


def read_by(reader: str, contest: Contest) -> Contest:
    """The contest with sentences from a file, or from a list and then without a bar: the bars are for files."""
    if reader == "file":
        return contest
    return replace(contest, reader=reader, title=f"{contest.title}, from a list", bar=None)


def words_file() -> Path:
    """A sentence or paragraph a line, words divided by spaces."""
    named = os.environ.get("TOKENSPACE_BENCH_WORDS")
    if named:
        return Path(named)
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / "english-words.txt"
    if not path.exists():
        word = re.compile(r"[a-z]+(?:'[a-z]+)?")
        partial = path.with_suffix(".part")
        with partial.open("w", encoding="utf-8") as out:
            for name in ("en-prose", "en-docs"):
                with gzip.open(DATA / "text" / f"{name}.txt.gz", "rt", encoding="utf-8") as lines:
                    for line in lines:
                        words = word.findall(line.lower())
                        if len(words) > 1:
                            out.write(" ".join(words) + "\n")
        partial.replace(path)
    return path


def word2vec_program() -> str | None:
    """word2vec.c built with its own makefile's options, or None."""
    source = os.environ.get("TOKENSPACE_BENCH_WORD2VEC_C")
    if not source or not shutil.which("gcc"):
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    program = CACHE / "word2vec-c"
    if not program.exists():
        options = ["-O3", "-march=native", "-funroll-loops", "-w"]
        subprocess.run(["gcc", source, "-o", str(program), *options, "-lm", "-pthread"], check=True)
    return str(program)


def command_of(library: str, contest: Contest, parameters: dict[str, Any], corpus: Path, vectors: Path) -> list[str]:
    if library == "word2vec.c":
        program = word2vec_program()
        if program is None:
            raise LookupError("no source or no compiler")
        names = {"vector_size": "size", "min_count": "min-count", "epochs": "iter", "workers": "threads"}
        given = {"cbow": 1 - parameters["sg"], "hs": parameters.get("hs", 0), "negative": parameters["negative"]}
        for name in ("vector_size", "min_count", "epochs", "workers", "window", "sample", "alpha"):
            given[names.get(name, name)] = parameters[name]
        options = [part for name, value in given.items() for part in (f"-{name}", str(value))]
        return [program, "-train", str(corpus), "-output", str(vectors), "-binary", "1", "-debug", "0", *options]
    if library == "fasttext-words":  # fastText without its n-grams is word2vec
        library, parameters = "fasttext", parameters | {"min_n": 0, "max_n": 0}
    python = interpreter(library)
    if python is None:
        raise LookupError("no environment; run benchmarks/environments.py")
    job = {
        "library": library,
        "model": contest.model,
        "corpus": str(corpus),
        "vectors": str(vectors),
        "reader": contest.reader,
        "parameters": parameters | (contest.own if library == "tokenspace" else {}),
    }
    return [python, str(HERE / "vectors_job.py"), json.dumps(job)]


def run_once(library: str, contest: Contest, seed: int, corpus: Path, vectors: Path) -> dict[str, Any]:
    """The numbers of one training, or {"error": why there are none}."""
    parameters = contest.parameters | {"workers": contest.workers, "seed": seed}
    try:
        command = command_of(library, contest, parameters, corpus, vectors)
    except LookupError as reason:
        return {"error": str(reason)}
    if contest.workers == 1 and shutil.which("taskset"):
        command = ["taskset", "-c", CORE, *command]
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "0"})
    after = os.times()
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"error": lines[-1] if lines else f"ended with {done.returncode}"}
    if library != "word2vec.c":
        return dict(json.loads(done.stdout.splitlines()[-1]))
    raw = sum(len(line.split()) for line in corpus.open(encoding="utf-8"))
    return {
        "version": "20c129a",
        "raw_words": raw * parameters["epochs"],
        "train_s": after.elapsed - before.elapsed,  # counting and saving included: the program tells no part
        "cpu_s": after.children_user - before.children_user,
        "vocabulary_s": 0.0,
        "vocabulary": int(vectors.open("rb").readline().split()[0]),
    }


def quality_of(vectors: Path) -> dict[str, float]:
    """Analogy accuracy and Spearman's rank correlation with human judgements, all by the same code."""
    from tokenspace import KeyedVectors

    space = KeyedVectors.load_word2vec_format(vectors, binary=True)
    found = {
        "analogies": float(space.evaluate_word_analogies(WORDS / "questions-words.txt", restrict_vocab=RESTRICT)[0])
    }
    for name, file in (("wordsim353", "wordsim353.tsv"), ("simlex999", "simlex999.txt")):
        found[name] = float(space.evaluate_word_pairs(pairs_file(WORDS / file))[1][0])
    return found


def pairs_file(path: Path) -> Path:
    """Word pairs and one score a line, whatever other columns and header the set has."""
    out = CACHE / f"{path.stem}.pairs.tsv"
    if not out.exists():
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            parts = line.split("\t")
            score = parts[3] if len(parts) > 4 else parts[-1]  # SimLex: word1 word2 POS SimLex999 ...
            try:
                lines.append(f"{parts[0]}\t{parts[1]}\t{float(score)}")
            except (ValueError, IndexError):
                continue  # a header or a remark
        CACHE.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return out


def run(contest: Contest) -> dict[str, Any]:
    """Contestants take turns, a seed at a time."""
    corpus = contest.corpus or words_file()
    runs: dict[str, list[dict[str, Any]]] = {library: [] for library in contest.contestants}
    with tempfile.TemporaryDirectory() as folder:
        vectors = Path(folder) / "vectors.bin"
        for seed in range(1, contest.seeds + 1):
            for library, answers in runs.items():
                if any("error" in answer for answer in answers):
                    continue
                answer = run_once(library, contest, seed, corpus, vectors)
                if contest.judged and "error" not in answer:
                    answer["quality"] = (contest.judge or quality_of)(vectors)
                answers.append(answer)
                print(f"  {contest.title}: {library}, seed {seed}: {answer}", file=sys.stderr, flush=True)
    return {
        "title": contest.title,
        "model": contest.model,
        "parameters": contest.parameters,
        "workers": contest.workers,
        "seeds": contest.seeds,
        "corpus_bytes": corpus.stat().st_size,
        "bar": contest.bar,
        "load": os.getloadavg()[0],
        "rows": [row_of(library, answers) for library, answers in runs.items()],
    }


def row_of(library: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
    failed = [answer["error"] for answer in answers if "error" in answer]
    if failed:
        return {"library": library, "error": failed[0]}
    row: dict[str, Any] = {
        "library": library,
        "version": answers[0]["version"],
        "vocabulary": answers[0]["vocabulary"],
        "words_per_s": round(median(answer["raw_words"] / answer["train_s"] for answer in answers)),
        "words_per_cpu_s": round(median(answer["raw_words"] / answer["cpu_s"] for answer in answers)),
        "vocabulary_s": round(median(answer["vocabulary_s"] for answer in answers), 2),
    }
    if all("peak_mb" in answer for answer in answers):
        row["peak_mb"] = round(max(answer["peak_mb"] for answer in answers))
    if all("quality" in answer for answer in answers):
        scores = {name: [answer["quality"][name] for answer in answers] for name in answers[0]["quality"]}
        row["quality"] = {name: [round(mean(values), 4), round(pstdev(values), 4)] for name, values in scores.items()}
    return row


def table(result: dict[str, Any]) -> str:
    """Markdown of one contest; the ratio is ours to gensim's, by the clock and by processor seconds."""
    rows = {row["library"]: row for row in result["rows"] if "error" not in row}
    own = rows.get("tokenspace")
    asked = list(dict.fromkeys(name for row in rows.values() for name in row.get("quality", {})))
    out = [
        f"### {result['title']}, {result['workers']} worker(s), {result['seeds']} seed(s)",
        "",
        "| "
        + " | ".join(["library", "thousand words/s", "ours is", "by CPU seconds", "vocabulary s", "peak MB", *asked])
        + " |",
        "|---" * (6 + len(asked)) + "|",
    ]
    for row in result["rows"]:
        if "error" in row:
            out.append(f"| {row['library']} | {row['error']} |" + " |" * (4 + len(asked)))
            continue
        ratios = ["", ""]
        if own and row is not own:
            ratios = [f"{own[name] / row[name]:.2f}x" for name in ("words_per_s", "words_per_cpu_s")]
        quality = row.get("quality", {})
        scores = [
            f"{100 * quality[name][0]:.1f} ± {100 * quality[name][1]:.1f}" if name in quality else "" for name in asked
        ]
        cells = [
            f"{row['library']} {row['version']}",
            f"{row['words_per_s'] / 1e3:.0f}",
            *ratios,
            f"{row['vocabulary_s']:.1f}",
            str(row.get("peak_mb", "")),
            *scores,
        ]
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def report(question: str, contests: list[Contest]) -> None:
    """Each table as it is done; results join those of other settings in the file."""
    path = HERE / "results" / f"{question}.json"
    known = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    for contest in contests:
        result = run(contest)
        print(table(result), flush=True)
        same = (result["title"], result["workers"])
        known = [entry for entry in known if (entry["title"], entry["workers"]) != same] + [result]
        save(question, known)
