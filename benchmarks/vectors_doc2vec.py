"""How fast is Doc2Vec trained, and how well do document vectors group? Against gensim (from a list).

python benchmarks/vectors_doc2vec.py [--seeds 3] [--workers 2 1] [--libraries tokenspace gensim]

Documents are the BBC articles of the shared data (internal use); the score is the share whose five nearest neighbours have mostly their topic.
"""

from __future__ import annotations

import argparse
import gzip
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness import CACHE, DATA
from vectors_race import Contest, report

COMMON = {"vector_size": 100, "window": 5, "negative": 5, "min_count": 5, "sample": 1e-3, "alpha": 0.025, "epochs": 10}
CONTESTANTS = ["tokenspace", "gensim"]


def articles() -> tuple[Path, list[str]]:
    """One article a line, words only; their topics."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / "articles-words.txt"
    labels, lines = [], []
    with gzip.open(DATA / "benchmarks" / "bbc-news" / "bbc.tsv.gz", "rt", encoding="utf-8") as rows:
        for row in rows:
            label, _, title, text = row.rstrip("\n").split("\t", 3)
            words = re.findall(r"[a-z]+", f"{title} {text}".lower())
            if words and label != "label":
                labels.append(label)
                lines.append(" ".join(words))
    if not path.exists():
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, labels


def neighbours(labels: list[str]) -> Any:
    def judge(vectors: Path) -> dict[str, float]:
        import numpy as np

        matrix = np.load(vectors)
        matrix = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
        near = np.argsort(-(matrix @ matrix.T), axis=1)[:, 1:6]
        right = 0
        for row, own in zip(near, labels, strict=True):
            around = [labels[index] for index in row]
            right += max(set(around), key=around.count) == own
        return {"five neighbours": right / len(labels)}

    return judge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--libraries", nargs="+", help="only these")
    given = parser.parse_args()
    corpus, labels = articles()
    chosen = [one for one in CONTESTANTS if not given.libraries or one in given.libraries]
    asked = []
    for title, model in (("PV-DBOW", {"dm": 0}), ("PV-DM, mean", {"dm": 1, "dm_mean": 1})):
        contest = Contest(title, "doc2vec", COMMON | model, chosen, bar=3.0, corpus=corpus, judge=neighbours(labels))
        contest.reader = "list"  # gensim's file reader scores 6 points higher in PV-DM: it trains some lines twice (piskvorky/gensim#2757)
        for workers in given.workers:
            asked.append(replace(contest, workers=workers, seeds=given.seeds if workers > 1 else 1))
    report("vectors_doc2vec", asked)


if __name__ == "__main__":
    main()
